//! Reads pictures of every format that cameras, phones and scanners write, as sRGB of 8 bits.
//!
//! The decoders of HEIC, AVIF, TIFF and raw files are young or large, and files come from anywhere. So [`decode`] is
//! meant for a process of its own, which has limits and may die; [`wire`] brings the picture back.

pub mod colour;
mod hdr;
mod heif;
pub mod ifd;
pub mod jpeg;
pub mod png;
mod raw;
mod tags;
mod tiff;
pub mod wire;

use image::DynamicImage;

/// The most pixels that are decoded at their full size.
pub const MAX_PIXELS: u64 = 225_000_000;
/// The most memory that the pixels of one picture may take, in bytes.
pub const MAX_MEMORY: u64 = 1 << 30;
/// The longest side that any rendition needs, in pixels. A JPEG is decoded at the scale that leaves this much.
pub const LONGEST: u32 = 2048;

const CUT: &str = "the file is cut short: copy it again";

/// A format that [`decode`] reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// HEIC and AVIF: they share a container, and its items say how they are coded.
    Heif,
    Tiff,
    /// A raw file of a camera, by the largest JPEG in it.
    Raw,
    /// A JPEG that is too large for the process that asks.
    Jpeg,
}

impl Format {
    pub const ALL: [Self; 4] = [Self::Heif, Self::Tiff, Self::Raw, Self::Jpeg];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Heif => "heif",
            Self::Tiff => "tiff",
            Self::Raw => "raw",
            Self::Jpeg => "jpeg",
        }
    }
}

/// A decoded picture, and what its file says about it.
#[derive(Debug)]
pub struct Picture {
    /// RGB or RGBA of 8 bits, sRGB. It may be smaller than `size`.
    pub pixels: DynamicImage,
    /// The size of the picture in its file, before `orientation`.
    pub size: (u32, u32),
    /// As EXIF counts (1 to 8), and still to be applied. Files that turn themselves, such as HEIC, have 1.
    pub orientation: u8,
    /// A TIFF block.
    pub exif: Option<Vec<u8>>,
    pub xmp: Option<Vec<u8>>,
}

/// Decodes a file. The error is a sentence about the file.
pub fn decode(bytes: &[u8], format: Format) -> Result<Picture, String> {
    match format {
        Format::Heif => heif::decode(bytes),
        Format::Tiff => tiff::decode(bytes),
        Format::Raw => raw::decode(bytes),
        Format::Jpeg => raw::jpeg(bytes, None),
    }
}

/// Refuses what is empty or larger than what may be decoded.
pub fn check(width: u32, height: u32) -> Result<(), String> {
    match u64::from(width) * u64::from(height) {
        0 => Err("the picture has no pixels".to_owned()),
        1..=MAX_PIXELS => Ok(()),
        _ => Err(format!(
            "{width}x{height} pixels are more than the {} megapixels that are read: scale it down, or save it as JPEG",
            MAX_PIXELS / 1_000_000
        )),
    }
}
