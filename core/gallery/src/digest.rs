//! Short names for the inputs on which a value depends.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _};
use sha2::{Digest as _, Sha256};

/// Sixteen hexadecimal digits of a SHA-256, which change when any part changes.
pub fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize()[..8])
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn hmac(key: &[u8]) -> Hmac<Sha256> {
    // HMAC takes keys of every length (RFC 2104 section 2).
    #[allow(clippy::expect_used)]
    Hmac::new_from_slice(key).expect("HMAC takes any key length")
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn every_part_and_every_border_counts() {
        assert_eq!(digest(&["ab", "c"]).len(), 16);
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_ne!(digest(&["ab"]), digest(&["ab", ""]));
    }
}
