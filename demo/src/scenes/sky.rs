//! The parts above the horizon that several scenes share: clouds, stars, sun and moon.

use crate::draw::math::{bell, exp, smooth};
use crate::draw::noise::{fbm, noise};
use crate::draw::{Canvas, Rgb, Rng, hex, rgb};

/// Cloud cover 0 to 1 at a place on a flat layer high above: it crowds towards `horizon`.
pub fn cover(x: f32, y: f32, horizon: f32, scale: f32, seed: u32) -> f32 {
    let far = 1.0 / (horizon - y + 0.12).max(0.02);
    let (u, v) = ((x - 0.75) * far * scale, far * scale * 1.6);
    let warp = fbm(u * 0.5, v * 0.5, 3, seed + 40);
    let d = fbm(u + warp * 1.2, v + warp * 0.8, 6, seed);
    smooth(0.02, 0.42, d) * smooth(0.0, 0.06, horizon - y)
}

/// Heaped clouds: cover 0 to 1 and how much light reaches the spot from `(lx, ly)`.
pub fn heap(x: f32, y: f32, scale: f32, light: (f32, f32), seed: u32) -> (f32, f32) {
    let at = |x: f32, y: f32| {
        let warp = noise(x * scale * 0.7, y * scale * 1.1, seed + 9) * 0.35;
        fbm(x * scale + warp, y * scale * 1.5 + warp, 6, seed)
    };
    let here = at(x, y);
    let (dx, dy) = (light.0 - x, light.1 - y);
    let k = 0.09 / scale / (dx * dx + dy * dy).sqrt().max(0.05);
    let there = at(x + dx * k * 3.0, y + dy * k * 3.0);
    (smooth(0.0, 0.22, here), (0.5 + (here - there) * 2.2).clamp(0.0, 1.0))
}

/// Stars in `[left, top, right, bottom]`; `density(x, y)` 0 to 1 thins them out.
pub fn stars(canvas: &mut Canvas, area: [f32; 4], count: usize, seed: u64, density: impl Fn(f32, f32) -> f32) {
    let mut rng = Rng::new(seed);
    let pixel = 1.0 / canvas.unit();
    for _ in 0..count {
        let (x, y) = (rng.range(area[0], area[2]), rng.range(area[1], area[3]));
        let (chance, size, warmth) = (rng.f(), rng.f(), rng.f());
        if chance > density(x, y) {
            continue;
        }
        let power = size * size * size * size;
        let power = power * power * power;
        let power = power * power * 2.0 + 0.08 + size * 0.16;
        let color = rgb(0.75 + 0.35 * warmth, 0.85 + 0.05 * warmth, 1.15 - 0.4 * warmth);
        let radius = (0.0010 + 0.0007 * power).max(pixel * 1.1);
        canvas.light(x, y, radius * 2.0, color * (power * 1.3), |d| exp(-d * d * 5.0));
        if power > 1.1 {
            canvas.glow(x, y, 0.008 * power, color * 0.14);
        }
    }
}

/// A sun: bright disc, tight aureole, wide glow.
pub fn sun(canvas: &mut Canvas, x: f32, y: f32, radius: f32, color: Rgb) {
    canvas.modify([0.0, 0.0, 1e3, 1e3], |px, py, c| {
        let (dx, dy) = (px - x, py - y);
        let d = (dx * dx + dy * dy).sqrt();
        let wide = bell(d, 0.55) * 0.20 + bell(d, 0.2) * 0.28 + bell(d, radius * 2.2) * 0.7;
        let disc = smooth(radius * 1.12, radius * 0.9, d);
        c + color * (wide + disc * 2.4)
    });
}

/// A full moon with its seas and a halo.
pub fn moon(canvas: &mut Canvas, x: f32, y: f32, radius: f32) {
    let glow = hex(0x00a8_bfe6);
    canvas.glow(x, y, radius * 9.0, glow * 0.16);
    canvas.glow(x, y, radius * 3.2, glow * 0.30);
    let edge = 1.2 / canvas.unit();
    let b = [x - radius * 1.1, y - radius * 1.1, x + radius * 1.1, y + radius * 1.1];
    canvas.paint(b, |px, py| {
        let (dx, dy) = ((px - x) / radius, (py - y) / radius);
        let d = (dx * dx + dy * dy).sqrt();
        let seas = smooth(-0.05, 0.3, fbm(dx * 1.3 + 4.0, dy * 1.3, 4, 301));
        let craters = fbm(dx * 5.0, dy * 5.0, 3, 302) * 0.12;
        let limb = 1.0 - 0.35 * d * d * d;
        let c = hex(0x00ff_f6e0).mix(hex(0x00b9_b4ae), seas * 0.75) * ((1.25 + craters) * limb);
        (c, smooth(radius + edge, radius - edge, d * radius))
    });
}
