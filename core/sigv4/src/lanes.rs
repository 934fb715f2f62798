//! Four SHA-256 hashes side by side, with which a batch signs.

#[cfg(any(not(target_feature = "simd128"), test))]
mod streams;
#[cfg(any(target_feature = "simd128", test))]
mod vector;
#[cfg(any(target_feature = "simd128", test))]
mod vectors;

#[cfg(any(not(target_feature = "simd128"), test))]
pub(crate) use streams::Streams;
#[cfg(any(target_feature = "simd128", test))]
pub(crate) use vectors::Vectors;

use crate::sha256::{BLOCK, State};

/// How many messages are hashed at a time.
pub(crate) const LANES: usize = 4;

/// The fastest implementation on this target.
#[cfg(target_feature = "simd128")]
pub(crate) type Fastest = Vectors;
#[cfg(not(target_feature = "simd128"))]
pub(crate) type Fastest = Streams;

/// The hashes of four messages.
pub(crate) trait Lanes: Copy {
    /// A block that is the same in all four, prepared once.
    type Alike;

    fn alike(block: &[u8; BLOCK]) -> Self::Alike;

    /// Starts all four from one midstate.
    fn splat(state: &State) -> Self;

    /// Starts each from its own state.
    fn from_states(states: &[State; LANES]) -> Self;

    /// The state of one message.
    fn state(&self, lane: usize) -> State;

    /// Continues each with its own block.
    fn compress(&mut self, blocks: &[[u8; BLOCK]; LANES]);

    /// Continues all with one block.
    fn compress_alike(&mut self, block: &Self::Alike);

    /// Continues each with a block of 64 hex digits, which are the digits of another hash.
    fn compress_hex(&mut self, hashes: &Self);

    /// Continues the outer hash of an HMAC to its end. The last block is the digest of the inner hash, padded.
    fn compress_outer(&mut self, inner: &Self);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex::hex;
    use crate::sha256::{INITIAL, compress, outer_block};

    fn blocks(seed: u8) -> [[u8; BLOCK]; LANES] {
        let mut next = seed;
        [(); LANES].map(|()| {
            [(); BLOCK].map(|()| {
                next = next.wrapping_mul(141).wrapping_add(3);
                next
            })
        })
    }

    /// Every way to continue, in turn, against one hash at a time.
    fn each_lane_as_one_hash<L: Lanes>() {
        let (mut lanes, mut states) = (L::splat(&INITIAL), [INITIAL; LANES]);
        for seed in 0..60 {
            let (blocks, before) = (blocks(seed), (lanes, states));
            match seed % 6 {
                0 => {
                    lanes.compress_alike(&L::alike(&blocks[0]));
                    states = states.map(|state| compress(&state, &blocks[0]));
                }
                1 => {
                    lanes = L::splat(&states[3]);
                    lanes.compress_hex(&before.0);
                    states = before.1.map(|state| compress(&before.1[3], &hex(&state)));
                }
                2 => {
                    lanes = L::splat(&INITIAL);
                    lanes.compress_outer(&before.0);
                    states = before.1.map(|state| compress(&INITIAL, &outer_block(&state)));
                }
                3 => lanes = L::from_states(&states),
                _ => {
                    lanes.compress(&blocks);
                    states = core::array::from_fn(|lane| compress(&states[lane], &blocks[lane]));
                }
            }
            assert_eq!(core::array::from_fn(|lane| lanes.state(lane)), states, "step {seed}");
        }
        assert_eq!(states.iter().filter(|state| **state == states[0]).count(), 1, "the lanes hold different hashes");
    }

    #[test]
    fn vectors_as_one_hash() {
        each_lane_as_one_hash::<Vectors>();
    }

    #[test]
    fn streams_as_one_hash() {
        each_lane_as_one_hash::<Streams>();
    }
}
