//! Who is asking: the session cookie or the playback token, its signature, and the auth version it was minted under.

use std::cell::RefCell;

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

/// The version while nobody has set one.
pub const FIRST_AUTH_VERSION: &str = "1";
/// How long an instance trusts the auth version it read, in seconds. A bump reaches every instance within it.
pub const VERSION_FRESH_SECONDS: u64 = 60;
/// How long the last known version serves while the store cannot be asked, in seconds. Then nobody gets in.
pub const VERSION_GRACE_SECONDS: u64 = 15 * 60;

/// The cookie's name over TLS: the prefix makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis section 4.1.3).
const COOKIE_HTTPS: &str = "__Host-session";
const COOKIE_HTTP: &str = "session";

/// The shortest `AUTH_SECRET`, in bytes.
pub const MIN_SECRET_BYTES: usize = 32;

/// `AUTH_SECRET`: what the keys of sessions and tokens are derived from.
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

/// Mints and checks sessions. One per instance; keeps the auth version it last saw, nothing of a viewer.
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

    /// The session of a request, or the 401 that is the same for what exists and what does not.
    ///
    /// A cookie that is not ours costs a MAC and no store read. Each cookie of the name is tried.
    pub async fn require<P: Platform>(&self, cx: &Cx<'_, P>, headers: &HeaderMap) -> Result<Claims, Failure> {
        let name = cookie_name(cx.facts.https);
        let now = cx.facts.now;
        self.current(cx, cookies(headers, name).filter_map(|token| self.key.verify(token, now)).collect()).await
    }

    /// The same for a playback token, which opens one film and nothing else.
    pub async fn require_playback<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        token: &str,
        film: &str,
    ) -> Result<Claims, Failure> {
        let signed = self.playback.verify(token, cx.facts.now).filter(|claims| claims.opens(film));
        self.current(cx, signed.into_iter().collect()).await
    }

    /// A playback token for one who has a session. Costs no read: the session has just been found to be current.
    pub fn playback_token(&self, session: &Claims, film: &str, now: u64, duration: f64) -> String {
        playback::mint(&self.playback, session, film, now, duration)
    }

    /// The first of these that was minted under the current auth version.
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
        // Ours, but of another version than the one in memory: perhaps of a newer one, minted elsewhere after a bump.
        let version = self.read_version(cx).await?;
        signed.into_iter().find(|claims| claims.is_of(&version)).ok_or_else(|| Problem::unauthorized().into())
    }

    /// A `Set-Cookie` value with a fresh session. The version is read from the store, not from memory:
    /// whoever logs in after a bump gets a session that holds.
    pub async fn mint<P: Platform>(&self, cx: &Cx<'_, P>) -> Result<HeaderValue, Error> {
        let version = self.read_version(cx).await?;
        let token = self.key.mint(&version, cx.facts.now, SESSION_SECONDS, cx.entropy());
        cookie(cx.facts.https, &token, SESSION_SECONDS)
    }

    /// A `Set-Cookie` value that takes the session away.
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

/// A request's session cookies for another of the gallery's services, named as it expects them: `https` says how that one
/// is reached. No other cookie goes along.
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

/// The values of all cookies of a name, over all `Cookie` headers.
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
