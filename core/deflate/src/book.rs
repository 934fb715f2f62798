//! Prefix codes (RFC 1951 section 3.2), laid out for writing.

/// One code: its bits, with those of a length behind them, and their count.
#[derive(Clone, Copy)]
pub(crate) struct Code {
    pub bits: u32,
    pub count: u8,
}

/// The codes of a block.
pub(crate) struct Book {
    pub literals: [Code; 256],
    pub end: Code,
    /// For lengths from 3 on, with their extra bits.
    lengths: [Code; 256],
    distances: [Code; 30],
}

pub(crate) const SHORTEST: usize = 3;
pub(crate) const LONGEST: usize = 258;
/// How far back a match may reach.
pub(crate) const WINDOW: usize = 32 * 1024;

/// The codes of RFC 1951 section 3.2.6.
pub(crate) static FIXED: Book = {
    let mut symbols = [8; 288];
    let mut symbol = 144;
    while symbol < 280 {
        symbols[symbol] = if symbol < 256 { 9 } else { 7 };
        symbol += 1;
    }
    Book::new(&symbols, &[5; 30])
};

impl Book {
    /// From the lengths of the codes of literals and lengths, and of distances.
    pub const fn new(symbols: &[u8; 288], distances: &[u8; 30]) -> Self {
        let symbols = canonical(symbols);
        let mut book = Self {
            literals: [Code { bits: 0, count: 0 }; 256],
            end: symbols[256],
            lengths: [Code { bits: 0, count: 0 }; 256],
            distances: canonical(distances),
        };
        let mut at = 0;
        while at < 256 {
            book.literals[at] = symbols[at];
            book.lengths[at] = with_extra(&symbols, at);
            at += 1;
        }
        book
    }

    /// The bits of a match, and their count. The length is 3 to 258, the distance 1 to 32768.
    #[inline]
    pub fn copy(&self, length: usize, distance: usize) -> (u64, u32) {
        let length = self.lengths[length - SHORTEST];
        let back = distance - 1;
        // Above the fourth, two symbols share each power of two.
        let extra = if back < 4 { 0 } else { back.ilog2() - 1 };
        let symbol = self.distances[2 * extra as usize + (back >> extra)];
        let extra_bits = (back & ((1 << extra) - 1)) as u64;
        let (first, second) = (u32::from(length.count), u32::from(symbol.count));
        let bits = u64::from(length.bits) | u64::from(symbol.bits) << first | extra_bits << (first + second);
        (bits, first + second + extra)
    }
}

/// The code of the length `at + 3`.
const fn with_extra(symbols: &[Code; 288], at: usize) -> Code {
    let (symbol, extra) = match at {
        0..8 => (257 + at, 0),
        255 => (285, 0),
        // Four symbols share each power of two.
        _ => {
            let extra = at.ilog2() - 2;
            (257 + 4 * extra as usize + (at >> extra), extra)
        }
    };
    let code = symbols[symbol];
    #[allow(clippy::cast_possible_truncation)] // of five bits, and at most five
    let (bits, extra) = ((at & ((1 << extra) - 1)) as u32, extra as u8);
    Code { bits: code.bits | bits << code.count, count: code.count + extra }
}

/// The codes that belong to these lengths (RFC 1951 section 3.2.2), turned around for writing.
const fn canonical<const N: usize>(lengths: &[u8; N]) -> [Code; N] {
    let mut codes = [Code { bits: 0, count: 0 }; N];
    let mut next = 0_u32;
    let mut length = 1;
    while length < 16 {
        next <<= 1;
        let mut symbol = 0;
        while symbol < N {
            if lengths[symbol] == length {
                codes[symbol] = Code { bits: next.reverse_bits() >> (32 - length), count: length };
                next += 1;
            }
            symbol += 1;
        }
        length += 1;
    }
    codes
}
