//! Small lights in the dark: sky lanterns, fairy lights, a heart drawn with a sparkler.

use super::figures;
use super::water::{self, Water};
use crate::draw::math::{TAU, bell, cos, exp, hypot, mix, sin, smooth};
use crate::draw::noise::{Rng, fbm, line, scatter};
use crate::draw::path::spline;
use crate::draw::terrain;
use crate::draw::{Canvas, Develop, Path, Ramp, Rgb, hex};

fn sky_lantern(canvas: &mut Canvas, x: f32, y: f32, size: f32, blur: f32, tilt: f32) {
    let warm = hex(0xff9a3a);
    canvas.glow(x, y, size * 3.4, warm * 0.16);
    let body = Path::new()
        .move_to(-0.36, 0.62)
        .cubic((-0.46, 0.2), (-0.62, -0.2), (-0.50, -0.46))
        .cubic((-0.36, -0.72), (0.36, -0.72), (0.50, -0.46))
        .cubic((0.62, -0.2), (0.46, 0.2), (0.36, 0.62))
        .place(x, y, size, tilt);
    let paper = move |px: f32, py: f32| {
        let (u, v) = ((px - x) / size, (py - y) / size);
        let flame = exp(-(u * u * 3.5 + (v - 0.45) * (v - 0.45) * 1.9));
        let folds = 0.94 + 0.06 * sin(u * 22.0);
        let shell = hex(0xd0501c).mix(hex(0xffb452), smooth(-0.6, 0.5, v));
        (shell * 0.85 + hex(0xffe08a) * (1.25 * flame)) * (folds * (1.0 - 0.35 * u * u))
    };
    if blur > 0.0 {
        canvas.soft(&body, blur, 0.96, paper);
    } else {
        canvas.fill(&body, paper);
        canvas.fill_alpha(&Path::ellipse(0.0, 0.62, 0.36, 0.06).place(x, y, size, tilt), 0.9, hex(0xfff0b0) * 1.6);
    }
}

/// Hundreds of paper lanterns rising from the shore.
pub fn lanterns(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let h = 0.80;
    let sky = Ramp::new(&[(0.0, 0x0b1236), (0.5, 0x27306a), (0.8, 0x6a4a86), (1.0, 0xd98a86)]);
    canvas.band(0.0, h, |x, y| sky.at(y / h + fbm(x * 1.5, y * 4.0, 4, 3) * 0.06));
    super::sky::stars(canvas, [0.0, 0.0, a, 0.5], 260, 8, |_, y| smooth(0.5, 0.1, y) * 0.7);
    for (l, (tone, rise)) in [(0x5a477c, 0.11), (0x2e2a54, 0.06)].into_iter().enumerate() {
        let l = l as u32;
        terrain::ridge(
            canvas,
            |x| h - rise * (0.75 + line(x * 1.5 + l as f32 * 3.0, 6, 20 + l) * 1.3),
            |_, _, d| hex(tone).mix(hex(0xb87a8c), smooth(0.0, 0.12, d) * 0.45),
        );
    }
    let mut rng = Rng::new(5);
    let mut all: Vec<(f32, f32, f32)> = (0..150_u32)
        .map(|i| {
            let (u, v) = scatter(i);
            let depth = rng.f();
            let size = mix(0.006, 0.024, depth * depth * depth);
            let y = mix(0.04, 0.74, v) + (u - 0.5).abs() * 0.06;
            (a * (0.02 + 0.96 * u) + rng.normal() * 0.01, y, size)
        })
        .collect();
    all.extend([(a * 0.20, 0.30, 0.062), (a * 0.79, 0.20, 0.075), (a * 0.60, 0.44, 0.044), (a * 0.40, 0.13, 0.040)]);
    all.sort_by(|p, q| p.2.total_cmp(&q.2));
    for &(x, y, size) in &all {
        sky_lantern(canvas, x, y, size, 0.0, rng.range(-0.14, 0.14));
    }
    water::draw(canvas, Water { horizon: h, eye: 2.2, rough: 0.30, deep: hex(0x0c1030), time: 0.0, seed: 9 });
    // Two people let one more go.
    let (gx, gy) = (a * 0.44, 0.985);
    canvas.glow(gx + 0.05, 0.78, 0.24, hex(0xff9a40) * 0.20);
    canvas.fill(&figures::groom(-0.02).place(gx, gy, 0.20, 0.0), hex(0x0a0a1c));
    canvas.fill(&figures::bride(-0.01).place(gx + 0.075, gy, 0.20, 0.0), hex(0x191836));
    canvas.fill_alpha(&figures::veil().place(gx + 0.075, gy, 0.20, 0.0), 0.35, hex(0x8a7a9a));
    terrain::ridge(canvas, |x| 0.975 + line(x * 2.0, 4, 6) * 0.02, |_, _, _| hex(0x07081a));
    sky_lantern(canvas, a * 0.93, 0.62, 0.16, 0.012, 0.08);
    canvas.bloom(0.8, 0.03, 0.35);
    Develop { contrast: 0.25, vignette: 0.25, ..Develop::default() }
}

/// An out-of-focus point of light: an even disc with a brighter rim.
pub fn bokeh(canvas: &mut Canvas, x: f32, y: f32, r: f32, color: Rgb) {
    let edge = 1.5 / (canvas.unit() * r);
    canvas.light(x, y, r * 1.04, color, |d| {
        let d = d * 1.04;
        smooth(1.0, 1.0 - edge.max(0.03), d) * (0.62 + 0.38 * smooth(0.55, 0.98, d))
    });
}

/// Strings of bulbs: one in focus, the garden behind it a sea of discs.
pub fn fairy_lights(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let ground = Ramp::new(&[(0.0, 0x0a1a22), (0.5, 0x15343a), (0.8, 0x2c3a2c), (1.0, 0x3a2a1c)]);
    canvas.shade(|x, y| {
        let leaf = fbm(x * 2.2, y * 2.2, 3, 6);
        ground.at(y + leaf * 0.25) * (0.55 + 0.5 * smooth(-0.4, 0.5, leaf))
    });
    let mut rng = Rng::new(19);
    let tones = [0xffb45a, 0xffa03c, 0xffcf8a, 0xff8a4a, 0xffe0b0, 0xf07a60, 0x8fd0c0];
    for i in 0..95 {
        let (u, v) = scatter(i + 3);
        let r = mix(0.018, 0.082, rng.f() * rng.f() + 0.1);
        let power = mix(0.55, 0.10, smooth(0.02, 0.09, r)) * rng.range(0.5, 1.2);
        bokeh(canvas, a * u, 0.02 + 0.96 * v, r, hex(*rng.pick(&tones)) * power);
    }
    canvas.blur(0.0016);
    for (y0, y1, sag, bulbs, size, blur) in [(0.10, 0.02, 0.16, 9, 0.017, 0.006), (0.30, 0.22, 0.30, 8, 0.036, 0.0)] {
        let at = |t: f32| (a * (t * 1.1 - 0.05), mix(y0, y1, t) + sag * 4.0 * t * (1.0 - t));
        let wire: Vec<_> = (0..=60).map(|i| at(i as f32 / 60.0)).collect();
        let wire = Path::stroke(&wire, |_| 0.0032);
        if blur > 0.0 {
            canvas.soft(&wire, blur, 0.8, hex(0x0a0c0c));
        } else {
            canvas.fill(&wire, hex(0x141210));
        }
        for i in 0..bulbs {
            let (x, y) = at((i as f32 + 0.5) / bulbs as f32);
            bulb(canvas, x, y, size, blur);
        }
    }
    canvas.bloom(0.85, 0.05, 0.5);
    Develop { contrast: 0.25, vignette: 0.35, ..Develop::default() }
}

fn bulb(canvas: &mut Canvas, x: f32, y: f32, size: f32, blur: f32) {
    canvas.glow(x, y + size * 1.2, size * 5.5, hex(0xffa040) * 0.32);
    if blur > 0.0 {
        bokeh(canvas, x, y + size, size * 1.2, hex(0xffb050) * 1.1);
        return;
    }
    let cap = Path::rect(-0.26, 0.0, 0.26, 0.62).place(x, y, size, 0.0);
    let glass = Path::new()
        .move_to(-0.26, 0.6)
        .cubic((-0.36, 0.95), (-0.72, 1.05), (-0.70, 1.55))
        .cubic((-0.68, 2.2), (0.68, 2.2), (0.70, 1.55))
        .cubic((0.72, 1.05), (0.36, 0.95), (0.26, 0.6));
    canvas.fill_alpha(&glass.place(x, y, size, 0.0), 0.92, move |px: f32, py: f32| {
        let (u, v) = ((px - x) / size, (py - y) / size - 1.45);
        let d = hypot(u, v);
        let core = bell(d, 0.42);
        let rim = smooth(0.45, 0.72, d) * 0.35;
        hex(0xff9a30) * (0.55 + rim) + hex(0xffe9a8) * (2.2 * core)
    });
    let coil: Vec<_> = (0..=40)
        .map(|i| {
            let t = i as f32 / 40.0;
            (mix(-0.24, 0.24, t), 1.45 + 0.22 * sin(t * TAU * 3.0))
        })
        .collect();
    canvas.fill(&Path::stroke(&coil, |_| 0.045).place(x, y, size, 0.0), hex(0xfffbe8) * 3.0);
    canvas.fill_alpha(&Path::ellipse(-0.34, 1.25, 0.10, 0.24).place(x, y, size, 0.0), 0.55, hex(0xffffff));
    canvas.fill(&cap, move |px: f32, _: f32| hex(0x3a2a1c).mix(hex(0x8a6a48), bell(px - x + size * 0.08, size * 0.12)));
}

/// A heart of sparks between two people.
pub fn sparkler(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let sky = Ramp::new(&[(0.0, 0x0a0f2c), (0.5, 0x1c2250), (0.78, 0x4a3a6a), (1.0, 0x241a30)]);
    canvas.shade(|x, y| sky.at(y + fbm(x * 2.0, y * 3.0, 4, 2) * 0.05));
    let mut rng = Rng::new(3);
    for i in 0..26 {
        let x = a * (i as f32 + rng.f()) / 26.0;
        bokeh(
            canvas,
            x,
            0.80 + 0.05 * rng.normal() * 0.5,
            rng.range(0.012, 0.03),
            hex(*rng.pick(&[0xffb060, 0xff8a5a, 0xffd8a0, 0x9ab8ff])) * rng.range(0.12, 0.4),
        );
    }
    terrain::ridge(
        canvas,
        |x| 0.875 + line(x * 1.4, 4, 8) * 0.03,
        |_, _, d| hex(0x0c0a18).mix(hex(0x05050c), smooth(0.0, 0.1, d)),
    );
    let (cx, cy, s) = (a * 0.5, 0.37, 0.0158);
    let heart: Vec<_> = (0..=220)
        .map(|i| {
            let t = i as f32 / 220.0 * TAU;
            let st = sin(t);
            let (hx, hy) =
                (16.0 * st * st * st, 13.0 * cos(t) - 5.0 * cos(2.0 * t) - 2.0 * cos(3.0 * t) - cos(4.0 * t));
            (cx + hx * s, cy - hy * s)
        })
        .collect();
    canvas.glow(cx, cy, 0.62, hex(0xff8a3a) * 0.22);
    for &(x, y) in &heart {
        canvas.glow(x, y, 0.035, hex(0xffa040) * 0.16);
        for _ in 0..9 {
            let angle = rng.f() * TAU;
            let long = 0.012 + 0.075 * rng.f() * rng.f() * rng.f();
            let (dx, dy) = (cos(angle) * long, sin(angle) * long);
            let path = [(x + dx * 0.1, y + dy * 0.1), (x + dx * 0.6, y + dy * 0.6), (x + dx, y + dy + long * 0.25)];
            let streak = Path::stroke(&spline(&path, 3), |t| 0.0011 * (1.0 - 0.6 * t));
            canvas.fill_alpha(&streak, 0.75, hex(0xffc870) * rng.range(0.8, 2.2));
            if rng.f() < 0.14 {
                canvas.glow(x + dx * 1.1, y + dy * 1.1, 0.007, hex(0xfff0c0) * 1.4);
            }
        }
    }
    canvas.fill(&Path::stroke(&heart, |t| 0.0042 + 0.001 * sin(t * 90.0)), hex(0xfff4cf) * 3.0);
    let foot = 0.965;
    for (x, shape, tone) in [(cx - 0.13, figures::groom(0.10), 0x06060e), (cx + 0.13, figures::bride(0.09), 0x14101e)] {
        canvas.fill(&shape.place(x, foot, 0.40, 0.0), move |px: f32, _: f32| {
            hex(tone) + hex(0xff9a50) * (0.10 * bell(px - cx, 0.14))
        });
    }
    canvas.fill_alpha(&figures::veil().place(cx + 0.13, foot, 0.40, 0.0), 0.28, hex(0xd8a890));
    canvas.bloom(0.9, 0.03, 0.5);
    Develop { contrast: 0.2, vignette: 0.35, ..Develop::default() }
}
