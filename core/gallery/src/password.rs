//! The gallery's password, in plain or as a PHC hash string (`$argon2id$...`).

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier, Version, password_hash};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The longest password that is checked, in bytes. The cost of a hash grows with the length of the password.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// The gallery's password, with which a guest's is compared. Never printed.
pub enum Password {
    /// Compared through a MAC, so that the time of a comparison shows neither the bytes of the password nor its
    /// length.
    Plain(Zeroizing<String>),
    /// An Argon2id, Argon2i or Argon2d hash.
    Hashed(String),
}

/// How the hashes of bcrypt, scrypt, PBKDF2, yescrypt and crypt begin, in PHC form and in those of Unix.
const OTHER_HASHES: [&str; 14] = [
    "$2a$", "$2b$", "$2x$", "$2y$", "$scrypt$", "$7$", "$y$", "$gy$", "$pbkdf2", "$bcrypt", "$balloon", "$1$", "$5$",
    "$6$",
];

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "Password::Plain(..)",
            Self::Hashed(_) => "Password::Hashed(..)",
        })
    }
}

impl Password {
    /// `None` for an empty text, for a text of more than [`MAX_PASSWORD_BYTES`], for a text that begins like a PHC hash
    /// but cannot be checked, and for a hash of another kind: taken as plain text, it would let in whoever has read it.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > MAX_PASSWORD_BYTES {
            return None;
        }
        if text.starts_with("$argon2") {
            return can_be_checked(text).then(|| Self::Hashed(text.to_owned()));
        }
        if OTHER_HASHES.iter().any(|start| text.starts_with(start)) {
            return None;
        }
        Some(Self::Plain(Zeroizing::new(text.to_owned())))
    }

    /// Whether a guest gave the right password. An error means that the check could not be made: a hash may need more
    /// memory than a host has.
    pub fn matches(&self, given: &str) -> Result<bool, Unchecked> {
        if given.len() > MAX_PASSWORD_BYTES {
            return Ok(false);
        }
        match self {
            Self::Plain(password) => Ok(digest(password).ct_eq(&digest(given)).into()),
            Self::Hashed(hash) => {
                let hash = PasswordHash::new(hash).map_err(|error| Unchecked(error.to_string()))?;
                match Argon2::default().verify_password(given.as_bytes(), &hash) {
                    Ok(()) => Ok(true),
                    Err(password_hash::Error::PasswordInvalid) => Ok(false),
                    Err(error) => Err(Unchecked(error.to_string())),
                }
            }
        }
    }
}

/// The PHC string of a password: Argon2id with 19 MiB, two passes and one lane, which is the first choice of OWASP's
/// "Password Storage Cheat Sheet". `salt` is fresh randomness.
pub fn hash(password: &str, salt: &[u8; 16]) -> Result<String, Unchecked> {
    hash_with(password, salt, 19 * 1024)
}

/// A hash with 4 MiB, for the password of a link. Whoever wants to try passwords needs the link's 128 bits first, and
/// some hosts give a request no more than 50 ms.
pub fn hash_of_a_link(password: &str, salt: &[u8; 16]) -> Result<String, Unchecked> {
    hash_with(password, salt, 4 * 1024)
}

fn hash_with(password: &str, salt: &[u8; 16], kibibytes: u32) -> Result<String, Unchecked> {
    let unchecked = |words: String| Unchecked(words);
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(unchecked(format!("it is longer than {MAX_PASSWORD_BYTES} bytes")));
    }
    let params = Params::new(kibibytes, 2, 1, None).map_err(|error| unchecked(error.to_string()))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash| hash.to_string()).map_err(|error| unchecked(error.to_string()))
}

/// Why a password or a secret in plain is too easy to guess. `None` if no weakness is found.
pub fn weakness(text: &str) -> Option<&'static str> {
    const COMMON: [&str; 8] =
        ["password", "passwort", "12345678", "123456789", "qwertyui", "letmein1", "iloveyou", "wedding1"];
    let mut distinct: Vec<char> = Vec::new();
    for c in text.chars() {
        if distinct.len() < 5 && !distinct.contains(&c) {
            distinct.push(c);
        }
    }
    if text.chars().count() < 8 {
        Some("it has fewer than 8 characters")
    } else if distinct.len() < 5 {
        Some("it has fewer than 5 different characters")
    } else if COMMON.iter().any(|common| common.eq_ignore_ascii_case(text)) {
        Some("it is one of those that are tried first")
    } else {
        None
    }
}

/// Why a password could not be checked.
#[derive(Debug)]
pub struct Unchecked(String);

impl std::fmt::Display for Unchecked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the password's hash cannot be computed here: {}", self.0)
    }
}

impl std::error::Error for Unchecked {}

/// Whether a PHC string has every part that a check needs, with an algorithm and parameters that Argon2 knows.
fn can_be_checked(text: &str) -> bool {
    PasswordHash::new(text).is_ok_and(|hash| {
        Algorithm::try_from(hash.algorithm.as_str()).is_ok() && Params::try_from(&hash).is_ok() && hash.hash.is_some()
    })
}

/// Turns each side of the comparison into 32 bytes, whatever its length.
fn digest(text: &str) -> [u8; 32] {
    #[allow(clippy::expect_used)]
    let mut mac = Hmac::<Sha256>::new_from_slice(b"edge-gallery password compare").expect("HMAC takes any key length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain() {
        let password = Password::parse("tulips & rain").unwrap();
        assert!(password.matches("tulips & rain").unwrap());
        for wrong in ["", "tulips & rai", "tulips & rain ", "Tulips & rain"] {
            assert!(!password.matches(wrong).unwrap());
        }
        assert_eq!(format!("{password:?}"), "Password::Plain(..)");
    }

    #[test]
    fn hashed() {
        // Made by the reference `argon2` tool: echo -n tulips | argon2 somesalt -id -t 2 -k 64 -p 1 -e
        let phc = phc("tulips");
        let password = Password::parse(&phc).unwrap();
        assert!(matches!(password, Password::Hashed(_)));
        assert!(password.matches("tulips").unwrap());
        assert!(!password.matches("tulip").unwrap());
        assert!(!password.matches(&phc).unwrap(), "the hash is not the password");
    }

    #[test]
    fn what_is_hashed_opens_with_its_password() {
        let hash = hash("tulips & rain", &[7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let password = Password::parse(&hash).unwrap();
        assert!(password.matches("tulips & rain").unwrap() && !password.matches("tulips").unwrap());
        assert!(super::hash(&"x".repeat(1025), &[7; 16]).is_err());
    }

    #[test]
    fn what_is_easy_to_guess() {
        for weak in ["a", "tulips", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "abababababab", "Password", "12345678"] {
            assert!(weakness(weak).is_some(), "{weak}");
        }
        for strong in ["tulips and rain", "0f4c8d1b6a3e49d2b7c5f0e1a2938475", "k\u{e4}se-und-brot"] {
            assert_eq!(weakness(strong), None, "{strong}");
        }
    }

    #[test]
    fn what_is_no_password() {
        assert!(Password::parse("").is_none());
        let whole = phc("tulips");
        let (without_hash, _) = whole.rsplit_once('$').unwrap();
        let (of_another_kind, too_little) = (whole.replace("argon2id", "argon2x"), whole.replace("m=64", "m=1"));
        for other in [
            "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
            "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
        ] {
            assert!(Password::parse(other).is_none(), "{other}");
        }
        for broken in ["$argon2id$v=19$broken", without_hash, &of_another_kind, &too_little] {
            assert!(Password::parse(broken).is_none(), "{broken}");
        }
        assert!(Password::parse(&"x".repeat(1025)).is_none());
    }

    fn phc(password: &str) -> String {
        use argon2::{Algorithm, Params, PasswordHasher, Version};
        let cheap = Params::new(64, 2, 1, None).unwrap();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap)
            .hash_password_with_salt(password.as_bytes(), b"somesalt")
            .unwrap()
            .to_string()
    }
}
