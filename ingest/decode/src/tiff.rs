//! TIFF: the first page, of 1, 8 or 16 bits, grey, RGB, CMYK or with a palette, in strips or tiles.

use std::io::Cursor;

use image::codecs::tiff::TiffDecoder;
use image::{DynamicImage, ImageDecoder, ImageError, RgbImage};
use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use crate::colour::Space;
use crate::{CUT, MAX_MEMORY, Picture, check, ifd, tags};

pub fn decode(bytes: &[u8]) -> Result<Picture, String> {
    let limit = usize::try_from(MAX_MEMORY).unwrap_or(usize::MAX);
    let mut limits = Limits::default();
    limits.decoding_buffer_size = limit;
    limits.intermediate_buffer_size = limit;
    let mut reader = Decoder::new(Cursor::new(bytes)).map_err(explain)?.with_limits(limits);
    let (width, height) = reader.dimensions().map_err(explain)?;
    check(width, height)?;
    let space = reader.get_tag_u8_vec(Tag::IccProfile).map_or(Space::SRGB, |profile| Space::icc(&profile));
    let xmp = reader.get_tag_u8_vec(Tag::Unknown(700)).ok();
    let palette = palette(bytes);
    let pixels = match reader.colortype() {
        Err(_) if palette.is_some() => palette.map(|palette| with_palette(bytes, &palette)).transpose()?,
        Err(error) => return Err(explain(error)),
        Ok(ColorType::CMYK(8 | 16)) => {
            let inks = match reader.read_image().map_err(explain)? {
                DecodingResult::U8(inks) => inks,
                DecodingResult::U16(inks) => inks.into_iter().map(|ink| (ink >> 8).to_le_bytes()[0]).collect(),
                _ => return Err("not supported: CMYK of this depth".to_owned()),
            };
            // A profile for inks is not applied once more below: it does not fit what comes out here.
            space.cmyk_to_srgb(&inks, width, height)
        }
        Ok(ColorType::YCbCr(8)) => rgb_of_jpeg(reader, width, height),
        Ok(_) => Some(plain(bytes)?),
    };
    let pixels = space.to_srgb(pixels.ok_or("not supported: how its colours are stored")?);
    Ok(Picture { pixels, size: (width, height), orientation: ifd::orientation(bytes), exif: tags::of_tiff(bytes), xmp })
}

fn plain(bytes: &[u8]) -> Result<DynamicImage, String> {
    let mut decoder = TiffDecoder::new(Cursor::new(bytes)).map_err(unread)?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    decoder.set_limits(limits).map_err(unread)?;
    if decoder.total_bytes() > MAX_MEMORY {
        return Err("its pixels would take more memory than is allowed: save it with 8 bits, or smaller".to_owned());
    }
    DynamicImage::from_decoder(decoder).map_err(unread)
}

/// A JPEG in strips or tiles comes as RGB, although the file speaks of `YCbCr`.
fn rgb_of_jpeg(mut reader: Decoder<Cursor<&[u8]>>, width: u32, height: u32) -> Option<DynamicImage> {
    match reader.read_image().ok()? {
        DecodingResult::U8(pixels) => RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8),
        _ => None,
    }
}

/// The decoder knows no palettes. Told that the numbers are of grey, it reads them, and the colours are put in here.
fn with_palette(bytes: &[u8], (at, map): &(usize, Vec<u32>)) -> Result<DynamicImage, String> {
    let mut bytes = bytes.to_vec();
    for byte in bytes.get_mut(*at..*at + 2).into_iter().flatten() {
        // 3 is a palette, and 1 is grey. The other byte is zero, whichever comes first.
        *byte = u8::from(*byte == 3);
    }
    let numbers = plain(&bytes)?.into_luma8();
    let colours: Vec<[u8; 3]> = (0..256)
        .map(|number| {
            // All reds come first, then all greens, of 16 bits.
            [0, 256, 512].map(|channel| {
                let value = map.get(channel + number).copied().unwrap_or_default();
                u8::try_from((value * 255 + 32767) / 65535).unwrap_or(u8::MAX)
            })
        })
        .collect();
    let picture = RgbImage::from_fn(numbers.width(), numbers.height(), |x, y| {
        image::Rgb(colours[usize::from(numbers.get_pixel(x, y).0[0])])
    });
    Ok(DynamicImage::ImageRgb8(picture))
}

/// Where the file says that it has a palette, and the palette.
fn palette(bytes: &[u8]) -> Option<(usize, Vec<u32>)> {
    let mut tiff = ifd::Tiff::open(Cursor::new(bytes))?;
    let first = tiff.directories().into_iter().next()?;
    let map = tiff.numbers(ifd::find(&first, ifd::COLOUR_MAP)?);
    let kind = ifd::find(&first, ifd::PHOTOMETRIC)?;
    let at = usize::try_from(kind.at).ok()?;
    (map.len() == 768 && tiff.number(kind) == Some(3)).then_some((at, map))
}

fn explain(error: tiff::TiffError) -> String {
    match error {
        tiff::TiffError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => CUT.to_owned(),
        tiff::TiffError::LimitsExceeded => "decoding it would take more memory than is allowed".to_owned(),
        tiff::TiffError::UnsupportedError(error) => format!("not supported: {error}"),
        error => format!("broken: {error}"),
    }
}

fn unread(error: ImageError) -> String {
    match error {
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => CUT.to_owned(),
        ImageError::Limits(_) => "decoding it would take more memory than is allowed".to_owned(),
        ImageError::Unsupported(error) => format!("not supported: {error}"),
        error => format!("broken: {error}"),
    }
}
