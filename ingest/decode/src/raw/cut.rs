//! Whether a raw file was copied in part. Cameras write their JPEG first and the sensor's data last, so that half of a
//! file shows the whole picture.
//!
//! Only what a file itself says of its length counts. What cannot be read says nothing.

use std::io::Cursor;

use super::{cr3, fuji_place};
use crate::ifd::{self, Tiff};

pub fn is_cut(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"FUJIFILM") {
        is_fuji_cut(bytes)
    } else if bytes.get(4..8) == Some(b"ftyp") {
        cr3::is_cut(bytes)
    } else {
        is_tiff_cut(bytes)
    }
}

/// Places of data and their lengths, in directories.
const PAIRS: [(u16, u16); 3] = [
    (ifd::STRIP_OFFSETS, ifd::STRIP_LENGTHS),
    (ifd::TILE_OFFSETS, ifd::TILE_LENGTHS),
    (ifd::JPEG_OFFSET, ifd::JPEG_LENGTH),
];

fn is_tiff_cut(bytes: &[u8]) -> bool {
    let Some(mut tiff) = Tiff::open(Cursor::new(bytes)) else { return false };
    for directory in tiff.directories() {
        for (offsets, lengths) in PAIRS {
            if let (Some(offsets), Some(lengths)) = (ifd::find(&directory, offsets), ifd::find(&directory, lengths)) {
                let places = tiff.numbers(offsets).into_iter().zip(tiff.numbers(lengths));
                // Panasonic writes the largest number, and names the place elsewhere.
                let mut known = places.filter(|(offset, _)| *offset != u32::MAX);
                if known.any(|(offset, length)| is_behind(bytes, u64::from(offset), u64::from(length))) {
                    return true;
                }
            }
        }
    }
    false
}

/// The header names the JPEG, the facts and the sensor's data. It ends where the JPEG begins.
fn is_fuji_cut(bytes: &[u8]) -> bool {
    let Some((end, _)) = fuji_place(bytes, 84) else { return false };
    let inside = [84, 92, 100].into_iter().filter(|at| *at as u64 + 8 <= end);
    inside.filter_map(|at| fuji_place(bytes, at)).any(|(offset, length)| is_behind(bytes, offset, length))
}

/// Whether data are said to lie behind the end of the file. Zero is no place. A camera may round a length up, and of
/// half a copy more is missing than that.
fn is_behind(bytes: &[u8], offset: u64, length: u64) -> bool {
    offset != 0 && offset + (length - length / 16) > bytes.len() as u64
}
