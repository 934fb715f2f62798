//! Fields: lavender rows, poppies, balloons over a valley, dunes.

use super::sky;
use crate::draw::math::{TAU, bell, cos, fract, ifloor, mix, sin, smooth};
use crate::draw::noise::{Rng, fbm, hash01, line, noise};
use crate::draw::terrain::{self, View};
use crate::draw::{Canvas, Develop, Path, Ramp, hex};

/// Lavender rows running towards a low sun.
pub fn lavender(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let h = 0.40;
    let sky = Ramp::new(&[(0.0, 0x5670b0), (0.35, 0xa893c8), (0.7, 0xffb39a), (1.0, 0xffdda0)]);
    canvas.shade(|x, y| {
        let cover = sky::cover(x, y, h, 0.5, 91);
        let under = sky::cover(x, y + 0.018, h, 0.5, 91);
        let lit = (cover - under * 0.8).max(0.0);
        sky.at(y / h).mix(hex(0xb98fb4), cover * 0.5).mix(hex(0xffd2a0), lit)
    });
    sky::sun(canvas, a * 0.62, 0.335, 0.026, hex(0xffc27a) * 0.9);
    for (l, (tone, rise)) in [(0xb89ab8, 0.05), (0x8a7aa4, 0.03)].into_iter().enumerate() {
        terrain::ridge(
            canvas,
            |x| h - rise * (0.7 + line(x * 1.3 + l as f32 * 7.0, 5, 3 + l as u32)),
            |x, _, d| hex(tone).mix(hex(0xffc8a0), smooth(0.0, 0.05, d) * 0.5 + bell(x - a * 0.62, 0.3) * 0.4),
        );
    }
    let rows = 1.25;
    let view = View { horizon: h, eye: 1.75, focal: 1.15, near: 1.6, far: 240.0, step: 0.0032 };
    let row = |x: f32| {
        let t = fract((x + 0.15) / rows) - 0.5;
        (1.0 - t * t * 7.5).max(0.0)
    };
    let plants = |x: f32, z: f32| {
        let r = row(x + 0.05 * noise(x * 0.7, z * 0.5, 3));
        let tuft = noise(x * 5.0, z * 4.0, 5) * 0.5 + noise(x * 14.0, z * 11.0, 6) * smooth(40.0, 6.0, z);
        let spikes = noise(x * 42.0, z * 30.0, 7) * 0.09 * smooth(12.0, 2.0, z);
        r.sqrt() * (0.62 + 0.16 * tuft) + spikes * r
    };
    let light = (0.55, 0.35, 1.0);
    terrain::draw(canvas, view, plants, |g| {
        let r = row(g.x);
        let fine = noise(g.x * 30.0, g.z * 24.0, 11) * smooth(0.02, 0.003, g.detail);
        let tone = noise(g.x * 2.0, g.z * 1.2, 12) * 0.5 + 0.5;
        let flower = hex(0x5a3fa8).mix(hex(0x9a72dc), tone).mix(hex(0xd2a8f0), (fine * 0.7).max(0.0));
        let leaf = hex(0x3d5a34).mix(hex(0x6d8a48), tone);
        let soil = hex(0x8a6248).mix(hex(0x5c4034), 0.5 + 0.5 * fbm(g.x * 6.0, g.z * 6.0, 3, 2));
        let plant = leaf.mix(flower, smooth(0.24, 0.46, g.height));
        let base = soil.mix(plant, smooth(0.04, 0.16, g.height).max(r * 0.2));
        let sun = g.lit(light);
        let through = smooth(0.35, 0.75, g.height) * 0.55;
        let shade = 0.28 + 0.50 * smooth(0.0, 0.7, g.height);
        let lit = base.through(hex(0xb8a8d8) * shade + hex(0xffc890) * (sun * 1.2 + through * 0.7));
        let far = smooth(20.0, 220.0, g.z);
        lit.mix(hex(0xe0a8b4), far * 0.72)
    });
    canvas.bloom(0.85, 0.05, 0.35);
    Develop { contrast: 0.3, saturation: 1.1, ..Develop::default() }
}

struct Poppy {
    x: f32,
    z: f32,
    size: f32,
}

fn poppy(canvas: &mut Canvas, x: f32, y: f32, r: f32, blur: f32, rng: &mut Rng) {
    let tilt = rng.range(-0.4, 0.4);
    let open = rng.range(0.55, 0.85);
    let warm = hex(0xd8281a).mix(hex(0xf4582a), rng.f());
    let stem = [(x, y), (x + rng.range(-0.6, 0.6) * r, y + r * 3.0), (x + rng.range(-1.0, 1.0) * r, y + r * 7.0)];
    let stalk = Path::stroke(&crate::draw::path::spline(&stem, 8), |_| r * 0.07);
    canvas.fill_alpha(&stalk, 0.9, hex(0x58803a));
    // Two petals behind with the dark heart before them, two in front that the sun shines through.
    let petal = |wide: f32, tall: f32, phase: f32| {
        let points: Vec<_> = (0..14)
            .map(|i| {
                let t = i as f32 / 14.0 * TAU;
                // Crumpled at the rim, narrow at the foot.
                let rim = smooth(0.2, -0.9, sin(t));
                let ruffle = 1.0 + rim * (0.08 * sin(t * 6.0 + phase) + 0.05 * sin(t * 11.0 + phase * 2.0));
                (cos(t) * wide * ruffle * (1.0 - 0.45 * smooth(0.1, 1.0, sin(t))), (sin(t) - 0.75) * tall * ruffle)
            })
            .collect();
        Path::smooth(&points)
    };
    let phase = rng.f() * TAU;
    let (st, ct) = (sin(tilt), cos(tilt));
    for (lean, side, wide, tall, light) in [
        (-0.55, -0.30, 0.62, 0.62, 0.66),
        (0.55, 0.30, 0.62, 0.62, 0.74),
        (0.0, 0.0, 0.24, 0.20, 0.0),
        (-0.62, -0.26, 0.60, 0.44, 1.0),
        (0.62, 0.26, 0.60, 0.42, 1.12),
    ] {
        let path =
            petal(wide, tall * open * 1.5, phase + side * 9.0).place(x + side * r * 0.6, y + r * 0.3, r, tilt + lean);
        let paint = move |px: f32, py: f32| {
            let (dx, dy) = ((px - x) / r, (py - y - r * 0.3) / r);
            let (u, v) = (dx * ct + dy * st, dy * ct - dx * st);
            let d = (u * u + v * v).sqrt();
            let vein = noise(crate::draw::math::atan2(u, -v) * 9.0 + phase, d * 1.5, 8) * 0.10 * smooth(0.2, 0.8, d);
            if light == 0.0 {
                return hex(0x1c0a10).mix(hex(0x4a5a2c), smooth(0.16, 0.04, d));
            }
            let c = hex(0x7a0c12).mix(warm, smooth(0.05, 0.55, d)).mix(hex(0xff8456), smooth(0.72, 1.15, d) * 0.55);
            c * (light * (1.0 + vein))
        };
        if blur > 0.0012 {
            canvas.soft(&path, blur, 0.98, paint);
        } else {
            canvas.fill_alpha(&path, 0.98, paint);
        }
    }
}

/// Poppies in tall grass, focus on the middle distance.
pub fn poppies(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let h = 0.36;
    let sky = Ramp::new(&[(0.0, 0x6aa7dc), (0.6, 0xbcd9ea), (1.0, 0xf4ecd4)]);
    canvas.shade(|x, y| {
        let (cover, light) = sky::heap(x, y, 1.7, (a * 0.9, -0.3), 41);
        sky.at(y / h).mix(hex(0xc8d4de).mix(hex(0xffffff), light), cover * 0.75)
    });
    terrain::ridge(
        canvas,
        |x| h - 0.03 - 0.04 * line(x * 1.2, 4, 5),
        |x, y, d| hex(0x8fae98).mix(hex(0xc2cfae), smooth(0.0, 0.06, d) + fbm(x * 8.0, y * 20.0, 3, 4) * 0.2),
    );
    terrain::ridge(
        canvas,
        |x| h + 0.01 - 0.045 * (0.3 + line(x * 3.0, 6, 6)).max(0.0) - 0.012 * line(x * 26.0, 3, 2),
        |x, y, _| hex(0x4f7240).mix(hex(0x6f9152), 0.5 + fbm(x * 30.0, y * 30.0, 3, 5)),
    );
    canvas.blur(0.0035);
    let view = View { horizon: h, eye: 1.0, focal: 1.2, near: 0.9, far: 90.0, step: 0.005 };
    terrain::draw(
        canvas,
        view,
        |x, z| 0.10 * noise(x * 0.5, z * 0.5, 3) + 0.20 * noise(x * 22.0, z * 3.0, 4).abs() * smooth(30.0, 2.0, z),
        |g| {
            let blade = noise(g.x * 34.0, g.z * 3.0, 9) * 0.5 + 0.5;
            let patch = fbm(g.x * 0.5, g.z * 0.3, 4, 12) * 0.5 + 0.5;
            let green = hex(0x2f5a22).mix(hex(0x88a848), blade * 0.7).mix(hex(0xb8b060), patch * 0.3);
            let red = smooth(0.10, 0.45, fbm(g.x * 0.35, g.z * 0.18, 4, 30)) * smooth(6.0, 25.0, g.z);
            let dots = smooth(0.1, 0.5, noise(g.x * 5.0, g.z * 3.5, 31));
            let c = green.mix(hex(0xd23a26), red * (0.25 + 0.6 * dots));
            (c * (0.8 + 0.5 * smooth(0.0, 0.2, g.height))).mix(hex(0xd8dfc0), smooth(5.0, 90.0, g.z) * 0.5)
        },
    );
    let mut rng = Rng::new(14);
    let mut field: Vec<Poppy> = (0..520)
        .map(|_| {
            let t = rng.f();
            let z = 1.15 + 22.0 * t * t;
            Poppy { x: rng.range(-1.0, 1.0) * (z * 0.75 + 0.3), z, size: rng.range(0.05, 0.085) }
        })
        .collect();
    field.sort_by(|p, q| q.z.total_cmp(&p.z));
    for p in &field {
        let scale = view.focal / p.z;
        let (x, y) = (a * 0.5 + p.x * scale, h + (view.eye - rng.range(0.34, 0.62)) * scale);
        let blur = 0.010 * (1.0 / p.z - 1.0 / 2.6).abs();
        poppy(canvas, x, y, p.size * scale, if p.z < 1.9 { blur } else { 0.0 }, &mut rng);
        if p.z < 6.0 {
            for _ in 0..4 {
                let gx = x + rng.normal() * 0.12 * scale;
                let foot = h + view.eye * scale;
                let tip = foot - rng.range(0.3, 0.75) * scale;
                let sway = rng.range(-0.10, 0.10) * scale;
                let blade = Path::new()
                    .move_to(gx - 0.006 * scale, foot)
                    .quad((gx, (foot + tip) * 0.5), (gx + sway, tip))
                    .quad((gx + 0.01 * scale, (foot + tip) * 0.5), (gx + 0.006 * scale, foot));
                let green = hex(0x3f6a2a).mix(hex(0xa4bc5c), rng.f());
                canvas.fill_alpha(&blade, 0.85, green);
            }
        }
    }
    canvas.bloom(0.9, 0.04, 0.25);
    Develop { contrast: 0.25, saturation: 1.08, ..Develop::default() }
}

fn balloon(canvas: &mut Canvas, x: f32, y: f32, r: f32, colors: &[u32], sun_left: bool, haze: f32) {
    let air = hex(0xf4c8a4);
    let light = if sun_left { -0.55 } else { 0.55 };
    // Radius of the envelope by height: -1 at the crown, 1.32 at the mouth.
    let wide = |t: f32| {
        if t < 0.15 {
            (1.0 - (t - 0.15) * (t - 0.15) / 1.3225).max(0.0).sqrt()
        } else {
            mix(1.0, 0.16, smooth(0.05, 1.36, t))
        }
    };
    let edge = 1.2 / (canvas.unit() * r);
    canvas.paint([x - r * 1.05, y - r * 1.02, x + r * 1.05, y + r * 1.34], |px, py| {
        let (u, v) = ((px - x) / r, (py - y) / r);
        if !(-1.0..=1.32).contains(&v) {
            return (hex(0), 0.0);
        }
        let w = wide(v);
        let s = u / w.max(0.01);
        let alpha = smooth(w + edge, w - edge, u.abs());
        if alpha == 0.0 {
            return (hex(0), 0.0);
        }
        let s = s.clamp(-1.0, 1.0);
        // Gores are even on the balloon's girth, so they crowd at the rim.
        let girth = crate::draw::math::atan2(s, (1.0 - s * s).max(0.0).sqrt()) / TAU * 2.0 + 0.5;
        let gore = girth * 12.0;
        let stripe = colors[(ifloor(gore + 100.0) as usize) % colors.len()];
        let seam = bell(fract(gore) - 0.5, 0.35) * 0.22 + 0.82;
        let ring = v > 0.30 && v < 0.42;
        let base = if ring { hex(colors[1]) } else { hex(stripe) };
        let front = (1.0 - s * s).max(0.0).sqrt();
        let lambert = (s * light + front * 0.55 - v * 0.35 + 0.15).max(0.0);
        let glow = smooth(0.3, 1.3, v) * front * 0.35;
        let c = base * (seam * (0.30 + 1.05 * lambert)) + hex(0xffb050) * (glow * 0.4);
        (c.mix(air, haze), alpha)
    });
    let basket = Path::new()
        .move_to(-0.10, 1.55)
        .line_to(0.10, 1.55)
        .line_to(0.085, 1.72)
        .line_to(-0.085, 1.72)
        .place(x, y, r, 0.0);
    for s in [-1.0, 1.0] {
        let rope = Path::stroke(&[(s * 0.15, 1.30), (s * 0.09, 1.56)], |_| 0.010).place(x, y, r, 0.0);
        canvas.fill_alpha(&rope, 0.8, hex(0x4a3a30).mix(air, haze));
    }
    canvas.fill(&basket, hex(0x5c3a22).mix(air, haze));
}

/// Balloons over a misty valley at sunrise.
pub fn balloons(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let sky = Ramp::new(&[(0.0, 0x5c8fc8), (0.4, 0xb5c8dc), (0.68, 0xffd9b0), (1.0, 0xffc792)]);
    canvas.shade(|x, y| {
        let cover = sky::cover(x, y, 0.72, 0.55, 17);
        sky.at(y * 1.25).mix(hex(0xfff0e0), cover * 0.45)
    });
    sky::sun(canvas, a * 0.12, 0.60, 0.03, hex(0xffcb80) * 0.7);
    for l in 0..5_u32 {
        let t = l as f32 / 4.0;
        terrain::ridge(
            canvas,
            |x| {
                0.66 + 0.085 * l as f32
                    - mix(0.05, 0.06, t) * (line(x * mix(2.2, 1.2, t) + l as f32 * 5.0, 6, 60 + l) + 0.3)
                    - super::mountains::treeline(x, 0.008 + 0.010 * t, 0.038 * smooth(0.4, 1.0, t), l)
            },
            |x, y, d| {
                let tone = hex(0xb8aebf).blend(hex(0x33453a), smooth(0.0, 1.0, t));
                let mist = smooth(0.0, 0.12, d) * (0.6 + 0.5 * fbm(x * 2.5, y * 9.0, 4, l)) * 0.85;
                tone.mix(hex(0xffe0be), mist.clamp(0.0, 0.9))
                    .mix(hex(0xffd6a0), bell(x - a * 0.12, 0.5) * 0.4 * (1.0 - t * 0.6))
            },
        );
    }
    let sets: [&[u32]; 6] = [
        &[0xd8402c, 0xf6c244, 0xf28a2e],
        &[0x1f5f9c, 0xf4f0e4, 0x4aa0d0],
        &[0x7a3f96, 0xf0a8c0, 0xb860b0],
        &[0x2d8a6a, 0xf2e4a0, 0x64b88a],
        &[0xe86a86, 0xfff0e6, 0xf4a0a8],
        &[0xe0a02a, 0xc83a30, 0xf6dc80],
    ];
    for (x, y, r, set, haze) in [
        (0.84, 0.50, 0.022, 1, 0.50),
        (0.55, 0.47, 0.026, 4, 0.45),
        (0.10, 0.40, 0.030, 3, 0.42),
        (0.40, 0.19, 0.042, 2, 0.28),
        (0.93, 0.19, 0.050, 5, 0.22),
        (0.20, 0.25, 0.078, 1, 0.12),
        (0.74, 0.37, 0.085, 4, 0.10),
        (0.52, 0.36, 0.175, 0, 0.0),
    ] {
        balloon(canvas, a * x, y, r, sets[set], true, haze);
    }
    canvas.bloom(0.9, 0.04, 0.3);
    Develop { contrast: 0.25, saturation: 1.08, ..Develop::default() }
}

/// Dunes at the end of the day, wind ripples in front.
pub fn dunes(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let h = 0.40;
    let sky = Ramp::new(&[(0.0, 0x3a6aa6), (0.5, 0x93b4cf), (0.85, 0xf3d7b4), (1.0, 0xf8c894)]);
    canvas.shade(|x, y| {
        let wisp = smooth(0.05, 0.5, fbm(x * 0.8 + y, y * 5.0, 6, 7)) * smooth(0.4, 0.1, y);
        sky.at(y / h).mix(hex(0xfff2e2), wisp * 0.4)
    });
    sky::sun(canvas, a * 0.94, 0.22, 0.02, hex(0xffd9a0) * 0.35);
    let view = View { horizon: h, eye: 3.0, focal: 1.25, near: 2.2, far: 130.0, step: 0.004 };
    // A slip face: gentle on the windward side, steep on the lee side.
    let dune = |p: f32| {
        let t = fract(p);
        if t < 0.72 { smooth(0.0, 0.86, t) } else { smooth(1.0, 0.70, t) * 0.94 }
    };
    let shape = |x: f32, z: f32| {
        let wander = fbm(x * 0.05, z * 0.06, 3, 5);
        let big = dune(z * 0.052 + x * 0.040 + wander * 1.1) * (1.6 + smooth(8.0, 60.0, z) * 2.8);
        let small = dune(x * 0.16 - z * 0.10 + wander * 2.0) * 0.55;
        (big + small) * smooth(0.5, 9.0, z) + 0.25 * fbm(x * 0.2, z * 0.2, 2, 9)
    };
    let light = (0.95, 0.34, 0.15);
    terrain::draw(canvas, view, shape, |g| {
        let bend = noise(g.x * 0.7, g.z * 0.7, 21) * 0.8 + noise(g.x * 2.2, g.z * 2.2, 22) * 0.18;
        let ripple = sin((g.x * 7.0 + g.z * 3.2 + bend * 3.0) * 2.4) * smooth(0.035, 0.006, g.detail);
        let sun = (g.lit(light) * (1.0 + ripple * 0.16)).min(1.0);
        let lit = smooth(0.10, 0.75, sun);
        let grain = 1.0 + (hash01((g.x * 300.0) as i32, (g.z * 300.0) as i32, 3) - 0.5) * 0.06;
        let shade = hex(0x6b3a34).mix(hex(0x8a5a58), smooth(10.0, 100.0, g.z));
        let gold = hex(0xe89a4a).mix(hex(0xffcf88), smooth(0.5, 1.0, sun));
        (shade.mix(gold, lit) * (grain + ripple * 0.05)).mix(hex(0xf2cfa8), smooth(15.0, 130.0, g.z) * 0.55)
    });
    caravan(canvas, a * 0.30, h + 0.015, 0.05);
    Develop { contrast: 0.35, saturation: 1.08, ..Develop::default() }
}

/// Camels on the crest, small and far.
fn caravan(canvas: &mut Canvas, x: f32, y: f32, size: f32) {
    let camel = Path::smooth(&[
        (-0.42, -0.62),
        (-0.20, -0.70),
        (-0.05, -0.98),
        (0.10, -0.72),
        (0.28, -0.66),
        (0.42, -0.86),
        (0.52, -1.05),
        (0.66, -1.03),
        (0.66, -0.96),
        (0.55, -0.92),
        (0.46, -0.62),
        (0.34, -0.46),
        (-0.38, -0.44),
    ]);
    let leg = |lx: f32, lean: f32| {
        Path::polygon([(lx - 0.05, -0.5), (lx + 0.05, -0.5), (lx + 0.03 + lean, 0.0), (lx - 0.03 + lean, 0.0)])
    };
    let whole = camel.and(leg(-0.32, -0.05)).and(leg(-0.22, 0.06)).and(leg(0.24, -0.06)).and(leg(0.33, 0.05));
    for i in 0..5 {
        let (cx, cy) = (x + i as f32 * size * 1.25, y - 0.004 * i as f32 + 0.002 * sin(i as f32 * 2.0));
        canvas.fill_alpha(&whole.place(cx, cy, size * (0.55 + 0.02 * (i % 2) as f32), 0.0), 0.9, hex(0x3a2026));
    }
}
