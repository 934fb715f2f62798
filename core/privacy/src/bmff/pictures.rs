//! The `meta` box of a HEIF or AVIF picture (ISO/IEC 23008-12). Its pictures stay, thumbnails among them: they show
//! the whole picture, and a picture that is cropped is coded anew or has its crop in a property.

use super::boxes::{Part, each, keep};
use super::items::{self, Kind, Place};
use super::properties;
use super::tracks;
use crate::block;
use crate::source::{DAMAGED, MAX_BLOCK, Stop, TOO_MUCH};
use crate::tiff;
use crate::work::Work;
use crate::xmp;

/// The properties of items that stay: how to decode a picture and how to show it, how it was exposed, and when. Names,
/// descriptions, reference systems of the earth (`mcrs`, `tiep`) and what is not known go.
const PROPERTIES: &[&[u8; 4]] = &[
    // Of coders.
    b"hvcC", b"lhvC", b"avcC", b"av1C", b"vvcC", b"evcC", b"jpgC", b"j2kH", b"uncC", b"cmpd", b"cmpC", b"icef", b"mskC",
    // Of layers and kinds.
    b"oinf", b"tols", b"lsel", b"a1op", b"a1lx", b"rref", b"brnd", b"auxC", b"subs",
    // Of sizes, shapes and views.
    b"ispe", b"pixi", b"pasp", b"clap", b"irot", b"imir", b"iscl", b"rloc", b"prfr", b"stvi", b"cmin", b"cmex",
    // Of colours and light, of a series, and of the moment.
    b"colr", b"clli", b"mdcv", b"cclv", b"amve", b"ndwt", b"reve", b"aebr", b"wbbr", b"fobr", b"afbr", b"dobr", b"crtt",
    b"mdft",
];

/// Whether a `meta` is that of a picture.
pub fn is_here(work: &mut Work, meta: &Part) -> Result<bool, Stop> {
    let start = properties::start(work, meta)?;
    if start + 20 > meta.end {
        return Ok(false);
    }
    Ok(work.source.array::<4>(start + 4)? == *b"hdlr" && work.source.array::<4>(start + 16)? == *b"pict")
}

pub fn blank(work: &mut Work, meta: &Part) -> Result<(), Stop> {
    let start = properties::start(work, meta)?;
    let [mut list, mut index, mut inside] = [None; 3];
    each(work, (start, meta.end), &mut |work, part| {
        match &part.kind {
            b"iinf" => list = Some(*part),
            b"iloc" => index = Some(*part),
            b"idat" => inside = Some(*part),
            b"iprp" => item_properties(work, part)?,
            b"dinf" => tracks::references(work, part)?,
            _ => keep(work, part, &[b"hdlr", b"pitm", b"iref", b"ipro", b"grpl"])?,
        }
        Ok(())
    })?;
    let (Some(list), Some(index)) = (list, index) else { return Err(DAMAGED) };
    let wanted = items::metadata(&work.source.block(list.body, list.length())?)?;
    if wanted.is_empty() {
        return Ok(());
    }
    for (kind, place) in items::places(&work.source.block(index.body, index.length())?, &wanted)? {
        let extents = extents(work, &place, inside.as_ref())?;
        item(work, kind, &extents)?;
    }
    Ok(())
}

/// `iprp`: properties, and which of them are those of which item. A property that goes leaves padding, so that the
/// numbers of the others stay: they count all boxes (ISO/IEC 14496-12 section 8.11.14).
fn item_properties(work: &mut Work, iprp: &Part) -> Result<(), Stop> {
    each(work, iprp.content(), &mut |work, part| match &part.kind {
        b"ipco" => each(work, part.content(), &mut |work, part| keep(work, part, PROPERTIES)),
        _ => keep(work, part, &[b"ipma"]),
    })
}

/// The extents of an item, from the beginning of the file.
fn extents(work: &Work, place: &Place, inside: Option<&Part>) -> Result<Vec<(u64, u64)>, Stop> {
    let (base, end) = match inside {
        Some(part) if place.is_inside => part.content(),
        None if place.is_inside => return Err(DAMAGED),
        _ => (0, work.source.len()),
    };
    let extents = place.extents.iter().map(|(start, length)| {
        let start = base.checked_add(*start)?;
        start.checked_add(*length).filter(|to| *to <= end)?;
        Some((start, *length))
    });
    extents.collect::<Option<_>>().ok_or(DAMAGED)
}

fn item(work: &mut Work, kind: Kind, extents: &[(u64, u64)]) -> Result<(), Stop> {
    if kind == Kind::Other {
        return extents.iter().try_for_each(|(start, length)| work.zero(*start, start + length));
    }
    if extents.iter().any(|(_, length)| *length > MAX_BLOCK)
        || extents.iter().map(|(_, length)| length).sum::<u64>() > MAX_BLOCK
    {
        return Err(TOO_MUCH);
    }
    let mut old = Vec::new();
    for (start, length) in extents {
        old.extend(work.source.block(*start, *length)?);
    }
    let new = if kind == Kind::Xmp { xmp::strip(&old) } else { exif(&old) };
    block::replace(work, extents, &old, &new)
}

/// An item of EXIF begins with the distance to its TIFF header, which may be that of a signature.
fn exif(old: &[u8]) -> Vec<u8> {
    let mut new = vec![0; old.len()];
    let distance = old.first_chunk().and_then(|bytes| usize::try_from(u32::from_be_bytes(*bytes)).ok());
    let start = distance.and_then(|distance| distance.checked_add(4)).filter(|start| *start <= old.len());
    let Some(start) = start else { return new };
    new[..4].copy_from_slice(&old[..4]);
    if old[4..start] == *b"Exif\0\0" {
        new[4..start].copy_from_slice(&old[4..start]);
    }
    new[start..].copy_from_slice(&tiff::strip(&old[start..]));
    new
}
