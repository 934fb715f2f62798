//! Reads a photo: its facts, its size and its thumbnails, in one decode.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, ErrorKind, Seek};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use ingest_decode::colour::Space;
use ingest_decode::jpeg::Jpeg;
use ingest_decode::{Format, MAX_MEMORY, MAX_PIXELS, check, png};

use crate::Stop;
use crate::decoder::Decoder;
use crate::facts::{self, Facts};
use crate::permits::Permits;
use crate::sniff;
use crate::taken;
use crate::thumbnail::{self, Thumbnails};
use crate::whole::{self, Ending, Sketch};

/// The largest file that is read as a photo, in bytes. Decoders hold the compressed picture in memory too.
pub const MAX_FILE: u64 = 512 << 20;
/// How many pixels one permit stands for. Most cameras take pictures of this size.
const PIXELS_PER_PERMIT: u64 = 24_000_000;

/// What photos are read with.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// Bounds how many pixels are in memory at once.
    pub permits: &'a Permits,
    pub decoder: &'a Decoder,
    pub stop: &'a Stop,
}

/// The data of a photo that the catalogue and the bucket need.
pub struct Photo {
    pub facts: Facts,
    /// In pixels, of the upright picture.
    pub width: u32,
    pub height: u32,
    pub thumbnails: Thumbnails,
    /// Whether the file holds the picture as it is shown, and not turned.
    is_upright: bool,
    /// What is to be said about the file, although the photo is taken in.
    pub note: Option<String>,
}

/// Reads and scales a photo.
pub fn read(file: &taken::File, kind: sniff::Photo, means: Means) -> Result<Photo, String> {
    let mut photo = read_any(file, kind, means)?;
    // All browsers show these formats, and turn a JPEG as its EXIF says. Not all of them turn the others.
    photo.thumbnails.original = match kind {
        sniff::Photo::Jpeg => true,
        sniff::Photo::Png | sniff::Photo::WebP | sniff::Photo::Gif => photo.is_upright,
        _ => false,
    };
    Ok(photo)
}

fn read_any(file: &taken::File, kind: sniff::Photo, means: Means) -> Result<Photo, String> {
    let path = file.path;
    let length = path.metadata().map_err(unreadable)?.len();
    if length > MAX_FILE {
        return Err(format!("larger than {} MiB", MAX_FILE >> 20));
    }
    let format = match kind.decoder() {
        sniff::Decoder::Here(format) => format,
        sniff::Decoder::Apart(format) => return apart(file, format, length, means),
    };
    let mended = match whole::ending(path, kind).map_err(unreadable)? {
        Ending::Whole if format == ImageFormat::Jpeg => {
            return jpeg(std::fs::read(path).map_err(unreadable)?, file, means);
        }
        Ending::Whole => return decode(BufReader::new(File::open(path).map_err(unreadable)?), file, format, means),
        Ending::Short(note) => {
            let photo = decode(BufReader::new(File::open(path).map_err(unreadable)?), file, format, means)?;
            return Ok(Photo { note: Some(note.to_owned()), ..photo });
        }
        Ending::Mended(bytes) => bytes,
        Ending::Open(bytes) if is_all_there(&bytes, format, means)? => [&bytes[..], &whole::EOI].concat(),
        Ending::Open(_) | Ending::Cut => return Err(CUT.to_owned()),
    };
    let photo = match format {
        ImageFormat::Jpeg => jpeg(mended, file, means)?,
        _ => decode(Cursor::new(mended), file, format, means)?,
    };
    Ok(Photo { note: Some("its last bytes are missing; the picture is whole".to_owned()), ..photo })
}

/// Reads a photo in a process of its own.
fn apart(file: &taken::File, format: Format, length: u64, means: Means) -> Result<Photo, String> {
    // How many pixels a byte holds at least. What is larger than that still meets the limit of the process.
    let density = match format {
        Format::Heif => 10,
        Format::Tiff | Format::Raw => 1,
        // At an eighth.
        Format::Jpeg => 2,
    };
    let _permit = means.permits.acquire((length * density).div_ceil(PIXELS_PER_PERMIT));
    let picture = means.decoder.decode(file.path, format, means.stop)?;
    let (facts, _) = facts::read(picture.exif, picture.xmp.as_deref(), file);
    finish(facts, picture.orientation, picture.size, picture.pixels)
}

/// Reads a JPEG, at the scale that is needed.
fn jpeg(bytes: Vec<u8>, file: &taken::File, means: Means) -> Result<Photo, String> {
    if let Some(jpeg) = Jpeg::open(&bytes) {
        let (scale, pixels) = (jpeg.scale(), jpeg.pixels());
        if pixels > MAX_PIXELS {
            return apart(file, Format::Jpeg, bytes.len() as u64, means);
        }
        if scale > 1 || jpeg.is_cmyk {
            let (size, exif, xmp) = ((jpeg.width, jpeg.height), jpeg.exif(), jpeg.xmp());
            let permit = means.permits.acquire((pixels / u64::from(scale)).div_ceil(PIXELS_PER_PERMIT));
            if let Some(picture) = jpeg.decode(scale) {
                let (facts, orientation) = facts::read(exif, xmp.as_deref(), file);
                return finish(facts, orientation, size, picture);
            }
            // The decoder that follows reads some JPEGs that this one does not.
            drop(permit);
        }
    }
    decode(Cursor::new(bytes), file, ImageFormat::Jpeg, means)
}

/// Whether a JPEG without its end holds the data of its last row, as the decoder reads it.
fn is_all_there(bytes: &[u8], format: ImageFormat, means: Means) -> Result<bool, String> {
    let mut first = None;
    for padded in whole::paddings(bytes) {
        let (decoder, pixels) = open(Cursor::new(padded), format)?;
        let _permit = means.permits.acquire(pixels.div_ceil(PIXELS_PER_PERMIT));
        let sketch = Sketch::new(&DynamicImage::from_decoder(decoder).map_err(explain)?);
        if !first.get_or_insert_with(|| sketch.clone()).is_nearly(&sketch) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A decoder for a picture of a size that may be decoded, and the number of its pixels.
fn open<R: BufRead + Seek + 'static>(reader: R, format: ImageFormat) -> Result<(impl ImageDecoder, u64), String> {
    let mut reader = ImageReader::with_format(reader, format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(explain)?;
    let (width, height) = decoder.dimensions();
    check(width, height)?;
    if decoder.total_bytes() > MAX_MEMORY {
        return Err("its pixels would take more memory than is allowed: save it with 8 bits, or smaller".to_owned());
    }
    Ok((decoder, u64::from(width) * u64::from(height)))
}

fn decode<R: BufRead + Seek + 'static>(
    reader: R,
    file: &taken::File,
    format: ImageFormat,
    means: Means,
) -> Result<Photo, String> {
    let (mut decoder, pixels) = open(reader, format)?;
    let size = decoder.dimensions();
    // A picture with a broken EXIF block is read without its facts.
    let exif = decoder.exif_metadata().unwrap_or_default();
    let xmp = decoder.xmp_metadata().unwrap_or_default();
    let profile = decoder.icc_profile().unwrap_or_default();
    let (facts, orientation) = facts::read(exif, xmp.as_deref(), file);
    let coded = File::open(file.path).ok().filter(|_| format == ImageFormat::Png).map(png::colour);

    let _permit = means.permits.acquire(pixels.div_ceil(PIXELS_PER_PERMIT));
    let picture = DynamicImage::from_decoder(decoder).map_err(explain)?;
    let space = coded.unwrap_or_default().space(profile.as_deref()).unwrap_or(Space::SRGB);
    finish(facts, orientation, size, space.to_srgb(picture))
}

/// Makes the thumbnails of a decoded picture. `size` is that of the picture in its file.
fn finish(facts: Facts, orientation: u8, size: (u32, u32), picture: DynamicImage) -> Result<Photo, String> {
    let orientation = Orientation::from_exif(orientation).unwrap_or(Orientation::NoTransforms);
    let thumbnails = thumbnail::make(picture, orientation)?;
    let (width, height) = match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (size.1, size.0)
        }
        _ => size,
    };
    let is_upright = orientation == Orientation::NoTransforms;
    Ok(Photo { facts, width, height, thumbnails, is_upright, note: None })
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
        let means = Means { permits: &Permits::new(1), decoder: &Decoder::program("/nowhere"), stop: &Stop::default() };
        read(&taken::File::new(file.path(), jiff::Timestamp::now()), kind, means)
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

    /// Half of an animation shows its first picture.
    #[test]
    fn a_gif_without_its_trailer_comes_in_with_a_note() {
        let mut whole = Vec::new();
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut whole);
        for red in [250, 10] {
            let picture = image::RgbaImage::from_pixel(60, 40, image::Rgba([red, 0, 0, 255]));
            encoder.encode_frame(image::Frame::new(picture)).unwrap();
        }
        drop(encoder);
        let note = |length: usize| read_noted(&whole[..length], sniff::Photo::Gif).map(|photo| photo.note);
        assert_eq!(note(whole.len()), Ok(None));
        let trailing = [&whole[..], b"what programs append"].concat();
        assert_eq!(read_noted(&trailing, sniff::Photo::Gif).unwrap().note, None);
        let second = whole.windows(3).rposition(|bytes| bytes == [0x21, 0xf9, 4]).unwrap();
        for length in [whole.len() - 1, whole.len() - 10, second] {
            assert!(note(length).unwrap().unwrap().starts_with("it is cut short"), "{length} of {}", whole.len());
        }
        for length in 6..second - 1 {
            assert!(note(length).is_err(), "{length} of {}", whole.len());
        }
        assert_eq!(note(second - 1), Err(CUT.to_owned()));
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
        // It is for the process that has limits.
        let error = read_bytes(&jpeg, sniff::Photo::Jpeg).unwrap_err();
        assert!(error.contains("did not start"), "{error}");
    }

    /// CRC-32 as in PNG, bit by bit.
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
        })
    }
}
