//! WebP (RFC 9649): the chunks that show the picture stay. EXIF and XMP keep what showing it needs.

use crate::block;
use crate::source::{DAMAGED, MAX_BLOCK, Stop, TOO_MUCH};
use crate::tiff;
use crate::work::Work;
use crate::xmp;

const KEPT: [&[u8; 4]; 6] = [b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ALPH", b"ICCP"];
/// `RIFF`, the size, `WEBP`.
const HEADER: u64 = 12;
/// What a frame of an animation has before its own chunks.
const FRAME: u64 = 16;
/// The most chunks. An animation has three for each frame.
const MAX_CHUNKS: usize = 65_536;

pub fn blank(work: &mut Work) -> Result<(), Stop> {
    let length = work.source.len();
    let size = u64::from(u32::from_le_bytes(work.source.array(4)?));
    // Some encoders leave out the byte that makes the size even.
    let end = (8 + size).min(length);
    let mut left = MAX_CHUNKS;
    chunks(work, (HEADER, end), true, &mut left)?;
    work.zero(end, length)
}

fn chunks(work: &mut Work, (mut at, end): (u64, u64), outside: bool, left: &mut usize) -> Result<(), Stop> {
    while at + 8 <= end {
        *left = left.checked_sub(1).ok_or(TOO_MUCH)?;
        let kind: [u8; 4] = work.source.array(at)?;
        let size = u64::from(u32::from_le_bytes(work.source.array(at + 4)?));
        let (body, body_end) = (at + 8, at + 8 + size);
        if body_end > end {
            return Err(DAMAGED);
        }
        match &kind {
            b"ANMF" if outside && size >= FRAME => chunks(work, (body + FRAME, body_end), false, left)?,
            b"EXIF" if size <= MAX_BLOCK => exif(work, body, size)?,
            b"XMP " if size <= MAX_BLOCK => {
                let old = work.source.block(body, size)?;
                block::replace(work, &[(body, size)], &old, &xmp::strip(&old))?;
            }
            kind if KEPT.contains(&kind) => {}
            _ => work.zero(body, body_end)?,
        }
        at = body_end + size % 2;
    }
    work.zero(at.min(end), end)
}

fn exif(work: &mut Work, at: u64, size: u64) -> Result<(), Stop> {
    let old = work.source.block(at, size)?;
    // Some encoders write the signature that JPEG has.
    let start = if old.starts_with(b"Exif\0\0") { 6 } else { 0 };
    let mut new = old.clone();
    new[start..].copy_from_slice(&tiff::strip(&old[start..]));
    block::replace(work, &[(at, size)], &old, &new)
}
