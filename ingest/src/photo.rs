//! Reads a photo: its facts, its size and its thumbnails, in one decode.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};

use crate::facts::{self, Facts};
use crate::permits::Permits;
use crate::sniff;
use crate::taken;
use crate::thumbnail::{self, Thumbnail};

/// The largest picture that is decoded. The largest sensors have 150 megapixels.
const MAX_PIXELS: u64 = 200_000_000;
/// The most memory one decoded picture may take, in bytes.
const MAX_MEMORY: u64 = 1 << 30;
/// The largest file that is read as a photo, in bytes. Decoders hold the compressed picture in memory too.
const MAX_FILE: u64 = 512 << 20;
/// How many pixels one permit stands for. Most cameras take pictures of this size.
const PIXELS_PER_PERMIT: u64 = 24_000_000;

/// The data of a photo that the catalogue and the bucket need.
pub struct Photo {
    pub facts: Facts,
    /// In pixels, of the upright picture.
    pub width: u32,
    pub height: u32,
    pub thumbnails: Vec<Thumbnail>,
}

/// Reads and scales a photo. `permits` bounds how many pixels are in memory at once.
pub fn read(path: &Path, kind: sniff::Photo, permits: &Permits) -> Result<Photo, String> {
    if path.metadata().map_err(unreadable)?.len() > MAX_FILE {
        return Err(format!("larger than {} MiB", MAX_FILE >> 20));
    }
    if kind == sniff::Photo::Jpeg && !is_whole_jpeg(path).map_err(unreadable)? {
        return Err("the file is cut short: copy it again".to_owned());
    }
    let mut reader = ImageReader::with_format(BufReader::new(File::open(path).map_err(unreadable)?), kind.format());
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(explain)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        return Err("the picture has no pixels".to_owned());
    }
    if pixels > MAX_PIXELS || decoder.total_bytes() > MAX_MEMORY {
        return Err(format!(
            "{width}x{height} pixels are more than the {} megapixels that are read",
            MAX_PIXELS / 1_000_000
        ));
    }
    // A picture with a broken EXIF block is read without its facts.
    let exif = decoder.exif_metadata().unwrap_or_default();
    let xmp = decoder.xmp_metadata().unwrap_or_default();
    let file = taken::File { path, now: jiff::Timestamp::now() };
    let (facts, orientation) = facts::read(exif, xmp.as_deref(), &file);
    let orientation = Orientation::from_exif(orientation).unwrap_or(Orientation::NoTransforms);

    let permit = permits.acquire(pixels.div_ceil(PIXELS_PER_PERMIT));
    let picture = DynamicImage::from_decoder(decoder).map_err(explain)?;
    let thumbnails = thumbnail::make(picture, orientation)?;
    drop(permit);

    let (width, height) = match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (height, width)
        }
        _ => (width, height),
    };
    Ok(Photo { facts, width, height, thumbnails })
}

#[allow(clippy::needless_pass_by_value)] // for map_err
fn unreadable(error: std::io::Error) -> String {
    format!("cannot be read: {error}")
}

/// The error of a decoder, as a sentence about the file.
fn explain(error: ImageError) -> String {
    match error {
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            "the file is cut short: copy it again".to_owned()
        }
        ImageError::Limits(_) => "decoding it would take more memory than is allowed".to_owned(),
        ImageError::Unsupported(error) => format!("not supported: {error}"),
        error => format!("broken: {error}"),
    }
}

/// Whether a JPEG reaches its end marker. The decoder fills missing data with grey and reports no error, so a
/// half-copied photo would be taken for a whole one.
///
/// Markers as in ITU-T T.81 annex B: segments with a length, entropy-coded data after `SOS` until the next marker.
fn is_whole_jpeg(path: &Path) -> std::io::Result<bool> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    match find_end(&mut file) {
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
        result => result.map(|()| true),
    }
}

fn find_end(file: &mut impl BufRead) -> std::io::Result<()> {
    let byte = |file: &mut dyn Read| {
        let mut byte = [0];
        file.read_exact(&mut byte).map(|()| byte[0])
    };
    loop {
        // Skips everything up to a marker: entropy-coded data, or padding that some programs write.
        if file.skip_until(0xff)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let mut marker = 0xff;
        while marker == 0xff {
            marker = byte(file)?;
        }
        match marker {
            0xd9 => return Ok(()),
            // Stuffed 0xff, TEM, RST0 to RST7, SOI: no length follows.
            0x00 | 0x01 | 0xd0..=0xd8 => {}
            _ => {
                let length = u16::from_be_bytes([byte(file)?, byte(file)?]);
                let rest = u64::from(length.saturating_sub(2));
                let skipped = std::io::copy(&mut file.take(rest), &mut std::io::sink())?;
                if skipped < rest {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg() -> Vec<u8> {
        let picture = image::RgbImage::from_fn(64, 48, |x, y| {
            image::Rgb([x * 4, y * 5, x * y].map(|value| u8::try_from(value % 256).unwrap()))
        });
        let mut out = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut out, image::ImageFormat::Jpeg).unwrap();
        out.into_inner()
    }

    fn read_bytes(bytes: &[u8], kind: sniff::Photo) -> Result<(u32, u32), String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        read(file.path(), kind, &Permits::new(1)).map(|photo| (photo.width, photo.height))
    }

    #[test]
    fn a_jpeg_cut_anywhere_is_refused() {
        let whole = jpeg();
        assert_eq!(read_bytes(&whole, sniff::Photo::Jpeg), Ok((64, 48)));
        let mut trailing = whole.clone();
        trailing.extend_from_slice(b"what phones append");
        assert_eq!(read_bytes(&trailing, sniff::Photo::Jpeg), Ok((64, 48)));
        for length in (3..whole.len()).step_by(7) {
            assert!(read_bytes(&whole[..length], sniff::Photo::Jpeg).is_err(), "{length} of {}", whole.len());
        }
    }

    #[test]
    fn a_header_that_promises_too_much_is_refused_before_memory_is_taken() {
        // A valid PNG header of 60000 x 60000 with nothing behind it.
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend_from_slice(&60_000u32.to_be_bytes());
        png.extend_from_slice(&60_000u32.to_be_bytes());
        png.extend_from_slice(&[8, 6, 0, 0, 0]);
        let crc = crc(&png[12..]);
        png.extend_from_slice(&crc.to_be_bytes());
        png.extend_from_slice(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
        let error = read_bytes(&png, sniff::Photo::Png).unwrap_err();
        assert!(error.contains("60000x60000") || error.contains("memory"), "{error}");

        // The same size in a JPEG: the frame header's height and width.
        let mut jpeg = jpeg();
        let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
        jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
        let error = read_bytes(&jpeg, sniff::Photo::Jpeg).unwrap_err();
        assert!(error.contains("65500x65500"), "{error}");
    }

    /// CRC-32 as in PNG, bit by bit.
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
        })
    }
}
