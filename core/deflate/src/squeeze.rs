//! Compression of text that nobody knows anything about.

use crate::bits::Bits;
use crate::book::{FIXED, LONGEST, SHORTEST};
use crate::gzip::store;
use crate::matches::{Tokens, split};

/// Appends a text as DEFLATE blocks, of which none is the final one, that end at a whole byte. It is fast, and made for
/// text with much repetition. The pieces may be joined in any order.
pub fn squeeze(text: &[u8], out: &mut Vec<u8>) {
    const FIXED_BLOCK: u64 = 0b010;
    let start = out.len();
    let mut bits = Bits::new(out);
    bits.put(FIXED_BLOCK, 3);
    split(text, &mut Coder(&mut bits));
    bits.put(u64::from(FIXED.end.bits), FIXED.end.count.into());
    bits.flush();
    // Text without repetition would grow.
    if out.len() - start > text.len() + text.len().div_ceil(usize::from(u16::MAX)) * 5 {
        out.truncate(start);
        store(text, out);
    }
}

struct Coder<'a, 'b>(&'a mut Bits<'b>);

impl Tokens for Coder<'_, '_> {
    fn literals(&mut self, text: &[u8]) {
        for byte in text {
            let code = FIXED.literals[usize::from(*byte)];
            self.0.put(code.bits.into(), code.count.into());
        }
    }

    fn copy(&mut self, length: usize, distance: usize) {
        let mut left = length;
        while left > 0 {
            // What is left must be long enough for a match.
            let next = if left <= LONGEST { left } else { LONGEST.min(left - SHORTEST) };
            let (bits, count) = FIXED.copy(next, distance);
            self.0.put(bits, count);
            left -= next;
        }
    }
}
