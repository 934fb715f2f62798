//! Tokens, which say who may look, until when, and at what. Only the server chooses the claims in them.
//!
//! A token is 74 bytes in unpadded base64url (99 characters). The layout is fixed, so there is only one way to write
//! a token:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | layout version, 1 |
//! | 1 | purpose |
//! | 8 | issued, seconds since 1970, big-endian |
//! | 8 | expires, likewise |
//! | 8 | fingerprint of the `auth_version` under which the token was minted |
//! | 16 | in a session: random, so that no two are alike; in a [playback](crate::playback) token: which film it opens |
//! | 32 | HMAC-SHA-256 of all bytes before it |

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const CLAIMS: usize = 42;
const TOKEN: usize = CLAIMS + 32;
/// The token's length in characters.
pub const TOKEN_CHARACTERS: usize = TOKEN.div_ceil(3) * 4 - 1;

/// How long a session lasts, in seconds: 30 days.
pub const SESSION_SECONDS: u64 = 30 * 24 * 60 * 60;
/// How far the clocks of two servers may differ, in seconds.
pub const CLOCK_SKEW_SECONDS: u64 = 600;

/// What a token opens. Each purpose has a key of its own, so a token for one purpose never passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The whole gallery. The token is in a cookie.
    Session,
    /// One film. The token is in a URL.
    Playback,
}

impl Purpose {
    const fn byte(self) -> u8 {
        match self {
            Self::Session => 1,
            Self::Playback => 2,
        }
    }

    const fn label(self) -> &'static [u8] {
        match self {
            Self::Session => b"edge-gallery session v1",
            Self::Playback => b"edge-gallery playback v1",
        }
    }
}

/// The key that signs the tokens of one purpose.
pub struct TokenKey {
    purpose: Purpose,
    key: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenKey").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

/// A token whose signature, layout and times are right. The auth version has not been compared yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims {
    pub issued: u64,
    pub expires: u64,
    /// A number that is the same for all requests of one session, and has no other meaning. What must stay the same
    /// for one viewer is derived from this number. In a playback token, the number is the same for one film.
    pub viewer: u64,
    /// The bytes that are random in a session, and that name the film in a playback token.
    pub(crate) subject: [u8; 16],
    pub(crate) epoch: [u8; 8],
}

impl Claims {
    /// Whether the token was minted under this `auth_version`.
    pub fn is_of(&self, auth_version: &str) -> bool {
        self.epoch == fingerprint(auth_version)
    }
}

fn fingerprint(auth_version: &str) -> [u8; 8] {
    let mut short = [0; 8];
    short.copy_from_slice(&Sha256::digest(auth_version.as_bytes())[..8]);
    short
}

fn hmac(key: &[u8]) -> Hmac<Sha256> {
    // HMAC takes keys of every length (RFC 2104 section 2).
    #[allow(clippy::expect_used)]
    Hmac::new_from_slice(key).expect("HMAC takes any key length")
}

impl TokenKey {
    /// Derives the purpose's key from the deployment's `AUTH_SECRET`.
    pub fn derive(secret: &[u8], purpose: Purpose) -> Self {
        let mut mac = hmac(secret);
        mac.update(purpose.label());
        Self { purpose, key: Zeroizing::new(mac.finalize().into_bytes().into()) }
    }

    /// Mints a token that lasts `lifetime` seconds from `now`.
    pub fn mint(&self, auth_version: &str, now: u64, lifetime: u64, random: [u8; 16]) -> String {
        self.sign(fingerprint(auth_version), now, now.saturating_add(lifetime), random)
    }

    pub(crate) fn sign(&self, epoch: [u8; 8], issued: u64, expires: u64, subject: [u8; 16]) -> String {
        let mut token = [0; TOKEN];
        token[0] = VERSION;
        token[1] = self.purpose.byte();
        token[2..10].copy_from_slice(&issued.to_be_bytes());
        token[10..18].copy_from_slice(&expires.to_be_bytes());
        token[18..26].copy_from_slice(&epoch);
        token[26..CLAIMS].copy_from_slice(&subject);
        let mut mac = hmac(&*self.key);
        mac.update(&token[..CLAIMS]);
        token[CLAIMS..].copy_from_slice(&mac.finalize().into_bytes());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The claims of a token that this key signed and that is valid at `now`. The signature is checked before any
    /// claim is read.
    pub fn verify(&self, token: &str, now: u64) -> Option<Claims> {
        if token.len() != TOKEN_CHARACTERS {
            return None;
        }
        let token: [u8; TOKEN] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
        let mut mac = hmac(&*self.key);
        mac.update(&token[..CLAIMS]);
        // Constant time: `verify_slice` compares through `subtle`.
        mac.verify_slice(&token[CLAIMS..]).ok()?;
        let number = |at: usize| token[at..at + 8].try_into().map_or(0, u64::from_be_bytes);
        let claims = Claims {
            issued: number(2),
            expires: number(10),
            viewer: number(26),
            subject: token[26..CLAIMS].try_into().ok()?,
            epoch: token[18..26].try_into().ok()?,
        };
        let holds = token[0] == VERSION
            && token[1] == self.purpose.byte()
            && claims.issued <= now.saturating_add(CLOCK_SKEW_SECONDS)
            && now < claims.expires;
        holds.then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_750_000_000;

    fn key() -> TokenKey {
        TokenKey::derive(b"a secret of at least thirty-two bytes", Purpose::Session)
    }

    #[test]
    fn a_token_holds_until_it_expires() {
        let token = key().mint("1", NOW, 60, [7; 16]);
        assert_eq!(token.len(), TOKEN_CHARACTERS);
        assert!(key().verify(&token, NOW).unwrap().is_of("1"));
        assert!(!key().verify(&token, NOW).unwrap().is_of("2"));
        assert!(key().verify(&token, NOW + 59).is_some());
        assert!(key().verify(&token, NOW + 60).is_none());
    }

    #[test]
    fn a_token_from_the_future_is_refused_beyond_the_clock_skew() {
        let token = key().mint("1", NOW + CLOCK_SKEW_SECONDS, 60, [7; 16]);
        assert!(key().verify(&token, NOW).is_some());
        assert!(key().verify(&token, NOW - 1).is_none());
    }

    #[test]
    fn no_other_bytes_pass() {
        let token = key().mint("1", NOW, 60, [7; 16]);
        for at in 0..token.len() {
            for other in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. " {
                let mut bad = token.clone().into_bytes();
                if bad[at] != *other {
                    bad[at] = *other;
                    assert_eq!(key().verify(std::str::from_utf8(&bad).unwrap(), NOW), None);
                }
            }
        }
        for bad in ["", "x", &token[1..], &format!("{token}="), &format!("{token}A"), &"é".repeat(49)] {
            assert_eq!(key().verify(bad, NOW), None);
        }
        let other = TokenKey::derive(b"another secret of thirty-two bytes", Purpose::Session);
        assert_eq!(other.verify(&token, NOW), None);
    }

    #[test]
    fn the_key_is_not_printed() {
        assert_eq!(format!("{:?}", key()), "TokenKey { purpose: Session, .. }");
    }
}
