//! Compression of text that nobody knows anything about.

use core::mem;

use crate::bits::Bits;
use crate::book::FIXED;
use crate::matches::{Tokens, split};
use crate::stored::store;

/// Appends a text as DEFLATE blocks, of which none is the final one, that end at a whole byte. It is fast, and made for
/// text with much repetition. The pieces may be joined in any order.
pub fn squeeze(text: &[u8], out: &mut Vec<u8>) {
    const FIXED_BLOCK: u64 = 0b010;
    let start = out.len();
    let mut bits = Bits::new(mem::take(out));
    bits.put(FIXED_BLOCK, 3);
    split(text, &mut Coder(&mut bits));
    FIXED.write_end(&mut bits);
    *out = bits.flush();
    // Text without repetition would grow.
    if out.len() - start > text.len() + text.len().div_ceil(usize::from(u16::MAX)) * 5 {
        out.truncate(start);
        store(text, out);
    }
}

/// Each text as a piece of its own, see [`squeeze`].
pub fn squeeze_each(texts: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let piece = |text: &Vec<u8>| {
        let mut out = Vec::new();
        squeeze(text, &mut out);
        out
    };
    texts.iter().map(piece).collect()
}

struct Coder<'a>(&'a mut Bits);

impl Tokens for Coder<'_> {
    fn literals(&mut self, text: &[u8]) {
        FIXED.write_literals(text, self.0);
    }

    fn copy(&mut self, length: usize, distance: usize) {
        FIXED.write_copy(length, distance, self.0);
    }
}
