//! One JPEG (ITU T.81), from its first marker to its last.

use super::mpf;
use crate::block;
use crate::source::{DAMAGED, SHAPE, Stop, TOO_MUCH};
use crate::tiff;
use crate::work::Work;
use crate::xmp;

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const MPF: &[u8] = b"MPF\0";
/// What stays as it is: colour profiles, the metadata of gain maps (ISO 21496-1), how Adobe coded colours.
const KEPT: [(u8, &[u8]); 3] = [(0xe2, b"ICC_PROFILE\0"), (0xe2, b"urn:iso:std:iso:ts:21496:-1\0"), (ADOBE, b"Adobe")];
const ADOBE: u8 = 0xee;
/// Adobe's signature, version, flags, and how colours are coded.
const ADOBE_LENGTH: u64 = 12;
/// JFIF's header: signature, version, units, densities, and the size of a thumbnail.
const JFIF: u64 = 14;
/// The most fill bytes before a marker.
const MAX_FILL: u64 = 4096;
/// The most markers of a picture. A progressive one has some tens, and a profile may take 255.
const MAX_MARKERS: usize = 65_536;

/// What is known of a picture after its metadata is blanked.
#[derive(Default)]
pub struct Picture {
    /// Where it ends.
    pub end: u64,
    /// It goes to the end of the file, and lacks its last marker.
    pub is_open: bool,
    /// Where the pictures begin that its index names, except thumbnails.
    pub others: Vec<u64>,
    /// Its XMP lists the pictures in the file, such as a gain map.
    pub has_container: bool,
}

pub fn blank(work: &mut Work, start: u64) -> Result<Picture, Stop> {
    let mut picture = Picture::default();
    if work.source.array(start)? != [0xff, 0xd8] {
        return Err(DAMAGED);
    }
    let mut at = start + 2;
    for _ in 0..MAX_MARKERS {
        let found = marker(work, at)?;
        let Some((place, kind)) = found else {
            // Its last marker is missing. Decoders show such a picture.
            (picture.end, picture.is_open) = (work.source.len(), true);
            return Ok(picture);
        };
        // Decoders do not agree on what they make of other bytes between segments.
        if place - at > MAX_FILL || work.source.block(at, place - at)?.iter().any(|byte| ![0, 0xff].contains(byte)) {
            return Err(DAMAGED);
        }
        at = place + 2;
        match kind {
            0xd9 => {
                picture.end = at;
                return Ok(picture);
            }
            0x01..=0xbf | 0xd0..=0xd8 => return Err(DAMAGED),
            // Extensions of the coding itself, such as JPEG-LS.
            0xf0..=0xfd => return Err(SHAPE),
            _ => {}
        }
        let length = u64::from(u16::from_be_bytes(work.source.array(at)?));
        let end = at + length;
        if length < 2 || end > work.source.len() {
            return Err(DAMAGED);
        }
        match kind {
            0xe0..=0xef => application(work, kind, (at + 2, end), &mut picture)?,
            0xfe => work.zero(at + 2, end)?,
            0xda => {
                at = scan(work, end)?;
                continue;
            }
            _ => {}
        }
        at = end;
    }
    Err(TOO_MUCH)
}

/// The next marker from `at` on, with its place. Bytes before it are stray. `None` at the end of the file.
fn marker(work: &mut Work, mut at: u64) -> Result<Option<(u64, u8)>, Stop> {
    let length = work.source.len();
    while at + 1 < length {
        let bytes = work.source.some(at, length)?;
        match memchr::memchr(0xff, bytes) {
            None => at += bytes.len() as u64,
            Some(skip) => {
                at += skip as u64;
                if at + 1 >= length {
                    break;
                }
                match work.source.array::<2>(at)?[1] {
                    // Fill bytes may precede a marker.
                    0xff => at += 1,
                    0x00 => at += 2,
                    kind => return Ok(Some((at, kind))),
                }
            }
        }
    }
    Ok(None)
}

/// Skips the entropy-coded data of a scan. Returns the place of the next marker, or the end of the file.
fn scan(work: &mut Work, mut at: u64) -> Result<u64, Stop> {
    let length = work.source.len();
    while at + 1 < length {
        // Two bytes at least, so that the loop goes on.
        work.source.view(at, 2)?;
        let bytes = work.source.some(at, length)?;
        let mut done = 0;
        while let Some(skip) = memchr::memchr(0xff, &bytes[done..]) {
            let place = done + skip;
            match bytes.get(place + 1) {
                None => {
                    done = place;
                    break;
                }
                Some(0x00 | 0xd0..=0xd7) => done = place + 2,
                Some(0xff) => done = place + 1,
                Some(_) => return Ok(at + place as u64),
            }
        }
        // Whatever has no 0xff is done with. A last byte that is one is looked at again, with the byte after it.
        let is_open = done + 1 == bytes.len() && bytes.last() == Some(&0xff);
        at += (bytes.len() - usize::from(is_open)) as u64;
    }
    Ok(length)
}

/// An APPn segment with this payload.
fn application(work: &mut Work, kind: u8, (at, end): (u64, u64), picture: &mut Picture) -> Result<(), Stop> {
    let payload = work.source.block(at, end - at)?;
    let is = |marker: u8, signature: &[u8]| kind == marker && payload.starts_with(signature);
    if KEPT.iter().any(|(marker, signature)| is(*marker, signature)) {
        return if kind == ADOBE { work.zero((at + ADOBE_LENGTH).min(end), end) } else { Ok(()) };
    }
    if is(0xe0, b"JFIF\0") {
        if end - at > JFIF {
            work.zero(at + JFIF - 2, end)?;
        }
        return Ok(());
    }
    if is(0xe1, EXIF) {
        return exif(work, at, &payload);
    }
    if is(0xe1, XMP) {
        let packet = &payload[XMP.len()..];
        let left = xmp::strip(packet);
        picture.has_container |= xmp::has_container(&left);
        let start = at + XMP.len() as u64;
        return block::replace(work, &[(start, packet.len() as u64)], packet, &left);
    }
    if is(0xe2, MPF) && picture.others.is_empty() {
        picture.others.extend(mpf::blank(work, at + MPF.len() as u64, &payload[MPF.len()..])?);
        return Ok(());
    }
    work.zero(at, end)
}

/// A segment of EXIF. Nothing is left of its signature if nothing is left of its content.
fn exif(work: &mut Work, at: u64, payload: &[u8]) -> Result<(), Stop> {
    let mut new = payload.to_vec();
    let left = tiff::strip(&payload[EXIF.len()..]);
    if left.iter().all(|byte| *byte == 0) {
        new.fill(0);
    } else {
        new[EXIF.len()..].copy_from_slice(&left);
    }
    block::replace(work, &[(at, payload.len() as u64)], payload, &new)
}
