//! The Multi-Picture Format (CIPA DC-007): an index of the pictures that follow in the file.

use crate::source::Stop;
use crate::work::Work;

/// The bytes of an entry of a directory, and of an entry of the index.
const ENTRY: usize = 12;
const PICTURE: usize = 16;
/// The most pictures of an index. Bursts have some tens.
const MAX_PICTURES: usize = 256;
/// The most entries of a directory. The standard names four.
const MAX_ENTRIES: usize = 16;
/// The index of the pictures, and their unique numbers.
const INDEX: u32 = 0xb002;
const UNIQUE_NUMBERS: u32 = 0xb003;

/// Returns where the pictures begin that stay. `at` is the place of `block` in the file, whose offsets count from it.
///
/// Large thumbnails do not stay: a picture that was cropped may still have its old ones.
pub fn blank(work: &mut Work, at: u64, block: &[u8]) -> Result<Vec<u64>, Stop> {
    read(work, at, block).unwrap_or_else(|| {
        work.zero(at, at + block.len() as u64)?;
        Ok(Vec::new())
    })
}

fn read(work: &mut Work, at: u64, block: &[u8]) -> Option<Result<Vec<u64>, Stop>> {
    let is_big = match block.get(..4)? {
        b"II*\0" => false,
        b"MM\0*" => true,
        _ => return None,
    };
    let number = |place: usize, bytes: usize| {
        let bytes = block.get(place..place.checked_add(bytes)?)?;
        let join = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
        Some(if is_big { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) })
    };
    let directory = number(4, 4)? as usize;
    let count = number(directory, 2)? as usize;
    if count > MAX_ENTRIES {
        return None;
    }
    let mut pictures = Vec::new();
    for entry in (0..count).map(|entry| directory + 2 + entry * ENTRY) {
        let (tag, length, value) = (number(entry, 2)?, number(entry + 4, 4)? as usize, number(entry + 8, 4)? as usize);
        // Both kinds of value have a size of one byte, and are too long for the entry.
        let end = value.checked_add(length).filter(|end| *end <= block.len());
        match (tag, end) {
            (INDEX, Some(end)) => {
                for picture in (value..end).step_by(PICTURE).take(MAX_PICTURES) {
                    let (kind, offset) = (number(picture, 4)? & 0x00ff_ffff, number(picture + 8, 4)?);
                    if kind >> 16 == 1 {
                        // Its bytes are blanked with the trailer.
                        if let Err(stop) = work.zero(at + picture as u64 + 4, at + picture as u64 + 12) {
                            return Some(Err(stop));
                        }
                    } else if offset != 0 {
                        pictures.push(at + u64::from(offset));
                    }
                }
            }
            (UNIQUE_NUMBERS, Some(end)) => {
                if let Err(stop) = work.zero(at + value as u64, at + end as u64) {
                    return Some(Err(stop));
                }
            }
            _ => {}
        }
    }
    Some(Ok(pictures))
}
