//! Lower-case hexadecimal.

use crate::sha256::{State, bytes};

/// There is no table and no branch, so that the compiler can compute many digits at once.
const fn digit(nibble: u8) -> u8 {
    const TO_LETTERS: u8 = b'a' - b'9' - 1;
    b'0' + nibble + if nibble > 9 { TO_LETTERS } else { 0 }
}

/// The 64 hex digits of a SHA-256 state (big-endian words).
pub(crate) fn hex(state: &State) -> [u8; 64] {
    let mut out = [0; 64];
    for (pair, byte) in out.as_chunks_mut::<2>().0.iter_mut().zip(bytes(state)) {
        *pair = [digit(byte >> 4), digit(byte & 0xf)];
    }
    out
}

/// Digits as text.
pub(crate) fn as_str(digits: &[u8; 64]) -> &str {
    core::str::from_utf8(digits).expect("hex digits are ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_standard_formatter() {
        let mut word = 1_u32;
        for _ in 0..10_000 {
            word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let words = [word, !word, word >> 16, word << 16, word & 0xff, 0, word.rotate_left(4), u32::MAX];
            assert_eq!(as_str(&hex(&words)), words.map(|word| format!("{word:08x}")).concat());
        }
        let words = [0, u32::MAX, 0x0123_4567, 0x89ab_cdef, 9, 10, 0xa0, 0x9f];
        assert_eq!(as_str(&hex(&words)), "00000000ffffffff0123456789abcdef000000090000000a000000a00000009f");
    }
}
