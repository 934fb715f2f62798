//! The journey: palms in the evening, a waterfall in its gorge.

use super::water::{self, Water};
use super::{mountains, sky};
use crate::draw::math::{TAU, atan2, bell, cos, mix, sin, smooth};
use crate::draw::noise::{Rng, fbm, line, noise};
use crate::draw::path::spline;
use crate::draw::terrain;
use crate::draw::{Canvas, Develop, Path, Ramp, hex};

fn palm(canvas: &mut Canvas, foot: (f32, f32), crown: (f32, f32), size: f32, seed: u64) {
    let mut rng = Rng::new(seed);
    let dark = hex(0x0c1420);
    let bend = (foot.0 + (crown.0 - foot.0) * 0.2, (foot.1 + crown.1) * 0.5);
    let trunk = spline(&[foot, bend, crown], 20);
    canvas.fill(&Path::stroke(&trunk, |t| size * (0.050 - 0.022 * t + 0.003 * sin(t * 150.0))), dark);
    let fronds = 15;
    for i in 0..fronds {
        let q = mix(-3.5, 0.36, (i as f32 + rng.f() * 0.5) / fronds as f32);
        let long = size * rng.range(0.80, 1.05);
        let droop = 0.34 + 0.30 * cos(q).abs();
        let rib: Vec<(f32, f32)> = (0..=22)
            .map(|k| k as f32 / 22.0)
            .map(|t| (crown.0 + cos(q) * long * t, crown.1 + sin(q) * long * t * 0.8 + droop * long * t * t))
            .collect();
        let mut all = Path::stroke(&rib, |t| size * 0.010 * (1.0 - 0.8 * t));
        for k in 2..rib.len() - 1 {
            let t = k as f32 / 22.0;
            let (p, n) = (rib[k], rib[k + 1]);
            let way = atan2(n.1 - p.1, n.0 - p.0);
            for side in [-1.0, 1.0] {
                for half in 0..2 {
                    let t = t + half as f32 / 44.0;
                    let base = (mix(p.0, n.0, half as f32 * 0.5), mix(p.1, n.1, half as f32 * 0.5));
                    let leaf = long * 0.30 * (1.0 - t * 0.75) * smooth(0.0, 0.2, t) * rng.range(0.8, 1.1);
                    let dir = way + side * (1.05 - 0.55 * t);
                    let tip = (base.0 + cos(dir) * leaf, base.1 + sin(dir) * leaf + leaf * 0.35);
                    all = all.and(Path::stroke(&[base, tip], |t| size * 0.0078 * (1.0 - 0.9 * t)));
                }
            }
        }
        canvas.fill_alpha(&all, 0.985, dark);
    }
    for k in 0..5 {
        let q = k as f32 * 1.3;
        canvas.fill(
            &Path::circle(crown.0 + cos(q) * size * 0.05, crown.1 + size * 0.05 + sin(q) * size * 0.03, size * 0.038),
            dark,
        );
    }
}

/// Palms against a pink evening.
pub fn palms(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let h = 0.83;
    let sky = Ramp::new(&[
        (0.0, 0x1f4a86),
        (0.28, 0x5f78b4),
        (0.5, 0xc888b0),
        (0.7, 0xff9a86),
        (0.88, 0xffc07a),
        (1.0, 0xffe09a),
    ]);
    canvas.band(0.0, h, |x, y| {
        let cover = sky::cover(x, y, 0.95, 0.6, 33);
        let under = sky::cover(x, y + 0.02, 0.95, 0.6, 33);
        sky.at(y / h).mix(hex(0xa86a9c), cover * 0.45).mix(hex(0xffb890), ((cover - under * 0.8) * 1.1).clamp(0.0, 0.8))
    });
    sky::sun(canvas, a * 0.42, 0.74, 0.050, hex(0xffb85a) * 0.9);
    water::draw(canvas, Water { horizon: h, eye: 3.0, rough: 0.6, deep: hex(0x2a2a5c), time: 0.0, seed: 3 });
    terrain::ridge(
        canvas,
        |x| 0.945 - 0.05 * smooth(a * 0.45, a, x) + line(x * 2.0, 4, 3) * 0.02,
        |_, _, _| hex(0x0c1420),
    );
    palm(canvas, (a * 0.90, 1.0), (a * 0.66, 0.27), 0.27, 4);
    palm(canvas, (a * 0.98, 1.0), (a * 0.97, 0.46), 0.20, 9);
    palm(canvas, (a * -0.06, 1.02), (a * 0.14, 0.56), 0.15, 12);
    mountains::birds(canvas, a * 0.30, 0.40, 6, 0.010);
    canvas.bloom(0.9, 0.04, 0.35);
    Develop { contrast: 0.25, saturation: 1.08, ..Develop::default() }
}

/// A waterfall in a mossy gorge: tall and narrow.
pub fn waterfall(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let cx = a * 0.52;
    let pool = 0.80;
    canvas.shade(|x, y| {
        // Light falls in from above the lip.
        let light = smooth(0.9, 0.0, y) * bell(x - cx, a * 0.75);
        hex(0x14281c).mix(hex(0xd8ecc4), light * 0.9)
    });
    for (l, (inset, tone, seed)) in
        [(0.155, 0x4a6a50, 3_u32), (0.105, 0x2f4a38, 5), (0.045, 0x16281e, 8)].into_iter().enumerate()
    {
        canvas.paint([0.0, 0.0, 1e3, 1.0], |x, y| {
            let side = (x - cx).abs();
            if side < inset - 0.06 {
                return (hex(0), 0.0);
            }
            let wall = inset
                + 0.07 * fbm(y * 3.0 + i32::from(x > cx) as f32 * 9.0, l as f32, 5, seed)
                + 0.10 * (0.22 - y).max(0.0)
                + 0.015 * noise(y * 26.0, x * 4.0, seed);
            if side < wall {
                return (hex(0), 0.0);
            }
            let ledge = ridged_rock(x, y, seed);
            let moss = smooth(-0.05, 0.35, fbm(x * 7.0, y * 5.0, 4, seed + 20) + ledge * 0.5 - 0.12);
            let light = smooth(0.95, 0.0, y) * 0.75 + 0.32;
            let rock = hex(tone).mix(hex(0x5a5a54), 0.35) * (0.45 + ledge * 1.1);
            let green = hex(0x3f7a2c).mix(hex(0x9cc850), ledge * 0.9) * (0.55 + 0.5 * ledge);
            let near = bell(side - wall, 0.05);
            ((rock.mix(green, moss * 0.85) * light).mix(hex(0xdcecd8), near * 0.22), smooth(wall, wall + 0.003, side))
        });
    }
    canvas.paint([0.0, 0.03, 1e3, pool + 0.02], |x, y| {
        let t = (y - 0.075) / (pool - 0.075);
        if t < 0.0 {
            return (hex(0), 0.0);
        }
        let drift = 0.010 * noise(y * 5.0, 1.0, 4);
        let wide = 0.058 + 0.050 * t + 0.012 * noise(y * 8.0, 3.0, 6);
        let u = (x - cx - drift) / wide;
        let strands =
            fbm(u * 5.5 + noise(y * 3.0, u * 2.0, 9) * 0.5, y * 3.2, 5, 11) * 0.6 + noise(u * 26.0, y * 7.0, 12) * 0.35;
        let edge = smooth(1.0, 0.55, u.abs() + strands * 0.45);
        let veil = (0.50 + 0.75 * strands).clamp(0.05, 1.0);
        let shade = hex(0x8fb4b8).mix(hex(0xffffff), (veil + 0.25 * (1.0 - t)).min(1.0));
        (shade * 1.02, edge * (0.40 + 0.62 * veil).min(1.0))
    });
    water::draw(canvas, Water { horizon: pool, eye: 1.5, rough: 0.55, deep: hex(0x0f4a48), time: 0.0, seed: 6 });
    canvas.modify([0.0, pool - 0.28, 1e3, 1.0], |x, y, c| {
        let spray = bell((x - cx) / 0.20, 1.0) * bell((y - pool + 0.008) / if y > pool { 0.045 } else { 0.085 }, 1.0);
        let puff = 0.75 + 0.6 * fbm(x * 7.0, y * 7.0, 4, 14);
        let foam = if y > pool {
            bell(x - cx, 0.13)
                * smooth(0.10, 0.0, y - pool)
                * smooth(0.0, 0.5, fbm(x * 14.0, y * 70.0, 4, 15) + 0.12)
                * 0.7
        } else {
            0.0
        };
        c.mix(hex(0xf2faf6), (spray * puff + foam).clamp(0.0, 0.94))
    });
    canvas.modify([0.0, 0.0, 1e3, 0.95], |x, y, c| {
        // Slanting shafts of light.
        let s = (x - 0.05) + y * 0.33;
        let shaft = smooth(0.1, 0.6, noise(s * 13.0, 0.3, 17) * 0.7 + noise(s * 29.0, 0.7, 18) * 0.3);
        c + hex(0xfff4c0) * (shaft * 0.14 * smooth(0.85, 0.05, y) * smooth(0.0, 0.15, y))
    });
    let mut rng = Rng::new(6);
    for (x, y, r, seed) in [
        (0.10, 0.90, 0.075, 1),
        (0.86, 0.88, 0.085, 2),
        (0.30, 0.985, 0.080, 3),
        (0.66, 1.0, 0.07, 4),
        (0.95, 1.0, 0.08, 5),
    ] {
        let stone: Vec<_> = (0..11)
            .map(|i| i as f32 / 11.0 * TAU)
            .map(|q| (a * x + cos(q) * r * rng.range(0.9, 1.15), y + sin(q) * r * 0.55 * rng.range(0.85, 1.1)))
            .collect();
        canvas.soft(&Path::smooth(&stone).place(0.0, 0.02, 1.0, 0.0), 0.010, 0.5, hex(0x041412));
        canvas.fill(&Path::smooth(&stone), move |px: f32, py: f32| {
            let up = smooth(y + r * 0.4, y - r * 0.5, py);
            let tex = 0.7 + 0.5 * fbm(px * 16.0, py * 20.0, 4, seed);
            hex(0x2c302e).mix(hex(0x6f9a44), up * smooth(-0.2, 0.3, fbm(px * 9.0, py * 9.0, 3, seed + 9) + 0.1))
                * (tex * (0.5 + 0.7 * up))
        });
    }
    for (x, y, long, from) in
        [(0.0, 0.62, 0.17, -0.3), (1.0, 0.55, 0.18, 3.3), (0.0, 0.83, 0.14, -0.2), (1.0, 0.74, 0.15, 3.4)]
    {
        for k in 0..6 {
            fern(canvas, a * x, y, long * rng.range(0.7, 1.1), from + (k as f32 - 2.5) * 0.32 + rng.range(-0.1, 0.1));
        }
    }
    canvas.bloom(0.85, 0.04, 0.35);
    Develop { contrast: 0.3, saturation: 1.08, vignette: 0.3, ..Develop::default() }
}

fn ridged_rock(x: f32, y: f32, seed: u32) -> f32 {
    let warp = fbm(x * 3.0, y * 3.0, 3, seed + 1) * 0.5;
    crate::draw::noise::ridged(x * 5.0 + warp, y * 2.6 + warp, 5, seed + 2)
}

fn fern(canvas: &mut Canvas, x: f32, y: f32, long: f32, angle: f32) {
    let rib: Vec<(f32, f32)> = (0..=16)
        .map(|k| k as f32 / 16.0)
        .map(|t| (x + cos(angle) * long * t, y + sin(angle) * long * t + 0.30 * long * t * t))
        .collect();
    let mut all = Path::stroke(&rib, |t| 0.0022 * (1.0 - 0.7 * t));
    for k in 1..16 {
        let t = k as f32 / 16.0;
        let way = atan2(rib[k + 1].1 - rib[k].1, rib[k + 1].0 - rib[k].0);
        for side in [-1.0, 1.0] {
            let leaf = long * 0.26 * (1.0 - t) + 0.004;
            let dir = way + side * 1.1;
            let tip = (rib[k].0 + cos(dir) * leaf, rib[k].1 + sin(dir) * leaf);
            all = all.and(Path::stroke(&[rib[k], tip], |t| 0.0040 * (1.0 - 0.85 * t)));
        }
    }
    let light = 0.75 + 0.3 * sin(angle * 3.0 + x * 9.0);
    canvas.fill(&all, hex(0x4a8a34) * light);
}
