//! Who sends a request: the session cookie or the playback token, its signature, and whether the session goes on.
//!
//! A session ends when it expires, when its viewer logs out, when its link ends, and when the `auth_version` in the KV
//! store or the epoch in the catalogue's index changes. All of these reach every instance within [`FRESH_SECONDS`].

mod cookie;
mod doors;
mod ended;
mod viewer;

use std::{cell::Cell, rc::Rc};

use futures_util::future::try_join;
use gallery::{
    download,
    link::{Link, LinkId, LinksKey},
    password::weakness,
    playback,
    session::{CLOCK_SKEW_SECONDS, Claims, Purpose, SESSION_SECONDS, TokenKey},
};
use http::{HeaderMap, HeaderValue};
use platform::{
    Cx, Error, Kind, Platform, Problem,
    config::{
        ConfigError, Lookup,
        names::{AUTH_SECRET, AUTH_SECRET_PREVIOUS, GALLERY_LOCAL},
    },
};
use zeroize::Zeroizing;

use crate::{Base, Catalogue, Failure, SingleFlight};
use doors::{CurrentDoors, Doors, Session};
use ended::Ended;

pub use cookie::{Naming, forward};
pub use viewer::{Gate, Viewer};

/// The auth version as long as nobody has set one.
pub const FIRST_AUTH_VERSION: &str = "1";
/// How long an instance trusts what it read of who may enter, in seconds. The index may be older by the time that
/// instances and hosts keep it, and a shared cache may keep an answer for some seconds more. Together this is at most
/// half a minute.
pub const FRESH_SECONDS: u64 = 10;
/// How long an instance uses what it last knew while the stores cannot be read, in seconds. After this time nobody
/// gets in.
pub const GRACE_SECONDS: u64 = 15 * 60;

/// The shortest `AUTH_SECRET`, in bytes.
pub const MIN_SECRET_BYTES: usize = 32;

/// `AUTH_SECRET`, from which the keys of sessions, tokens and links are derived, and the one before it.
pub struct AuthSecret {
    current: Zeroizing<String>,
    previous: Option<Zeroizing<String>>,
}

impl AuthSecret {
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        let is_local = lookup.switch(GALLERY_LOCAL)?;
        let checked = |name, secret: String| match secret.len() {
            MIN_SECRET_BYTES.. if is_local || weakness(&secret).is_none() => Ok(Zeroizing::new(secret)),
            MIN_SECRET_BYTES.. => Err(ConfigError::new(name, "is easy to guess: use random characters")),
            _ => Err(ConfigError::new(name, "must have at least 32 characters")),
        };
        let current = checked(AUTH_SECRET, lookup.required(AUTH_SECRET)?)?;
        let previous = lookup.optional(AUTH_SECRET_PREVIOUS);
        let previous = previous.map(|secret| checked(AUTH_SECRET_PREVIOUS, secret)).transpose()?;
        Ok(Self { current, previous })
    }

    /// The current secret first.
    fn all(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(&self.current).chain(&self.previous).map(|secret| secret.as_bytes())
    }

    fn keys(&self, purpose: Purpose) -> Keys {
        let key = |secret: &Zeroizing<String>| TokenKey::derive(secret.as_bytes(), purpose);
        Keys { current: key(&self.current), previous: self.previous.as_ref().map(key) }
    }
}

/// The keys of one purpose. Tokens are minted with the current one.
struct Keys {
    current: TokenKey,
    previous: Option<TokenKey>,
}

impl Keys {
    fn verify(&self, token: &str, now: u64) -> Option<Claims> {
        self.current.verify(token, now).or_else(|| self.previous.as_ref()?.verify(token, now))
    }
}

/// Mints and checks sessions. An instance has one `Sessions`. It keeps what it last read of who may enter, and nothing
/// of a viewer but ids of sessions.
pub struct Sessions {
    keys: Keys,
    playback: Keys,
    download: Keys,
    base: Base,
    doors: CurrentDoors,
    ended: Ended,
    /// The latest time that this instance has seen.
    latest: Cell<u64>,
    /// When the stores were last read past all caches for something that memory does not know.
    looked: Cell<u64>,
    /// Of requests that look at once, one reads.
    looks: SingleFlight,
}

impl Sessions {
    pub fn new(secret: &AuthSecret, base: &Base) -> Self {
        Self {
            base: base.clone(),
            keys: secret.keys(Purpose::Session),
            playback: secret.keys(Purpose::Playback),
            download: secret.keys(Purpose::Download),
            doors: CurrentDoors::new(secret.all().map(LinksKey::derive).collect()),
            ended: Ended::default(),
            latest: Cell::new(0),
            looked: Cell::new(0),
            looks: SingleFlight::default(),
        }
    }

    /// The viewer with the session of a request, or a 401. The 401 is the same whether or not the requested file
    /// exists.
    ///
    /// A forged cookie costs a MAC and no store read. Every cookie with the session's name is tried.
    pub async fn require<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        catalogue: &Catalogue,
        headers: &HeaderMap,
    ) -> Result<Viewer, Failure> {
        self.current(cx, catalogue, self.signed(cx, headers)).await
    }

    /// The result of `route` for a request with a session, or the same 401.
    ///
    /// Where it must be read whether the session goes on, `route` reads at the same time. A route of a request whose
    /// signature is wrong never begins, and what a route of an ended session has found is dropped.
    pub async fn while_required<P: Platform, T>(
        &self,
        cx: &Cx<'_, P>,
        catalogue: &Catalogue,
        headers: &HeaderMap,
        gate: &Gate,
        route: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let signed = self.signed(cx, headers);
        if signed.is_empty() {
            return Err(Problem::unauthorized().into());
        }
        let opened = async {
            gate.open(self.current(cx, catalogue, signed).await?);
            Ok(())
        };
        // What the route found counts only when the viewer is known, and so does its failure.
        let ((), outcome) = try_join(opened, async { Ok::<_, Failure>(route.await) }).await?;
        outcome
    }

    fn naming<P: Platform>(&self, cx: &Cx<'_, P>) -> Naming<'_> {
        Naming { https: cx.facts.https, base: &self.base }
    }

    /// The claims of the session cookies with a right signature.
    fn signed<P: Platform>(&self, cx: &Cx<'_, P>, headers: &HeaderMap) -> Vec<Claims> {
        let now = self.now(cx);
        cookie::all(headers, self.naming(cx)).filter_map(|token| self.keys.verify(token, now)).collect()
    }

    /// The viewer with a playback token, which opens one film and nothing else, or the same 401.
    pub async fn require_playback<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        catalogue: &Catalogue,
        token: &str,
        film: &str,
    ) -> Result<Viewer, Failure> {
        let signed = self.playback.verify(token, self.now(cx)).filter(|claims| claims.opens(film));
        self.current(cx, catalogue, signed.into_iter().collect()).await
    }

    /// A playback token for a viewer with a session. It costs no read, because the session has just been found to go
    /// on.
    pub fn playback_token(&self, viewer: &Viewer, film: &str, now: u64, duration: f64) -> String {
        playback::mint(&self.playback.current, &viewer.claims, film, now, duration)
    }

    /// A download token for a viewer with a session. It costs no read, as a playback token.
    pub fn download_token(&self, viewer: &Viewer, id: download::Id, now: u64) -> String {
        download::mint(&self.download.current, &viewer.claims, id, now)
    }

    /// The claims of a download token with a right signature, or the same 401 as without a session.
    pub fn signed_download<P: Platform>(&self, cx: &Cx<'_, P>, token: &str) -> Result<Claims, Failure> {
        Ok(self.download.verify(token, self.now(cx)).ok_or_else(Problem::unauthorized)?)
    }

    /// The viewer with a download token, if the session goes on from which it came, or the same 401. Whoever downloads
    /// for hours is asked for again and again.
    pub async fn require_download<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        catalogue: &Catalogue,
        claims: &Claims,
    ) -> Result<Viewer, Failure> {
        let lives = self.now(cx) < claims.expires;
        self.current(cx, catalogue, lives.then_some(*claims).into_iter().collect()).await
    }

    /// The time by which tokens expire. A clock that goes back revives none.
    fn now<P: Platform>(&self, cx: &Cx<'_, P>) -> u64 {
        let now = cx.facts.now.max(self.latest.get());
        if now > cx.facts.now + CLOCK_SKEW_SECONDS {
            let words = "this instance has seen a later time: if that time was wrong, restart it";
            cx.record.note(&Error::because(Kind::Internal, "auth.clock", words));
        }
        self.latest.set(now);
        now
    }

    /// The viewer with the first of these sessions that goes on.
    async fn current<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        catalogue: &Catalogue,
        signed: Vec<Claims>,
    ) -> Result<Viewer, Failure> {
        if signed.is_empty() {
            return Err(Problem::unauthorized().into());
        }
        let now = self.now(cx);
        let going_on = async {
            let mut going_on = Vec::with_capacity(signed.len());
            for claims in signed {
                if !self.ended.contains(cx, claims.session).await? {
                    going_on.push(claims);
                }
            }
            Ok(going_on)
        };
        let ((doors, is_fresh), signed) = try_join(self.doors.get(cx, catalogue), going_on).await?;
        let going_on = |doors: &Doors| {
            signed.iter().find_map(|claims| match doors.session(claims, now) {
                Session::GoesOn(link) => Some(Viewer { claims: *claims, link }),
                Session::Over => None,
            })
        };
        if let Some(viewer) = going_on(&doors) {
            return Ok(viewer);
        }
        // The signature is right, but what is in memory does not know the session. It may have begun elsewhere, under
        // what was written since.
        if !is_fresh
            && !signed.is_empty()
            && let Some(viewer) = going_on(&*self.look_again(cx, catalogue).await?)
        {
            return Ok(viewer);
        }
        cx.record.event.set(Some("session-ended"));
        Err(Problem::unauthorized().into())
    }

    /// The doors as they are now, past all caches; or as this instance has found them since the request came, because
    /// who asks again and again for what there is not must not cost more. Several requests may come with a new link at
    /// once.
    async fn look_again<P: Platform>(&self, cx: &Cx<'_, P>, catalogue: &Catalogue) -> Result<Rc<Doors>, Error> {
        let _flight = self.looks.join(cx, "doors").await;
        let now = cx.facts.now;
        // The request may have waited until a later second. A clock that was set back soon looks again.
        if (now..now + FRESH_SECONDS).contains(&self.looked.get())
            && let Some(doors) = self.doors.known()
        {
            return Ok(doors);
        }
        let doors = Box::pin(self.doors.read(cx, catalogue, true)).await?;
        self.looked.set(now);
        Ok(doors)
    }

    /// A link that has not ended, with this secret part of its URL.
    pub async fn link<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        catalogue: &Catalogue,
        token: &str,
    ) -> Result<Option<Rc<Link>>, Error> {
        let Some(id) = LinkId::of(token) else { return Ok(None) };
        let now = self.now(cx);
        let (doors, is_fresh) = self.doors.get(cx, catalogue).await?;
        if let Some(link) = doors.link(id, now) {
            return Ok(Some(Rc::clone(link)));
        }
        if is_fresh {
            return Ok(None);
        }
        Ok(self.look_again(cx, catalogue).await?.link(id, now).cloned())
    }

    /// A `Set-Cookie` value with a fresh session, through a link or for the whole gallery. What says who may enter is
    /// read from the stores and not from memory, so that a login after a change gets a session that is valid.
    pub async fn mint<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        catalogue: &Catalogue,
        link: Option<&Link>,
    ) -> Result<HeaderValue, Error> {
        // Not the latest time that was seen: every other instance must find the token to be of now.
        let now = cx.facts.now;
        let doors = Box::pin(self.doors.read(cx, catalogue, true)).await?;
        let expires = (now + SESSION_SECONDS).min(link.map_or(u64::MAX, |link| link.expires));
        let id = link.map(|link| link.id);
        let token = self.keys.current.mint(&doors.generation, (now, expires), cx.entropy(), id);
        cookie::set(self.naming(cx), &token, expires.saturating_sub(now))
    }

    /// Ends the sessions of a request, and returns a `Set-Cookie` value that removes the cookie.
    pub async fn end<P: Platform>(&self, cx: &Cx<'_, P>, headers: &HeaderMap) -> Result<HeaderValue, Error> {
        for claims in self.signed(cx, headers) {
            self.ended.add(cx, claims.session, claims.expires).await?;
        }
        cookie::set(self.naming(cx), "", 0)
    }
}
