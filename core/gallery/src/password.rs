//! The gallery's password: given in plain, or as a PHC hash string (`$argon2id$...`).

use argon2::{Argon2, PasswordHash, PasswordVerifier};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The longest password that is looked at, in bytes: hashing costs time in its length.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// What a guest's password is compared with. Never printed.
pub enum Password {
    /// Compared by MAC, so that neither its bytes nor its length show in the time it takes.
    Plain(Zeroizing<String>),
    /// An Argon2id, Argon2i or Argon2d hash.
    Hashed(String),
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "Password::Plain(..)",
            Self::Hashed(_) => "Password::Hashed(..)",
        })
    }
}

impl Password {
    /// `None` for an empty text, and for one that begins like a PHC hash but is none that can be checked.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > MAX_PASSWORD_BYTES {
            return None;
        }
        if text.starts_with("$argon2") {
            return PasswordHash::new(text).is_ok().then(|| Self::Hashed(text.to_owned()));
        }
        Some(Self::Plain(Zeroizing::new(text.to_owned())))
    }

    /// Whether a guest gave the right one.
    pub fn matches(&self, given: &str) -> bool {
        if given.len() > MAX_PASSWORD_BYTES {
            return false;
        }
        match self {
            Self::Plain(password) => digest(password).ct_eq(&digest(given)).into(),
            Self::Hashed(hash) => PasswordHash::new(hash)
                .is_ok_and(|hash| Argon2::default().verify_password(given.as_bytes(), &hash).is_ok()),
        }
    }
}

/// Both sides become 32 bytes, whatever their length.
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
        assert!(password.matches("tulips & rain"));
        for wrong in ["", "tulips & rai", "tulips & rain ", "Tulips & rain"] {
            assert!(!password.matches(wrong));
        }
        assert_eq!(format!("{password:?}"), "Password::Plain(..)");
    }

    #[test]
    fn hashed() {
        // Made by the reference `argon2` tool: echo -n tulips | argon2 somesalt -id -t 2 -k 64 -p 1 -e
        let phc = phc("tulips");
        let password = Password::parse(&phc).unwrap();
        assert!(matches!(password, Password::Hashed(_)));
        assert!(password.matches("tulips"));
        assert!(!password.matches("tulip"));
        assert!(!password.matches(&phc), "the hash is not the password");
    }

    #[test]
    fn what_is_no_password() {
        assert!(Password::parse("").is_none());
        assert!(Password::parse("$argon2id$v=19$broken").is_none());
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
