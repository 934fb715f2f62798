//! The prefix code for text that is mostly hexadecimal digits and matches: each URL has a signature of its own.

use super::code::Code;
use crate::bits::Bits;

/// The lengths of the codes. Twelve digits have 4 bits and four have 5, so all digits together take seven eighths of
/// the code space. Of the rest, half goes to the lengths of matches, and the longest match has the shortest code.
const SYMBOLS: [u8; 288] = {
    let mut symbols = [13; 288];
    let mut byte = 0;
    while byte < 128 {
        symbols[byte] = if byte < 0x20 || byte == 0x7f { 15 } else { 11 };
        byte += 1;
    }
    symbols[b'\n' as usize] = 11;
    let frequent = b".-_/:,=&%#ghiklmnoprstuwxAETX";
    let mut at = 0;
    while at < frequent.len() {
        symbols[frequent[at] as usize] = 10;
        at += 1;
    }
    let digits = b"0123456789abcdef";
    let mut at = 0;
    while at < 16 {
        symbols[digits[at] as usize] = if at < 12 { 4 } else { 5 };
        at += 1;
    }
    symbols[256] = 11;
    let mut length = 257;
    while length < 286 {
        // From symbol 277 on, a match has 67 bytes or more.
        symbols[length] = if length < 277 { 10 } else { 8 };
        length += 1;
    }
    symbols[286] = 0;
    symbols[287] = 0;
    symbols
};

/// The distances from 257 to 1024, between which the length of a line with a signed URL lies, have the shortest codes.
const DISTANCES: [u8; 30] = [8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 7, 7, 7, 2, 2, 2, 4, 4, 7, 7, 7, 7, 8, 8, 8, 8, 8];

/// The lengths of the codes in which the code lengths are written.
const OF_LENGTHS: [u8; 19] = [0, 0, 4, 0, 3, 4, 0, 4, 4, 0, 3, 3, 0, 4, 0, 4, 2, 0, 0];

pub(super) static DIGITS: Code = Code::new(&SYMBOLS, &DISTANCES, &OF_LENGTHS);

/// The two digits of a byte.
#[derive(Clone, Copy)]
struct Pair {
    bits: u16,
    count: u8,
    text: [u8; 2],
}

static PAIRS: [Pair; 256] = {
    let book = crate::book::Book::new(&SYMBOLS, &DISTANCES);
    let mut pairs = [Pair { bits: 0, count: 0, text: [0; 2] }; 256];
    let digits = b"0123456789abcdef";
    let mut byte = 0;
    while byte < 256 {
        let text = [digits[byte >> 4], digits[byte & 15]];
        let (first, second) = (book.literals[text[0] as usize], book.literals[text[1] as usize]);
        let bits = first.bits() | second.bits() << first.count();
        #[allow(clippy::cast_possible_truncation)] // at most ten bits
        let (bits, count) = (bits as u16, (first.count() + second.count()) as u8);
        pairs[byte] = Pair { bits, count, text };
        byte += 1;
    }
    pairs
};

/// Writes the 64 digits of a signature, and returns them as text.
#[inline]
pub(super) fn write(signature: &[u8; 32], bits: &mut Bits) -> [u8; 64] {
    let mut text = [0; 64];
    for (eight, four) in text.as_chunks_mut::<8>().0.iter_mut().zip(signature.as_chunks::<4>().0) {
        let (mut all, mut count, mut letters) = (0, 0, 0);
        for (place, byte) in four.iter().enumerate() {
            let pair = PAIRS[usize::from(*byte)];
            all |= u64::from(pair.bits) << count;
            count += u32::from(pair.count);
            letters |= u64::from(u16::from_le_bytes(pair.text)) << (16 * place);
        }
        bits.put(all, count);
        *eight = letters.to_le_bytes();
    }
    text
}

/// The 64 digits of a signature.
pub(super) fn text(signature: &[u8; 32]) -> [u8; 64] {
    let mut text = [0; 64];
    for (two, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(signature) {
        *two = PAIRS[usize::from(*byte)].text;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_complete() {
        assert!(super::super::code::is_complete(&SYMBOLS) && super::super::code::is_complete(&DISTANCES));
    }
}
