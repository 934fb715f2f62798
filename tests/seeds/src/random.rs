//! Numbers that depend on a seed and on nothing else: `SplitMix64` (Steele, Lea, Flood, OOPSLA 2014).

use std::cell::Cell;

#[derive(Debug)]
pub struct Random(Cell<u64>);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    pub fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`. `bound` must not be 0.
    pub fn below(&self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    /// One of several.
    pub fn of<T: Copy>(&self, some: &[T]) -> T {
        some[self.below(some.len())]
    }

    /// True once in `n` times.
    pub fn once_in(&self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        std::array::from_fn(|_| self.next().to_le_bytes()[0])
    }
}
