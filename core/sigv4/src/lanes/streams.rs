//! Messages hashed one by one, with a change of message after every block.
//!
//! A compression is one long chain of dependent steps. The CPU's SHA instructions spend more of this chain waiting
//! than working, so the out-of-order engine starts the next message's block while the current block is still under
//! way. Measured: 24.5 ns a block instead of 35.

use core::slice;

use sha2::block_api::compress256;

use super::{LANES, Lanes};
use crate::hex::hex;
use crate::sha256::{BLOCK, State, outer_block};

/// The hashes of four messages.
#[derive(Clone, Copy)]
pub(crate) struct Streams([State; LANES]);

impl Lanes for Streams {
    type Alike = [u8; BLOCK];

    fn alike(block: &[u8; BLOCK]) -> [u8; BLOCK] {
        *block
    }

    fn splat(state: &State) -> Self {
        Self([*state; LANES])
    }

    fn from_states(states: &[State; LANES]) -> Self {
        Self(*states)
    }

    fn state(&self, lane: usize) -> State {
        self.0[lane]
    }

    fn compress(&mut self, blocks: &[[u8; BLOCK]; LANES]) {
        for (state, block) in self.0.iter_mut().zip(blocks) {
            compress256(state, slice::from_ref(block));
        }
    }

    fn compress_alike(&mut self, block: &[u8; BLOCK]) {
        for state in &mut self.0 {
            compress256(state, slice::from_ref(block));
        }
    }

    fn compress_hex(&mut self, hashes: &Self) {
        self.compress(&hashes.0.each_ref().map(hex));
    }

    fn compress_outer(&mut self, inner: &Self) {
        self.compress(&inner.0.each_ref().map(outer_block));
    }
}
