//! Gardens: koi in a pond, a red bridge in cherry-blossom time.

use super::water::{self, Water};
use crate::draw::math::{TAU, atan2, bell, cos, fract, hypot, mix, sin, smooth};
use crate::draw::noise::{Rng, cells, fbm, line, noise};
use crate::draw::path::spline;
use crate::draw::terrain;
use crate::draw::{Canvas, Develop, Path, Ramp, hex};

fn koi(canvas: &mut Canvas, x: f32, y: f32, size: f32, turn: f32, bend: f32, seed: u32) {
    // The backbone, head first; half-widths along it.
    let spine: Vec<(f32, f32)> = (0..=24)
        .map(|i| {
            let t = i as f32 / 24.0;
            (-0.5 + t, bend * sin(t * 4.4 + 0.5) * t * t * 0.55)
        })
        .collect();
    let wide = |t: f32| {
        0.118
            * (1.0 - (1.0 - t * 4.0).max(0.0) * (1.0 - t * 4.0).max(0.0)).max(0.0).sqrt()
            * (1.0 - 0.86 * smooth(0.28, 1.0, t))
    };
    let put = |p: &Path| p.place(x, y, size, turn);
    let tail_at = spine[24];
    let lean = bend * 0.5;
    let tail = Path::new()
        .move_to(tail_at.0 - 0.03, tail_at.1)
        .cubic(
            (tail_at.0 + 0.10, tail_at.1 - 0.10 + lean * 0.3),
            (tail_at.0 + 0.20, tail_at.1 - 0.17 + lean * 0.5),
            (tail_at.0 + 0.27, tail_at.1 - 0.13 + lean),
        )
        .cubic(
            (tail_at.0 + 0.20, tail_at.1 - 0.02 + lean * 0.6),
            (tail_at.0 + 0.20, tail_at.1 + 0.02 + lean * 0.6),
            (tail_at.0 + 0.26, tail_at.1 + 0.15 + lean),
        )
        .cubic(
            (tail_at.0 + 0.18, tail_at.1 + 0.15 + lean * 0.4),
            (tail_at.0 + 0.08, tail_at.1 + 0.08),
            (tail_at.0 - 0.03, tail_at.1),
        );
    let fin = |s: f32, from: f32, long: f32| {
        let at = spine[(from * 24.0) as usize];
        let w = wide(from) * 0.85;
        Path::new()
            .move_to(at.0, at.1 + s * w)
            .cubic(
                (at.0 + 0.02, at.1 + s * (w + long * 0.6)),
                (at.0 + long * 0.6, at.1 + s * (w + long)),
                (at.0 + long * 1.1, at.1 + s * (w + long * 0.7)),
            )
            .cubic(
                (at.0 + long * 0.8, at.1 + s * (w + long * 0.4)),
                (at.0 + long * 0.6, at.1 + s * w),
                (at.0 + 0.06, at.1 + s * w),
            )
    };
    let body = Path::stroke(&spine, wide);
    let shadow = body.clone().and(tail.clone());
    canvas.soft(&shadow.place(x + size * 0.10, y + size * 0.16, size, turn), size * 0.05, 0.42, hex(0x02141a));
    let veil = hex(0xffe4d0);
    for p in [tail, fin(1.0, 0.25, 0.16), fin(-1.0, 0.25, 0.16), fin(1.0, 0.58, 0.09), fin(-1.0, 0.58, 0.09)] {
        canvas.fill_alpha(&put(&p), 0.62, move |px: f32, py: f32| {
            veil * (0.85 + 0.18 * noise(px * 60.0 / size * 0.3, py * 60.0 / size * 0.3, 5))
        });
    }
    let (st, ct) = (sin(turn), cos(turn));
    let kind = seed % 4;
    canvas.fill(&put(&body), move |px: f32, py: f32| {
        let (dx, dy) = ((px - x) / size, (py - y) / size);
        let (u, v) = (dx * ct + dy * st, dy * ct - dx * st);
        let t = u + 0.5;
        let mid = bend * sin(t * 4.4 + 0.5) * t * t * 0.55;
        let q = ((v - mid) / wide(t.clamp(0.02, 1.0)).max(0.01)).clamp(-1.0, 1.0);
        let patch = fbm(u * 4.2 + seed as f32 * 5.0, v * 5.0, 3, seed);
        let ink = fbm(u * 5.0 + 9.0, v * 6.0 + seed as f32, 3, seed + 50);
        let (base, mark) = match kind {
            0 => (hex(0xfdf4e8), hex(0xe8481c)),
            1 => (hex(0xf2a020), hex(0xf8d070)),
            2 => (hex(0xfdf6ee), hex(0xd83018)),
            _ => (hex(0xe85a1c), hex(0xfff0dc)),
        };
        let mut c = base.mix(mark, smooth(0.02, 0.08, patch));
        if kind == 2 {
            c = c.mix(hex(0x1c1a22), smooth(0.16, 0.22, ink));
        }
        let scale = (fract(u * 34.0 + 0.5 * ((v * 34.0) as i32 & 1) as f32) - 0.5) * (fract(v * 34.0) - 0.5);
        let round = (1.0 - q * q * 0.62) * (1.0 + 0.12 * scale);
        let gloss = bell(q + 0.28, 0.16) * 0.30;
        c * round + hex(0xffffff) * (gloss * smooth(0.95, 0.5, t))
    });
    for s in [-1.0, 1.0] {
        let at = spine[3];
        canvas.fill(&put(&Path::circle(at.0 - 0.02, at.1 + s * 0.072, 0.011)), hex(0x140c0c));
    }
}

fn lily_pad(canvas: &mut Canvas, x: f32, y: f32, r: f32, turn: f32) {
    let points: Vec<(f32, f32)> = (0..=44)
        .map(|i| mix(0.22, TAU - 0.22, i as f32 / 44.0))
        .map(|q| (cos(q + turn), sin(q + turn)))
        .chain([(0.10 * cos(turn), 0.10 * sin(turn))])
        .map(|(u, v)| (x + u * r, y + v * r))
        .collect();
    let pad = Path::polygon(points);
    canvas.soft(&pad.place(r * 0.18, r * 0.24, 1.0, 0.0), r * 0.10, 0.45, hex(0x02141a));
    canvas.fill(&pad, move |px: f32, py: f32| {
        let (u, v) = ((px - x) / r, (py - y) / r);
        let (d, q) = (hypot(u, v), atan2(v, u) - turn);
        let vein = bell(fract(q / TAU * 13.0) - 0.5, 0.045 / d.max(0.1)) * 0.22 * smooth(0.05, 0.3, d);
        let light = 0.80 + 0.25 * smooth(0.8, -0.8, u + v) + 0.10 * fbm(u * 4.0 + x * 9.0, v * 4.0, 3, 6);
        let c = hex(0x2f6a34).mix(hex(0x74a24a), d * 0.7 + vein);
        (c * light).mix(hex(0xa8b86a), smooth(0.93, 1.0, d) * 0.6)
    });
}

fn water_lily(canvas: &mut Canvas, x: f32, y: f32, r: f32) {
    canvas.soft(&Path::circle(x + r * 0.3, y + r * 0.4, r * 0.9), r * 0.3, 0.4, hex(0x02141a));
    for ring in 0..4 {
        let count = 9 - ring;
        for i in 0..count {
            let q = (i as f32 + 0.5 * ring as f32) / count as f32 * TAU;
            let long = r * mix(1.0, 0.42, ring as f32 / 3.0);
            let petal = Path::new()
                .move_to(0.0, 0.0)
                .cubic((0.3, -0.26), (0.75, -0.22), (1.0, 0.0))
                .cubic((0.75, 0.22), (0.3, 0.26), (0.0, 0.0))
                .place(x, y, long, q);
            canvas.fill_alpha(&petal.place(0.0, r * 0.03, 1.0, 0.0), 0.25, hex(0x602040));
            canvas.fill(&petal, move |px: f32, py: f32| {
                let d = hypot(px - x, py - y) / long;
                hex(0xd8608c).mix(hex(0xffeef2), smooth(0.1, 0.85, d)) * (0.92 - 0.10 * sin(q + 0.6))
            });
        }
    }
    canvas.fill(&Path::circle(x, y, r * 0.17), hex(0xffc83a));
}

/// A pond seen from the bridge.
pub fn koi_pond(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    canvas.shade(|x, y| {
        let warp = fbm(x * 2.0, y * 2.0, 3, 3) * 0.5;
        let stones = cells(x * 7.0 + warp, y * 7.0, 0.9, 8);
        let bed = hex(0x0c3a40).mix(hex(0x1f5c58), 0.5 + 0.7 * fbm(x * 1.3, y * 1.3, 4, 5));
        let bed = bed * (0.80 + 0.35 * smooth(0.6, 0.1, stones.near) * (0.5 + (stones.id & 255) as f32 / 510.0));
        let net = cells(x * 11.0 + warp * 3.0, y * 11.0 + warp * 2.0, 0.95, 12);
        bed + hex(0x7ad8c0) * (bell(net.second - net.near, 0.10) * 0.10)
    });
    canvas.blur(0.0025);
    let fish = [
        (0.30, 0.34, 0.36, 0.5, 0.35, 4),
        (0.60, 0.58, 0.40, 3.6, -0.35, 2),
        (0.40, 0.78, 0.30, -0.35, 0.3, 3),
        (0.78, 0.24, 0.28, 2.4, 0.3, 1),
        (0.16, 0.64, 0.26, 1.7, -0.3, 8),
        (0.88, 0.80, 0.24, 4.2, 0.3, 7),
        (0.52, 0.14, 0.20, 0.1, -0.3, 6),
    ];
    for (x, y, size, turn, bend, seed) in fish {
        koi(canvas, a * x, y, size, turn, bend, seed);
    }
    canvas.modify([0.0, 0.0, 1e3, 1.0], |x, y, c| {
        // The surface: rings from two drops, and a little of the sky.
        let mut glint = 0.0;
        for (rx, ry, reach) in [(a * 0.46, 0.44, 0.30), (a * 0.82, 0.52, 0.2)] {
            let d = hypot(x - rx, (y - ry) * 1.05);
            glint += sin(d * 150.0) * smooth(reach, 0.02, d) * smooth(0.0, 0.02, d) * 0.10;
        }
        let gleam = smooth(0.1, 0.6, fbm(x * 1.1 + 4.0, y * 2.2, 4, 31)) * 0.16;
        c.mix(hex(0xbfe4ee), (gleam + glint).clamp(0.0, 0.5))
    });
    for (x, y, r, turn) in [
        (0.07, 0.16, 0.115, 0.4),
        (0.17, 0.08, 0.075, 2.4),
        (0.02, 0.34, 0.07, 5.0),
        (0.93, 0.10, 0.10, 2.0),
        (0.985, 0.26, 0.075, 3.4),
        (0.93, 0.93, 0.12, 4.0),
        (0.82, 0.98, 0.07, 5.2),
        (0.05, 0.92, 0.10, 0.9),
        (0.15, 0.985, 0.06, 0.1),
        (0.66, 0.93, 0.05, 1.0),
    ] {
        lily_pad(canvas, a * x, y, r, turn);
    }
    water_lily(canvas, a * 0.115, 0.185, 0.062);
    water_lily(canvas, a * 0.905, 0.885, 0.070);
    let mut rng = Rng::new(2);
    for _ in 0..46 {
        let petal = Path::ellipse(0.0, 0.0, 0.0075, 0.005).place(a * rng.f(), rng.f(), 1.0, rng.f() * TAU);
        canvas.soft(&petal.place(0.004, 0.006, 1.0, 0.0), 0.003, 0.4, hex(0x02141a));
        canvas.fill(&petal, hex(0xffd8e0) * rng.range(0.85, 1.05));
    }
    Develop { contrast: 0.3, saturation: 1.1, vignette: 0.3, ..Develop::default() }
}

/// A cloud of blossom round `(x, y)`.
fn blossom(canvas: &mut Canvas, x: f32, y: f32, spread: (f32, f32), count: usize, size: f32, seed: u64) {
    let mut rng = Rng::new(seed);
    for i in 0..count {
        let depth = i as f32 / count as f32;
        let (px, py) = (x + rng.normal() * spread.0, y + rng.normal() * spread.1);
        let tone = hex(0xc86a8e)
            .mix(hex(0xffe8f0), (depth * 0.85 + rng.range(-0.15, 0.25) - (py - y) / spread.1 * 0.12).clamp(0.0, 1.0));
        let s = size * rng.range(0.5, 1.1);
        canvas.fill_alpha(&Path::ellipse(0.0, 0.0, s, s * 0.75).place(px, py, 1.0, rng.f() * TAU), 0.85, tone);
    }
}

/// A red bridge in cherry-blossom time, mirrored.
pub fn bridge(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let h = 0.64;
    let back = Ramp::new(&[(0.0, 0xcfe0ea), (0.45, 0xe8e6e4), (1.0, 0xf6e6dc)]);
    canvas.band(0.0, h, |_, y| back.at(y / h));
    for (l, (rise, tone)) in [(0.30, 0xb4c6c8), (0.20, 0x8fae9e), (0.12, 0x5f8a68)].into_iter().enumerate() {
        let l = l as u32;
        terrain::ridge(
            canvas,
            |x| h - rise * (0.8 + line(x * 1.6 + l as f32 * 4.0, 5, 30 + l) * 0.9) - 0.012 * line(x * 30.0, 3, 5),
            |x, y, d| {
                hex(tone).mix(hex(0xf2ece4), smooth(0.0, 0.2, d) * 0.6) * (0.95 + 0.16 * fbm(x * 22.0, y * 22.0, 4, l))
            },
        );
    }
    let mut rng = Rng::new(8);
    for _ in 0..26 {
        let (x, y) = (a * rng.f(), h - rng.range(0.01, 0.09));
        let r = rng.range(0.03, 0.07);
        let tone = hex(*rng.pick(&[0x5c8a4c, 0x7aa45a, 0x3f6e44, 0xd890a8, 0xe8a8bc]));
        let bush: Vec<_> = (0..14)
            .map(|i| i as f32 / 14.0 * TAU)
            .map(|q| (x + cos(q) * r * rng.range(0.85, 1.15), y + sin(q) * r * 0.7))
            .collect();
        canvas.fill(&Path::smooth(&bush), move |px: f32, py: f32| {
            tone * (0.75 + 0.3 * smooth(y + r, y - r, py) + 0.25 * noise(px * 70.0, py * 70.0, 4))
        });
    }
    let trunk = spline(&[(a * 1.02, 0.75), (a * 0.93, 0.52), (a * 0.95, 0.30), (a * 0.86, 0.12), (a * 0.70, 0.03)], 10);
    canvas.fill(&Path::stroke(&trunk, |t| 0.036 * (1.0 - 0.85 * t)), |px: f32, py: f32| {
        hex(0x4a3434) * (0.8 + 0.5 * noise(px * 60.0, py * 22.0, 5))
    });
    let limb = spline(&[(a * 0.94, 0.38), (a * 0.84, 0.30), (a * 0.72, 0.28), (a * 0.60, 0.22)], 10);
    canvas.fill(&Path::stroke(&limb, |t| 0.014 * (1.0 - 0.8 * t)), hex(0x4a3434));
    for (x, y, sx, sy, n) in [
        (0.86, 0.06, 0.10, 0.05, 520),
        (0.68, 0.05, 0.10, 0.035, 420),
        (0.95, 0.22, 0.06, 0.06, 380),
        (0.66, 0.25, 0.07, 0.030, 300),
        (0.80, 0.31, 0.06, 0.026, 240),
        (0.50, 0.02, 0.08, 0.025, 220),
    ] {
        blossom(canvas, a * x, y, (sx, sy), n, 0.0085, (x * 100.0) as u64);
    }
    // The bridge: deck, posts, rails follow one arc.
    let (x0, x1, foot) = (a * 0.10, a * 0.78, h + 0.005);
    let arc =
        |t: f32, lift: f32| (mix(x0, x1, t), foot - 0.02 - 0.165 * (1.0 - (2.0 * t - 1.0) * (2.0 * t - 1.0)) - lift);
    let red = |k: f32| hex(0xc8281c) * k;
    let follow = |lift: f32| -> Vec<(f32, f32)> { (0..=60).map(|i| arc(i as f32 / 60.0, lift)).collect() };
    for i in 0..5 {
        let t = 0.16 + 0.17 * i as f32;
        let (px, py) = arc(t, 0.0);
        canvas.fill(&Path::rect(px - 0.009, py, px + 0.009, foot + 0.01), red(0.55));
    }
    canvas.fill(&Path::stroke(&follow(0.012), |_| 0.017), |_: f32, py: f32| {
        hex(0xa01c14) * (0.7 + 0.5 * smooth(h, h - 0.2, py))
    });
    canvas.fill(&Path::stroke(&follow(0.028), |_| 0.005), red(1.25));
    for (lift, w, k) in [(0.066, 0.0042, 0.95), (0.100, 0.0075, 1.2)] {
        canvas.fill(&Path::stroke(&follow(lift), |_| w), red(k));
    }
    for i in 0..=14 {
        let t = i as f32 / 14.0;
        let (px, py) = arc(t, 0.0);
        let big = i % 7 == 0;
        let (w, tall) = if big { (0.011, 0.135) } else { (0.006, 0.104) };
        canvas.fill(&Path::rect(px - w, py - tall, px + w, py), move |qx: f32, _: f32| {
            red(0.8 + 0.5 * bell((qx - px) / w + 0.3, 0.5))
        });
        if big {
            canvas.fill(
                &Path::smooth(&[(px - w * 1.4, py - tall), (px, py - tall - 0.030), (px + w * 1.4, py - tall)]),
                hex(0x2a2420),
            );
        }
    }
    terrain::ridge(
        canvas,
        |x| {
            h + 0.06 * smooth(a * 0.13, a * 0.0, (x - a * 0.02).abs()).min(0.0)
                - 0.030 * bell(x - a * 0.03, a * 0.10)
                - 0.025 * bell(x - a * 0.84, a * 0.09)
        },
        |x, y, _| hex(0x55693c) * (0.8 + 0.5 * fbm(x * 24.0, y * 40.0, 4, 7)),
    );
    water::draw(canvas, Water { horizon: h, eye: 3.0, rough: 0.20, deep: hex(0x1c3a34), time: 0.0, seed: 9 });
    for _ in 0..240 {
        let t = rng.f();
        let (px, py) = (a * rng.f(), h + 0.02 + (1.0 - h) * t);
        canvas.fill_alpha(
            &Path::ellipse(0.0, 0.0, 0.002 + 0.0055 * t, 0.001 + 0.0022 * t).place(px, py, 1.0, 0.1),
            0.85,
            hex(0xffdce6),
        );
    }
    for _ in 0..70 {
        let petal = Path::ellipse(0.0, 0.0, 0.005, 0.003).place(a * rng.f(), rng.f(), 1.0, rng.f() * TAU);
        canvas.fill_alpha(&petal, 0.8, hex(0xffd8e4));
    }
    blossom(canvas, a * 0.06, 0.03, (0.09, 0.035), 200, 0.016, 71);
    canvas.bloom(0.9, 0.04, 0.25);
    Develop { contrast: 0.25, vignette: 0.2, ..Develop::default() }
}
