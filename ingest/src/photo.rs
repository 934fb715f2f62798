//! Reads a photo: its facts, its size and its thumbnails, in one decode.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, ErrorKind, Seek};
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};

use crate::facts::{self, Facts};
use crate::permits::Permits;
use crate::sniff;
use crate::taken;
use crate::thumbnail::{self, Thumbnails};
use crate::whole::{self, Ending, Sketch};

/// The largest picture that is decoded. The largest sensors have 150 megapixels.
const MAX_PIXELS: u64 = 200_000_000;
/// The most memory one decoded picture may take, in bytes.
const MAX_MEMORY: u64 = 1 << 30;
/// The largest file that is read as a photo, in bytes. Decoders hold the compressed picture in memory too.
pub const MAX_FILE: u64 = 512 << 20;
/// How many pixels one permit stands for. Most cameras take pictures of this size.
const PIXELS_PER_PERMIT: u64 = 24_000_000;

/// The data of a photo that the catalogue and the bucket need.
pub struct Photo {
    pub facts: Facts,
    /// In pixels, of the upright picture.
    pub width: u32,
    pub height: u32,
    pub thumbnails: Thumbnails,
    /// What is to be said about the file, although the photo is taken in.
    pub note: Option<String>,
}

/// Reads and scales a photo. `permits` bounds how many pixels are in memory at once.
pub fn read(path: &Path, kind: sniff::Photo, permits: &Permits) -> Result<Photo, String> {
    if path.metadata().map_err(unreadable)?.len() > MAX_FILE {
        return Err(format!("larger than {} MiB", MAX_FILE >> 20));
    }
    let mended = match whole::ending(path, kind).map_err(unreadable)? {
        Ending::Whole => return decode(BufReader::new(File::open(path).map_err(unreadable)?), path, kind, permits),
        Ending::Mended(bytes) => bytes,
        Ending::Open(bytes) if is_all_there(&bytes, kind, permits)? => [&bytes[..], &whole::EOI].concat(),
        Ending::Open(_) | Ending::Cut => return Err(CUT.to_owned()),
    };
    let photo = decode(Cursor::new(mended), path, kind, permits)?;
    Ok(Photo { note: Some("its last bytes are missing; the picture is whole".to_owned()), ..photo })
}

/// Whether a JPEG without its end holds the data of its last row, as the decoder reads it.
fn is_all_there(bytes: &[u8], kind: sniff::Photo, permits: &Permits) -> Result<bool, String> {
    let mut first = None;
    for padded in whole::paddings(bytes) {
        let (decoder, pixels) = open(Cursor::new(padded), kind)?;
        let _permit = permits.acquire(pixels.div_ceil(PIXELS_PER_PERMIT));
        let sketch = Sketch::new(&DynamicImage::from_decoder(decoder).map_err(explain)?);
        if !first.get_or_insert_with(|| sketch.clone()).is_nearly(&sketch) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A decoder for a picture of a size that may be decoded, and the number of its pixels.
fn open<R: BufRead + Seek + 'static>(reader: R, kind: sniff::Photo) -> Result<(impl ImageDecoder, u64), String> {
    let mut reader = ImageReader::with_format(reader, kind.format());
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(explain)?;
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
    Ok((decoder, pixels))
}

fn decode<R: BufRead + Seek + 'static>(
    reader: R,
    path: &Path,
    kind: sniff::Photo,
    permits: &Permits,
) -> Result<Photo, String> {
    let (mut decoder, pixels) = open(reader, kind)?;
    let (width, height) = decoder.dimensions();
    // A picture with a broken EXIF block is read without its facts.
    let exif = decoder.exif_metadata().unwrap_or_default();
    let xmp = decoder.xmp_metadata().unwrap_or_default();
    let file = taken::File { path, now: jiff::Timestamp::now() };
    let (facts, orientation) = facts::read(exif, xmp.as_deref(), &file);
    let orientation = Orientation::from_exif(orientation).unwrap_or(Orientation::NoTransforms);

    let permit = permits.acquire(pixels.div_ceil(PIXELS_PER_PERMIT));
    let picture = DynamicImage::from_decoder(decoder).map_err(explain)?;
    let mut thumbnails = thumbnail::make(picture, orientation)?;
    // Browsers turn a JPEG by its EXIF, and pictures of other formats not all of them.
    thumbnails.original = kind == sniff::Photo::Jpeg || orientation == Orientation::NoTransforms;
    drop(permit);

    let (width, height) = match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (height, width)
        }
        _ => (width, height),
    };
    Ok(Photo { facts, width, height, thumbnails, note: None })
}

/// Why a file cannot be read, and what to do.
#[allow(clippy::needless_pass_by_value)] // for map_err
pub fn unreadable(error: std::io::Error) -> String {
    match error.kind() {
        ErrorKind::PermissionDenied => NO_PERMISSION.to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

pub const NO_PERMISSION: &str = "cannot be read: no permission; change its permissions or run as its owner";

const CUT: &str = "the file is cut short: copy it again";

/// The error of a decoder, as a sentence about the file.
fn explain(error: ImageError) -> String {
    match error {
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => CUT.to_owned(),
        ImageError::Limits(_) => "decoding it would take more memory than is allowed".to_owned(),
        ImageError::Unsupported(error) => format!("not supported: {error}"),
        error => format!("broken: {error}"),
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

    fn read_noted(bytes: &[u8], kind: sniff::Photo) -> Result<Photo, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        read(file.path(), kind, &Permits::new(1))
    }

    fn read_bytes(bytes: &[u8], kind: sniff::Photo) -> Result<(u32, u32), String> {
        read_noted(bytes, kind).map(|photo| (photo.width, photo.height))
    }

    #[test]
    fn a_jpeg_cut_anywhere_is_refused() {
        let whole = jpeg();
        assert_eq!(read_bytes(&whole, sniff::Photo::Jpeg), Ok((64, 48)));
        let mut trailing = whole.clone();
        trailing.extend_from_slice(b"what phones append");
        assert_eq!(read_bytes(&trailing, sniff::Photo::Jpeg), Ok((64, 48)));
        for length in 3..whole.len() - 16 {
            assert!(read_bytes(&whole[..length], sniff::Photo::Jpeg).is_err(), "{length} of {}", whole.len());
        }
    }

    /// Every length at which a file may be cut. Baseline, baseline with restarts, and progressive in ten scans.
    #[test]
    fn a_jpeg_without_its_end_marker_comes_in_with_a_note() {
        let progressive = include_bytes!("../tests/fixtures/progressive.jpg");
        let restarts = include_bytes!("../tests/fixtures/restarts.jpg");
        for whole in [&jpeg()[..], progressive, restarts] {
            let taken = |length: usize| read_noted(&whole[..length], sniff::Photo::Jpeg);
            let photo = taken(whole.len()).unwrap();
            assert_eq!(photo.note, None);
            for missing in [1, 2] {
                let mended = taken(whole.len() - missing).unwrap();
                assert!(mended.note.unwrap().starts_with("its last bytes are missing"));
                assert!(photo.thumbnails == mended.thumbnails && !photo.thumbnails.pictures.is_empty());
            }
            for length in 3..whole.len() - 2 - 16 {
                assert!(taken(length).is_err(), "{length} of {}", whole.len());
            }
        }
    }

    #[test]
    fn a_png_without_its_last_chunk_comes_in_with_a_note() {
        let picture = image::RgbImage::from_fn(64, 48, |x, y| {
            image::Rgb([x, y, x ^ y].map(|value| u8::try_from(value).unwrap() * 3))
        });
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, image::ImageFormat::Png).unwrap();
        let whole = out.into_inner();
        assert_eq!(read_noted(&whole, sniff::Photo::Png).unwrap().note, None);
        for missing in 1..=12 {
            let photo = read_noted(&whole[..whole.len() - missing], sniff::Photo::Png).unwrap();
            assert_eq!(photo.note.as_deref(), Some("its last bytes are missing; the picture is whole"), "{missing}");
        }
        for length in 8..whole.len() - 12 {
            assert!(read_noted(&whole[..length], sniff::Photo::Png).is_err(), "{length} of {}", whole.len());
        }
    }

    #[test]
    fn a_file_that_may_not_be_read_says_what_to_do() {
        assert_eq!(unreadable(ErrorKind::PermissionDenied.into()), NO_PERMISSION);
        assert!(unreadable(ErrorKind::NotFound.into()).starts_with("cannot be read: "));
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
