//! Finds repetition in a text (LZ77): one look at one earlier place for each position, and the first match is taken.

use crate::book::WINDOW;

/// What a text is taken apart into.
pub(crate) trait Tokens {
    fn literals(&mut self, text: &[u8]);

    /// `length` is 4 at least, and has no upper limit.
    fn copy(&mut self, length: usize, distance: usize);
}

/// The bytes by which an earlier place is found.
const WORD: usize = 4;

/// Takes a text apart.
pub(crate) fn split(text: &[u8], tokens: &mut impl Tokens) {
    // A small text needs a small table, which is soon cleared.
    let bits = text.len().max(1).ilog2().clamp(6, 13);
    // Positions are kept as 32 bits, and are one too large, so that 0 is none. In a longer text they are wrong, and
    // the distances found with them are too large to be taken.
    let mut seen = vec![0_u32; 1 << bits];
    let slot = |word: [u8; WORD]| (u32::from_le_bytes(word).wrapping_mul(0x9e37_79b1) >> (32 - bits)) as usize;
    let (mut at, mut done) = (0, 0);
    while let Some(word) = text[at..].first_chunk::<WORD>() {
        let slot = slot(*word);
        let earlier = (seen[slot] as usize).wrapping_sub(1);
        #[allow(clippy::cast_possible_truncation)] // see above
        let one_too_large = (at + 1) as u32;
        seen[slot] = one_too_large;
        if earlier >= at || at - earlier > WINDOW || text[earlier..earlier + WORD] != *word {
            // The longer nothing is found, the longer the steps.
            at = (at + 1 + ((at - done) >> 6)).min(text.len());
            continue;
        }
        let distance = at - earlier;
        let end = at + WORD + common(&text[earlier + WORD..], &text[at + WORD..]);
        while at > done && at > distance && text[at - 1] == text[at - 1 - distance] {
            at -= 1;
        }
        tokens.literals(&text[done..at]);
        tokens.copy(end - at, distance);
        (at, done) = (end, end);
    }
    tokens.literals(&text[done..]);
}

/// How many bytes two texts have in common at their beginning.
pub(crate) fn common(a: &[u8], b: &[u8]) -> usize {
    let mut length = 0;
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        let different = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if different != 0 {
            return length + (different.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    length + a[length..].iter().zip(&b[length..]).take_while(|(a, b)| a == b).count()
}
