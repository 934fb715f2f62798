//! Prefix codes that are constants, because what kind of text comes is known before: nothing is counted, and the
//! description of the code is a constant too.

use crate::bits::Bits;
use crate::book::Book;

/// A code, and how it is described in the head of its block.
pub(super) struct Code {
    pub book: Book,
    head: Packed,
}

impl Code {
    /// From the lengths of the codes of literals and lengths, of distances, and of the code in which these lengths
    /// are written (RFC 1951 section 3.2.7).
    pub const fn new(symbols: &[u8; 288], distances: &[u8; 30], of_lengths: &[u8; 19]) -> Self {
        Self { book: Book::new(symbols, distances), head: describe(symbols, distances, of_lengths) }
    }

    /// Writes the head of a block, which is the final one.
    pub fn begin(&self, bits: &mut Bits) {
        for (place, byte) in self.head.bytes.iter().enumerate() {
            let count = self.head.count.saturating_sub(8 * place).min(8);
            #[allow(clippy::cast_possible_truncation)] // at most eight
            bits.put(u64::from(*byte), count as u32);
        }
    }
}

/// Bits that are put together at compile time.
struct Packed {
    bytes: [u8; 120],
    count: usize,
}

impl Packed {
    const fn put(mut self, bits: u32, count: u32) -> Self {
        let mut at = 0;
        while at < count {
            self.bytes[self.count / 8] |= ((bits >> at & 1) as u8) << (self.count % 8);
            self.count += 1;
            at += 1;
        }
        self
    }
}

const fn describe(symbols: &[u8; 288], distances: &[u8; 30], of_lengths: &[u8; 19]) -> Packed {
    /// Repeats the code length before, three to six times.
    const AGAIN: u8 = 16;
    const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    let codes = crate::book::canonical(of_lengths);
    let mut packed = Packed { bytes: [0; 120], count: 0 };
    packed = packed.put(0b101, 3).put(286 - 257, 5).put(30 - 1, 5).put(19 - 4, 4);
    let mut at = 0;
    while at < 19 {
        packed = packed.put(of_lengths[ORDER[at]] as u32, 3);
        at += 1;
    }
    let mut all = [0; 286 + 30];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < 286 { symbols[at] } else { distances[at - 286] };
        at += 1;
    }
    let mut at = 0;
    while at < all.len() {
        let mut same = 1;
        while at + same < all.len() && all[at + same] == all[at] && same < 7 {
            same += 1;
        }
        let code = codes[all[at] as usize];
        packed = packed.put(code.bits(), code.count());
        if same > 3 {
            let code = codes[AGAIN as usize];
            #[allow(clippy::cast_possible_truncation)] // at most seven
            let more = same as u32 - 4;
            packed = packed.put(code.bits(), code.count()).put(more, 2);
            at += same;
        } else {
            at += 1;
        }
    }
    packed
}

/// Readers refuse a code that leaves room, and one that has too little.
#[cfg(test)]
pub(super) fn is_complete(lengths: &[u8]) -> bool {
    lengths.iter().filter(|length| **length > 0).map(|length| 1 << (15 - length)).sum::<u32>() == 1 << 15
}
