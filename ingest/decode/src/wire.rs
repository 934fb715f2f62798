//! A decoded picture as bytes, from the process that decoded it to the one that asked.

use std::io::{self, Write};

use image::{DynamicImage, RgbImage, RgbaImage};

use crate::{MAX_PIXELS, Picture};

const MAGIC: [u8; 4] = *b"EGP1";
/// Magic, four sides, orientation, channels, two lengths.
const HEAD: usize = 4 + 4 * 4 + 2 + 2 * 4;
/// The longest EXIF and XMP that are passed on, in bytes. Longer ones are left out.
const MAX_BLOCK: usize = 8 << 20;
/// The most bytes that an answer has.
pub const MAX_ANSWER: u64 = HEAD as u64 + 2 * MAX_BLOCK as u64 + MAX_PIXELS * 4;

/// Writes a picture.
pub fn write(out: &mut impl Write, picture: &Picture) -> io::Result<()> {
    let block = |block: &Option<Vec<u8>>| block.clone().filter(|block| block.len() <= MAX_BLOCK).unwrap_or_default();
    let (exif, xmp) = (block(&picture.exif), block(&picture.xmp));
    let (pixels, channels) = match &picture.pixels {
        DynamicImage::ImageRgb8(pixels) => (pixels.as_raw(), 3),
        DynamicImage::ImageRgba8(pixels) => (pixels.as_raw(), 4),
        _ => return Err(io::Error::other("pictures are sent as 8-bit colour")),
    };
    let mut head = MAGIC.to_vec();
    for side in [picture.size.0, picture.size.1, picture.pixels.width(), picture.pixels.height()] {
        head.extend_from_slice(&side.to_le_bytes());
    }
    head.extend_from_slice(&[picture.orientation, channels]);
    for block in [&exif, &xmp] {
        head.extend_from_slice(&u32::try_from(block.len()).unwrap_or(0).to_le_bytes());
    }
    for part in [&head, &exif, &xmp, pixels] {
        out.write_all(part)?;
    }
    out.flush()
}

/// Reads what [`write()`] has written. `None` if it is anything else: the other process may have lost its way.
pub fn read(mut answer: Vec<u8>) -> Option<Picture> {
    let head: [u8; HEAD] = *answer.first_chunk()?;
    let number = |at: usize| head.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
    let [width, height, across, down] = [number(4)?, number(8)?, number(12)?, number(16)?];
    let (orientation, channels) = (head[20], head[21]);
    let (exif, xmp) = (number(22)? as usize, number(26)? as usize);
    let is_sound = head.starts_with(&MAGIC)
        && (1..=8).contains(&orientation)
        && width >= across
        && height >= down
        && (1..=MAX_PIXELS).contains(&(u64::from(across) * u64::from(down)))
        && exif <= MAX_BLOCK
        && xmp <= MAX_BLOCK;
    if !is_sound {
        return None;
    }
    let block = |from: usize, length: usize| answer.get(from..from + length).map(<[u8]>::to_vec);
    let (exif_block, xmp_block) = (block(HEAD, exif)?, block(HEAD + exif, xmp)?);
    answer.drain(..HEAD + exif + xmp);
    let length = across as usize * down as usize * usize::from(channels);
    let pixels = match channels {
        _ if answer.len() != length => return None,
        3 => DynamicImage::ImageRgb8(RgbImage::from_raw(across, down, answer)?),
        4 => DynamicImage::ImageRgba8(RgbaImage::from_raw(across, down, answer)?),
        _ => return None,
    };
    let some = |block: Vec<u8>| (!block.is_empty()).then_some(block);
    Some(Picture { pixels, size: (width, height), orientation, exif: some(exif_block), xmp: some(xmp_block) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(pixels: DynamicImage) -> Picture {
        Picture { pixels, size: (9, 8), orientation: 6, exif: Some(b"II*\0".to_vec()), xmp: None }
    }

    #[test]
    fn what_is_written_is_read() {
        for pixels in [
            DynamicImage::ImageRgb8(RgbImage::from_fn(3, 2, |x, y| image::Rgb([u8::try_from(x * 9 + y).unwrap(); 3]))),
            DynamicImage::ImageRgba8(RgbaImage::from_pixel(2, 5, image::Rgba([1, 2, 3, 4]))),
        ] {
            let mut bytes = Vec::new();
            write(&mut bytes, &picture(pixels.clone())).unwrap();
            let back = read(bytes.clone()).unwrap();
            assert_eq!((back.pixels, back.size, back.orientation), (pixels, (9, 8), 6));
            assert_eq!((back.exif.as_deref(), back.xmp), (Some(b"II*\0".as_slice()), None));
            for length in 0..bytes.len() {
                assert!(read(bytes[..length].to_vec()).is_none(), "{length}");
            }
            bytes.push(0);
            assert!(read(bytes).is_none());
        }
        assert!(write(&mut Vec::new(), &picture(DynamicImage::new_luma8(1, 1))).is_err());
    }
}
