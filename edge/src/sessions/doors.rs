//! What says whose session goes on: the auth version in the KV store, and the epoch and the links in the catalogue's
//! index.

use std::{cell::RefCell, rc::Rc};

use bytes::Bytes;
use futures_util::future::try_join;
use gallery::{
    link::{Link, LinkId, LinksKey},
    session::{Claims, Generation},
};
use platform::{Cx, Error, Kind, Kv, KvKey, Platform, StoreName};

use super::{FIRST_AUTH_VERSION, FRESH_SECONDS, GRACE_SECONDS};
use crate::{Catalogue, catalogue::Access};

/// What was read at one moment.
pub(super) struct Doors {
    read_at: u64,
    pub generation: Generation,
    sealed: Bytes,
    links: Vec<Rc<Link>>,
}

/// How a session fares.
pub(super) enum Session {
    GoesOn(Option<Rc<Link>>),
    Over,
}

impl Doors {
    /// The link with this id, if it has not ended.
    pub fn link(&self, id: LinkId, now: u64) -> Option<&Rc<Link>> {
        self.links.iter().find(|link| link.id == id && now < link.expires)
    }

    pub fn session(&self, claims: &Claims, now: u64) -> Session {
        if !claims.is_of(&self.generation) {
            return Session::Over;
        }
        match claims.link {
            None => Session::GoesOn(None),
            Some(id) => self.link(id, now).map_or(Session::Over, |link| Session::GoesOn(Some(Rc::clone(link)))),
        }
    }
}

/// What an instance last read.
pub(super) struct CurrentDoors {
    /// The key of the current secret, and that of the one before it.
    keys: Vec<LinksKey>,
    known: RefCell<Option<Rc<Doors>>>,
}

impl CurrentDoors {
    pub fn new(keys: Vec<LinksKey>) -> Self {
        Self { keys, known: RefCell::default() }
    }

    /// What was read last, however old it is.
    pub fn known(&self) -> Option<Rc<Doors>> {
        self.known.borrow().clone()
    }

    /// The doors, at most [`FRESH_SECONDS`] old, and whether they are as they are now: read, and by nobody kept. While
    /// they cannot be read, the last ones for [`GRACE_SECONDS`].
    pub async fn get<P: Platform>(&self, cx: &Cx<'_, P>, catalogue: &Catalogue) -> Result<(Rc<Doors>, bool), Error> {
        let now = cx.facts.now;
        match self.known() {
            Some(doors) if now.abs_diff(doors.read_at) < FRESH_SECONDS => Ok((doors, false)),
            // Boxed, so that the future of a request is small where nothing is read.
            known => match (Box::pin(self.read(cx, catalogue, false)).await, known) {
                (Ok(doors), _) => Ok((doors, !catalogue.may_be_kept())),
                (Err(error), Some(doors)) if now.abs_diff(doors.read_at) < GRACE_SECONDS => {
                    cx.record.note(&error);
                    Ok((doors, false))
                }
                (Err(error), _) => Err(error),
            },
        }
    }

    /// The doors as they are now. With `past_caches`, the index is not one that this instance or the host holds.
    pub async fn read<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        catalogue: &Catalogue,
        past_caches: bool,
    ) -> Result<Rc<Doors>, Error> {
        let (auth_version, access) = try_join(auth_version(cx), catalogue.access(cx, past_caches)).await?;
        // The index may be one that is held while the bucket cannot be reached.
        let Access { epoch, sealed, read_at } = access;
        let links = match self.known().filter(|known| known.sealed == sealed) {
            Some(known) => known.links.clone(),
            None => self.open(cx, &sealed),
        };
        let generation = Generation { auth_version, epoch };
        let doors = Rc::new(Doors { read_at, generation, sealed, links });
        *self.known.borrow_mut() = Some(Rc::clone(&doors));
        Ok(doors)
    }

    /// The links of a signed text. A text with another signature has none, and is no reason to shut out those who have
    /// the password.
    fn open<P: Platform>(&self, cx: &Cx<'_, P>, sealed: &[u8]) -> Vec<Rc<Link>> {
        let opened = self.keys.iter().find_map(|key| key.open(sealed).ok());
        if opened.is_none() {
            cx.record.note(&Error::because(
                Kind::Invalid,
                "auth.links",
                "the links are signed with another AUTH_SECRET: run edge-gallery link with the one of this service",
            ));
        }
        opened.unwrap_or_default().into_iter().map(Rc::new).collect()
    }
}

async fn auth_version<P: Platform>(cx: &Cx<'_, P>) -> Result<String, Error> {
    let key = KvKey::parse("auth_version").ok_or(Error::new(Kind::Internal, "auth.version"))?;
    match cx.kv(StoreName::CacheVersion)?.get(&key).await? {
        None => Ok(FIRST_AUTH_VERSION.to_owned()),
        Some(bytes) => String::from_utf8(bytes.to_vec())
            .map_err(|error| Error::because(Kind::Invalid, "auth.version", error.utf8_error())),
    }
}
