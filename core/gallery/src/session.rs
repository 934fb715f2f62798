//! Tokens, which say who may look, until when, and at what. Only the server chooses the claims in them.
//!
//! A token is 106 bytes in unpadded base64url (142 characters). The layout is fixed, so there is only one way to write
//! a token:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | layout version, 2 |
//! | 1 | purpose |
//! | 8 | issued, seconds since 1970, big-endian |
//! | 8 | expires, likewise |
//! | 8 | fingerprint of the `auth_version` and of the epoch under which the token was minted |
//! | 16 | id of the session: random |
//! | 16 | id of the link through which the session began, or zeros |
//! | 16 | the film of a [playback](crate::playback) token, or what a [download](crate::download) token opens |
//! | 32 | HMAC-SHA-256 of all bytes before it |
//!
//! Layout 1 is that of 0.1.0. It has 74 bytes (99 characters), and ends with the session's id or the film. Its tokens
//! are valid until they expire.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::Mac;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{digest::hmac, link::LinkId};

const VERSION: u8 = 2;
/// The bytes before the signature.
const CLAIMS: usize = 74;
const CLAIMS_1: usize = 42;
const MAC: usize = 32;
const TOKEN: usize = CLAIMS + MAC;
/// The lengths of tokens in characters: of today's, and of those of layout 1.
const TOKEN_CHARACTERS: [usize; 2] = [TOKEN * 4 / 3 + 1, (CLAIMS_1 + MAC) * 4 / 3 + 1];

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
    /// One [download](crate::download). The token is in a URL.
    Download,
}

impl Purpose {
    const fn byte(self) -> u8 {
        match self {
            Self::Session => 1,
            Self::Playback => 2,
            Self::Download => 3,
        }
    }

    const fn label(self) -> &'static [u8] {
        match self {
            Self::Session => b"edge-gallery session v1",
            Self::Playback => b"edge-gallery playback v1",
            Self::Download => b"edge-gallery download v1",
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

/// Whether a text has the form of a token.
pub fn looks_like_a_token(text: &str) -> bool {
    TOKEN_CHARACTERS.contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// What ends every session when it changes: the `auth_version` in the KV store, and the epoch in the catalogue's index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    pub auth_version: String,
    pub epoch: u32,
}

impl Generation {
    /// The first epoch adds nothing, so that sessions of 0.1.0, which knew no epoch, go on.
    fn fingerprint(&self) -> [u8; 8] {
        let mut hash = Sha256::new_with_prefix(self.auth_version.as_bytes());
        if self.epoch > 0 {
            hash.update([0]);
            hash.update(self.epoch.to_be_bytes());
        }
        let mut short = [0; 8];
        short.copy_from_slice(&hash.finalize()[..8]);
        short
    }
}

/// A token whose signature, layout and times are right. The generation has not been compared yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims {
    pub issued: u64,
    pub expires: u64,
    /// The id of the session, also in a playback token that came from it. Zeros in a playback token of 0.1.0.
    pub session: [u8; 16],
    /// The link through which the session began. `None` for one that began with the gallery's password.
    pub link: Option<LinkId>,
    pub(crate) film: [u8; 16],
    pub(crate) fingerprint: [u8; 8],
}

impl Claims {
    /// Whether the token was minted in this generation.
    pub fn is_of(&self, generation: &Generation) -> bool {
        self.fingerprint == generation.fingerprint()
    }

    /// A number that is the same for all requests of one session, and has no other meaning. What must stay the same
    /// for one viewer is derived from this number.
    pub fn viewer(&self) -> u64 {
        self.session.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }
}

impl TokenKey {
    /// Derives the purpose's key from the deployment's `AUTH_SECRET`.
    pub fn derive(secret: &[u8], purpose: Purpose) -> Self {
        let mut mac = hmac(secret);
        mac.update(purpose.label());
        Self { purpose, key: Zeroizing::new(mac.finalize().into_bytes().into()) }
    }

    /// Mints the token of a session that lasts until `expires`. `id` is random.
    pub fn mint(
        &self,
        generation: &Generation,
        (issued, expires): (u64, u64),
        id: [u8; 16],
        link: Option<LinkId>,
    ) -> String {
        let fingerprint = generation.fingerprint();
        self.sign(&Claims { issued, expires, session: id, link, film: [0; 16], fingerprint })
    }

    pub(crate) fn sign(&self, claims: &Claims) -> String {
        let mut token = Vec::with_capacity(TOKEN);
        token.extend([VERSION, self.purpose.byte()]);
        token.extend(claims.issued.to_be_bytes());
        token.extend(claims.expires.to_be_bytes());
        token.extend(claims.fingerprint);
        token.extend(claims.session);
        token.extend(claims.link.map_or([0; 16], |link| link.0));
        token.extend(claims.film);
        let mut mac = hmac(&*self.key);
        mac.update(&token);
        token.extend(mac.finalize().into_bytes());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The claims of a token that this key signed and that is valid at `now`. The signature is checked before any
    /// claim is read.
    pub fn verify(&self, token: &str, now: u64) -> Option<Claims> {
        if !TOKEN_CHARACTERS.contains(&token.len()) {
            return None;
        }
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (token, signature) = token.split_last_chunk::<MAC>()?;
        let mut mac = hmac(&*self.key);
        mac.update(token);
        // Constant time: `verify_slice` compares through `subtle`.
        mac.verify_slice(signature).ok()?;
        let number = |at: usize| token.get(at..)?.first_chunk().map(|bytes| u64::from_be_bytes(*bytes));
        let id = |at: usize| token.get(at..)?.first_chunk::<16>().copied();
        let claims = match token {
            [VERSION, ..] if token.len() == CLAIMS => Claims {
                issued: number(2)?,
                expires: number(10)?,
                fingerprint: *token[18..].first_chunk()?,
                session: id(26)?,
                link: id(42).filter(|id| *id != [0; 16]).map(LinkId),
                film: id(58)?,
            },
            [1, purpose, ..] if token.len() == CLAIMS_1 => {
                let (subject, none) = (id(26)?, [0; 16]);
                let is_session = *purpose == Purpose::Session.byte();
                let (session, film) = if is_session { (subject, none) } else { (none, subject) };
                let fingerprint = *token[18..].first_chunk()?;
                Claims { issued: number(2)?, expires: number(10)?, fingerprint, session, link: None, film }
            }
            _ => return None,
        };
        let holds = token[1] == self.purpose.byte()
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

    fn generation(auth_version: &str, epoch: u32) -> Generation {
        Generation { auth_version: auth_version.to_owned(), epoch }
    }

    fn token(issued: u64) -> String {
        key().mint(&generation("1", 0), (issued, issued + 60), [7; 16], Some(LinkId([9; 16])))
    }

    #[test]
    fn a_token_holds_until_it_expires() {
        let token = token(NOW);
        assert_eq!(token.len(), TOKEN_CHARACTERS[0]);
        assert!(looks_like_a_token(&token) && !looks_like_a_token(&token[1..]));
        let claims = key().verify(&token, NOW).unwrap();
        assert!(claims.is_of(&generation("1", 0)));
        for (version, epoch) in [("2", 0), ("1", 1), ("1", 256), ("1\0\0\0\0\u{1}", 0)] {
            assert!(!claims.is_of(&generation(version, epoch)));
        }
        assert_eq!((claims.session, claims.link), ([7; 16], Some(LinkId([9; 16]))));
        assert!(key().verify(&token, NOW + 59).is_some());
        assert!(key().verify(&token, NOW + 60).is_none());
    }

    #[test]
    fn a_token_from_the_future_is_refused_beyond_the_clock_skew() {
        let token = token(NOW + CLOCK_SKEW_SECONDS);
        assert!(key().verify(&token, NOW).is_some());
        assert!(key().verify(&token, NOW - 1).is_none());
    }

    /// Minted by 0.1.0 with this secret, `auth_version` 1, at `NOW` for 60 seconds, and sixteen sevens.
    #[test]
    fn sessions_of_0_1_0_go_on() {
        let mut token = vec![1, 1];
        token.extend(NOW.to_be_bytes());
        token.extend((NOW + 60).to_be_bytes());
        token.extend(&Sha256::digest(b"1")[..8]);
        token.extend([7; 16]);
        let mut mac = hmac(&*key().key);
        mac.update(&token);
        token.extend(mac.finalize().into_bytes());
        let token = URL_SAFE_NO_PAD.encode(token);
        assert_eq!(token.len(), 99);
        let claims = key().verify(&token, NOW).unwrap();
        assert!(claims.is_of(&generation("1", 0)) && !claims.is_of(&generation("1", 1)));
        assert_eq!((claims.session, claims.link, claims.film), ([7; 16], None, [0; 16]));
        assert_eq!(key().verify(&token, NOW + 60), None);
    }

    #[test]
    fn no_other_bytes_pass() {
        let token = token(NOW);
        for at in 0..token.len() {
            for other in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. " {
                let mut bad = token.clone().into_bytes();
                if bad[at] != *other {
                    bad[at] = *other;
                    assert_eq!(key().verify(std::str::from_utf8(&bad).unwrap(), NOW), None);
                }
            }
        }
        for bad in ["", "x", &token[1..], &format!("{token}="), &format!("{token}A"), &"é".repeat(71), &token[..99]] {
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
