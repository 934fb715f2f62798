//! HEIF (ISO/IEC 23008-12): HEIC and AVIF.

mod av1;
mod coded;

use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::heifer_isobmff::{HeifFile, ItemId};
use heifer::{Image, Options, item_metadata};
use image::DynamicImage;

use crate::colour::{Space, from_rgba};
use crate::{MAX_PIXELS, Picture, check, hdr};

/// One thread: photos are decoded side by side, each in a process.
const OPTIONS: Options = Options { max_threads: 1, max_pixels: MAX_PIXELS };
/// How deep items may be made of others.
const MAX_DEPTH: u32 = 4;

pub fn decode(bytes: &[u8]) -> Result<Picture, String> {
    let file = HeifFile::parse(bytes).map_err(broken)?;
    let id = file.primary_id;
    if let Some((width, height)) = file.image_size(id).map_err(broken)? {
        check(width, height)?;
    }
    // A broken block is left out, and the picture is read.
    let metadata = item_metadata(&file, id).unwrap_or_default();
    let coded = code_points(&file, id);
    let is_av1 = match first_coded(&file, id).map(|item| item.1).as_ref() {
        Some(b"av01") => true,
        Some(b"hvc1") => false,
        Some(other) => return Err(format!("not supported: its pixels are coded as {}", other.escape_ascii())),
        None => return Err("broken: there is no picture in it".to_owned()),
    };
    let pixels = match coded {
        Some((primaries, transfer @ (hdr::PQ | hdr::HLG))) => {
            let picture: Image<u16> = if is_av1 {
                av1::decode(&file)?
            } else {
                heifer::decode_with_options(bytes, &OPTIONS).map_err(explain)?
            };
            let (width, height, has_alpha) = (picture.width, picture.height, picture.has_alpha);
            from_rgba(width, height, hdr::to_srgb(&picture, primaries, transfer), has_alpha)
        }
        coded => {
            let picture: Image<u8> =
                if is_av1 { av1::decode(&file)? } else { heifer::decode_rgba8(bytes, &OPTIONS).map_err(explain)? };
            let space = match (&metadata.icc_profile, coded) {
                (Some(profile), _) => Space::icc(profile),
                (None, Some((primaries, transfer))) => Space::coded(primaries, transfer),
                (None, None) => Space::SRGB,
            };
            from_rgba(picture.width, picture.height, picture.data, picture.has_alpha)
                .map(|picture| space.to_srgb(picture))
        }
    };
    let pixels: DynamicImage = pixels.ok_or("broken: its size and its data do not agree")?;
    let size = (pixels.width(), pixels.height());
    check(size.0, size.1)?;
    // The container turns the picture. What EXIF says of it is for readers that do not know that.
    Ok(Picture { pixels, size, orientation: 1, exif: metadata.exif, xmp: metadata.xmp })
}

/// The first item with pixels of its own below an item, and how they are coded.
fn first_coded(file: &HeifFile, id: ItemId) -> Option<(ItemId, [u8; 4])> {
    let mut id = id;
    for _ in 0..=MAX_DEPTH {
        let kind = file.item(id).ok()?.item_type.0;
        match &kind {
            b"grid" | b"iovl" | b"iden" => id = *file.referenced_items(id, b"dimg").first()?,
            _ => return Some((id, kind)),
        }
    }
    None
}

/// The primaries and the transfer of an item, or of what it is made of.
fn code_points(file: &HeifFile, id: ItemId) -> Option<(u16, u16)> {
    let of = |id| {
        file.item_properties(id).ok()?.find_map(|property| match property {
            Property::Color(ColorInfo::Nclx { primaries, transfer, .. }) => Some((*primaries, *transfer)),
            _ => None,
        })
    };
    of(id).or_else(|| of(first_coded(file, id)?.0)).or_else(|| coded::of_hevc(file, first_coded(file, id)?.0))
}

#[allow(clippy::needless_pass_by_value)] // for map_err
fn broken(error: heifer::heifer_isobmff::Error) -> String {
    format!("broken: {error}")
}

fn explain(error: heifer::Error) -> String {
    match error {
        heifer::Error::Unsupported(what) => format!("not supported: {what}"),
        error => format!("broken: {error}"),
    }
}
