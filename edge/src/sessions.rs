//! Who sends a request: the session cookie or the playback token, its signature, and the auth version under which it
//! was minted.

use std::cell::RefCell;

use futures_util::future::try_join;
use gallery::{
    playback,
    session::{Claims, Purpose, SESSION_SECONDS, TokenKey},
};
use http::{HeaderMap, HeaderValue, header};
use platform::{
    Cx, Error, Kind, Kv, KvKey, Platform, Problem, StoreName,
    config::{ConfigError, Lookup, names::AUTH_SECRET},
};
use zeroize::Zeroizing;

use crate::Failure;

/// The auth version as long as nobody has set one.
pub const FIRST_AUTH_VERSION: &str = "1";
/// How long an instance trusts the auth version that it read, in seconds. A change reaches every instance within this
/// time.
pub const VERSION_FRESH_SECONDS: u64 = 60;
/// How long an instance uses the last known version while the store cannot be read, in seconds. After this time
/// nobody gets in.
pub const VERSION_GRACE_SECONDS: u64 = 15 * 60;

/// The cookie's name over TLS. The prefix makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis section
/// 4.1.3).
const COOKIE_HTTPS: &str = "__Host-session";
const COOKIE_HTTP: &str = "session";

/// The shortest `AUTH_SECRET`, in bytes.
const MIN_SECRET_BYTES: usize = 32;

/// `AUTH_SECRET`, from which the keys of sessions and tokens are derived.
pub struct AuthSecret(Zeroizing<String>);

impl AuthSecret {
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        let secret = Zeroizing::new(lookup.required(AUTH_SECRET)?);
        if secret.len() < MIN_SECRET_BYTES {
            return Err(ConfigError::new(AUTH_SECRET, "must have at least 32 characters"));
        }
        Ok(Self(secret))
    }
}

/// Mints and checks sessions. An instance has one `Sessions`. It keeps the auth version that it last read, and
/// nothing of a viewer.
pub struct Sessions {
    key: TokenKey,
    playback: TokenKey,
    version: RefCell<Option<(u64, String)>>,
}

impl Sessions {
    pub fn new(secret: &AuthSecret) -> Self {
        let key = |purpose| TokenKey::derive(secret.0.as_bytes(), purpose);
        Self { key: key(Purpose::Session), playback: key(Purpose::Playback), version: RefCell::new(None) }
    }

    /// The session of a request, or a 401. The 401 is the same whether or not the requested file exists.
    ///
    /// A forged cookie costs a MAC and no store read. Every cookie with the session's name is tried.
    pub async fn require<P: Platform>(&self, cx: &Cx<'_, P>, headers: &HeaderMap) -> Result<Claims, Failure> {
        self.current(cx, self.signed(cx, headers)).await
    }

    /// The result of `route` for a request with a session, or the same 401.
    ///
    /// Where the auth version must be read first, `route` reads at the same time. A route of a request whose signature
    /// is wrong never begins, and what a route of an ended session has found is dropped.
    pub async fn while_required<P: Platform, T>(
        &self,
        cx: &Cx<'_, P>,
        headers: &HeaderMap,
        route: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        let signed = self.signed(cx, headers);
        if signed.is_empty() {
            return Err(Problem::unauthorized().into());
        }
        let (_, outcome) = try_join(self.current(cx, signed), async { Ok(route.await) }).await?;
        Ok(outcome)
    }

    /// The claims of the session cookies with a right signature.
    fn signed<P: Platform>(&self, cx: &Cx<'_, P>, headers: &HeaderMap) -> Vec<Claims> {
        let tokens = cookies(headers, cookie_name(cx.facts.https));
        tokens.filter_map(|token| self.key.verify(token, cx.facts.now)).collect()
    }

    /// The claims of a playback token, which opens one film and nothing else, or the same 401.
    pub async fn require_playback<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        token: &str,
        film: &str,
    ) -> Result<Claims, Failure> {
        let signed = self.playback.verify(token, cx.facts.now).filter(|claims| claims.opens(film));
        self.current(cx, signed.into_iter().collect()).await
    }

    /// A playback token for a viewer with a session. It costs no read, because the session has just been found to be
    /// current.
    pub fn playback_token(&self, session: &Claims, film: &str, now: u64, duration: f64) -> String {
        playback::mint(&self.playback, session, film, now, duration)
    }

    /// The first of these claims that was minted under the current auth version.
    async fn current<P: Platform>(&self, cx: &Cx<'_, P>, signed: Vec<Claims>) -> Result<Claims, Failure> {
        if signed.is_empty() {
            return Err(Problem::unauthorized().into());
        }
        let (version, fresh) = self.version(cx).await?;
        if let Some(claims) = signed.iter().find(|claims| claims.is_of(&version)) {
            return Ok(*claims);
        }
        if fresh {
            return Err(Problem::unauthorized().into());
        }
        // The signature is right, but the auth version is not the one in memory. The token may have been minted
        // elsewhere, under a newer version.
        let version = self.read_version(cx).await?;
        signed.into_iter().find(|claims| claims.is_of(&version)).ok_or_else(|| Problem::unauthorized().into())
    }

    /// A `Set-Cookie` value with a fresh session. The auth version is read from the store and not from memory, so
    /// that a login after a change gets a session that is valid.
    pub async fn mint<P: Platform>(&self, cx: &Cx<'_, P>) -> Result<HeaderValue, Error> {
        let version = self.read_version(cx).await?;
        let token = self.key.mint(&version, cx.facts.now, SESSION_SECONDS, cx.entropy());
        cookie(cx.facts.https, &token, SESSION_SECONDS)
    }

    /// A `Set-Cookie` value that removes the session.
    pub fn clear(https: bool) -> Result<HeaderValue, Error> {
        cookie(https, "", 0)
    }

    /// The auth version, and whether it was read just now.
    async fn version<P: Platform>(&self, cx: &Cx<'_, P>) -> Result<(String, bool), Error> {
        let now = cx.facts.now;
        let known = self.version.borrow().clone();
        match known {
            Some((read_at, version)) if now.saturating_sub(read_at) < VERSION_FRESH_SECONDS => Ok((version, false)),
            known => match (self.read_version(cx).await, known) {
                (Ok(version), _) => Ok((version, true)),
                (Err(error), Some((read_at, version))) if now.saturating_sub(read_at) < VERSION_GRACE_SECONDS => {
                    cx.record.note(&error);
                    Ok((version, false))
                }
                (Err(error), _) => Err(error),
            },
        }
    }

    async fn read_version<P: Platform>(&self, cx: &Cx<'_, P>) -> Result<String, Error> {
        let key = KvKey::parse("auth_version").ok_or(Error::new(Kind::Internal, "auth.version"))?;
        let version = match cx.kv(StoreName::CacheVersion)?.get(&key).await? {
            None => FIRST_AUTH_VERSION.to_owned(),
            Some(bytes) => String::from_utf8(bytes.to_vec())
                .map_err(|error| Error::because(Kind::Invalid, "auth.version", error.utf8_error()))?,
        };
        *self.version.borrow_mut() = Some((cx.facts.now, version.clone()));
        Ok(version)
    }
}

/// The session cookies of a request, for a request to another service of the gallery. The other service expects the
/// name of the cookie by its own scheme, which `https` gives. No other cookie is sent.
pub fn forward(headers: &HeaderMap, from_https: bool, https: bool) -> Option<HeaderValue> {
    let name = cookie_name(https);
    let pairs: Vec<String> = cookies(headers, cookie_name(from_https)).map(|token| format!("{name}={token}")).collect();
    let mut value = HeaderValue::from_str(&pairs.join("; ")).ok().filter(|_| !pairs.is_empty())?;
    value.set_sensitive(true);
    Some(value)
}

const fn cookie_name(https: bool) -> &'static str {
    if https { COOKIE_HTTPS } else { COOKIE_HTTP }
}

/// The values of all cookies with a name, from all `Cookie` headers.
fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(move |pair| pair.trim_start().strip_prefix(name)?.strip_prefix('='))
}

fn cookie(https: bool, token: &str, seconds: u64) -> Result<HeaderValue, Error> {
    let (name, secure) = (cookie_name(https), if https { "; Secure" } else { "" });
    let text = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let mut value =
        HeaderValue::from_str(&text).map_err(|error| Error::because(Kind::Internal, "auth.cookie", error))?;
    value.set_sensitive(true);
    Ok(value)
}
