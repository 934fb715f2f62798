//! The items of HEIF that are no pictures, and where they are (ISO/IEC 14496-12 sections 8.11.3 and 8.11.6).

use std::collections::BTreeMap;

use crate::source::{DAMAGED, SHAPE, Stop, TOO_MUCH};

/// What stays: coded pictures, and how pictures are made of others.
const PICTURES: [&[u8; 4]; 14] = [
    b"hvc1", b"hev1", b"lhv1", b"hvt1", b"av01", b"avc1", b"vvc1", b"jpeg", b"j2k1", b"unci", b"grid", b"iovl",
    b"iden", b"tmap",
];
const XMP: &[u8] = b"application/rdf+xml";
/// The most extents of all items. A picture of 200 megapixels has some hundreds of tiles.
const MAX_EXTENTS: usize = 1 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Exif,
    Xmp,
    Other,
}

/// Where an item is.
#[derive(Default)]
pub struct Place {
    /// It is in `idat`, from whose beginning its extents count. If not, they count from that of the file.
    pub is_inside: bool,
    /// Start and length.
    pub extents: Vec<(u64, u64)>,
}

/// A list of numbers and texts.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Stop> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(DAMAGED)?;
        self.0 = rest;
        Ok(bytes)
    }

    /// A number of up to eight bytes.
    fn number(&mut self, length: usize) -> Result<u64, Stop> {
        Ok(self.take(length)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// A text that ends in a zero, or with the list.
    fn text(&mut self) -> &'a [u8] {
        let end = memchr::memchr(0, self.0).unwrap_or(self.0.len());
        let text = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        text
    }
}

/// The items that must go, from the content of `iinf`.
pub fn metadata(iinf: &[u8]) -> Result<BTreeMap<u64, Kind>, Stop> {
    let mut reader = Reader(iinf);
    let version = reader.number(4)? >> 24;
    let count = reader.number(if version == 0 { 2 } else { 4 })?;
    let mut items = BTreeMap::new();
    for _ in 0..count {
        let size = usize::try_from(reader.number(4)?).ok().and_then(|size| size.checked_sub(8)).ok_or(DAMAGED)?;
        let is_entry = reader.take(4)? == b"infe";
        let mut entry = Reader(reader.take(size)?);
        if is_entry && let (number, Some(kind)) = item(&mut entry)? {
            items.insert(number, kind);
        }
    }
    Ok(items)
}

/// An item's number, and its kind if it must go.
fn item(entry: &mut Reader) -> Result<(u64, Option<Kind>), Stop> {
    let version = entry.number(4)? >> 24;
    let number = entry.number(if version == 3 { 4 } else { 2 })?;
    entry.take(2)?;
    let kind = if version < 2 { b"mime" } else { entry.take(4)? };
    entry.text();
    let kind = match kind {
        b"Exif" => Some(Kind::Exif),
        b"mime" => {
            let (is_xmp, coding) = (entry.text() == XMP, entry.text());
            Some(if is_xmp && coding.is_empty() { Kind::Xmp } else { Kind::Other })
        }
        kind if PICTURES.iter().any(|picture| kind == *picture) => None,
        _ => Some(Kind::Other),
    };
    Ok((number, kind))
}

/// Where these items are, from the content of `iloc`.
pub fn places(iloc: &[u8], wanted: &BTreeMap<u64, Kind>) -> Result<Vec<(Kind, Place)>, Stop> {
    let mut reader = Reader(iloc);
    let version = reader.number(4)? >> 24;
    let sizes = reader.number(2)?;
    let size = |shift: u32| usize::try_from(sizes >> shift & 15).unwrap_or_default();
    let (offset, length, base, index) = (size(12), size(8), size(4), if version == 0 { 0 } else { size(0) });
    if version > 2 || [offset, length, base, index].iter().any(|size| *size > 8) {
        return Err(SHAPE);
    }
    let wide = if version == 2 { 4 } else { 2 };
    let mut places = Vec::new();
    let mut left = MAX_EXTENTS;
    for _ in 0..reader.number(wide)? {
        let kind = wanted.get(&reader.number(wide)?).copied();
        let method = if version == 0 { 0 } else { reader.number(2)? & 15 };
        let elsewhere = reader.number(2)? != 0;
        let base = reader.number(base)?;
        let mut place = Place { is_inside: method == 1, extents: Vec::new() };
        for _ in 0..reader.number(2)? {
            left = left.checked_sub(1).ok_or(TOO_MUCH)?;
            reader.number(index)?;
            let start = base.checked_add(reader.number(offset)?).ok_or(DAMAGED)?;
            let length = reader.number(length)?;
            if kind.is_some() {
                // A length of zero means the rest of what the extent lies in.
                if method > 1 || elsewhere || length == 0 {
                    return Err(SHAPE);
                }
                place.extents.push((start, length));
            }
        }
        places.extend(kind.map(|kind| (kind, place)));
    }
    Ok(places)
}
