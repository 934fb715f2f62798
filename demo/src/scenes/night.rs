//! Night: the milky way, an aurora over a lake, fireworks over the bay.

use super::water::{self, Water};
use super::{mountains, sky};
use crate::draw::math::{TAU, bell, cos, exp, mix, sin, smooth};
use crate::draw::noise::{Rng, fbm, line, ridged};
use crate::draw::terrain;
use crate::draw::{Canvas, Develop, Path, Ramp, hex, rgb};

/// The milky way over a hill with a lit tent.
pub fn milky_way(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let sky = Ramp::new(&[(0.0, 0x05081c), (0.45, 0x0d1a3c), (0.75, 0x24365c), (0.92, 0x6a5a66), (1.0, 0xb07a58)]);
    // Along and across the galaxy's plane, which rises from the lower left.
    let plane = move |x: f32, y: f32| {
        let (dx, dy) = (x - a * 0.56, y - 0.42);
        (dx * 0.52 - dy * 0.854, dx * 0.854 + dy * 0.52)
    };
    let band = move |x: f32, y: f32| {
        let (along, across) = plane(x, y);
        let bend = across + fbm(along * 1.4, 2.0, 3, 5) * 0.10;
        let cloud = 0.55 + 0.75 * fbm(along * 3.0 + 3.0, across * 3.6, 6, 8);
        let core = bell(bend, 0.10) * (0.55 + 0.75 * bell(along + 0.12, 0.35));
        let wide = bell(bend, 0.24) * 0.5;
        let dust = ridged(along * 2.4 + 1.0, across * 4.6, 6, 17);
        let lanes = smooth(0.40, 0.72, dust) * bell(bend + 0.015, 0.085);
        (((core * 0.9 + wide) * cloud).max(0.0), lanes)
    };
    canvas.shade(|x, y| {
        let (light, lanes) = band(x, y);
        let (along, _) = plane(x, y);
        let tint = hex(0xb9c6f2).mix(hex(0xffcfa4), bell(along + 0.15, 0.4));
        let rose = hex(0xd0527a) * (0.16 * smooth(0.15, 0.5, fbm(x * 4.0, y * 4.0, 4, 44)) * light);
        let air = hex(0x2e5d5a) * (0.10 * smooth(0.9, 0.4, y) * (0.6 + fbm(x * 1.5, y * 4.0, 4, 6)));
        sky.at(y * 1.08) + tint * (light * 0.42 * (1.0 - lanes * 0.82)) + rose + air
    });
    sky::stars(canvas, [0.0, 0.0, a, 0.9], 9000, 21, |x, y| {
        let (light, lanes) = band(x, y);
        (0.22 + light * 0.9 - lanes * 0.4) * smooth(0.92, 0.6, y)
    });
    let hill = |x: f32| 0.84 - 0.07 * bell(x - a * 0.30, a * 0.35) + line(x * 2.0, 5, 3) * 0.03;
    terrain::ridge(
        canvas,
        |x| 0.83 + line(x * 1.6 + 9.0, 5, 71) * 0.08,
        |_, _, d| hex(0x1c2440).mix(hex(0x141a30), smooth(0.0, 0.1, d)),
    );
    let (tx, ty) = (a * 0.34, hill(a * 0.34) + 0.012);
    terrain::ridge(
        canvas,
        |x| hill(x) - mountains::treeline(x, 0.030, 0.10, 12) * smooth(0.18, 0.45, (x - a * 0.34).abs()),
        |x, y, d| {
            let lit = bell(x - tx, 0.11) * bell(y - ty, 0.05);
            let grass = 0.7 + 0.6 * fbm(x * 60.0, y * 90.0, 3, 9);
            hex(0x03050d).mix(hex(0x070b18), smooth(0.0, 0.1, d)) + hex(0xff9a3c) * (lit * 0.30 * grass)
        },
    );
    canvas.glow(tx, ty - 0.02, 0.16, hex(0xff9a40) * 0.30);
    let tent = Path::new().move_to(-1.0, 0.0).quad((-0.55, -0.75), (0.0, -1.0)).quad((0.55, -0.75), (1.0, 0.0));
    canvas.fill(&tent.place(tx, ty, 0.058, 0.0), |x: f32, y: f32| {
        let d = ((x - tx) * (x - tx) + (y - ty + 0.012) * (y - ty + 0.012)).sqrt();
        hex(0xffdf8a).mix(hex(0xd8642a), smooth(0.0, 0.06, d)) * (1.5 - smooth(0.0, 0.07, d))
    });
    for dx in [-0.55, 0.0, 0.55] {
        let seam = Path::stroke(&[(0.0, -1.0), (dx, 0.0)], |_| 0.022).place(tx, ty, 0.058, 0.0);
        canvas.fill_alpha(&seam, 0.5, hex(0x7a3010));
    }
    canvas.bloom(0.8, 0.02, 0.35);
    Develop { contrast: 0.3, grain: 3.0, vignette: 0.3, ..Develop::default() }
}

/// Green and violet curtains mirrored in a lake.
pub fn aurora(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let h = 0.66;
    let sky = Ramp::new(&[(0.0, 0x040a1e), (0.6, 0x0a2038), (1.0, 0x1d4552)]);
    canvas.band(0.0, h, |_, y| sky.at(y / h));
    sky::stars(canvas, [0.0, 0.0, a, h], 2200, 9, |_, y| 0.75 * smooth(h, 0.3, y));
    let curtains = [(0.50, 0.10, 1, 1.0), (0.40, 0.16, 2, 0.8), (0.30, 0.20, 3, 0.5)];
    canvas.modify([0.0, 0.0, 1e3, h], |x, y, c| {
        let mut sum = c;
        for (base, swing, seed, power) in curtains {
            let u = x / a * 2.2 + seed as f32 * 3.7;
            // The foot of the curtain wanders; folds make it brighter where it turns away.
            let foot = base + swing * fbm(u * 0.8, 1.0, 3, seed) + 0.05 * fbm(u * 3.0, 2.0, 2, seed + 7);
            let rise = foot - y;
            let rays = 0.45 + 0.75 * fbm(u * 16.0 + fbm(u * 2.0, y * 2.0, 2, seed) * 2.0, y * 0.7, 4, seed + 20);
            let fold = 0.35 + 0.9 * smooth(-0.2, 0.5, fbm(u * 1.7, 5.0, 3, seed + 30));
            let tall = 0.17 + 0.16 * fold;
            let shape = if rise < 0.0 { bell(rise, 0.014) } else { exp(-rise / tall) };
            let hue = smooth(0.05, 0.36, rise);
            let color = hex(0x3dffa0).mix(hex(0x7a4dff), hue).mix(hex(0xff5aa8), smooth(0.3, 0.55, rise) * 0.5);
            sum += color * (shape * rays.max(0.0) * fold * power * 0.62);
        }
        sum
    });
    terrain::ridge(
        canvas,
        |x| h - 0.03 - 0.16 * ridged(x * 0.8 + 4.0, 1.0, 6, 14) * (0.55 + 0.45 * sin(x * 2.3 + 1.0)),
        |x, y, d| {
            if y > h {
                return hex(0x02060c);
            }
            let snow = smooth(0.05, 0.0, d) * smooth(-0.1, 0.3, fbm(x * 14.0, y * 30.0, 4, 5));
            hex(0x0a1a28).mix(hex(0x4a8f88), snow * 0.6).mix(hex(0x143a40), smooth(0.04, 0.2, d))
        },
    );
    terrain::ridge(
        canvas,
        |x| {
            let t = (x / a - 0.5).abs() * 2.0;
            h - mountains::treeline(x, 0.014, 0.10 * smooth(0.05, 1.0, t) + 0.018, 77)
        },
        |_, _, _| hex(0x030a0e),
    );
    water::draw(canvas, Water { horizon: h, eye: 2.6, rough: 0.22, deep: hex(0x02080e), time: 0.0, seed: 4 });
    canvas.bloom(0.7, 0.04, 0.25);
    Develop { contrast: 0.2, vignette: 0.3, exposure: 1.15, ..Develop::default() }
}

/// One rocket's flower: embers on falling trails.
fn burst(canvas: &mut Canvas, x: f32, y: f32, radius: f32, inner: u32, outer: u32, seed: u64) {
    let mut rng = Rng::new(seed);
    let pixel = 1.0 / canvas.unit();
    for _ in 0..150 {
        // Directions on a sphere, so that the flower is full and not a ring.
        let up = rng.range(-1.0, 1.0);
        let turn = rng.f() * TAU;
        let flat = (1.0 - up * up).sqrt();
        let (dx, dy) = (flat * cos(turn), up);
        let reach = radius * rng.range(0.86, 1.05);
        let steps = 26;
        for s in 3..steps {
            let t = s as f32 / steps as f32;
            let out = 1.0 - (1.0 - t) * (1.0 - t);
            let px = x + dx * reach * out;
            let py = y + dy * reach * out + 0.10 * radius * t * t * 3.0;
            let color = hex(inner).mix(hex(outer), smooth(0.1, 0.75, t));
            let power = (0.25 + 1.6 * t * t) * smooth(0.0, 0.4, t);
            let r = (0.0016 + 0.0022 * t).max(pixel * 1.2);
            canvas.light(px, py, r * 1.6, color * power, |d| (1.0 - d) * (1.0 - d));
        }
        let (ex, ey) = (x + dx * reach, y + dy * reach + 0.30 * radius);
        canvas.glow(ex, ey, 0.010, hex(outer).mix(rgb(1.0, 1.0, 1.0), 0.4) * 1.5);
    }
    canvas.glow(x, y, radius * 1.7, hex(outer) * 0.20);
    canvas.glow(x, y, radius * 0.35, hex(inner) * 0.6);
}

/// Fireworks at midnight and the town's lights on the water.
pub fn fireworks(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let h = 0.74;
    let sky = Ramp::new(&[(0.0, 0x060818), (0.6, 0x141a3a), (1.0, 0x3a2c4c)]);
    canvas.band(0.0, h, |x, y| {
        let smoke = smooth(-0.1, 0.6, fbm(x * 2.0 + y, y * 3.0, 5, 12)) * bell(y - 0.42, 0.25);
        sky.at(y / h) + hex(0x8a5a78) * (smoke * 0.10)
    });
    sky::stars(canvas, [0.0, 0.0, a, 0.5], 300, 3, |_, _| 0.6);
    for (x, y, r, inner, outer, seed) in [
        (0.50, 0.28, 0.235, 0xfff3c8, 0xffb340, 1),
        (0.22, 0.36, 0.165, 0xffe0f0, 0xff4f86, 2),
        (0.78, 0.34, 0.175, 0xe0f4ff, 0x58a8ff, 3),
        (0.66, 0.15, 0.10, 0xf0ffe0, 0x7dff9a, 4),
        (0.34, 0.13, 0.10, 0xfff0ff, 0xc07aff, 5),
    ] {
        burst(canvas, a * x, y, r, inner, outer, seed);
        let foot = (a * (0.5 + (x - 0.5) * 0.75), h - 0.01);
        let trail = Path::stroke(&[foot, (a * x, y + 0.02)], |t| 0.0022 * (1.0 - t * 0.7));
        canvas.fill_alpha(&trail, 0.22, hex(0xffd9a0));
    }
    let mut rng = Rng::new(61);
    terrain::ridge(
        canvas,
        |x| {
            h - 0.035 - 0.05 * bell(x - a * 0.86, a * 0.22) - 0.06 * bell(x - a * 0.08, a * 0.2)
                + line(x * 4.0, 5, 9) * 0.014
        },
        |_, _, _| hex(0x06070f),
    );
    for i in 0..230 {
        let x = a * (i as f32 + rng.f()) / 230.0;
        let y = h - 0.004 - 0.030 * rng.f() * rng.f();
        let warm = hex(*rng.pick(&[0xffc070, 0xffd9a0, 0xffa850, 0xffeed0, 0x9fd0ff]));
        let power = rng.range(0.4, 1.6);
        canvas.glow(x, y, 0.0055, warm * (2.2 * power));
        canvas.glow(x, y, 0.02, warm * (0.10 * power));
    }
    water::draw(canvas, Water { horizon: h, eye: 9.0, rough: 0.55, deep: hex(0x050814), time: 0.0, seed: 8 });
    canvas.bloom(0.7, 0.03, 0.45);
    let _ = mix;
    Develop { contrast: 0.2, vignette: 0.25, exposure: 1.1, ..Develop::default() }
}
