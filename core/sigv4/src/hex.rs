//! Lower-case hexadecimal of 32-bit words, eight digits at a time.

/// The eight hex digits of `word`, most significant first, as the bytes of a big-endian `u64`.
///
/// The nibbles are spread to one a byte; a byte of ten or more gets `'a' - 10` instead of `'0'`.
const fn digits(word: u32) -> u64 {
    let mut x = word as u64;
    x = (x | x << 16) & 0x0000_ffff_0000_ffff;
    x = (x | x << 8) & 0x00ff_00ff_00ff_00ff;
    x = (x | x << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    let letters = ((x + 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101;
    x + 0x3030_3030_3030_3030 + letters * 0x27
}

/// The 64 hex digits of a SHA-256 state (big-endian words).
pub(crate) fn hex(words: &[u32; 8]) -> [u8; 64] {
    let mut out = [0; 64];
    for (eight, word) in out.as_chunks_mut::<8>().0.iter_mut().zip(words) {
        *eight = digits(*word).to_be_bytes();
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
            assert_eq!(digits(word).to_be_bytes(), format!("{word:08x}").as_bytes());
        }
        let words = [0, u32::MAX, 0x0123_4567, 0x89ab_cdef, 9, 10, 0xa0, 0x9f];
        assert_eq!(as_str(&hex(&words)), "00000000ffffffff0123456789abcdef000000090000000a000000a00000009f");
    }
}
