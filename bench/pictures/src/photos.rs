//! Photos of 12 megapixels, made of waves and, where they are noisy, of grain.

use std::{fs, path::Path};

use harness::Failure;
use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};

const WIDTH: u32 = 4000;
const HEIGHT: u32 = 3000;
/// What phones use, more or less.
const QUALITY: u8 = 90;

#[derive(Clone, Copy)]
pub enum Kind {
    /// Sky and walls.
    Smooth,
    /// Leaves and dim light.
    Noisy,
}

impl Kind {
    pub const ALL: [Self; 2] = [Self::Smooth, Self::Noisy];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Smooth => "smooth",
            Self::Noisy => "noisy",
        }
    }

    const fn grain(self) -> u32 {
        match self {
            Self::Smooth => 4,
            Self::Noisy => 48,
        }
    }
}

/// Writes photos into a folder, each another.
pub fn write(folder: &Path, kind: Kind, count: u32) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    for number in 0..count {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode(
            &pixels(kind, number),
            WIDTH,
            HEIGHT,
            ExtendedColorType::Rgb8,
        )?;
        fs::write(folder.join(format!("{number:03}.jpg")), bytes)?;
    }
    Ok(())
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // of colours
fn pixels(kind: Kind, number: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity((WIDTH * HEIGHT * 3) as usize);
    let wave = |at: u32, by: f32| ((at as f32 / WIDTH as f32 + number as f32) * by).sin() * 50.0;
    let columns: Vec<[f32; 3]> = (0..WIDTH).map(|x| [wave(x, 5.0), wave(x, 8.0), wave(x, 3.0)]).collect();
    let mut state = number.wrapping_mul(2_654_435_761) | 1;
    for y in 0..HEIGHT {
        let row = [wave(y, 4.0), wave(y, 7.0), wave(y, 9.0)];
        for column in &columns {
            // xorshift
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let grain = (state % (kind.grain() + 1)) as f32 - kind.grain() as f32 / 2.0;
            out.extend((0..3).map(|channel| (128.0 + row[channel] + column[channel] + grain).clamp(0.0, 255.0) as u8));
        }
    }
    out
}
