//! Prefix codes (RFC 1951 section 3.2), laid out for writing.

use crate::bits::Bits;

/// One code: its bits, with those of a length behind them, and above them their count. At most 20 bits.
#[derive(Clone, Copy)]
pub(crate) struct Code(u32);

impl Code {
    const NONE: Self = Self(0);

    const fn new(bits: u32, count: u32) -> Self {
        Self(bits | count << 24)
    }

    #[inline]
    pub const fn bits(self) -> u32 {
        self.0 & 0x00ff_ffff
    }

    #[inline]
    pub const fn count(self) -> u32 {
        self.0 >> 24
    }
}

/// The codes of a block.
pub(crate) struct Book {
    pub literals: [Code; 256],
    end: Code,
    /// For lengths from 3 on, with their extra bits.
    lengths: [Code; 256],
    distances: [Code; 30],
}

pub(crate) const SHORTEST: usize = 3;
const LONGEST: usize = 258;
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
            literals: [Code::NONE; 256],
            end: symbols[256],
            lengths: [Code::NONE; 256],
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

    pub fn write_literals(&self, text: &[u8], bits: &mut Bits) {
        for byte in text {
            let code = self.literals[usize::from(*byte)];
            bits.put(code.bits().into(), code.count());
        }
    }

    pub fn write_end(&self, bits: &mut Bits) {
        bits.put(self.end.bits().into(), self.end.count());
    }

    /// The length is 3 at least and has no upper limit. The distance is 1 to [`WINDOW`].
    #[inline]
    pub fn write_copy(&self, length: usize, distance: usize, bits: &mut Bits) {
        let back = distance - 1;
        // Above the fourth, two symbols share each power of two.
        let extra = if back < 4 { 0 } else { back.ilog2() - 1 };
        let symbol = self.distances[2 * extra as usize + (back >> extra)];
        let extra_bits = (back & ((1 << extra) - 1)) as u64;
        let far = u64::from(symbol.bits()) | extra_bits << symbol.count();
        let mut left = length;
        while left > 0 {
            // What is left must be long enough for a match.
            let next = if left <= LONGEST { left } else { LONGEST.min(left - SHORTEST) };
            let long = self.lengths[next - SHORTEST];
            bits.put(u64::from(long.bits()) | far << long.count(), long.count() + symbol.count() + extra);
            left -= next;
        }
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
    #[allow(clippy::cast_possible_truncation)] // of five bits
    let bits = (at & ((1 << extra) - 1)) as u32;
    Code::new(code.bits() | bits << code.count(), code.count() + extra)
}

/// The codes that belong to these lengths (RFC 1951 section 3.2.2), turned around for writing.
pub(crate) const fn canonical<const N: usize>(lengths: &[u8; N]) -> [Code; N] {
    let mut codes = [Code::NONE; N];
    let mut next = 0_u32;
    let mut length = 1;
    while length < 16 {
        next <<= 1;
        let mut symbol = 0;
        while symbol < N {
            if lengths[symbol] as u32 == length {
                codes[symbol] = Code::new(next.reverse_bits() >> (32 - length), length);
                next += 1;
            }
            symbol += 1;
        }
        length += 1;
    }
    codes
}
