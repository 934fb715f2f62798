//! Things made by hand: stained glass, a mosaic, tiles, paper cranes.

use crate::draw::math::{PI, TAU, atan2, bell, cos, fract, hypot, ifloor, sin, smooth};
use crate::draw::noise::{Rng, cells, fbm, hash01, noise};
use crate::draw::{Canvas, Develop, Path, Rgb, hex, oklch};

/// A rose window with the sun behind it.
pub fn stained_glass(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let jewels = [0x12388c, 0xa81c2c, 0x1c7a52, 0xe0a020, 0x6a2a8c, 0x1f8cb0, 0xd8562a, 0x2a4fc0];
    let (cx, cy) = (a * 0.5, 0.5);
    let pane = |ring: i32, sector: i32, sub: i32| {
        let h = hash01(ring, sub, 7);
        // Twelvefold: the colour depends on the place within a sector, alternating between two.
        let pick = (h * 7.9) as usize + (sector as usize % 2) * (1 + ring as usize % 3);
        hex(jewels[pick % jewels.len()])
    };
    let rings = [0.0, 0.062, 0.135, 0.215, 0.30, 0.375, 0.435];
    canvas.shade(|x, y| {
        let (dx, dy) = (x - cx, y - cy);
        let r = hypot(dx, dy);
        let angle = atan2(dy, dx) + PI;
        if r > 0.462 {
            // The wall: dressed stone, lit a little by the window.
            let row = y * 9.0;
            let col = x * 4.6 + 0.5 * (ifloor(row) % 2) as f32;
            let joint = (fract(row) - 0.5).abs().max((fract(col) - 0.5).abs() * 1.02);
            let tone = hash01(ifloor(col), ifloor(row), 3) * 0.3 + 0.7 + fbm(x * 26.0, y * 26.0, 4, 2) * 0.3;
            let glow = bell(r - 0.46, 0.13);
            let stone = hex(0x4a4038) * (tone * (0.26 + 0.5 * glow)) + hex(0x5a3a80) * (glow * 0.05);
            let inner = smooth(0.462, 0.472, r);
            return (stone * (0.45 + 0.55 * smooth(0.5, 0.462, joint))).mix(hex(0x14100e), 1.0 - inner);
        }
        let mut lead = 1e3_f32;
        let mut ring = 0;
        for (i, &at) in rings.iter().enumerate() {
            if i > 0 {
                lead = lead.min((r - at).abs());
            }
            if r >= at {
                ring = i as i32;
            }
        }
        let parts = [12.0, 12.0, 12.0, 24.0, 24.0, 36.0, 36.0][ring as usize];
        let shift = if ring % 2 == 0 { 0.5 } else { 0.0 };
        let t = angle / TAU * parts + shift;
        let (sector, f) = (ifloor(t), fract(t) - 0.5);
        let arc = r * TAU / parts;
        let mut sub = 0;
        if ring == 0 {
            sub = 1;
        } else {
            lead = lead.min((0.5 - f.abs()) * arc);
            // A petal or lens inside each field.
            let middle = (rings[ring as usize] + rings.get(ring as usize + 1).copied().unwrap_or(0.462)) * 0.5;
            let half = (middle - rings[ring as usize]) * 0.98;
            let v = (r - middle) / half;
            let u = f * arc / (arc * 0.42);
            let shape = match ring {
                1 | 3 => hypot(u, v),
                2 | 4 => u.abs() + v.abs() * 0.9,
                _ => hypot(u, v * 1.15),
            };
            lead = lead.min((shape - 1.0).abs() * arc.min(half * 2.0) * 0.40);
            if shape < 1.0 {
                sub = 2;
            }
            if ring == 2 || ring == 4 {
                lead = lead.min((shape - 0.5).abs() * arc * 0.34);
                if shape < 0.5 {
                    sub = 3;
                }
            }
        }
        let glass = pane(ring, sector, sub);
        let streak = fbm(x * 9.0 + sub as f32 * 5.0, y * 22.0 + ring as f32, 4, 21);
        let seed = noise(x * 90.0, y * 90.0, 9);
        let tone = 0.85 + 0.25 * hash01(sector, ring * 7 + sub, 31);
        let sun = 0.75 + 1.35 * bell(hypot(dx + 0.10, dy + 0.12), 0.30);
        let edge = 0.55 + 0.45 * smooth(0.0, 0.016, lead);
        let c = glass * ((1.0 + streak * 0.55 + seed * 0.07) * tone * sun * edge * 1.55);
        let px = smooth(0.0022, 0.0042, lead) * smooth(0.462, 0.457, r);
        hex(0x060506).mix(c, px)
    });
    canvas.bloom(0.55, 0.03, 0.4);
    Develop { contrast: 0.2, saturation: 1.15, vignette: 0.3, ..Develop::default() }
}

/// A sunset over the sea, laid in small stones.
pub fn mosaic(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let (sx, sy) = (a * 0.5, 0.46);
    // The drawing the stones follow: rings of sky round the sun, bands of waves below.
    let drawing = |x: f32, y: f32, jitter: f32| -> Rgb {
        let wave = |base: f32, k: f32, phase: f32| base + 0.022 * sin(x * k + phase) + 0.010 * sin(x * k * 2.3 + phase);
        let d = hypot(x - sx, y - sy);
        let bands = [
            (0.62, 8.0, 0.0, 0x0f6c8c),
            (0.70, 7.0, 1.7, 0x14839a),
            (0.78, 6.4, 3.1, 0x0d4f7c),
            (0.86, 6.0, 0.6, 0x1a9aa4),
            (0.94, 5.2, 2.2, 0x0b3a66),
        ];
        let mut c = if d < 0.155 {
            hex(0xfff0b4).blend(hex(0xffc23a), d / 0.155)
        } else {
            let ray = sin(atan2(y - sy, x - sx) * 12.0) * 0.016;
            let t = ((d + ray - 0.155) / 0.62).clamp(0.0, 1.0);
            let step = (t * 7.0 + jitter * 0.35) as i32 as f32 / 7.0;
            let stops = [0xffa53a, 0xf57f45, 0xe65a58, 0xc24476, 0x8a3f8a, 0x553a8a, 0x2f3478, 0x1c2760];
            hex(stops[((step * 7.0) as usize).min(7)])
        };
        for (base, k, phase, tone) in bands {
            let top = wave(base, k, phase);
            if y > top {
                c = hex(tone);
                if y < top + 0.016 {
                    c = hex(0xf2f4e4);
                }
                let path = bell(x - sx, 0.16 + (y - 0.6) * 0.2) * (0.5 + 0.5 * sin(y * 160.0));
                c = c.blend(hex(0xffc65a), path * 0.75);
            }
        }
        let hull = hypot((x - a * 0.76) / 0.085, (y - 0.640) / 0.026);
        if hull < 1.0 && y > 0.637 {
            c = hex(0x5a2a22);
        }
        let sail = (y - 0.44) / 0.19;
        let dx = x - a * 0.76;
        if (0.0..1.0).contains(&sail) && dx > 0.004 && dx < 0.075 * sail {
            c = hex(0xfdf6e2);
        }
        if (0.1..1.0).contains(&sail) && dx < -0.004 && dx > -0.055 * (sail - 0.1) {
            c = hex(0xe8d8c0);
        }
        c
    };
    let stones = 62.0;
    canvas.shade(|x, y| {
        let cell = cells(x * stones, y * stones, 0.72, 5);
        let (mx, my) = (x - cell.dx / stones, y - cell.dy / stones);
        let r1 = (cell.id & 255) as f32 / 255.0;
        let r2 = ((cell.id >> 8) & 255) as f32 / 255.0;
        let c = drawing(mx, my, r2) * (0.72 + 0.5 * r1);
        let c = c.blend(hex(if r2 > 0.5 { 0xfff0d8 } else { 0x101830 }), (r2 - 0.5).abs() * 0.22);
        let gap = cell.second - cell.near;
        // Each stone lies a little askew and so catches the light its own way.
        let tilt = (cell.dx * (r1 - 0.5) + cell.dy * (r2 - 0.5)) * 1.2;
        let bevel = smooth(0.10, 0.30, gap);
        let gloss = smooth(0.93, 1.0, hash01(cell.id as i32, 3, 1)) * bell(hypot(cell.dx + 0.1, cell.dy + 0.15), 0.22);
        let stone = c * (0.80 + 0.28 * bevel + tilt) + hex(0xffffff) * (gloss * 0.5);
        let grout = hex(0x6a6058) * (0.75 + 0.25 * noise(x * 200.0, y * 200.0, 8));
        grout.mix(stone, smooth(0.06, 0.13, gap))
    });
    Develop { contrast: 0.15, vignette: 0.25, grain: 0.0, ..Develop::default() }
}

/// Painted and glazed tiles, four patterns in turn.
pub fn tiles(canvas: &mut Canvas) -> Develop {
    let rows = 5.0;
    let white = hex(0xf4f0e4);
    let (navy, sky_blue, ochre, leaf) = (hex(0x1b3a86), hex(0x4f86c6), hex(0xe2a52e), hex(0x2f7d6a));
    canvas.shade(|x, y| {
        let (tx, ty) = (x * rows, y * rows);
        let (ix, iy) = (ifloor(tx), ifloor(ty));
        let (u, v) = (fract(tx) * 2.0 - 1.0, fract(ty) * 2.0 - 1.0);
        let kind = (ix + iy * 2).rem_euclid(4);
        let r = hypot(u, v);
        let t = atan2(v, u);
        // Hand-painted edges waver.
        let hand = noise(tx * 9.0, ty * 9.0, 3) * 0.016 + noise(tx * 30.0, ty * 30.0, 4) * 0.006;
        let edge = |d: f32| smooth(0.014, -0.014, d + hand);
        let corner = hypot(1.0 - u.abs(), 1.0 - v.abs());
        let mut c = white;
        match kind {
            0 => {
                let petals = r - 0.62 * (0.62 + 0.38 * cos(t * 8.0));
                c = c.mix(navy, edge(petals));
                c = c.mix(sky_blue, edge(r - 0.40 * (0.6 + 0.4 * cos(t * 8.0))));
                c = c.mix(ochre, edge(r - 0.14));
                c = c.mix(navy, edge((r - 0.80).abs() - 0.030));
                c = c
                    .mix(sky_blue, edge(corner - 0.42))
                    .mix(white, edge(corner - 0.33))
                    .mix(navy, edge(corner - 0.24))
                    .mix(ochre, edge(corner - 0.10));
            }
            1 => {
                let star = r * (1.0 + 0.34 * cos(t * 4.0 + PI)) - 0.72;
                c = c.mix(sky_blue, edge(star)).mix(white, edge(star + 0.10)).mix(navy, edge(star + 0.17));
                let flower = r - 0.34 * (0.7 + 0.3 * cos(t * 6.0));
                c = c.mix(white, edge(flower)).mix(ochre, edge(r - 0.13));
                c = c
                    .mix(navy, edge(corner - 0.40))
                    .mix(white, edge((corner - 0.30).abs() - 0.035))
                    .mix(leaf, edge(corner - 0.15));
            }
            2 => {
                let lattice = (u.abs() - v.abs()).abs() * 0.707;
                c = c.mix(navy, edge(lattice - 0.075)).mix(sky_blue, edge(lattice - 0.035));
                for (px, py) in [(0.0, 0.62), (0.0, -0.62), (0.62, 0.0), (-0.62, 0.0)] {
                    let (dx, dy) = (u - px, v - py);
                    let bud = hypot(dx, dy) - 0.21 * (0.72 + 0.28 * cos(atan2(dy, dx) * 5.0 + 1.57));
                    c = c.mix(leaf, edge(bud)).mix(ochre, edge(hypot(dx, dy) - 0.06));
                }
                c = c
                    .mix(white, edge(r - 0.30))
                    .mix(navy, edge(r - 0.25))
                    .mix(ochre, edge(r - 0.16 * (0.8 + 0.2 * cos(t * 8.0))));
                c = c.mix(navy, edge(corner - 0.30)).mix(white, edge(corner - 0.22)).mix(sky_blue, edge(corner - 0.14));
            }
            _ => {
                let quarter = hypot(1.0 - u.abs(), 1.0 - v.abs());
                c = c.mix(navy, edge((quarter - 0.88).abs() - 0.09)).mix(ochre, edge((quarter - 0.88).abs() - 0.03));
                let spiral = (t * 4.0 + r * 6.0).rem_euclid(TAU) - PI;
                c = c.mix(sky_blue, edge((spiral.abs() - 1.2) * 0.1 * r) * edge(r - 0.36) * smooth(0.05, 0.12, r));
                c = c.mix(navy, edge((r - 0.40).abs() - 0.025)).mix(ochre, edge(r - 0.08));
                c = c.mix(leaf, edge(quarter - 0.5 * (0.7 + 0.3 * cos(4.0 * atan2(1.0 - v.abs(), 1.0 - u.abs())))));
                c = c.mix(white, edge(quarter - 0.20)).mix(navy, edge(quarter - 0.13));
            }
        }
        let wash = fbm(tx * 2.2, ty * 2.2, 4, 12) * 0.16 + hash01(ix, iy, 5) * 0.10;
        let crackle = cells(tx * 9.0, ty * 9.0, 1.0, 14);
        let crack = smooth(0.045, 0.0, crackle.second - crackle.near) * 0.10;
        let rim = 1.0 - u.abs().max(v.abs());
        let bevel = smooth(0.02, 0.09, rim);
        let gloss = bell(u * 0.8 + v + 0.7 + 0.4 * (hash01(ix, iy, 6) - 0.5), 0.30) * 0.10;
        let shade = 0.92 - wash - crack + 0.12 * bevel;
        let joint = hex(0x9a8f80) * (0.62 + 0.2 * noise(x * 160.0, y * 160.0, 9));
        joint.mix(c * shade + hex(0xffffff) * gloss, smooth(0.012, 0.030, rim))
    });
    Develop { contrast: 0.2, vignette: 0.2, grain: 0.0, ..Develop::default() }
}

fn crane(canvas: &mut Canvas, x: f32, y: f32, size: f32, hue: f32, turn: f32, mirror: f32) {
    let paper = |light: f32| oklch(0.55 + 0.30 * light, 0.135 - 0.05 * light, hue);
    let put = |points: &[(f32, f32)]| Path::polygon(points.iter().copied()).place_xy(x, y, size * mirror, size, turn);
    let shadow =
        put(&[(-1.05, -0.42), (-0.05, 0.10), (0.10, -0.98), (0.30, 0.05), (1.15, -0.55), (0.25, 0.42), (-0.25, 0.40)]);
    canvas.soft(&shadow.place(0.022, 0.030, 1.0, 0.0), 0.011, 0.30, hex(0x3a3050));
    let fold = |canvas: &mut Canvas, points: &[(f32, f32)], light: f32, run: f32| {
        let path = put(points);
        canvas.fill(&path, move |px: f32, py: f32| {
            let grain = 1.0 + 0.03 * noise(px * 180.0, py * 180.0, 2);
            paper(light + run * ((px - x) / size * mirror * 0.5)) * grain
        });
    };
    // Far wing, tail, neck and head, body, near wing.
    fold(canvas, &[(-0.02, 0.05), (0.34, -0.90), (0.32, 0.12)], 0.30, 0.1);
    fold(canvas, &[(0.20, 0.10), (1.18, -0.58), (0.26, 0.40)], 0.62, 0.2);
    fold(canvas, &[(0.20, 0.10), (1.18, -0.58), (0.30, 0.16)], 0.85, 0.1);
    fold(canvas, &[(-0.16, 0.12), (-0.86, -0.60), (-0.22, 0.40)], 0.70, -0.2);
    fold(canvas, &[(-0.16, 0.12), (-0.86, -0.60), (-0.30, 0.10)], 0.92, 0.0);
    fold(canvas, &[(-0.86, -0.60), (-1.14, -0.40), (-0.80, -0.50)], 0.50, 0.0);
    fold(canvas, &[(-0.30, 0.18), (0.0, 0.02), (0.34, 0.18), (0.04, 0.56)], 0.55, 0.25);
    fold(canvas, &[(-0.30, 0.18), (0.0, 0.02), (0.04, 0.56)], 0.74, 0.1);
    fold(canvas, &[(-0.20, 0.14), (0.04, -1.02), (0.22, 0.16), (0.02, 0.30)], 0.80, 0.35);
    fold(canvas, &[(0.04, -1.02), (0.22, 0.16), (0.06, 0.10)], 0.58, 0.1);
}

/// Paper cranes on threads before a pale wall.
pub fn cranes(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    canvas.shade(|x, y| {
        let light = bell(hypot(x - a * 0.2, y - 0.1), 0.9);
        let plaster = fbm(x * 7.0, y * 7.0, 5, 2) * 0.035;
        hex(0xc9d6dc).blend(hex(0xfbeee0), light) * (0.96 + plaster)
    });
    // The window's bars as a slanting shadow.
    for i in 0..4 {
        let x0 = a * (0.16 + 0.21 * i as f32);
        let bar = Path::polygon([(x0, -0.1), (x0 + 0.022, -0.1), (x0 + 0.36, 1.1), (x0 + 0.33, 1.1)]);
        canvas.soft(&bar, 0.012, 0.10, hex(0x5a6a86));
    }
    let hues = [25.0, 60.0, 95.0, 160.0, 210.0, 255.0, 300.0, 350.0];
    let mut rng = Rng::new(77);
    let strings = 7;
    for s in 0..strings {
        let x = a * (s as f32 + 0.5) / strings as f32 + rng.range(-0.01, 0.01);
        let count = 3 + s % 2;
        let bottom = rng.range(0.80, 0.93);
        let sway = rng.range(-0.01, 0.01);
        canvas.soft(&Path::stroke(&[(x + 0.02, 0.0), (x + 0.02, bottom)], |_| 0.0012), 0.003, 0.22, hex(0x4a4060));
        canvas.fill_alpha(&Path::stroke(&[(x, -0.02), (x + sway, bottom)], |_| 0.0009), 0.8, hex(0x8a7868));
        for k in 0..count {
            let t = (k as f32 + 0.75) / count as f32;
            let size = rng.range(0.052, 0.070);
            let hue = hues[(s * 3 + k * 5) % hues.len()] + rng.range(-8.0, 8.0);
            let mirror = if rng.f() < 0.5 { -1.0 } else { 1.0 };
            crane(canvas, x + sway * t, bottom * t, size, hue, rng.range(-0.16, 0.16), mirror);
        }
        canvas.fill(&Path::circle(x + sway, bottom, 0.006), hex(0xd8b46a));
    }
    Develop { contrast: 0.15, vignette: 0.18, grain: 0.0, ..Develop::default() }
}
