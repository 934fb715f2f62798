//! The city the guests come from: a skyline at dusk, and rain on a window at night.

use super::lights::bokeh;
use super::water::{self, Water};
use crate::draw::math::{bell, fract, hypot, ifloor, mix, smooth};
use crate::draw::noise::{Rng, fbm, hash01, noise};
use crate::draw::{Canvas, Develop, Path, Ramp, hex};

fn tower(canvas: &mut Canvas, x: f32, w: f32, top: f32, base: f32, depth: f32, seed: u32) {
    let haze = hex(0xd8866e).blend(hex(0x6a4a7e), 0.45);
    let body = hex(0x161a30).blend(haze, depth * 0.8);
    let (cell_w, cell_h) = (mix(0.0088, 0.006, depth), mix(0.0125, 0.008, depth));
    let lit_share = 0.16 + 0.34 * hash01(seed as i32, 1, 3);
    let style = hash01(seed as i32, 2, 3);
    let paint = move |px: f32, py: f32| {
        let (u, v) = ((px - x) / cell_w, (py - top) / cell_h);
        let (iu, iv) = (ifloor(u), ifloor(v));
        let (fu, fv) = (fract(u), fract(v));
        let wide = if style > 0.6 { 0.46 } else { 0.32 };
        let pane = smooth(wide, wide - 0.12, (fu - 0.5).abs()) * smooth(0.34, 0.24, (fv - 0.5).abs());
        // Neighbours on a floor tend to be lit together.
        let floor = hash01(iv, seed as i32, 11) * 0.5 + 0.5 * hash01(ifloor(u * 0.34), iv, seed);
        let on = hash01(iu, iv, seed + 5) < lit_share * (0.4 + 1.3 * floor);
        let tone = hash01(iu, iv, seed + 6);
        let light = hex(0xffb860).mix(hex(0xffe8c0), tone).mix(hex(0xbfd8ff), smooth(0.86, 0.9, tone));
        let side = 0.85 + 0.3 * smooth(x, x + w, px);
        let wall = body.mix(haze, smooth(0.0, 0.35, py - top) * 0.35) * side;
        let glass = wall.mix(hex(0x4a5a86), 0.18 * (1.0 - depth));
        let power = mix(1.5, 0.75, depth) * (0.55 + 0.75 * tone);
        wall.mix(if on { light * power } else { glass }, pane * mix(0.95, 0.7, depth))
    };
    let mut shape = Path::rect(x, top, x + w, base);
    if style > 0.75 {
        // Setbacks and a spire.
        shape = shape
            .and(Path::rect(x + w * 0.18, top - 0.035, x + w * 0.82, top + 0.01))
            .and(Path::rect(x + w * 0.34, top - 0.06, x + w * 0.66, top))
            .and(Path::polygon([(x + w * 0.47, top - 0.05), (x + w * 0.5, top - 0.13), (x + w * 0.53, top - 0.05)]));
    } else if style < 0.2 {
        shape = shape.and(Path::polygon([(x, top + 0.001), (x, top - 0.025), (x + w, top + 0.001)]));
    }
    canvas.fill(&shape, paint);
    if style > 0.75 {
        canvas.glow(x + w * 0.5, top - 0.13, 0.012, hex(0xff4030) * 1.6);
    }
}

/// Towers over the river in the blue hour.
pub fn skyline(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let h = 0.72;
    let sky = Ramp::new(&[(0.0, 0x1a2450), (0.35, 0x4a4684), (0.62, 0xa8608c), (0.84, 0xf08a68), (1.0, 0xffc078)]);
    canvas.band(0.0, h, |x, y| {
        let cover = super::sky::cover(x, y, 0.78, 0.5, 27);
        let under = super::sky::cover(x, y + 0.02, 0.78, 0.5, 27);
        let lit = (cover - under * 0.8).max(0.0);
        sky.at(y / h).mix(hex(0x54467c), cover * 0.5).mix(hex(0xffa078), lit * 0.8)
    });
    super::sky::stars(canvas, [0.0, 0.0, a, 0.3], 120, 6, |_, y| smooth(0.3, 0.0, y) * 0.7);
    canvas.glow(a * 0.16, 0.15, 0.13, hex(0xfff0d0) * 0.25);
    let cut = (a * 0.16 + 0.014, 0.143);
    canvas.paint([a * 0.16 - 0.04, 0.10, a * 0.16 + 0.04, 0.20], |x, y| {
        let inside = smooth(0.0305, 0.0295, hypot(x - a * 0.16, y - 0.15));
        (hex(0xfff2d8) * 1.2, inside * smooth(0.0265, 0.028, hypot(x - cut.0, y - cut.1)))
    });
    let mut rng = Rng::new(42);
    for (layer, depth) in [(0, 1.0), (1, 0.55), (2, 0.0)] {
        let mut x = -0.03;
        while x < a {
            let w = rng.range(0.045, 0.105) * mix(1.0, 0.75, depth);
            let centre = bell(x - a * 0.56, a * 0.24);
            let tall = match layer {
                0 => 0.16 + 0.30 * centre * rng.range(0.5, 1.0) + 0.06 * rng.f(),
                1 => 0.10 + 0.36 * centre * rng.range(0.45, 1.0) + 0.08 * rng.f(),
                _ => 0.05 + 0.13 * rng.f() + 0.16 * centre * rng.f(),
            };
            tower(canvas, x, w, h - tall, h + 0.002, depth, rng.next() & 0xffff);
            x += w + rng.range(-0.004, 0.022);
        }
    }
    for i in 0..70 {
        let x = a * (i as f32 + 0.5) / 70.0;
        canvas.glow(x, h - 0.006, 0.007, hex(0xffb050) * 1.5);
        canvas.glow(x, h - 0.006, 0.03, hex(0xff9a40) * 0.10);
    }
    water::draw(canvas, Water { horizon: h, eye: 5.0, rough: 0.42, deep: hex(0x161c3a), time: 0.0, seed: 31 });
    canvas.bloom(0.8, 0.025, 0.4);
    Develop { contrast: 0.25, ..Develop::default() }
}

/// Drops on a pane, each with the street upside down in it.
pub fn rain(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let night = Ramp::new(&[(0.0, 0x10183a), (0.5, 0x28304e), (0.75, 0x4a3444), (1.0, 0x1c1622)]);
    canvas.shade(|x, y| night.at(y + 0.1 * fbm(x * 2.0, y * 2.0, 3, 4)));
    let mut rng = Rng::new(12);
    let tones = [0xffa040, 0xff5a40, 0xffd080, 0x50b0ff, 0x40d0a0, 0xff70a0, 0xfff0d0, 0xb080ff];
    for _ in 0..85 {
        let (x, y) = (a * rng.f(), 0.58 + 0.17 * rng.normal());
        let r = rng.range(0.025, 0.075);
        bokeh(canvas, x, y, r, hex(*rng.pick(&tones)) * rng.range(0.12, 0.62));
    }
    canvas.blur(0.004);
    let scene = canvas.clone();
    // A film of mist softens everything between the drops.
    canvas.blur(0.012);
    canvas
        .modify([0.0, 0.0, 1e3, 1e3], |x, y, c| c * 0.86 + hex(0x6a7896) * (0.05 + 0.03 * noise(x * 3.0, y * 3.0, 5)));
    let mut drops: Vec<(f32, f32, f32, f32)> = Vec::new();
    for _ in 0..34 {
        // A runner: a big drop and the trail of beads it left above.
        let (x, y, r) = (a * rng.f(), rng.range(0.15, 0.95), rng.range(0.012, 0.019));
        let long = rng.range(0.08, 0.4);
        let mut t = r * 1.6;
        while t < long {
            let bead = r * rng.range(0.16, 0.46) * (1.0 - t / long * 0.5);
            drops.push((x + 0.004 * noise(t * 20.0, x * 9.0, 7) + rng.normal() * 0.001, y - t, bead, 1.15));
            t += bead * rng.range(1.6, 3.2);
        }
        drops.push((x, y, r, 1.32));
    }
    for _ in 0..1500 {
        let size = rng.f();
        drops.push((a * rng.f(), rng.f(), 0.0018 + 0.0095 * size * size * size, rng.range(0.95, 1.2)));
    }
    for (i, &(x, y, r, tall)) in drops.iter().enumerate() {
        let seed = i as u32;
        let edge = 1.0 / (canvas.unit() * r);
        let b = [x - r * 1.3, y - r * 1.7, x + r * 1.3, y + r * 1.7];
        canvas.paint(b, |px, py| {
            let (u, v) = ((px - x) / r, (py - y) / (r * tall));
            let wobble = 1.0 + 0.10 * noise(u * 1.1 + seed as f32 * 3.1, v * 1.1, 3);
            let d = hypot(u, v + 0.12 * (1.0 - v) * u.abs()) * wobble;
            let alpha = smooth(1.0, 1.0 - edge.max(0.08) * 1.6, d);
            if alpha == 0.0 {
                return (hex(0), 0.0);
            }
            let lens = 1.0 + 1.2 * d * d;
            let seen = scene.sample(x - u * 0.13 * lens, mix(y, 0.56, 0.7) - v * 0.24 * lens);
            let rim = smooth(0.55, 1.0, d);
            let sky = smooth(0.2, 0.9, v) * rim;
            let glint = bell(hypot(u + 0.35, v + 0.42), 0.20);
            (seen * (1.25 - 0.95 * rim) + hex(0xcfe0ff) * (0.22 * sky + 0.85 * glint), alpha * 0.97)
        });
    }
    canvas.bloom(0.9, 0.03, 0.3);
    Develop { contrast: 0.3, vignette: 0.3, ..Develop::default() }
}
