//! Bits, the lowest first, as RFC 1951 section 3.1.1 packs them.

/// Appends bits to bytes.
pub(crate) struct Bits<'a> {
    out: &'a mut Vec<u8>,
    /// The bits that do not fill eight bytes yet; those above `count` are zero.
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, held: 0, count: 0 }
    }

    /// Appends the lowest `count` bits, at most 63. The others must be zero.
    #[inline]
    pub fn put(&mut self, bits: u64, count: u32) {
        self.held |= bits << self.count;
        self.count += count;
        if self.count >= 64 {
            self.out.extend_from_slice(&self.held.to_le_bytes());
            self.count -= 64;
            self.held = bits >> (count - self.count);
        }
    }

    /// Ends the data so far at a whole byte with an empty stored block, as a sync flush does.
    pub fn flush(mut self) {
        const STORED: u32 = 3;
        self.put(0, STORED);
        let held = self.held.to_le_bytes();
        let whole = self.count.div_ceil(8) as usize;
        self.out.extend_from_slice(&held[..whole]);
        self.out.extend_from_slice(&[0, 0, 0xff, 0xff]);
    }
}
