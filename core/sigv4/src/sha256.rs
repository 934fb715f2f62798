//! SHA-256 and HMAC (RFC 2104) with midstates: a constant beginning is compressed once, and each hash continues from
//! there.

use sha2::block_api::compress256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The bytes that one compression takes.
pub(crate) const BLOCK: usize = 64;

/// The state between two compressions. After the last one, the state is the digest as big-endian words.
pub(crate) type State = [u32; 8];

/// FIPS 180-4 section 5.3.3.
pub(crate) const INITIAL: State =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The bytes gathered before a compression. A whole canonical request of usual length then takes one call.
const GATHER: usize = 8 * BLOCK;

/// A message that is being hashed, from the beginning or from a midstate.
#[derive(Clone, Zeroize)]
pub(crate) struct Hasher {
    state: State,
    /// Bytes compressed into `state`, a multiple of [`BLOCK`].
    compressed: u64,
    /// The buffer has one block more than is gathered, so that the padding always fits.
    buffer: [u8; GATHER + BLOCK],
    filled: usize,
}

impl Hasher {
    pub fn new() -> Self {
        Self::from_midstate(INITIAL, 0)
    }

    /// Continues a hash that is at `state` after `compressed` bytes (whole blocks).
    pub fn from_midstate(state: State, compressed: u64) -> Self {
        Self { state, compressed, buffer: [0; GATHER + BLOCK], filled: 0 }
    }

    pub fn update(&mut self, mut data: &[u8]) {
        while !data.is_empty() {
            let (now, later) = data.split_at(data.len().min(GATHER - self.filled));
            self.buffer[self.filled..self.filled + now.len()].copy_from_slice(now);
            self.filled += now.len();
            data = later;
            if self.filled == GATHER {
                self.compress(GATHER);
                self.filled = 0;
            }
        }
    }

    /// The digest as eight big-endian words.
    pub fn finish(&mut self) -> State {
        let bits = (self.compressed + self.filled as u64) * 8;
        let end = (self.filled + 9).next_multiple_of(BLOCK);
        self.buffer[self.filled] = 0x80;
        self.buffer[self.filled + 1..end - 8].fill(0);
        self.buffer[end - 8..end].copy_from_slice(&bits.to_be_bytes());
        self.compress(end);
        self.state
    }

    fn compress(&mut self, length: usize) {
        compress256(&mut self.state, self.buffer[..length].as_chunks().0);
        self.compressed += length as u64;
    }
}

/// The constant start of many messages: the whole blocks as a midstate, the rest as bytes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Prefix {
    pub state: State,
    /// The number of bytes compressed into `state`.
    pub compressed: u64,
    /// The bytes after these, fewer than a block.
    pub rest: Vec<u8>,
}

impl Prefix {
    /// The prefix `bytes`, after the state `from`, into which `compressed` bytes were compressed before.
    pub fn new(from: State, compressed: u64, bytes: &[u8]) -> Self {
        let mut state = from;
        let (blocks, rest) = bytes.as_chunks();
        compress256(&mut state, blocks);
        Self { state, compressed: compressed + (bytes.len() - rest.len()) as u64, rest: rest.to_vec() }
    }

    pub fn hasher(&self) -> Hasher {
        let mut hasher = Hasher::from_midstate(self.state, self.compressed);
        hasher.update(&self.rest);
        hasher
    }
}

/// An HMAC-SHA-256 key as the states after its inner and its outer pad: a message then takes two compressions instead
/// of four.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct HmacKey {
    pub inner: State,
    pub outer: State,
}

impl HmacKey {
    pub fn new(key: &[u8]) -> Self {
        let mut block = Zeroizing::new([0_u8; BLOCK]);
        if key.len() > BLOCK {
            let mut hasher = Zeroizing::new(Hasher::new());
            hasher.update(key);
            let digest = Zeroizing::new(bytes(&hasher.finish()));
            block[..32].copy_from_slice(&*digest);
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let pad = |with: u8| {
            let padded = Zeroizing::new(block.map(|byte| byte ^ with));
            let mut state = INITIAL;
            compress256(&mut state, &[*padded]);
            state
        };
        Self { inner: pad(0x36), outer: pad(0x5c) }
    }

    /// The MAC of a message whose inner hash, begun after this key's inner pad, is `inner`.
    pub fn close(&self, inner: &State) -> State {
        compress(&self.outer, &outer_block(inner))
    }

    pub fn mac(&self, message: &[u8]) -> State {
        let mut hasher = Hasher::from_midstate(self.inner, BLOCK as u64);
        hasher.update(message);
        self.close(&hasher.finish())
    }
}

/// The last block of an HMAC: the inner digest, padded, after one block of outer pad.
pub(crate) fn outer_block(inner: &State) -> [u8; BLOCK] {
    const BITS: u16 = 8 * (64 + 32);
    let mut block = [0; BLOCK];
    block[..32].copy_from_slice(&bytes(inner));
    block[32] = 0x80;
    block[BLOCK - 2..].copy_from_slice(&BITS.to_be_bytes());
    block
}

/// A single compression.
pub(crate) fn compress(state: &State, block: &[u8; BLOCK]) -> State {
    let mut state = *state;
    compress256(&mut state, core::slice::from_ref(block));
    state
}

/// A digest as bytes.
pub(crate) fn bytes(state: &State) -> [u8; 32] {
    let mut out = [0; 32];
    for (four, word) in out.as_chunks_mut().0.iter_mut().zip(state) {
        *four = word.to_be_bytes();
    }
    out
}

/// SHA-256 of a whole message.
pub(crate) fn digest(message: &[u8]) -> State {
    let mut hasher = Hasher::new();
    hasher.update(message);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::{Digest, Sha256};

    #[test]
    fn every_length_as_sha2_in_any_pieces() {
        let data: Vec<u8> = (0..1_300_u32).map(|i| (i * 7 % 251) as u8).collect();
        for length in 0..data.len() {
            let expected: [u8; 32] = Sha256::digest(&data[..length]).into();
            assert_eq!(bytes(&digest(&data[..length])), expected, "{length}");
            let cut = length / 3;
            let mut hasher = Prefix::new(INITIAL, 0, &data[..cut]).hasher();
            hasher.update(&data[cut..length]);
            assert_eq!(bytes(&hasher.finish()), expected, "{length} cut at {cut}");
        }
    }

    #[test]
    fn hmac_as_the_hmac_crate() {
        let data: Vec<u8> = (0..200_u8).collect();
        for key_length in [0, 1, 32, 44, 63, 64, 65, 100, 200] {
            for length in [0, 1, 55, 56, 64, 128, 200] {
                let mut expected = Hmac::<Sha256>::new_from_slice(&data[..key_length]).unwrap();
                expected.update(&data[..length]);
                let expected: [u8; 32] = expected.finalize().into_bytes().into();
                assert_eq!(bytes(&HmacKey::new(&data[..key_length]).mac(&data[..length])), expected);
            }
        }
    }
}
