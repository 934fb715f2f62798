//! One message in each 32-bit lane of a vector.
#![allow(clippy::many_single_char_names)] // a to h, as FIPS 180-4 calls them

use super::vector::Vector;
use super::{LANES, Lanes};
use crate::sha256::{BLOCK, State};

/// FIPS 180-4 section 4.2.2.
#[rustfmt::skip]
const K: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];

/// The hashes of four messages, word by word.
#[derive(Clone, Copy)]
pub(crate) struct Vectors([Vector; 8]);

/// A block, expanded to the word that each round adds.
#[derive(Clone)]
pub(crate) struct Schedule([u32; 64]);

impl Schedule {
    fn new(block: &[u8; BLOCK]) -> Self {
        let mut words = [0_u32; 64];
        for (word, four) in words.iter_mut().zip(block.as_chunks().0) {
            *word = u32::from_be_bytes(*four);
        }
        for t in 16..64 {
            let (early, late) = (words[t - 15], words[t - 2]);
            let s0 = early.rotate_right(7) ^ early.rotate_right(18) ^ (early >> 3);
            let s1 = late.rotate_right(17) ^ late.rotate_right(19) ^ (late >> 10);
            words[t] = words[t - 16].wrapping_add(s0).wrapping_add(words[t - 7]).wrapping_add(s1);
        }
        for (word, k) in words.iter_mut().zip(K) {
            *word = word.wrapping_add(k);
        }
        Self(words)
    }
}

/// One round. The names of the eight variables rotate from round to round, so that no variable has to be moved.
macro_rules! round {
    ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident, $added:expr) => {
        let t1 = $h.add($e.sum1()).add($g.xor($e.and($f.xor($g)))).add($added);
        $d = $d.add(t1);
        $h = t1.add($a.sum0()).add($b.xor($a.xor($b).and($b.xor($c))));
    };
}

/// Sixteen rounds; `$added(i)` is the word that the `i`th round adds.
macro_rules! rounds16 {
    ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident, $added:ident) => {
        rounds16!(@8 $a $b $c $d $e $f $g $h, $added, 0 1 2 3 4 5 6 7);
        rounds16!(@8 $a $b $c $d $e $f $g $h, $added, 8 9 10 11 12 13 14 15);
    };
    (@8 $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident, $added:ident,
     $i0:literal $i1:literal $i2:literal $i3:literal $i4:literal $i5:literal $i6:literal $i7:literal) => {
        round!($a $b $c $d $e $f $g $h, $added!($i0));
        round!($h $a $b $c $d $e $f $g, $added!($i1));
        round!($g $h $a $b $c $d $e $f, $added!($i2));
        round!($f $g $h $a $b $c $d $e, $added!($i3));
        round!($e $f $g $h $a $b $c $d, $added!($i4));
        round!($d $e $f $g $h $a $b $c, $added!($i5));
        round!($c $d $e $f $g $h $a $b, $added!($i6));
        round!($b $c $d $e $f $g $h $a, $added!($i7));
    };
}

impl Lanes for Vectors {
    type Alike = Schedule;

    fn alike(block: &[u8; BLOCK]) -> Schedule {
        Schedule::new(block)
    }

    fn splat(state: &State) -> Self {
        Self(state.map(Vector::splat))
    }

    fn from_states(states: &[State; LANES]) -> Self {
        Self(core::array::from_fn(|word| Vector::from(states.each_ref().map(|state| state[word]))))
    }

    fn state(&self, lane: usize) -> State {
        self.0.map(|word| word.lanes()[lane])
    }

    fn compress(&mut self, blocks: &[[u8; BLOCK]; LANES]) {
        let mut words = [Vector::splat(0); 16];
        for quarter in 0..4 {
            let rows = blocks.each_ref().map(|block| block.as_chunks::<16>().0[quarter]);
            words[4 * quarter..4 * quarter + 4].copy_from_slice(&Vector::columns(rows));
        }
        self.compress_words(words);
    }

    fn compress_alike(&mut self, schedule: &Schedule) {
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = self.0;
        for words in schedule.0.as_chunks::<16>().0 {
            macro_rules! added {
                ($i:literal) => {
                    Vector::splat(words[$i])
                };
            }
            rounds16!(a b c d e f g h, added);
        }
        self.add([a, b, c, d, e, f, g, h]);
    }

    fn compress_hex(&mut self, hashes: &Self) {
        self.compress_words(hashes.hex_words());
    }

    fn compress_outer(&mut self, inner: &Self) {
        self.compress_words(inner.outer_words());
    }
}

impl Vectors {
    /// The last block of the outer hash of an HMAC: each inner digest, padded. Compare
    /// [`crate::sha256::outer_block`].
    fn outer_words(&self) -> [Vector; 16] {
        const BITS: u32 = 8 * (64 + 32);
        let mut words = [Vector::splat(0); 16];
        words[..8].copy_from_slice(&self.0);
        words[8] = Vector::splat(0x8000_0000);
        words[15] = Vector::splat(BITS);
        words
    }

    /// The 64 lower-case hex digits of each hash, as sixteen words.
    fn hex_words(&self) -> [Vector; 16] {
        let mut words = [Vector::splat(0); 16];
        for (pair, word) in words.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            *pair = [word.shr::<16>().hex(), word.and(Vector::splat(0xffff)).hex()];
        }
        words
    }

    /// Continues each hash with its block, whose big-endian words are in `words`.
    fn compress_words(&mut self, mut words: [Vector; 16]) {
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = self.0;
        macro_rules! given {
            ($i:literal) => {
                words[$i].add(Vector::splat(K[$i]))
            };
        }
        rounds16!(a b c d e f g h, given);
        for k in &K.as_chunks::<16>().0[1..] {
            macro_rules! expanded {
                ($i:literal) => {{
                    words[$i] = words[$i]
                        .add(words[($i + 1) % 16].sigma0())
                        .add(words[($i + 9) % 16])
                        .add(words[($i + 14) % 16].sigma1());
                    words[$i].add(Vector::splat(k[$i]))
                }};
            }
            rounds16!(a b c d e f g h, expanded);
        }
        self.add([a, b, c, d, e, f, g, h]);
    }

    fn add(&mut self, rounds: [Vector; 8]) {
        for (word, round) in self.0.iter_mut().zip(rounds) {
            *word = word.add(round);
        }
    }
}
