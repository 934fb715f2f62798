//! From linear light to an 8-bit picture: exposure, highlights, contrast, vignette, grain.

use super::canvas::Canvas;
use super::math::{mix, powf, smooth};
use super::noise::hash;
use image::RgbImage;

/// How a picture is developed. [`Develop::default`] suits most scenes.
#[derive(Clone, Copy)]
pub struct Develop {
    pub exposure: f32,
    /// 0 keeps the tones, 1 is a strong S curve.
    pub contrast: f32,
    /// 1 keeps the colours.
    pub saturation: f32,
    /// Darkening of the corners, 0 to 1.
    pub vignette: f32,
    /// Film grain in 8-bit steps.
    pub grain: f32,
}

impl Default for Develop {
    fn default() -> Self {
        Self { exposure: 1.0, contrast: 0.25, saturation: 1.06, vignette: 0.22, grain: 2.2 }
    }
}

impl Develop {
    /// For drawn, flat pictures. The colours stay exactly as mixed.
    pub fn plain() -> Self {
        Self { contrast: 0.0, saturation: 1.0, vignette: 0.0, grain: 0.0, ..Self::default() }
    }
}

const TABLE: usize = 4096;

/// Highlights above 0.7 roll off towards 1 instead of clipping.
fn shoulder(x: f32) -> f32 {
    const KNEE: f32 = 0.7;
    if x <= KNEE {
        x.max(0.0)
    } else {
        let over = (x - KNEE) / (1.0 - KNEE);
        KNEE + (1.0 - KNEE) * over / (1.0 + over)
    }
}

pub fn develop(canvas: &Canvas, how: Develop) -> RgbImage {
    // The last third of the shoulder would never reach white. The stretch corrects this.
    let stretch = 1.0 / shoulder(4.0);
    let curve: Vec<f32> = (0..=TABLE)
        .map(|i| {
            let v = i as f32 / TABLE as f32;
            let v = if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * powf(v, 1.0 / 2.4) - 0.055 };
            mix(v, smooth(0.0, 1.0, v), how.contrast) * 255.0
        })
        .collect();
    let (w, h) = (canvas.w, canvas.h);
    let mut out = Vec::with_capacity(w * h * 3);
    // Flat colours stay flat, because palettes and lossless files need pictures without noise.
    let dither = if how.grain > 0.0 { 0.9 } else { 0.0 };
    let radius2 = 4.0 / (w * w + h * h) as f32;
    for y in 0..h {
        let dy = y as f32 + 0.5 - h as f32 * 0.5;
        for x in 0..w {
            let px = canvas.px[y * w + x];
            let dx = x as f32 + 0.5 - w as f32 * 0.5;
            let r2 = (dx * dx + dy * dy) * radius2;
            let gain = how.exposure * (1.0 - how.vignette * r2 * (0.4 + 0.6 * r2));
            let luma = (px[0] * 0.2126 + px[1] * 0.7152 + px[2] * 0.0722) * gain;
            let bits = hash(x as i32, y as i32, 77);
            let even = |shift: u32| ((bits >> shift) & 255) as f32 / 255.0 - 0.5;
            let grain = (even(0) + even(8) + even(16)) * how.grain;
            let mut channel = 0;
            out.extend([px[0], px[1], px[2]].map(|v| {
                let v = mix(luma, v * gain, how.saturation);
                let v = (shoulder(v) * stretch).min(1.0) * (TABLE as f32 - 0.01);
                let i = v as usize;
                let level = mix(curve[i], curve[i + 1], v - i as f32);
                // Grain shows most in the middle tones. Half a step of dither hides banding.
                let middle = 1.0 - (level / 127.5 - 1.0) * (level / 127.5 - 1.0);
                channel += 1;
                let dither = even(24 - channel * 3) * dither;
                (level + grain * (0.35 + 0.65 * middle) + dither + 0.5).clamp(0.0, 255.0) as u8
            }));
        }
    }
    RgbImage::from_raw(w as u32, h as u32, out).unwrap_or_default()
}
