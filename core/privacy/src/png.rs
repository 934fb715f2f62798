//! PNG: chunks that show the picture stay, and so does the part of EXIF that does. Others become chunks of a private
//! kind, which are all zeros, with their right CRC.

use deflate::{combine, crc32};

use crate::block;
use crate::source::{DAMAGED, MAX_BLOCK, Stop, TOO_MUCH};
use crate::sums::of_zeros;
use crate::tiff;
use crate::work::Work;

/// Chunks that stay as they are, beside those that a decoder must know: transparency, colour, density, background,
/// palettes, the date, and animation. (PNG third edition section 11, with its extensions.)
const KEPT: [&[u8; 4]; 20] = [
    b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"mDCv", b"cLLI", b"cLLi", b"bKGD",
    b"hIST", b"pHYs", b"sPLT", b"tIME", b"acTL", b"fcTL", b"fdAT", b"oFFs",
];
/// The kind of what was blanked: ancillary, private, and safe to copy.
const BLANK: [u8; 4] = *b"zeRo";
const SIGNATURE: u64 = 8;
/// Length, kind, CRC.
const FRAME: u64 = 12;
/// The most chunks. Encoders that write small ones write 8 KiB in each.
const MAX_CHUNKS: usize = 1 << 20;

pub fn blank(work: &mut Work) -> Result<(), Stop> {
    let length = work.source.len();
    let mut at = SIGNATURE;
    for _ in 0..MAX_CHUNKS {
        if at == length {
            // Its last chunk is missing. Decoders show such a picture.
            return Ok(());
        }
        let size = u64::from(work.source.u32(at)?);
        let kind: [u8; 4] = work.source.array(at + 4)?;
        let end = at + FRAME + size;
        if !kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(DAMAGED);
        }
        if end > length {
            // Cut within its last chunk. What is there of it may still be looked at.
            return if &kind == b"IEND" || &kind == b"IDAT" { Ok(()) } else { Err(DAMAGED) };
        }
        let is_critical = kind[0].is_ascii_uppercase();
        if &kind == b"eXIf" && size <= MAX_BLOCK {
            exif(work, at + 8, size)?;
        } else if !is_critical && !KEPT.contains(&&kind) {
            blank_chunk(work, at, size)?;
        }
        at = end;
        if &kind == b"IEND" {
            // A picture that was cropped in place leaves its old end here.
            return work.zero(at, length);
        }
    }
    Err(TOO_MUCH)
}

fn blank_chunk(work: &mut Work, at: u64, size: u64) -> Result<(), Stop> {
    work.put(at + 4, &BLANK)?;
    work.zero(at + 8, at + 8 + size)?;
    work.put(at + 8 + size, &combine(crc32(&BLANK), of_zeros(size), size).to_be_bytes())
}

fn exif(work: &mut Work, at: u64, size: u64) -> Result<(), Stop> {
    let old = work.source.block(at, size)?;
    let new = tiff::strip(&old);
    if new.iter().all(|byte| *byte == 0) {
        return blank_chunk(work, at - 8, size);
    }
    block::replace(work, &[(at, size)], &old, &new)?;
    work.put(at + size, &crc32(&[b"eXIf", &new[..]].concat()).to_be_bytes())
}
