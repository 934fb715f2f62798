//! Originals as a camera writes them.

use std::io::Cursor;

use harness::Failure;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, codecs::jpeg::JpegEncoder};

pub const WIDTH: u32 = 4000;
pub const HEIGHT: u32 = 3000;
pub const MEGAPIXELS: f64 = 12.0;

/// The formats of originals: the name, and the file name's extension.
pub const FORMATS: [(&str, &str); 3] = [("jpeg", "jpg"), ("png", "png"), ("webp", "webp")];

/// Waves and grain, which no two photos have in common.
fn scene(number: usize) -> RgbImage {
    let mut state = 0x9e37_79b9_u32 ^ u32::try_from(number).unwrap_or_default();
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = (state >> 27) as f32 - 16.0;
        let (across, down) = (x as f32 / 90.0, y as f32 / 70.0);
        let wave = |by: f32| ((across * by).sin() + (down / by).cos()) * 55.0 + 120.0 + grain;
        Rgb([wave(1.0), wave(1.3), wave(0.7)].map(|sample| sample as u8))
    })
}

pub fn original(format: &str, number: usize) -> Result<Vec<u8>, Failure> {
    let scene = scene(number);
    let mut bytes = Cursor::new(Vec::new());
    match format {
        "jpeg" => DynamicImage::ImageRgb8(scene).write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90))?,
        "png" => DynamicImage::ImageRgb8(scene).write_to(&mut bytes, ImageFormat::Png)?,
        _ => return Ok(webp::Encoder::from_rgb(&scene, WIDTH, HEIGHT).encode(85.0).to_vec()),
    }
    Ok(bytes.into_inner())
}
