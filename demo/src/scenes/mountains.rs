//! Mountains: misty ridges at dawn, and the Alps as a panorama.

use super::sky;
use crate::draw::math::{bell, mix, smooth};
use crate::draw::noise::{Rng, fbm, hash01, line, ridged};
use crate::draw::terrain::{self, View};
use crate::draw::{Canvas, Develop, Path, Ramp, hex};

/// Height of a row of conifers over the ground at `x`.
pub fn treeline(x: f32, spacing: f32, height: f32, seed: u32) -> f32 {
    let cell = crate::draw::math::ifloor(x / spacing);
    let mut best = 0.0_f32;
    for c in cell - 2..=cell + 2 {
        let centre = (c as f32 + 0.5 + (hash01(c, 1, seed) - 0.5) * 0.9) * spacing;
        let tall = height * (0.45 + 0.55 * hash01(c, 2, seed));
        let half = tall * 0.24;
        let d = (x - centre).abs() / half;
        if d < 1.0 {
            // Branches: the outline steps inwards in small saws.
            let saw = crate::draw::math::fract(d * 5.0) * 0.10;
            best = best.max(tall * (1.0 - d + saw).min(1.0));
        }
    }
    best
}

/// Layer after layer of ridges, each paler, in the morning haze.
pub fn misty_dawn(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let sky = Ramp::new(&[(0.0, 0x5f7fb4), (0.25, 0x9aa9cd), (0.42, 0xe6c3bd), (0.56, 0xffd9a6), (1.0, 0xffe9c4)]);
    canvas.shade(|x, y| {
        let veil = fbm(x * 1.2, y * 5.0, 5, 3) * 0.05;
        sky.at(y + veil)
    });
    sky::sun(canvas, a * 0.64, 0.40, 0.026, hex(0xffd08a) * 0.8);
    let haze = hex(0xffd2a0);
    let cool = hex(0x8fa6c8);
    let deep = hex(0x0e2030);
    let layers = 8;
    for l in 0..layers {
        let t = l as f32 / (layers - 1) as f32;
        let base = 0.40 + 0.085 * l as f32 + 0.03 * t * t;
        let height = mix(0.10, 0.17, t);
        let seed = 100 + l * 17;
        let crest = |x: f32| {
            let n = line(x * mix(2.6, 1.3, t) + l as f32 * 3.1, 6, seed);
            let sharp = ridged(x * 1.6, l as f32, 4, seed) - 0.4;
            base - height * (n * 0.7 + sharp * 0.5)
        };
        let top = |x: f32| {
            let woods =
                if l >= 5 { treeline(x, 0.006 + 0.011 * (t - 0.6), 0.02 + 0.07 * (t - 0.6), seed) } else { 0.0 };
            crest(x) - woods
        };
        let tone = cool.blend(deep, smooth(0.0, 1.0, t)).blend(haze, 0.55 * (1.0 - t) * (1.0 - t));
        // The mist follows the ground, not the tree tops; a coarse table of heights will do.
        let ground: Vec<f32> = (0..=256).map(|i| crest(a * i as f32 / 256.0)).collect();
        terrain::ridge(canvas, top, |x, y, _| {
            let depth = y - ground[(x / a * 256.0) as usize];
            let near_sun = bell(x - a * 0.64, 0.55) * (1.0 - t * 0.8);
            let drift = 0.65 + 0.5 * fbm(x * 2.0 + l as f32, y * 7.0, 4, seed + 5);
            let mist = smooth(0.0, 0.20, depth) * drift.clamp(0.0, 1.0) * mix(0.75, 0.5, t);
            let mist_color = cool.mix(haze, 0.55 + 0.45 * near_sun);
            tone.mix(haze, near_sun * 0.35).mix(mist_color, mist.min(0.9))
        });
    }
    birds(canvas, a * 0.33, 0.22, 9, 0.013);
    canvas.bloom(0.85, 0.03, 0.25);
    Develop { contrast: 0.35, vignette: 0.25, ..Develop::default() }
}

/// A loose flock.
pub fn birds(canvas: &mut Canvas, x: f32, y: f32, count: usize, size: f32) {
    let mut rng = Rng::new(88);
    for _ in 0..count {
        let (bx, by) = (x + rng.normal() * 0.09, y + rng.normal() * 0.03);
        let s = size * rng.range(0.5, 1.0);
        let lift = rng.range(0.25, 0.6);
        let wing = |dir: f32| {
            Path::new()
                .move_to(0.0, 0.0)
                .quad((dir * 0.45, -lift * 1.3), (dir, -lift * 0.4))
                .quad((dir * 0.45, -lift * 0.8), (0.0, 0.14))
        };
        canvas.fill_alpha(&wing(1.0).place(bx, by, s, 0.1), 0.75, hex(0x2a2c3a));
        canvas.fill_alpha(&wing(-1.0).place(bx, by, s, 0.1), 0.75, hex(0x2a2c3a));
    }
}

/// Snow peaks over dark woods, evening sun from the left: 3.6 to 1.
pub fn alps(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let sky = Ramp::new(&[(0.0, 0x2f66ae), (0.35, 0x6f9fd6), (0.62, 0xbfd3e6), (1.0, 0xf6e3cf)]);
    let sun = (a * 0.1, 0.0);
    canvas.shade(|x, y| {
        let blue = sky.at(y * 1.5);
        let (cover, light) = sky::heap(x, y * 1.6, 1.5, sun, 61);
        let wisp = smooth(0.05, 0.5, fbm(x * 0.9, y * 4.0, 6, 71)) * 0.35;
        let cloud = hex(0x9fb2cc).mix(hex(0xfff4e6), light);
        blue.mix(hex(0xffffff), wisp * 0.6).mix(cloud, cover * 0.55 * smooth(0.62, 0.3, y))
    });
    let view = View { horizon: 0.64, eye: 1.7, focal: 1.5, near: 2.0, far: 32.0, step: 0.008 };
    let shape = |x: f32, z: f32| {
        let range = smooth(5.0, 11.0, z) * (0.85 + 0.65 * smooth(9.0, 26.0, z));
        // Great forms from few octaves; the fine ones add relief without making needles.
        let valley = fbm(x * 0.4, z * 0.4, 3, 9) * 0.10;
        let meadow = 0.50 * smooth(6.0, 2.4, z) + fbm(x * 0.35, z * 0.5, 3, 19) * 0.42;
        let low = valley + meadow * (1.0 - range * 0.5).max(0.0);
        if range == 0.0 {
            return low;
        }
        let warp = fbm(x * 0.12, z * 0.12, 2, 31) * 0.6;
        let great = ridged(x * 0.075 + 2.0 + warp * 0.25, z * 0.085, 3, 12);
        let peak = (great - 0.28).max(0.0) * range;
        low + peak * (6.6 + 1.1 * fbm(x * 0.55 + warp, z * 0.55, 5, 17))
    };
    let light = (-0.8, 0.62, -0.35);
    terrain::draw(canvas, view, shape, |g| {
        let steep = g.normal.1;
        let rough = fbm(g.x * 2.1, g.z * 2.1, 4, 33);
        let snow_line = 1.7 + rough * 0.5;
        let snow = smooth(snow_line, snow_line + 0.5, g.height) * smooth(0.34, 0.6, steep + rough * 0.12);
        let rock = hex(0x6b6258).mix(hex(0x3d3a3c), 0.5 + 0.5 * rough);
        let wood_line = smooth(1.35 + rough * 0.5, 0.9, g.height);
        let meadow = hex(0x7f8f4a).mix(hex(0x4c5f30), 0.5 + 0.7 * rough);
        let speck = hash01((g.x * 26.0) as i32, (g.z * 14.0) as i32, 5);
        let woods = hex(0x16301f).mix(hex(0x2c4a26), speck * smooth(0.08, 0.01, g.detail));
        let green =
            woods.mix(meadow, smooth(-0.05, 0.12, fbm(g.x * 0.5, g.z * 0.5, 4, 55) + 0.12 * smooth(9.0, 4.0, g.z)));
        let ground = rock.mix(green, wood_line).mix(hex(0xf4f6fb), snow);
        let sun = g.lit(light);
        // Shadowed snow takes the sky's blue, lit snow the evening's gold.
        let warm = hex(0xffd9a8) * (1.55 * sun);
        let shade = hex(0x8fb0e0) * 0.42;
        let lit = ground.through(warm + shade);
        let far = smooth(4.0, 60.0, g.z);
        let valley_mist = smooth(0.9, -0.1, g.height) * smooth(8.0, 20.0, g.z) * 0.55;
        lit.mix(hex(0xa9c2e2), far * 0.75).mix(hex(0xdde4ea), valley_mist)
    });
    Develop { contrast: 0.35, vignette: 0.12, saturation: 1.1, ..Develop::default() }
}
