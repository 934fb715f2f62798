//! JPEG, at the scale that is needed.

use image::{DynamicImage, GrayImage, RgbImage};
use jpeg_decoder::{Decoder, PixelFormat};

use crate::colour::Space;
use crate::{LONGEST, MAX_MEMORY};

/// A JPEG whose headers are read.
pub struct Jpeg<'a> {
    decoder: Decoder<&'a [u8]>,
    /// In pixels, of the whole picture.
    pub width: u32,
    pub height: u32,
    pub is_cmyk: bool,
    format: PixelFormat,
}

impl<'a> Jpeg<'a> {
    /// Reads the headers. `None` if this decoder cannot; another may.
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        let mut decoder = Decoder::new(bytes);
        decoder.set_max_decoding_buffer_size(usize::try_from(MAX_MEMORY).unwrap_or(usize::MAX));
        decoder.read_info().ok()?;
        let info = decoder.info()?;
        let format = info.pixel_format;
        let (width, height) = (u32::from(info.width), u32::from(info.height));
        Some(Self { decoder, width, height, is_cmyk: format == PixelFormat::CMYK32, format })
    }

    /// By how much the picture may be made smaller while it is decoded: 1, 2, 4 or 8.
    pub fn scale(&self) -> u32 {
        let (long, short) = (u64::from(self.width.max(self.height)), u64::from(self.width.min(self.height)).max(1));
        // A long picture is shown by its shorter side, which has half of what others have.
        let wanted = (long * u64::from(LONGEST) / 2 / short).clamp(LONGEST.into(), 4 * u64::from(LONGEST));
        [8, 4, 2].into_iter().find(|scale| long.div_ceil(u64::from(*scale)) >= wanted).unwrap_or(1)
    }

    /// Whether the samples are what a screen shows. Raw pixels are stored as lossless JPEG too.
    pub fn is_shown(&self) -> bool {
        matches!(self.format, PixelFormat::RGB24 | PixelFormat::L8)
    }

    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    pub fn exif(&self) -> Option<Vec<u8>> {
        self.decoder.exif_data().map(<[u8]>::to_vec)
    }

    pub fn xmp(&self) -> Option<Vec<u8>> {
        self.decoder.xmp_data().map(<[u8]>::to_vec)
    }

    /// Decodes at a scale, as sRGB. `None` if this decoder cannot.
    pub fn decode(mut self, scale: u32) -> Option<DynamicImage> {
        let wanted = |side: u32| u16::try_from(side.div_ceil(scale)).unwrap_or(u16::MAX);
        let (width, height) = self.decoder.scale(wanted(self.width), wanted(self.height)).ok()?;
        let (width, height) = (u32::from(width), u32::from(height));
        let data = self.decoder.decode().ok()?;
        let space = self.decoder.icc_profile().map_or(Space::SRGB, |profile| Space::icc(&profile));
        match self.format {
            PixelFormat::RGB24 => {
                Some(space.to_srgb(DynamicImage::ImageRgb8(RgbImage::from_raw(width, height, data)?)))
            }
            PixelFormat::L8 => Some(space.to_srgb(DynamicImage::ImageLuma8(GrayImage::from_raw(width, height, data)?))),
            PixelFormat::CMYK32 => space.cmyk_to_srgb(&data, width, height),
            // Lossless JPEG of 16 bits is no photo that anybody keeps.
            PixelFormat::L16 => None,
        }
    }
}
