//! A small library for tests: few pixels, awkward names, one file large enough for ranges.

use std::{fs, path::Path};

use image::{ExtendedColorType, ImageEncoder as _, Rgb, RgbImage, codecs::jpeg::JpegEncoder, codecs::png::PngEncoder};

use crate::Failure;

/// The photos that [`write_photos`] writes: key, width, height.
pub const PHOTOS: [(&str, u32, u32); 8] = [
    ("Tanz & Müller (1) 50%.jpg", 320, 240),
    ("a b+c.jpg", 240, 320),
    ("% é (1).jpg", 200, 200),
    ("2025/06 Hochzeit/IMG_0042.jpg", 900, 600),
    ("日本の橋 #1?.jpg", 64, 48),
    ("plain.png", 100, 50),
    ("~tilde'quote\"&amp;.jpg", 50, 50),
    ("big.png", 900, 700),
];

/// `big.png` has at least so many bytes, because its pixels are noise.
pub const BIG_BYTES: u64 = 1_500_000;

/// Writes [`PHOTOS`] into a folder.
pub fn write_photos(folder: &Path) -> Result<(), Failure> {
    for (name, ..) in PHOTOS {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, photo(name)?)?;
    }
    Ok(())
}

/// The bytes of one of [`PHOTOS`]. They are the same on every machine.
pub fn photo(key: &str) -> Result<Vec<u8>, Failure> {
    let (_, width, height) =
        PHOTOS.into_iter().find(|(name, ..)| *name == key).ok_or_else(|| format!("there is no photo {key}"))?;
    let picture = picture(width, height, key == "big.png");
    let mut bytes = Vec::new();
    if Path::new(key).extension().is_some_and(|extension| extension == "png") {
        PngEncoder::new(&mut bytes).write_image(&picture, width, height, ExtendedColorType::Rgb8)?;
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, 85);
        encoder.write_image(&picture, width, height, ExtendedColorType::Rgb8)?;
    }
    Ok(bytes)
}

fn picture(width: u32, height: u32, noise: bool) -> RgbImage {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    RgbImage::from_fn(width, height, |x, y| {
        // xorshift64: the same noise on every machine.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let [a, b, c, ..] = state.to_le_bytes();
        let ramp = |at: u32, of: u32| u8::try_from(at * 255 / of).unwrap_or(u8::MAX);
        if noise { Rgb([a, b, c]) } else { Rgb([ramp(x, width), ramp(y, height), 128]) }
    })
}
