//! Raw files of cameras, by the largest JPEG in them: what the camera itself made of the picture.

mod cr3;
mod cut;

use std::io::Cursor;

use crate::jpeg::Jpeg;
use crate::{CUT, MAX_PIXELS, Picture, ifd, tags};

pub fn decode(bytes: &[u8]) -> Result<Picture, String> {
    if cut::is_cut(bytes) {
        return Err(CUT.to_owned());
    }
    let (found, described) = if bytes.starts_with(b"FUJIFILM") {
        (fuji(bytes).into_iter().collect(), None)
    } else if bytes.get(4..8) == Some(b"ftyp") {
        (cr3::previews(bytes), cr3::exif(bytes))
    } else {
        // Panasonic's first directory has other meanings, and its JPEG says all.
        let is_panasonic = bytes.starts_with(b"IIU\0");
        (previews(bytes), if is_panasonic { None } else { tags::of_tiff(bytes) })
    };
    let largest = largest(&found).or_else(|| largest(&anywhere(bytes)));
    jpeg(largest.ok_or("there is no preview in it: export it as JPEG")?, described)
}

/// Reads a JPEG. What is said elsewhere about the picture stands before what it says itself.
pub fn jpeg(bytes: &[u8], described: Option<Vec<u8>>) -> Result<Picture, String> {
    let jpeg = Jpeg::open(bytes).ok_or("broken: its JPEG cannot be read")?;
    let (width, height) = (jpeg.width, jpeg.height);
    // Even a block of 64 pixels without a change is coded in a bit. Decoders fill in what is missing.
    if jpeg.pixels().div_ceil(64 * 8) > bytes.len() as u64 {
        return Err(format!(
            "{width}x{height} pixels do not fit in so few bytes: the file is cut short: copy it again"
        ));
    }
    let (xmp, exif) = (jpeg.xmp(), described.or_else(|| jpeg.exif()));
    let scale = jpeg.scale();
    if jpeg.pixels() / u64::from(scale * scale) > MAX_PIXELS {
        return Err(format!("{width}x{height} pixels are more than can be read: scale it down"));
    }
    let broken = || format!("{width}x{height} pixels: broken, or larger in memory than is allowed: scale it down");
    let pixels = jpeg.decode(scale).ok_or_else(broken)?;
    let orientation = exif.as_deref().map_or(1, ifd::orientation);
    Ok(Picture { pixels, size: (width, height), orientation, exif, xmp })
}

/// The JPEG with the most pixels.
fn largest<'a>(found: &[&'a [u8]]) -> Option<&'a [u8]> {
    let sized = found.iter().filter_map(|bytes| Some((Jpeg::open(bytes)?, *bytes)));
    let shown = sized.filter(|(jpeg, _)| jpeg.is_shown());
    shown.max_by_key(|(jpeg, _)| jpeg.pixels()).map(|(_, bytes)| bytes)
}

/// The JPEGs that the directories of a TIFF name.
fn previews(bytes: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let Some(mut tiff) = ifd::Tiff::open(Cursor::new(bytes)) else { return found };
    for directory in tiff.directories() {
        for (offset, length) in [(ifd::JPEG_OFFSET, ifd::JPEG_LENGTH), (ifd::STRIP_OFFSETS, ifd::STRIP_LENGTHS)] {
            if let (Some(offset), Some(length)) = (ifd::find(&directory, offset), ifd::find(&directory, length))
                && let ([offset], [length]) = (&tiff.numbers(offset)[..], &tiff.numbers(length)[..])
            {
                found.extend(part(bytes, u64::from(*offset), u64::from(*length)));
            }
        }
        if let Some(entry) = ifd::find(&directory, ifd::JPEG_FROM_RAW) {
            let (offset, length) = tiff.place(entry);
            found.extend(part(bytes, offset, length));
        }
    }
    found
}

/// The JPEG of a RAF: its place and length stand behind the names of the camera.
fn fuji(bytes: &[u8]) -> Option<&[u8]> {
    let (offset, length) = fuji_place(bytes, 84)?;
    part(bytes, offset, length)
}

/// A place and a length in the header of a RAF.
fn fuji_place(bytes: &[u8], at: usize) -> Option<(u64, u64)> {
    let number = |at: usize| bytes.get(at..)?.first_chunk().map(|number| u64::from(u32::from_be_bytes(*number)));
    Some((number(at)?, number(at + 4)?))
}

/// A part of the file, if it begins like a JPEG.
fn part(bytes: &[u8], offset: u64, length: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    let end = start.checked_add(usize::try_from(length).ok()?)?.min(bytes.len());
    bytes.get(start..end).filter(|part| part.starts_with(b"\xff\xd8\xff"))
}

/// Whatever begins like a JPEG, for files that name their preview in the maker's own notes.
fn anywhere(bytes: &[u8]) -> Vec<&[u8]> {
    /// Raw pixels may look like this too.
    const MOST: usize = 64;
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(3).position(|bytes| bytes == b"\xff\xd8\xff") {
        found.push(&rest[at..]);
        rest = &rest[at + 3..];
        if found.len() == MOST {
            break;
        }
    }
    found
}
