//! Numbers in bytes, the lowest byte first, and the CRC-32 at the end of each block.

use crate::error::Unreadable;

/// What is left to read of a block.
pub struct Fields<'b>(pub &'b [u8]);

impl<'b> Fields<'b> {
    pub fn bytes(&mut self, count: usize) -> Result<&'b [u8], Unreadable> {
        let (bytes, rest) = self.0.split_at_checked(count).ok_or(Unreadable("a block ends early"))?;
        self.0 = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Unreadable("a block ends early"))?;
        self.0 = rest;
        Ok(*bytes)
    }

    pub fn u16(&mut self) -> Result<u16, Unreadable> {
        self.array().map(u16::from_le_bytes)
    }

    pub fn u32(&mut self) -> Result<u32, Unreadable> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Result<u64, Unreadable> {
        self.array().map(u64::from_le_bytes)
    }
}

/// The bytes of a CRC-32.
pub const SEAL: usize = 4;

/// Appends the CRC-32 of all bytes from `start` on.
pub fn seal(out: &mut Vec<u8>, start: usize) {
    let crc = deflate::crc32(out.get(start..).unwrap_or_default());
    out.extend(crc.to_le_bytes());
}

/// The bytes in front of the CRC-32, if it is theirs.
pub fn unseal(block: &[u8]) -> Result<&[u8], Unreadable> {
    let (bytes, crc) = block.split_last_chunk::<SEAL>().ok_or(Unreadable("a block ends early"))?;
    if deflate::crc32(bytes) != u32::from_le_bytes(*crc) {
        return Err(Unreadable("a block has another CRC-32"));
    }
    Ok(bytes)
}
