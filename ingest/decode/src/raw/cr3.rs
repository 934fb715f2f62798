//! Canon's CR3: boxes as in MP4. A track holds a JPEG of full size, and a box of Canon's own the facts.

use exif::Context;
use heifer::heifer_isobmff::{BoxIter, RawBox};

use super::part;
use crate::tags;

/// The boxes within boxes, flat. `uuid` holds boxes behind its name.
fn boxes<'a>(bytes: &'a [u8], depth: u8, found: &mut Vec<RawBox<'a>>) {
    const MAX_DEPTH: u8 = 8;
    for part in BoxIter::new(bytes).map_while(Result::ok) {
        match &part.header.box_type.0 {
            b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" | b"uuid" if depth < MAX_DEPTH => {
                boxes(part.content, depth + 1, found);
            }
            _ => found.push(part),
        }
    }
}

fn all(bytes: &[u8]) -> Vec<RawBox<'_>> {
    let mut found = Vec::new();
    boxes(bytes, 0, &mut found);
    found
}

/// The first sample of each track, where it is a JPEG.
pub fn previews(bytes: &[u8]) -> Vec<&[u8]> {
    let mut previews = Vec::new();
    let mut length = 0;
    for found in all(bytes) {
        let number = |at: usize| found.content.get(at..)?.first_chunk().map(|number| u32::from_be_bytes(*number));
        match &found.header.box_type.0 {
            // The size of all samples, or zero and that of each.
            b"stsz" => length = number(4).filter(|size| *size > 0).or_else(|| number(12)).unwrap_or(0),
            b"co64" => {
                let offset = found.content.get(8..).and_then(<[u8]>::first_chunk).map(|at| u64::from_be_bytes(*at));
                previews.extend(offset.and_then(|offset| part(bytes, offset, length.into())));
            }
            _ => {}
        }
    }
    previews
}

/// Whether a box ends behind the end of the file. Behind the boxes there may be something else, which says nothing.
pub fn is_cut(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let (Some(size), Some(name)) = (rest.first_chunk(), rest.get(4..8)) {
        let large = rest.get(8..).and_then(<[u8]>::first_chunk);
        let size = match (u32::from_be_bytes(*size), large) {
            (1, Some(size)) => u64::from_be_bytes(*size),
            (size, _) => u64::from(size),
        };
        // It goes on to the end, or is broken.
        if size < 8 {
            return false;
        }
        match usize::try_from(size).ok().and_then(|size| rest.get(size..)) {
            Some(next) => rest = next,
            None => return [b"mdat", b"moov", b"uuid", b"free"].iter().any(|known| name == *known),
        }
    }
    false
}

pub fn exif(bytes: &[u8]) -> Option<Vec<u8>> {
    let all = all(bytes);
    let block = |name: &[u8; 4]| all.iter().find(|part| part.header.box_type.0 == *name).map(|part| part.content);
    let blocks = [(Context::Tiff, b"CMT1"), (Context::Exif, b"CMT2"), (Context::Gps, b"CMT4")];
    let blocks: Vec<_> = blocks.into_iter().filter_map(|(context, name)| Some((context, block(name)?))).collect();
    tags::joined(&blocks)
}
