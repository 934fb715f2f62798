//! Playback tokens: each opens one film until it expires. The token stands in the path of the film's playlists and
//! segments. It serves players and receivers that send no cookie, and a video service on a host that the session's
//! cookie does not reach.
//!
//! A token carries the ids of the session and of the link from which it came, and ends with them. Its times are rounded
//! down to a window, so that a viewer who reloads the page has the same token, and the same URLs.

use sha2::{Digest, Sha256};

use crate::{
    session::{Claims, TokenKey, looks_like_a_token},
    window::{WANTED_LIFE, Window},
};

/// The mark of a token in a path: `/api/hls/~TOKEN/...`. If the first segment of a key looks like a token, its `~` is
/// written as `%7E`.
pub const MARK: char = '~';

/// A token for a film of `duration` seconds, of the generation of `session`. It lives only six hours from the beginning
/// of its window, because it stands in URLs.
///
/// For films of up to five hours, the rest of the token's life is longer than the film, however late in the window
/// the token is minted. A longer film needs a second token before its end.
pub fn mint(key: &TokenKey, session: &Claims, film: &str, now: u64, duration: f64) -> String {
    let issued = Window::of(now, duration).signed_at;
    key.sign(&Claims { issued, expires: expires(session, now, duration), film: subject(film), ..*session })
}

/// When a token that is minted now expires, in seconds since 1970: not after its session.
pub fn expires(session: &Claims, now: u64, duration: f64) -> u64 {
    (Window::of(now, duration).signed_at + WANTED_LIFE).min(session.expires)
}

/// The first sixteen bytes of the SHA-256 of a film's key.
fn subject(film: &str) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&Sha256::digest(film.as_bytes())[..16]);
    short
}

impl Claims {
    /// Whether a playback token opens this film.
    pub fn opens(&self, film: &str) -> bool {
        self.film == subject(film)
    }
}

/// Splits `~TOKEN/rest` into the token and the rest. `None` if the path does not begin with what looks like a token.
pub fn split(path: &str) -> Option<(&str, &str)> {
    let (token, rest) = path.strip_prefix(MARK)?.split_once('/')?;
    looks_like_a_token(token).then_some((token, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        link::LinkId,
        session::{Generation, Purpose},
    };

    const SECRET: &[u8] = b"a secret of at least thirty-two bytes";
    /// 29 February 2024, 00:00 UTC.
    const MIDNIGHT: u64 = 1_709_164_800;

    fn key() -> TokenKey {
        TokenKey::derive(SECRET, Purpose::Playback)
    }

    fn generation(auth_version: &str) -> Generation {
        Generation { auth_version: auth_version.to_owned(), epoch: 3 }
    }

    fn session(auth_version: &str) -> Claims {
        let sessions = TokenKey::derive(SECRET, Purpose::Session);
        let times = (MIDNIGHT, MIDNIGHT + 30 * 86_400);
        let token = sessions.mint(&generation(auth_version), times, [7; 16], Some(LinkId([9; 16])));
        sessions.verify(&token, MIDNIGHT).unwrap()
    }

    #[test]
    fn opens_one_film_under_the_version_of_the_session() {
        let token = mint(&key(), &session("1"), "a/b.mp4", MIDNIGHT + 5, 60.0);
        let claims = key().verify(&token, MIDNIGHT + 5).unwrap();
        assert!(claims.opens("a/b.mp4") && claims.is_of(&generation("1")));
        for other in ["", "a/b.mp", "a/b.mp4 ", "A/b.mp4", "b.mp4"] {
            assert!(!claims.opens(other), "{other:?}");
        }
        assert!(!claims.is_of(&generation("2")));
        assert!(!session("1").opens("a/b.mp4"));
        assert_eq!((claims.session, claims.link), ([7; 16], Some(LinkId([9; 16]))), "it ends with both");
    }

    #[test]
    fn a_token_ends_with_its_session() {
        let session = Claims { expires: MIDNIGHT + 100, ..session("1") };
        let token = mint(&key(), &session, "a.mp4", MIDNIGHT + 5, 60.0);
        assert!(key().verify(&token, MIDNIGHT + 99).is_some() && key().verify(&token, MIDNIGHT + 100).is_none());
    }

    #[test]
    fn no_token_passes_for_one_of_the_other_purpose() {
        let sessions = TokenKey::derive(SECRET, Purpose::Session);
        let playback = mint(&key(), &session("1"), "a.mp4", MIDNIGHT, 60.0);
        assert_eq!(sessions.verify(&playback, MIDNIGHT), None);
        assert_eq!(
            key().verify(&sessions.mint(&generation("1"), (MIDNIGHT, MIDNIGHT + 60), [7; 16], None), MIDNIGHT),
            None
        );
    }

    #[test]
    fn a_session_has_the_same_within_a_window() {
        let at = |now| mint(&key(), &session("1"), "a.mp4", now, 60.0);
        assert_eq!(at(MIDNIGHT), at(MIDNIGHT + 4 * 3600 - 1));
        assert_ne!(at(MIDNIGHT), at(MIDNIGHT + 4 * 3600));
    }

    #[test]
    fn what_is_left_outlasts_the_film_and_is_never_over_six_hours() {
        let (session, key) = (session("1"), key());
        for duration in [0.0, 12.5, 5400.0, 2.0 * 3600.0, 3.0 * 3600.0, 5.0 * 3600.0, 1e18, f64::NAN, -1.0] {
            for now in (MIDNIGHT..MIDNIGHT + 86_400).step_by(181) {
                let claims = key.verify(&mint(&key, &session, "a.mp4", now, duration), now).unwrap();
                assert!(claims.expires - claims.issued == WANTED_LIFE && claims.issued <= now, "{duration} s at {now}");
                let left = claims.expires - now;
                #[allow(clippy::cast_precision_loss)]
                let enough = left as f64 >= 1800.0 + duration.clamp(0.0, 5.0 * 3600.0) || duration.is_nan();
                assert!(enough, "{duration} s at {now}: {left} s left");
            }
        }
    }

    #[test]
    fn no_other_bytes_pass() {
        let token = mint(&key(), &session("1"), "a.mp4", MIDNIGHT, 60.0);
        for at in 0..token.len() {
            for other in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. " {
                let mut bad = token.clone().into_bytes();
                if bad[at] != *other {
                    bad[at] = *other;
                    assert_eq!(key().verify(std::str::from_utf8(&bad).unwrap(), MIDNIGHT), None);
                }
            }
        }
    }

    #[test]
    fn tokens_in_paths() {
        let token = mint(&key(), &session("1"), "a.mp4", MIDNIGHT, 60.0);
        assert_eq!(split(&format!("~{token}/a.mp4/540p.m3u8")), Some((token.as_str(), "a.mp4/540p.m3u8")));
        assert_eq!(split(&format!("~{token}/")), Some((token.as_str(), "")));
        let long = "x".repeat(token.len() + 1);
        for none in [format!("~{token}"), format!("{token}/x"), format!("~{}/x", &token[1..]), format!("~{long}/x")] {
            assert_eq!(split(&none), None, "{none}");
        }
        assert_eq!(split("~tilde/x.ts"), None);
        assert_eq!(split(&format!("~{}%/x", &token[1..])), None);
    }
}
