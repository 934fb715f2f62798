//! The catalogue from a snapshot in the bucket: the index, which changes, and parts of objects, which never change.

use std::{cell::RefCell, rc::Rc, time::Duration};

use bytes::Bytes;
use gallery::{
    MediaKey,
    cursor::Cursor,
    media::{Film, Media, MediaType},
    snapshot::{self, CURRENT, Index, Parts, Unreadable},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use platform::{Cx, EdgeCache, Error, Kind, Platform};
use platform_s3::Objects;

use super::{State, parts::PartCache};

/// How long an instance trusts the index that it read, in seconds. After this time, every instance sees what ingest
/// wrote.
pub(super) const FRESH_SECONDS: u64 = 10;
/// How long a host may keep the index in its edge cache for its other instances. This time comes on top of
/// [`FRESH_SECONDS`].
const EDGE_CACHE_TTL: Duration = Duration::from_secs(5);
/// How long an instance uses the last index while the bucket cannot be reached, in seconds.
const GRACE_SECONDS: u64 = 15 * 60;
/// The largest index, in bytes.
const MAX_INDEX_BYTES: usize = 1024 * 1024;

/// What an instance knows about the snapshots in the bucket.
pub(super) struct Snapshots {
    objects: Rc<Objects>,
    index: RefCell<Option<Known>>,
    parts: PartCache,
}

#[derive(Clone)]
struct Known {
    index: Rc<Index>,
    tag: Option<HeaderValue>,
    /// When the bucket was last asked for the index, and when it last answered, in seconds since 1970.
    asked: u64,
    answered: u64,
}

impl Snapshots {
    pub fn new(objects: Rc<Objects>) -> Self {
        Self { objects, index: RefCell::default(), parts: PartCache::default() }
    }

    pub async fn item<P: Platform>(&self, cx: &Cx<'_, P>, key: &MediaKey) -> Result<Option<Media>, Error> {
        let parts = self.read(cx, |index| index.item(key.as_str())).await?;
        let item = parts.first().map(|part| snapshot::item(part, key.as_str())).transpose();
        Ok(item.map_err(unreadable)?.flatten())
    }

    /// The film with this key.
    pub async fn film<P: Platform>(&self, cx: &Cx<'_, P>, key: &MediaKey) -> Result<Option<Film>, Error> {
        let index = self.index(cx).await?;
        if let Some(film) = index.film(key.as_str()) {
            return Ok(film);
        }
        let parts = self.read(cx, |index| index.item(key.as_str())).await?;
        let film = parts.first().map(|part| snapshot::film(part, key.as_str())).transpose();
        Ok(film.map_err(unreadable)?.flatten())
    }

    pub async fn page<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        filter: Option<MediaType>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<Media>, Error> {
        let parts = self.read(cx, |index| index.page(filter, after, limit)).await?;
        snapshot::page(parts.iter().map(|part| &part[..]), after, limit).map_err(unreadable)
    }

    pub async fn state<P: Platform>(&self, cx: &Cx<'_, P>) -> Result<State, Error> {
        let index = self.index(cx).await?;
        Ok(State { count: index.count as u64, changed: index.changed.clone() })
    }

    /// The parts that `wanted` names. If their snapshot has just been removed, the parts of the next snapshot.
    async fn read<P: Platform>(&self, cx: &Cx<'_, P>, wanted: impl Fn(&Index) -> Parts) -> Result<Vec<Bytes>, Error> {
        let index = self.index(cx).await?;
        if let Some(parts) = self.parts.read(cx, &self.objects, &wanted(&index)).await? {
            return Ok(parts);
        }
        let index = self.refresh(cx, None).await?;
        let parts = self.parts.read(cx, &self.objects, &wanted(&index)).await?;
        parts.ok_or(Error::because(Kind::Unavailable, "catalogue.part", "the bucket lacks a part of the snapshot"))
    }

    /// The index, at most [`FRESH_SECONDS`] old. While the bucket cannot be reached, the last index.
    async fn index<P: Platform>(&self, cx: &Cx<'_, P>) -> Result<Rc<Index>, Error> {
        let now = cx.facts.now;
        let held = {
            let mut known = self.index.borrow_mut();
            match known.as_mut() {
                Some(known) if now.saturating_sub(known.answered) < GRACE_SECONDS => {
                    if now.saturating_sub(known.asked) < FRESH_SECONDS {
                        return Ok(Rc::clone(&known.index));
                    }
                    // This request asks the bucket. Requests that arrive in the meantime use the index that is held.
                    known.asked = now;
                    Some(Rc::clone(&known.index))
                }
                _ => None,
            }
        };
        let edge_cache = EdgeCache { version: String::new(), ttl: EDGE_CACHE_TTL, tags: vec!["catalogue".to_owned()] };
        match (self.refresh(cx, Some(&edge_cache)).await, held) {
            (Err(error), Some(index)) => {
                cx.record.note(&error);
                Ok(index)
            }
            (answer, _) => answer,
        }
    }

    /// Asks the bucket for the index. An unchanged index is not sent again.
    async fn refresh<P: Platform>(&self, cx: &Cx<'_, P>, edge_cache: Option<&EdgeCache>) -> Result<Rc<Index>, Error> {
        let now = cx.facts.now;
        let held = self.index.borrow().clone();
        let tag = held.as_ref().and_then(|known| known.tag.clone());
        let headers: HeaderMap = tag.into_iter().map(|tag| (header::IF_NONE_MATCH, tag)).collect();
        let response = self.objects.read(cx, &Method::GET, CURRENT, &headers, edge_cache).await?;
        let (index, tag) = match (response.status(), held) {
            (StatusCode::NOT_MODIFIED, Some(known)) => (known.index, known.tag),
            (StatusCode::OK, held) => {
                let tag = response.headers().get(header::ETAG).cloned();
                let bytes = P::collect(response.into_body(), MAX_INDEX_BYTES).await?;
                let index = Rc::new(Index::parse(&bytes).map_err(unreadable)?);
                if held.is_some_and(|held| held.index.version != index.version) {
                    self.parts.retain_version(&snapshot::object_keys(&index.version));
                }
                (index, tag)
            }
            (StatusCode::NOT_FOUND, _) => {
                let words = "the bucket has no catalogue/current: ingest writes it";
                return Err(Error::because(Kind::Unavailable, "catalogue.index", words));
            }
            (status, _) => {
                let words = format!("the store answered {}", status.as_u16());
                return Err(Error::because(Kind::Invalid, "catalogue.index", words));
            }
        };
        *self.index.borrow_mut() = Some(Known { index: Rc::clone(&index), tag, asked: now, answered: now });
        Ok(index)
    }
}

fn unreadable(error: Unreadable) -> Error {
    Error::because(Kind::Invalid, "catalogue.snapshot", error)
}
