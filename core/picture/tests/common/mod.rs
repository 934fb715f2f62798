//! Pictures for the tests, and what is made of them.
#![allow(dead_code)]

use bytes::Bytes;
use gallery::layout::ThumbnailSize;
use image::{Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use picture::Refusal;

/// A picture with slopes, edges and a little noise.
pub fn scene(width: u32, height: u32) -> RgbImage {
    let mut state = 0x2545_f491_u32;
    RgbImage::from_fn(width, height, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (state >> 30) as f32;
        let (across, down) = (x as f32 / width as f32, y as f32 / height as f32);
        let is_inside = (across - 0.5).hypot(down - 0.4) < 0.25;
        let edge = if is_inside { 60.0 } else { 0.0 };
        Rgb([across * 150.0 + edge + noise, down * 170.0 + edge + noise, (across * 9.0).sin() * 60.0 + 110.0 + noise]
            .map(|sample| sample as u8))
    })
}

/// How a JPEG is written.
pub struct How {
    pub sampling: SamplingFactor,
    pub progressive: bool,
    pub icc: Option<Vec<u8>>,
    pub exif: Option<Vec<u8>>,
}

pub const PLAIN: How = How { sampling: SamplingFactor::F_2_2, progressive: false, icc: None, exif: None };

pub fn jpeg(pixels: &[u8], (width, height): (u32, u32), colours: ColorType, how: &How) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 90);
    encoder.set_sampling_factor(how.sampling);
    encoder.set_progressive(how.progressive);
    if let Some(icc) = &how.icc {
        encoder.add_icc_profile(icc).unwrap();
    }
    if let Some(exif) = &how.exif {
        encoder.add_exif_metadata(exif).unwrap();
    }
    encoder.encode(pixels, u16::try_from(width).unwrap(), u16::try_from(height).unwrap(), colours).unwrap();
    out
}

pub fn photo(scene: &RgbImage, how: &How) -> Vec<u8> {
    jpeg(scene, scene.dimensions(), ColorType::Rgb, how)
}

/// A TIFF block that says which way up a picture is.
pub fn exif(turn: u8) -> Vec<u8> {
    [b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", &[turn, 0, 0, 0][..], &[0; 4]].concat()
}

/// A picture of 8 bits a sample as PNG. `types` as in the header: 0, 2, 3, 4 and 6.
pub fn png(rows: &[u8], (width, height): (u32, u32), types: png::ColorType, depth: png::BitDepth) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(types);
    encoder.set_depth(depth);
    encoder.set_compression(png::Compression::Fast);
    if types == png::ColorType::Indexed {
        encoder.set_palette((0..=255).flat_map(|grey| [grey; 3]).collect::<Vec<u8>>());
    }
    encoder.write_header().unwrap().write_image_data(rows).unwrap();
    out
}

pub fn make(source: &[u8], size: ThumbnailSize) -> Result<Vec<u8>, Refusal> {
    picture::make(Bytes::copy_from_slice(source), size)
}
