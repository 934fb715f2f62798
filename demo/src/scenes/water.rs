//! Water that mirrors the picture already drawn above the horizon.

use crate::draw::math::{mix, smooth};
use crate::draw::noise::{Waves, hash};
use crate::draw::{Canvas, Rgb};

#[derive(Clone, Copy)]
pub struct Water {
    /// Height of the shore line in the picture.
    pub horizon: f32,
    /// Camera height in metres: 2 stands on a beach, 20 on a cliff.
    pub eye: f32,
    /// 0 is a mirror, 1 a fresh breeze.
    pub rough: f32,
    /// The water's own colour where the camera looks down into it.
    pub deep: Rgb,
    /// Seconds, for moving pictures.
    pub time: f32,
    pub seed: u32,
}

/// Draws water from the horizon to the bottom edge.
pub fn draw(canvas: &mut Canvas, water: Water) {
    let above = canvas.clone();
    let centre = canvas.aspect() * 0.5;
    let pixel = 1.0 / canvas.unit();
    const FOCAL: f32 = 1.4;
    let h = water.horizon;
    let waves = Waves::new(water.time, water.seed);
    canvas.band(h, 1.0, |x, y| {
        let down = (y - h).max(pixel * 0.25) / FOCAL;
        let z = water.eye / down;
        let gx = (x - centre) / FOCAL * z;
        // A pixel covers far more ground in depth than across.
        let detail = z * pixel * (1.0 + 0.25 * z / water.eye);
        let (sx, sz) = waves.slope(gx, z, detail);
        let (sx, sz) = (sx * water.rough, sz * water.rough);
        // Waves that are too small to see still spread the mirror image, so three jittered places are sampled.
        let hidden = 0.055 * water.rough * smooth(0.02, 3.0, detail) + 0.004 * water.rough;
        let mut sum = Rgb::default();
        let bits = hash((x / pixel) as i32, (y / pixel) as i32, water.seed);
        for i in 0..3 {
            let jitter = ((bits >> (i * 8)) & 255) as f32 / 128.0 - 1.0;
            let tilt = sz + hidden * (jitter + i as f32 - 1.0);
            let up = (down + tilt * 2.0 * (0.35 + down)).abs().max(0.002);
            let side = sx * 0.5 * (0.35 + down);
            sum += above.sample(x + side * FOCAL, h - up * FOCAL);
        }
        let facing = (down * 0.9 + sz * 0.8).clamp(0.0, 1.0);
        let graze = 1.0 - facing;
        let fresnel = 0.03 + 0.97 * graze * graze * graze * graze * graze;
        let fresnel = mix(fresnel, fresnel * 0.85, smooth(0.0, 0.3, down));
        water.deep.mix(sum * (1.0 / 3.0), fresnel)
    });
}
