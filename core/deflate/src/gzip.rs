//! One gzip member (RFC 1952).

use crate::crc::{combine, crc32};
use crate::squeeze::squeeze;
use crate::stored::store;

/// The magic number, method DEFLATE, no flags, no time, no word on effort, an unknown system.
pub(crate) const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// The final block, which is empty. It is as short as a block can be.
pub(crate) const FINAL: [u8; 2] = [0x03, 0x00];

/// Writes one gzip member, piece by piece.
#[derive(Clone, Debug)]
pub struct Gzip {
    out: Vec<u8>,
    crc: u32,
    length: u64,
}

impl Gzip {
    /// `capacity`: about how many bytes the member will have.
    pub fn new(capacity: usize) -> Self {
        let mut out = Vec::with_capacity(capacity);
        out.extend_from_slice(&HEADER);
        Self { out, crc: 0, length: 0 }
    }

    /// Appends a piece that was compressed before: raw DEFLATE that ends at a whole byte, without a final block and
    /// without a match that reaches before the piece. `crc` and `length` are those of its text.
    pub fn block(&mut self, deflated: &[u8], crc: u32, length: u64) {
        self.out.extend_from_slice(deflated);
        self.count(crc, length);
    }

    /// Appends a short text as it is.
    pub fn stored(&mut self, text: &[u8]) {
        store(text, &mut self.out);
        self.count(crc32(text), text.len() as u64);
    }

    /// Appends a text, compressed by [`squeeze`].
    pub fn text(&mut self, text: &[u8]) {
        squeeze(text, &mut self.out);
        self.count(crc32(text), text.len() as u64);
    }

    /// The whole member.
    pub fn finish(mut self) -> Vec<u8> {
        self.out.extend_from_slice(&FINAL);
        end(&mut self.out, self.crc, self.length);
        self.out
    }

    fn count(&mut self, crc: u32, length: u64) {
        self.crc = combine(self.crc, crc, length);
        self.length += length;
    }
}

/// Appends what stands behind the blocks.
pub(crate) fn end(out: &mut Vec<u8>, crc: u32, length: u64) {
    out.extend_from_slice(&crc.to_le_bytes());
    // The length is kept modulo 2^32.
    out.extend_from_slice(&length.to_le_bytes()[..4]);
}
