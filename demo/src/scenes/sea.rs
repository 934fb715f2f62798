//! The sea: sunset coast, moonlight, sails, and a beach seen from the air.

use super::{sky, water};
use crate::draw::math::{bell, smooth};
use crate::draw::noise::{Rng, cells, fbm, line};
use crate::draw::path::spline;
use crate::draw::terrain;
use crate::draw::{Canvas, Develop, Path, Ramp, hex, rgb};
use water::Water;

/// The sky at golden hour, which several scenes use. The sun is at `(sx, sy)`.
pub fn golden_sky(canvas: &mut Canvas, horizon: f32, (sx, sy): (f32, f32), time: f32, seed: u32) {
    let sky = Ramp::new(&[(0.0, 0x2d3f78), (0.30, 0x6d5f9a), (0.55, 0xd9828a), (0.80, 0xffac6b), (1.0, 0xffd98c)]);
    canvas.band(0.0, horizon, |x, y| {
        let t = y / horizon;
        let drift = x + time * 0.004;
        let cover = sky::cover(drift, y, horizon, 0.55, seed);
        let under = sky::cover(drift + (sx - x) * 0.05, y + 0.02, horizon, 0.55, seed);
        let lit = (cover - under * 0.75).max(0.0);
        let near = bell(x - sx, 0.7);
        let body = sky.at(t * 0.85).mix(hex(0x5b4a72), 0.55);
        let edge = hex(0xff9a66).mix(hex(0xffd28a), near) * (0.75 + 0.6 * near);
        sky.at(t).mix(body, cover * 0.75).mix(edge, (lit * 1.5).min(0.85))
    });
    sky::sun(canvas, sx, sy, 0.028, hex(0xffb866));
}

/// The sea under [`golden_sky`].
pub fn golden_sea(canvas: &mut Canvas, horizon: f32, time: f32, seed: u32) {
    water::draw(canvas, Water { horizon, eye: 4.0, rough: 0.8, deep: hex(0x12304a), time, seed });
}

/// The coast at sunset: headlands, glitter, a wet rock or two.
pub fn sunset(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    golden_sky(canvas, 0.56, (a * 0.56, 0.485), 0.0, 7);
    for (side, seed, reach, tall) in [(0.0, 31, 0.62, 0.22), (1.0, 47, 0.42, 0.15)] {
        let top = |x: f32| {
            let t = ((x - side * a).abs() / reach).min(1.2);
            let rock = line(x * 7.0, 6, seed) * 0.045 + line(x * 30.0, 3, seed) * 0.012;
            let drop = smooth(1.0, 0.0, t);
            0.566 - (tall * drop + rock * smooth(0.0, 0.35, drop)) + 0.01 * smooth(0.9, 1.0, t)
        };
        let warm = hex(0x8a4a3c);
        terrain::ridge(canvas, top, |x, y, depth| {
            let rim = bell(depth, 0.012);
            let tex = fbm(x * 16.0, y * 26.0, 4, seed) * 0.5 + 0.5;
            let c = hex(0x1b1726).mix(hex(0x40303c), tex * 0.7).mix(warm, rim * 0.7);
            c.mix(hex(0xff9a6a), bell(x - a * 0.56, 0.5) * 0.25)
        });
    }
    golden_sea(canvas, 0.56, 0.0, 7);
    super::mountains::birds(canvas, a * 0.36, 0.24, 7, 0.017);
    canvas.bloom(0.9, 0.035, 0.35);
    Develop { contrast: 0.35, ..Develop::default() }
}

/// Full moon over a calm sea.
pub fn moonlight(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let h = 0.60;
    let (mx, my) = (a * 0.5, 0.26);
    let sky = Ramp::new(&[(0.0, 0x070c22), (0.5, 0x14244c), (0.85, 0x2e4a78), (1.0, 0x4d6a92)]);
    canvas.band(0.0, h, |x, y| {
        let cover = sky::cover(x, y, h, 0.8, 23);
        let thin = sky::cover(x + 0.01, y - 0.012, h, 0.8, 23);
        let d = ((x - mx) * (x - mx) + (y - my) * (y - my)).sqrt();
        let silver = hex(0xaec4ee) * (bell(d, 0.33) * 1.1 + 0.10);
        let edge = (cover - thin).abs() * 1.8;
        sky.at(y / h).mix(hex(0x1b2848), cover * 0.7) + silver * ((cover * 0.35 + edge) * bell(d, 0.6))
    });
    sky::stars(canvas, [0.0, 0.0, a, h * 0.8], 700, 4, |x, y| {
        0.7 - sky::cover(x, y, h, 0.8, 23) - bell(x - mx, 0.2) * 0.6
    });
    sky::moon(canvas, mx, my, 0.068);
    let mut bright = canvas.clone();
    // The mirror sees a moon many times brighter than the sensor can keep.
    bright.glow(mx, my, 0.16, hex(0xe8ecff) * 14.0);
    water::draw(&mut bright, Water { horizon: h, eye: 5.0, rough: 0.75, deep: hex(0x040b1c), time: 0.0, seed: 5 });
    let start = (h * canvas.h as f32) as usize * canvas.w;
    canvas.px[start..].copy_from_slice(&bright.px[start..]);
    let islands =
        |x: f32| h + 0.002 - 0.05 * smooth(0.1, 0.9, line(x * 2.2 + 1.0, 5, 3) + 0.45) * bell(x - a * 0.12, 0.35);
    canvas.fill(&Path::under(0.0, a * 0.5, 400, h + 0.003, islands), hex(0x0a1430));
    canvas.bloom(0.8, 0.03, 0.3);
    Develop { contrast: 0.3, vignette: 0.35, ..Develop::default() }
}

fn yacht(canvas: &mut Canvas, x: f32, y: f32, size: f32, heel: f32, stripe: u32) {
    let put = |p: &Path| p.place(x, y, size, heel);
    let hull = Path::new()
        .move_to(-0.30, -0.06)
        .quad((0.0, -0.045), (0.36, -0.085))
        .quad((0.30, 0.02), (0.20, 0.03))
        .line_to(-0.22, 0.03)
        .quad((-0.28, 0.0), (-0.30, -0.06));
    let main =
        Path::new().move_to(0.005, -1.0).quad((-0.20, -0.5), (-0.30, -0.13)).quad((-0.15, -0.10), (0.005, -0.12));
    let jib = Path::new().move_to(0.02, -0.93).quad((0.13, -0.5), (0.33, -0.11)).quad((0.16, -0.13), (0.03, -0.16));
    // A broken mirror image first, then the boat itself.
    let mirror = |p: &Path| p.place_xy(x, y + 0.03 * size, size, -size * 0.5, heel);
    canvas.soft(&mirror(&main), 0.006 * size + 0.002, 0.30, hex(0xdfeef0));
    canvas.soft(&mirror(&hull), 0.004, 0.55, hex(0x1d4f6b));
    canvas.fill(&put(&hull), |_: f32, py: f32| {
        hex(0xfdfdfb).mix(hex(0x9db3c4), smooth(y - 0.05 * size, y + 0.03 * size, py))
    });
    let line = Path::stroke(&[(-0.27, -0.028), (0.33, -0.05)], |_| 0.011);
    canvas.fill(&put(&line), hex(stripe));
    canvas.fill(&put(&Path::stroke(&[(0.012, -1.02), (0.012, -0.05)], |_| 0.008)), hex(0x8d8478));
    canvas.fill(&put(&main), |px: f32, _: f32| hex(0xe2e6e8).mix(hex(0xfffdf6), smooth(x - 0.28 * size, x, px)));
    canvas.fill(&put(&jib), |px: f32, _: f32| {
        hex(0xffffff).mix(hex(0xd3dbe0), smooth(x + 0.05 * size, x + 0.3 * size, px))
    });
    let band = Path::new().move_to(-0.13, -0.62).line_to(0.004, -0.62).line_to(0.004, -0.54).line_to(-0.17, -0.54);
    canvas.fill(&put(&band), hex(stripe));
}

/// A small regatta in bright noon light.
pub fn sails(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let h = 0.52;
    let sky = Ramp::new(&[(0.0, 0x2f7cc4), (0.55, 0x7fb8e2), (1.0, 0xdaeef5)]);
    canvas.band(0.0, h, |x, y| {
        let (cover, light) = sky::heap(x, y, 2.1, (a * 0.8, -0.4), 19);
        let fade = smooth(0.02, 0.20, y) * smooth(0.52, 0.38, y);
        sky.at(y / h).mix(hex(0xb9cbdb).mix(hex(0xffffff) * 1.1, light), cover * 0.92 * fade)
    });
    let hills = |x: f32| h - 0.020 - 0.05 * (line(x * 1.3 + 5.0, 5, 8) + 0.2).max(-0.3) - 0.03 * smooth(a * 0.7, a, x);
    terrain::ridge(canvas, hills, |x, y, d| {
        hex(0x7fa3b8).mix(hex(0x9fbfca), smooth(0.0, 0.05, d) + fbm(x * 20.0, y * 30.0, 3, 5) * 0.15)
    });
    water::draw(canvas, Water { horizon: h, eye: 6.0, rough: 0.9, deep: hex(0x0c6a92), time: 0.0, seed: 12 });
    canvas.modify([0.0, h, 1e3, 1.0], |x, y, c| {
        let t = smooth(h, 1.0, y);
        let glint = smooth(0.62, 0.9, fbm(x * 30.0 / (0.2 + t), 26.0 / (0.05 + t), 3, 6) + 0.28);
        c.mix(hex(0x1a8fa8), 0.25) + rgb(1.0, 1.0, 0.95) * (glint * 0.35 * bell(x - a * 0.75, 0.6))
    });
    for (x, y, s, heel, stripe) in [
        (0.14, 0.545, 0.10, 0.06, 0xc0392b),
        (0.27, 0.548, 0.12, 0.05, 0x2c3e70),
        (0.60, 0.552, 0.13, 0.07, 0xe0a030),
        (0.88, 0.550, 0.115, 0.05, 0x27806a),
        (0.74, 0.61, 0.27, 0.06, 0x1f4e8c),
        (0.40, 0.72, 0.52, 0.07, 0xb8322a),
    ] {
        yacht(canvas, a * x, y, s, heel, stripe);
    }
    Develop { contrast: 0.3, saturation: 1.12, ..Develop::default() }
}

/// Surf, turquoise water and umbrellas, straight down.
pub fn beach(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    // Distance to the water's edge, positive out at sea; the shore runs diagonally.
    let shore = |x: f32, y: f32| (x / a - 0.46) * 0.95 + (y - 0.5) * 0.16 + fbm(x * 1.1, y * 1.4, 4, 2) * 0.10;
    let sea = Ramp::new(&[(0.0, 0xcfeee0), (0.12, 0x86dccb), (0.35, 0x2fb3b8), (0.7, 0x0f7f9c), (1.0, 0x0a5b80)]);
    canvas.shade(|x, y| {
        let s = shore(x, y);
        if s < 0.0 {
            let grain = fbm(x * 60.0, y * 60.0, 3, 5) * 0.05 + fbm(x * 5.0, y * 5.0, 4, 6) * 0.08;
            let dry = hex(0xf0d9ae) * (1.0 + grain);
            let wet = hex(0xc49a6c) * (1.0 + grain * 0.4);
            let lap = 0.05 + 0.02 * fbm(x * 3.0, y * 6.0, 3, 8);
            return wet.mix(dry, smooth(-lap * 0.6, -lap * 1.3, s));
        }
        let warp = fbm(x * 3.0, y * 3.0, 3, 9) * 0.3;
        let net = cells(x * 26.0 + warp * 3.0, y * 26.0 + warp * 5.0, 0.9, 10);
        let caustic = bell(net.second - net.near, 0.13) * smooth(0.34, 0.02, s) * 0.15;
        let reef = smooth(0.05, 0.35, fbm(x * 2.6, y * 2.6, 5, 12)) * smooth(0.12, 0.3, s);
        let mut c = sea.at(s * 1.9).mix(hex(0x0c4f5c), reef * 0.55) + rgb(0.7, 1.0, 0.9) * caustic;
        // Breakers: torn white lines parallel to the shore.
        for (at, width, strength) in [(0.004, 0.012, 1.0), (0.055, 0.020, 0.85), (0.125, 0.015, 0.5)] {
            let wobble = fbm(x * 2.5 + at * 90.0, y * 2.5, 4, 14) * 0.05;
            let d = s - at - wobble;
            let lace = fbm(x * 28.0, y * 28.0, 5, 15) * 0.5 + 0.5;
            let body = if d < 0.0 { bell(d, width * 0.4) } else { bell(d, width * 1.9) };
            c = c.mix(hex(0xfcffff), (smooth(0.25, 0.8, body * (0.45 + lace)) * strength).min(1.0));
        }
        c
    });
    let mut rng = Rng::new(30);
    let tops = [(0xd94f3d, 0xfff6e8), (0x2c7fb0, 0xffffff), (0xf0b23c, 0xfff8e0), (0x3b8f7a, 0xf8fff4)];
    for row in 0..3 {
        for i in 0..6 {
            let y = 0.08 + 0.165 * i as f32 + rng.range(-0.02, 0.02);
            let x = a * (0.075 + 0.10 * row as f32 - 0.015 * i as f32) + rng.range(-0.02, 0.02);
            if rng.f() < 0.16 || x < 0.03 {
                continue;
            }
            umbrella(canvas, x, y, 0.032, rng.f(), *rng.pick(&tops));
        }
    }
    for (x, y, turn) in [(0.63, 0.30, 0.5), (0.80, 0.72, -0.6)] {
        boat_from_above(canvas, a * x, y, 0.055, turn);
    }
    Develop { contrast: 0.22, saturation: 1.12, vignette: 0.15, ..Develop::default() }
}

fn umbrella(canvas: &mut Canvas, x: f32, y: f32, r: f32, turn: f32, (a, b): (u32, u32)) {
    canvas.soft(&Path::ellipse(x - r * 0.7, y + r * 0.8, r, r * 0.9), 0.004, 0.35, hex(0x5a3c22));
    let towel = Path::rect(-0.35, -0.8, 0.35, 0.8).place(x + r * 1.9, y + r * 0.3, r, 0.3 + turn);
    canvas.fill(&towel, hex(b).mix(hex(a), 0.35));
    for k in 0..10 {
        let (t0, t1) = (k as f32 * 0.62832 + turn, (k + 1) as f32 * 0.62832 + turn);
        let at = |t: f32, r: f32| (x + r * crate::draw::math::cos(t), y + r * crate::draw::math::sin(t));
        let wedge = Path::polygon([(x, y), at(t0, r), at((t0 + t1) * 0.5, r * 1.02), at(t1, r)]);
        let light = 0.82 + 0.2 * crate::draw::math::cos(t0 + 2.2);
        canvas.fill(&wedge, hex(if k % 2 == 0 { a } else { b }) * light);
    }
}

fn boat_from_above(canvas: &mut Canvas, x: f32, y: f32, size: f32, turn: f32) {
    let hull = Path::new().move_to(0.0, -1.0).cubic((0.5, -0.5), (0.4, 0.6), (0.3, 0.9)).line_to(-0.3, 0.9).cubic(
        (-0.4, 0.6),
        (-0.5, -0.5),
        (0.0, -1.0),
    );
    for side in [-1.0, 1.0] {
        let arm =
            Path::stroke(&spline(&[(side * 0.3, 0.6), (side * 0.9, 2.6), (side * 1.5, 5.2)], 8), |t| 0.10 + 0.16 * t);
        canvas.soft(&arm.place(x, y, size, turn), 0.006, 0.34, hex(0xeaffff));
    }
    canvas.soft(
        &Path::stroke(&[(0.0, 0.9), (0.0, 3.6)], |t| 0.26 * (1.0 - t)).place(x, y, size, turn),
        0.005,
        0.5,
        hex(0xffffff),
    );
    canvas.soft(&hull.place(x - 0.012, y + 0.014, size, turn), 0.005, 0.4, hex(0x063c50));
    canvas.fill(&hull.place(x, y, size, turn), hex(0xfafafa));
    canvas.fill(&hull.place(x, y, size * 0.72, turn), hex(0xc08a55));
    canvas.fill(&Path::rect(-0.2, -0.2, 0.2, 0.35).place(x, y, size, turn), hex(0xf2ede2));
}
