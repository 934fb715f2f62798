//! The day itself: the couple on the beach, the arch, champagne, dancing.

use super::lights::bokeh;
use super::{figures, flowers, sea};
use crate::draw::math::{TAU, bell, cos, hypot, mix, sin, smooth};
use crate::draw::noise::{Rng, fbm, line, noise, scatter};
use crate::draw::path::spline;
use crate::draw::terrain;
use crate::draw::{Canvas, Develop, Path, Ramp, hex};

/// The couple at the water's edge, the sun between them and the sea.
pub fn couple(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let h = 0.60;
    let (sx, sy) = (a * 0.47, 0.52);
    sea::golden_sky(canvas, h, (sx, sy), 40.0, 7);
    terrain::ridge(
        canvas,
        |x| h + 0.002 - 0.075 * smooth(0.75 * a, a * 1.05, x) * (0.8 + 0.5 * line(x * 6.0, 5, 4)),
        |x, _, d| hex(0x5a3a52).mix(hex(0x9a5a58), bell(d, 0.02) + bell(x - sx, 0.5) * 0.3),
    );
    sea::golden_sea(canvas, h, 3.0, 7);
    let above = canvas.clone();
    let shore = |x: f32| 0.80 + 0.022 * sin(x * 2.4 + 0.6) + 0.012 * noise(x * 5.0, 0.0, 3);
    // Wet sand: a dim mirror that dries towards the camera.
    terrain::ridge(canvas, shore, |x, y, d| {
        let ripple = noise(x * 9.0, y * 60.0, 6) * 0.006;
        let seen = above.sample(x + ripple, (2.0 * 0.715 - y * 0.9 + ripple).max(0.35));
        let dry = smooth(0.04, 0.20, d + 0.03 * fbm(x * 4.0, y * 9.0, 4, 8));
        let grain = 1.0 + 0.25 * fbm(x * 50.0, y * 120.0, 3, 9);
        let sand = hex(0x5c3c3a).mix(hex(0x8a5a48), bell(x - sx, 0.5)) * grain;
        let wet = hex(0x2c2030).mix(seen, 0.62);
        let foam = bell(d - 0.004, 0.005) * smooth(-0.25, 0.25, noise(x * 22.0, y * 40.0, 12) + 0.1);
        wet.mix(sand, dry).mix(hex(0xffe6cc), foam * 0.85)
    });
    let foot = 0.865;
    let size = 0.40;
    let (gx, bx) = (sx - 0.085, sx + 0.075);
    for (x, shape, shade) in [(gx, figures::groom(0.075), 0.62), (bx, figures::bride(0.075), 0.55)] {
        // Mirrored in the wet sand, then the person.
        canvas.soft(&shape.place_xy(x, foot - 0.004, size, -size * 0.55, 0.0), 0.005, shade, hex(0x2c1a26));
    }
    canvas.fill(&figures::groom(0.075).place(gx, foot, size, 0.0), hex(0x150e1a));
    canvas.fill(&figures::bride(0.075).place(bx, foot, size, 0.0), move |px: f32, py: f32| {
        let lace = noise(px * 90.0, py * 60.0, 4) * 0.03;
        let rim = smooth(0.02, -0.03, px - bx) * 0.18;
        hex(0x54384a).mix(hex(0xe8a080), rim + lace)
    });
    canvas.soft(&figures::veil().place(bx, foot, size, 0.0), 0.0018, 0.30, move |px: f32, py: f32| {
        hex(0xffc49a) * (0.55 + 0.20 * sin((px - bx) * 120.0 + (py - foot) * 30.0))
    });
    super::mountains::birds(canvas, a * 0.74, 0.22, 6, 0.014);
    canvas.bloom(0.9, 0.04, 0.4);
    Develop { contrast: 0.3, ..Develop::default() }
}

fn chair(canvas: &mut Canvas, x: f32, y: f32, s: f32, side: f32) {
    let white = hex(0xfbf7ef);
    canvas.soft(&Path::ellipse(x + 0.25 * s, y + 0.02 * s, 0.55 * s, 0.10 * s), 0.05 * s, 0.30, hex(0x6a5238));
    let bar = |canvas: &mut Canvas, p: (f32, f32), q: (f32, f32), w: f32, k: f32| {
        let path = Path::stroke(&[p, q], |_| w).place_xy(x, y, s * side, s, 0.0);
        canvas.fill(&path, white * k);
    };
    for (lx, ly, k) in [(-0.16, -0.10, 0.72), (0.24, -0.10, 0.72), (-0.26, 0.0, 0.9), (0.14, 0.0, 0.9)] {
        bar(canvas, (lx, ly), (lx + 0.01, ly - 0.48), 0.026, k);
    }
    let seat = Path::polygon([(-0.30, -0.46), (0.18, -0.46), (0.28, -0.60), (-0.18, -0.60)]);
    canvas.fill(&seat.place_xy(x, y, s * side, s, 0.0), hex(0xfff9ee));
    for (p, q) in [((-0.28, -0.46), (-0.29, -1.08)), ((0.16, -0.46), (0.15, -1.08))] {
        bar(canvas, p, q, 0.026, 0.97);
    }
    for level in [-1.06, -0.90, -0.74] {
        bar(canvas, (-0.28, level), (0.15, level), 0.030, 0.93);
    }
}

/// The arch on the beach before the guests come.
pub fn arch(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let h = 0.46;
    let sky = Ramp::new(&[(0.0, 0x5aa2dc), (0.6, 0xa8d2ec), (1.0, 0xe8f2f0)]);
    canvas.band(0.0, h, |x, y| {
        let (cover, light) = super::sky::heap(x, y, 1.8, (a * 0.9, -0.4), 52);
        sky.at(y / h).mix(hex(0xc8d8e4).mix(hex(0xffffff), light), cover * 0.8)
    });
    super::water::draw(
        canvas,
        super::water::Water { horizon: h, eye: 3.0, rough: 0.7, deep: hex(0x1f8fa8), time: 0.0, seed: 15 },
    );
    canvas.modify([0.0, h, 1e3, 0.66], |x, y, c| {
        let t = smooth(h, 0.63, y);
        let foam = smooth(0.28, 0.55, fbm(x * 5.0, y * 70.0, 4, 3) + 0.3 * t) * smooth(0.3, 1.0, t);
        c.mix(hex(0x6fd0c8), t * 0.6).mix(hex(0xffffff), foam * 0.8)
    });
    canvas.blur(0.0022);
    let shore = |x: f32| 0.625 + 0.012 * sin(x * 3.0 + 1.0) + 0.006 * noise(x * 7.0, 1.0, 5);
    terrain::ridge(canvas, shore, |x, y, d| {
        let persp = 1.0 / (y - 0.42);
        let dents = fbm((x - a * 0.5) * persp * 5.0, persp * 16.0, 4, 7);
        let fine = noise(x * 240.0, y * 240.0, 8) * 0.05;
        let dry = hex(0xf2dcb4) * (0.94 + dents * 0.26 + fine);
        let wet = hex(0xc8a47c);
        wet.mix(dry, smooth(0.01, 0.05, d)).mix(hex(0xffffff), bell(d, 0.004) * 0.8)
    });
    let (cx, base, top) = (a * 0.5, 0.72, 0.175);
    let half = 0.20;
    // The aisle of petals, widening towards the camera.
    let mut rng = Rng::new(31);
    for _ in 0..1500 {
        let t = rng.f();
        let y = mix(base + 0.01, 1.02, t * t);
        let wide = mix(0.085, 0.24, (y - base) / (1.0 - base));
        let x = cx + rng.range(-1.0, 1.0) * wide;
        let s = mix(0.003, 0.010, (y - base) / (1.0 - base)) * rng.range(0.6, 1.2);
        let tone = hex(*rng.pick(&[0xffe4e0, 0xf8b8bc, 0xffffff, 0xf090a0, 0xfff4ea]));
        canvas.fill_alpha(
            &Path::ellipse(0.0, 0.0, s, s * 0.45).place(x, y, 1.0, rng.range(-0.6, 0.6)),
            0.9,
            tone * rng.range(0.85, 1.0),
        );
    }
    for dx in [-half, half] {
        canvas.soft(&Path::ellipse(cx + dx + 0.05, base + 0.006, 0.09, 0.012), 0.008, 0.35, hex(0x6a5238));
        canvas.fill(&Path::rect(cx + dx - 0.011, top, cx + dx + 0.011, base), move |px: f32, _: f32| {
            hex(0x8a6238).mix(hex(0xd8b080), smooth(-0.011, 0.010, px - cx - dx))
        });
    }
    canvas.fill(&Path::rect(cx - half - 0.05, top - 0.011, cx + half + 0.05, top + 0.011), hex(0xb88a58));
    for side in [-1.0, 1.0] {
        // Fabric: gathered at the top corner, tied half way, hanging free.
        let edge = |t: f32| {
            let inner = mix(0.02, half * 0.93, smooth(0.0, 0.46, t));
            let tied = mix(inner, half * 0.86, smooth(0.46, 0.6, t));
            tied - 0.05 * smooth(0.62, 1.0, t)
        };
        let mut ring: Vec<(f32, f32)> =
            (0..=40).map(|i| i as f32 / 40.0).map(|t| (cx + side * edge(t), mix(top, base - 0.01, t))).collect();
        ring.extend(
            (0..=40)
                .rev()
                .map(|i| i as f32 / 40.0)
                .map(|t| (cx + side * (half + 0.014 + 0.012 * smooth(0.6, 1.0, t)), mix(top, base - 0.01, t))),
        );
        canvas.fill_alpha(&Path::polygon(ring), 0.93, move |px: f32, py: f32| {
            let u = (px - cx) * side / half;
            let fold = sin((u * 26.0) * (0.6 + (py - 0.42).abs() * 1.2) + py * 6.0);
            hex(0xfffdf8) * (0.90 + 0.10 * fold)
        });
    }
    for (gx, gy, r, seed) in [
        (-0.235, 0.205, 0.078, 5),
        (-0.15, 0.165, 0.058, 6),
        (0.225, 0.185, 0.060, 8),
        (-0.235, 0.32, 0.044, 9),
        (0.235, 0.275, 0.034, 10),
    ] {
        flowers::posy(canvas, cx + gx, gy, r, &[flowers::CREAM, flowers::BLUSH, flowers::PEACH, flowers::ROSE], seed);
    }
    for row in 0..4 {
        let t = row as f32 / 3.0;
        let y = mix(0.755, 1.0, t * t * 0.85 + t * 0.15);
        let s = mix(0.080, 0.185, t * t * 0.7 + t * 0.3);
        for k in (0..6).rev() {
            for side in [-1.0, 1.0] {
                let x = cx + side * (mix(0.15, 0.36, t) + k as f32 * s * 0.78);
                if x > -0.1 && x < a + 0.1 {
                    chair(canvas, x, y, s, -side);
                }
            }
        }
    }
    Develop { contrast: 0.22, saturation: 1.1, vignette: 0.15, ..Develop::default() }
}

fn flute(canvas: &mut Canvas, x: f32, base: f32, s: f32, fill: f32, tilt: f32, seed: u64) {
    // Half-width of the bowl over its height: 0 at the bottom, 1 at the rim.
    let wide = |t: f32| 0.155 * crate::draw::math::powf(t.max(0.0), 0.42) * (1.0 - 0.20 * smooth(0.55, 1.0, t));
    let (low, high) = (-0.62, -1.75);
    let place = |u: f32, v: f32| {
        let (st, ct) = (sin(tilt), cos(tilt));
        (x + (u * ct - v * st) * s, base + (u * st + v * ct) * s)
    };
    let mut outline: Vec<(f32, f32)> =
        (0..=40).map(|i| i as f32 / 40.0).map(|t| place(-wide(t), mix(low, high, t))).collect();
    outline.extend((0..=40).rev().map(|i| i as f32 / 40.0).map(|t| place(wide(t), mix(low, high, t))));
    let behind = canvas.clone();
    let (st, ct) = (sin(tilt), cos(tilt));
    let bowl = Path::polygon(outline);
    canvas.fill(&bowl, move |px: f32, py: f32| {
        let (dx, dy) = ((px - x) / s, (py - base) / s);
        let (u, v) = (dx * ct + dy * st, dy * ct - dx * st);
        let t = (v - low) / (high - low);
        let w = wide(t).max(0.004);
        let q = (u / w).clamp(-1.0, 1.0);
        // A filled glass is a strong lens: what is behind appears mirrored.
        let level = fill + q * sin(tilt) * -0.06;
        let wet = smooth(level + 0.004, level - 0.004, t);
        let seen_dry = behind.sample(px + q * 0.01, py);
        let seen_wet = behind.sample(x - (px - x) * 2.6, py - 0.02);
        let gold = hex(0xffc85a).mix(hex(0xffe9a8), smooth(0.0, 0.9, t));
        let liquid = seen_wet.through(gold) * 1.15 + gold * (0.16 + 0.12 * (1.0 - q * q));
        let c = seen_dry.mix(liquid, wet);
        let rim = smooth(0.80, 1.0, q.abs());
        let shine = bell(q + 0.62, 0.10) * 0.55 + bell(q - 0.74, 0.06) * 0.35;
        let surface = bell(t - level, 0.006) * 0.6;
        c * (1.0 - 0.5 * rim) + hex(0xfff2d8) * ((shine * smooth(0.03, 0.2, t) + surface + rim * 0.12) * 0.8)
    });
    let mut rng = Rng::new(seed);
    for _ in 0..130 {
        let t = rng.f() * fill;
        let u = rng.range(-0.8, 0.8) * wide(t) * if rng.f() < 0.5 { 0.25 } else { 1.0 };
        let (bx, by) = place(u, mix(low, high, t));
        let r = s * rng.range(0.003, 0.008);
        canvas.fill_alpha(&Path::circle(bx, by, r), 0.55, hex(0xfff6d8) * 1.1);
    }
    let rim: Vec<_> =
        (0..=40).map(|i| i as f32 / 40.0 * TAU).map(|q| place(cos(q) * wide(1.0), high + sin(q) * 0.022)).collect();
    canvas.fill_alpha(&Path::stroke(&rim, |_| 0.0045 * s), 0.85, hex(0xfff4e0));
    let stem: Vec<_> = [(0.030, -0.625), (0.016, -0.55), (0.012, -0.30), (0.018, -0.08), (0.05, -0.02)].to_vec();
    let mut side: Vec<_> = spline(&stem, 6);
    let other: Vec<_> = side.iter().rev().map(|&(u, v)| (-u, v)).collect();
    side.extend(other);
    let stem = Path::polygon(side.into_iter().map(|(u, v)| place(u, v)));
    canvas.fill_alpha(&stem, 0.75, move |px: f32, py: f32| {
        let q = ((px - x) * ct + (py - base) * st) / s / 0.02;
        hex(0x8a6a58).mix(hex(0xfff0d8), bell(q + 0.3, 0.35) + bell(q - 0.8, 0.2) * 0.6)
    });
    let foot: Vec<_> = (0..40).map(|i| i as f32 / 40.0 * TAU).map(|q| place(cos(q) * 0.21, sin(q) * 0.035)).collect();
    canvas.fill_alpha(&Path::polygon(foot.clone()), 0.28, hex(0xffe8c8));
    canvas.fill_alpha(&Path::stroke(&foot, |_| 0.005 * s), 0.6, hex(0xfff0dc));
}

/// Two glasses meet before the sunset.
pub fn champagne(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    sea::golden_sky(canvas, 0.62, (a * 0.5, 0.50), 0.0, 11);
    sea::golden_sea(canvas, 0.62, 0.0, 11);
    canvas.blur(0.016);
    let mut rng = Rng::new(9);
    for i in 0..46 {
        let (u, _) = scatter(i);
        let y = 0.66 + 0.30 * rng.f();
        let close = bell(a * u - a * 0.5, 0.25);
        bokeh(
            canvas,
            a * u,
            y,
            rng.range(0.014, 0.038),
            hex(*rng.pick(&[0xffd080, 0xffb060, 0xfff0c0])) * (rng.range(0.08, 0.22) + 0.45 * close),
        );
    }
    canvas.bloom(0.85, 0.05, 0.4);
    flute(canvas, a * 0.5 - 0.235, 1.06, 0.50, 0.74, 0.17, 1);
    flute(canvas, a * 0.5 + 0.235, 1.06, 0.50, 0.70, -0.17, 2);
    let (kx, ky) = (a * 0.5, 0.222);
    canvas.glow(kx, ky, 0.09, hex(0xfff0c8) * 0.9);
    for _ in 0..26 {
        let angle = -TAU * 0.25 + rng.normal() * 0.8;
        let d = 0.02 + 0.10 * rng.f();
        let (dx, dy) = (kx + cos(angle) * d, ky + sin(angle) * d);
        canvas.fill_alpha(&Path::circle(dx, dy, rng.range(0.0015, 0.0048)), 0.9, hex(0xffeab8) * 1.3);
    }
    canvas.bloom(0.95, 0.025, 0.3);
    Develop { contrast: 0.3, vignette: 0.3, ..Develop::default() }
}

/// The dance floor: beams, haze, raised hands and a rain of confetti.
pub fn confetti(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let room = Ramp::new(&[(0.0, 0x0c0824), (0.5, 0x2c1450), (0.8, 0x6a2068), (1.0, 0x2a0c30)]);
    canvas.shade(|x, y| {
        let haze = 0.8 + 0.35 * fbm(x * 2.0, y * 2.4, 4, 3);
        room.at(y) * haze + hex(0xff5a9a) * (0.40 * bell(hypot((x - a * 0.5) * 0.7, y - 0.70), 0.26))
    });
    let beams: [(f32, f32, u32); 8] = [
        (0.10, 0.30, 0x40a0ff),
        (0.24, 0.05, 0xff4fa0),
        (0.38, 0.25, 0xffd060),
        (0.47, -0.12, 0x9a60ff),
        (0.55, 0.14, 0x50e0d0),
        (0.66, -0.26, 0xff8a40),
        (0.78, -0.05, 0x60a0ff),
        (0.92, -0.32, 0xff50b0),
    ];
    canvas.modify([0.0, 0.0, 1e3, 1.0], |x, y, c| {
        let mut sum = c;
        for (bx, lean, tone) in beams {
            let d = x - (a * bx + lean * a * 0.55 * y);
            let wide = 0.008 + 0.075 * y;
            let smoke = 0.75 + 0.5 * fbm(x * 3.0 + bx * 9.0, y * 3.0, 4, 8);
            sum += hex(tone) * (bell(d, wide) * 0.42 * smoke * smooth(1.05, 0.15, y));
        }
        sum
    });
    for (bx, _, tone) in beams {
        canvas.glow(a * bx, 0.0, 0.12, hex(tone) * 1.0);
        bokeh(canvas, a * bx, 0.012, 0.017, hex(tone).mix(hex(0xffffff), 0.6) * 1.5);
    }
    let mut rng = Rng::new(55);
    for (row, count, size, foot, tone) in
        [(0, 17, 0.28, 0.93, 0x3a1648), (1, 13, 0.37, 1.03, 0x1e0a2c), (2, 9, 0.50, 1.20, 0x08040f)]
    {
        for i in 0..count {
            let x = a * (i as f32 + 0.5 + rng.range(-0.25, 0.25)) / count as f32;
            let pose = figures::dancer(rng.range(-1.0, 1.0), rng.f() < 0.45);
            let turn = rng.range(-0.07, 0.07);
            let s = size * rng.range(0.92, 1.06);
            let place = pose.place_xy(x, foot, if rng.f() < 0.5 { s } else { -s }, s, turn);
            // A rim of light from behind, then the dark body.
            canvas.fill_alpha(&place.place(0.0, -0.0022, 1.0, 0.0), 0.55, hex(0xff7ab8) * (0.8 - 0.2 * row as f32));
            canvas.fill(&place, hex(tone));
        }
    }
    let tones = [0xffd24a, 0xff5a8c, 0x5ad0ff, 0x8aff9a, 0xffffff, 0xff8a3c, 0xc08aff];
    for i in 0..620 {
        let depth = rng.f();
        let s = mix(0.0035, 0.013, depth * depth * depth);
        let (x, y) = (a * rng.f(), rng.f());
        let squash = rng.range(0.15, 1.0);
        let piece = Path::rect(-1.0, -0.6 * squash, 1.0, 0.6 * squash).place(x, y, s, rng.f() * TAU);
        let shine = rng.range(0.55, 1.35);
        let color = hex(*rng.pick(&tones)) * shine;
        if i % 17 == 0 {
            let piece = piece.map(|(px, py)| (x + (px - x) * 2.6, y + (py - y) * 2.6));
            canvas.soft(&piece, 0.008, 0.75, color * 0.8);
        } else {
            canvas.fill_alpha(&piece, 0.95, color);
        }
    }
    canvas.bloom(0.75, 0.03, 0.4);
    Develop { contrast: 0.25, saturation: 1.1, vignette: 0.25, ..Develop::default() }
}
