//! CRC-32 of what is blanked. CRC-32 is linear: of two texts of one length, the sums differ by the sum of what the
//! texts differ in.

use deflate::{combine, crc32};

use crate::patches::Patches;
use crate::source::ReadAt;

/// How much is read at once.
const PIECE: u64 = 64 << 10;
/// The most bytes that are read for one file. A film may have a box of padding that is as large as the film.
const MAX_READ: u64 = 256 << 20;

/// The CRC-32 of this many zero bytes.
pub fn of_zeros(length: u64) -> u32 {
    let (mut sum, mut rest) = (0, length);
    let (mut piece, mut piece_length) = (crc32(&[0]), 1);
    while rest > 0 {
        if rest & 1 == 1 {
            sum = combine(sum, piece, piece_length);
        }
        rest >>= 1;
        piece = combine(piece, piece, piece_length);
        piece_length <<= 1;
    }
    sum
}

/// What the CRC-32 of the file changes by: the sum of the patched file is that of the original, XOR this. `None` if
/// more is blanked than may be read.
///
/// Only the bytes that the patches replace are read.
pub fn difference<R: ReadAt>(file: &mut R, patches: &Patches) -> Result<Option<u32>, R::Error> {
    if patches.iter().map(crate::Patch::length).sum::<u64>() > MAX_READ || file.len() != patches.file_length() {
        return Ok(None);
    }
    let mut sum = 0;
    let mut buffer = Vec::new();
    for patch in patches.iter() {
        let mut at = patch.offset;
        while at < patch.end() {
            let length = PIECE.min(patch.end() - at);
            buffer.resize(usize::try_from(length).unwrap_or_default(), 0);
            file.read_at(at, &mut buffer)?;
            let before = crc32(&buffer);
            patches.apply(at, &mut buffer);
            let change = before ^ crc32(&buffer);
            sum ^= combine(change, 0, patches.file_length() - at - length);
            at += length;
        }
    }
    Ok(Some(sum))
}
