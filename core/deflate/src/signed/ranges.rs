//! The prefix code for text that is mostly decimal digits and long matches: byte ranges of one file, whose URL stands
//! on each line.
//!
//! A line then takes the digits of its length, and two matches for all else, some seven bytes together.

use super::code::Code;

/// The lengths of the codes. The ten digits take five eighths of the code space, and the longest match, which each
/// line has, one eighth.
const SYMBOLS: [u8; 288] = {
    let mut symbols = [15; 288];
    let mut byte = 0x20;
    while byte < 0x7f {
        symbols[byte] = 12;
        byte += 1;
    }
    let frequent = b"KLMOQUJV.-_/:,=&%#?\n\"abcdefhimnorstuABDEFGHINPRSTX";
    let mut at = 0;
    while at < frequent.len() {
        symbols[frequent[at] as usize] = if at < 8 { 11 } else { 10 };
        at += 1;
    }
    // In playlists of key frames, a digit is never far from one.
    symbols[b'@' as usize] = 8;
    let mut digit = b'0';
    while digit <= b'9' {
        symbols[digit as usize] = 4;
        digit += 1;
    }
    symbols[256] = 12;
    let mut length = 257;
    while length < 285 {
        // The rest of a line behind its longest match: from 273 on it has 35 bytes, and from 277 on 67.
        symbols[length] = match length {
            257..273 => 9,
            273..277 => 7,
            _ => 6,
        };
        length += 1;
    }
    symbols[285] = 3;
    symbols[286] = 0;
    symbols[287] = 0;
    symbols
};

/// The distances from 385 to 768, between which the length of most lines with a signed URL lies, have the shortest
/// codes.
const DISTANCES: [u8; 30] = [8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 6, 5, 3, 2, 2, 3, 4, 5, 6, 6, 8, 8, 8, 8, 8, 8];

/// The lengths of the codes in which the code lengths are written.
const OF_LENGTHS: [u8; 19] = [0, 0, 6, 6, 5, 6, 5, 6, 5, 5, 3, 4, 3, 0, 0, 2, 2, 0, 0];

pub(super) static RANGES: Code = Code::new(&SYMBOLS, &DISTANCES, &OF_LENGTHS);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_complete() {
        assert!(super::super::code::is_complete(&SYMBOLS) && super::super::code::is_complete(&DISTANCES));
    }
}
