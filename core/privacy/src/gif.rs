//! GIF89a: comments and extensions of applications become zeros. How often an animation repeats stays, and so does
//! the colour profile.

use crate::source::{DAMAGED, Stop, TOO_MUCH};
use crate::work::Work;

/// The extensions of applications that stay: how often to repeat, and colour.
const KEPT: [&[u8; 11]; 3] = [b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"];
/// The signature and the logical screen's descriptor.
const HEADER: u64 = 13;
/// The most blocks, and pieces of blocks.
const MAX_PIECES: usize = 4 << 20;

pub fn blank(work: &mut Work) -> Result<(), Stop> {
    let length = work.source.len();
    let flags = work.source.array::<1>(10)?[0];
    let mut at = HEADER + colours(flags);
    let mut left = MAX_PIECES;
    while at < length {
        left = left.checked_sub(1).ok_or(TOO_MUCH)?;
        match work.source.array::<1>(at)?[0] {
            0x2c => {
                let flags = work.source.array::<1>(at + 9)?[0];
                // The descriptor, its colours, and the size of codes.
                at = pieces(work, at + 10 + colours(flags) + 1, &mut left)?;
            }
            0x21 => {
                let kind = work.source.array::<1>(at + 1)?[0];
                let end = pieces(work, at + 2, &mut left)?;
                let is_kept = match kind {
                    0xf9 => true,
                    0xff => end - at > 14 && KEPT.contains(&&work.source.array::<11>(at + 3)?),
                    _ => false,
                };
                if !is_kept {
                    fill(work, at + 2, end - 1)?;
                }
                at = end;
            }
            0x3b => return work.zero(at + 1, length),
            // Padding between blocks.
            0x00 => at += 1,
            _ => return Err(DAMAGED),
        }
    }
    // Its last byte is missing. Decoders show such a picture.
    Ok(())
}

/// The bytes of a table of colours.
const fn colours(flags: u8) -> u64 {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// The end of a list of pieces, after the empty one.
fn pieces(work: &mut Work, mut at: u64, left: &mut usize) -> Result<u64, Stop> {
    loop {
        *left = left.checked_sub(1).ok_or(TOO_MUCH)?;
        let size = u64::from(work.source.array::<1>(at)?[0]);
        at += 1 + size;
        if size == 0 {
            return Ok(at);
        }
    }
}

/// Writes pieces of zeros. The lengths of the old ones would be a part of a text: XMP is written so that its
/// characters are the lengths.
fn fill(work: &mut Work, mut at: u64, end: u64) -> Result<(), Stop> {
    while at < end {
        let left = end - at;
        // A piece has one byte at least, so that none is left that is only a length.
        let size = match left - 1 {
            size @ 0..=255 => size,
            256 => 254,
            _ => 255,
        };
        let number = u8::try_from(size).map_err(|_| DAMAGED)?;
        work.put(at, &[number])?;
        work.zero(at + 1, at + 1 + size)?;
        at += 1 + size;
    }
    Ok(())
}
