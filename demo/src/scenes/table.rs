//! On the table: the cake, and a place laid for a guest.

use super::flowers;
use super::lights::bokeh;
use crate::draw::math::{TAU, bell, cos, fract, hypot, ifloor, sin, smooth};
use crate::draw::noise::{Rng, fbm, hash01, noise, scatter};
use crate::draw::path::spline;
use crate::draw::{Canvas, Develop, Path, Ramp, hex};

/// Three tiers with roses, and the room's lights behind.
pub fn cake(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let back = Ramp::new(&[(0.0, 0x2e2430), (0.5, 0x5a4248), (0.8, 0x8a6658), (1.0, 0x6a4a40)]);
    canvas.shade(|x, y| back.at(y) * (0.8 + 0.3 * fbm(x * 1.5, y * 1.5, 3, 3)));
    let mut rng = Rng::new(16);
    for i in 0..70 {
        let (u, v) = scatter(i + 11);
        bokeh(
            canvas,
            a * u,
            v * 0.80,
            rng.range(0.018, 0.055),
            hex(*rng.pick(&[0xffc070, 0xffd8a0, 0xff9a60, 0xffe8d0])) * rng.range(0.06, 0.34),
        );
    }
    canvas.blur(0.004);
    let cx = a * 0.5;
    let table = 0.885;
    canvas.paint([0.0, table - 0.05, 1e3, 1.0], |x, y| {
        let d = (y - table) / (1.0 - table);
        let weave = noise(x * 240.0, y * 240.0, 4) * 0.02;
        let shade = bell((x - cx) / 0.34, 1.0) * bell(d - 0.10, 0.35) * 0.30;
        (hex(0xf4ece2) * (0.92 + weave - shade - 0.1 * d), smooth(table - 0.001, table + 0.001, y))
    });
    let stand = |canvas: &mut Canvas, y: f32, rx: f32| {
        canvas.fill(&Path::ellipse(cx, y + 0.012, rx, rx * 0.16), hex(0x9a7a40));
        canvas.fill(&Path::ellipse(cx, y, rx, rx * 0.16), move |px: f32, _: f32| {
            let u = (px - cx) / rx;
            hex(0xb8944c).mix(hex(0xfff2c8), bell(u + 0.45, 0.25) + bell(u - 0.7, 0.12) * 0.5)
        });
    };
    canvas.soft(&Path::ellipse(cx + 0.02, table + 0.045, 0.30, 0.035), 0.015, 0.5, hex(0x4a3428));
    canvas.fill(
        &Path::polygon([(cx - 0.07, 0.84), (cx + 0.07, 0.84), (cx + 0.13, table + 0.03), (cx - 0.13, table + 0.03)]),
        move |px: f32, _: f32| hex(0x8a6a34).mix(hex(0xffe8b0), bell(px - cx + 0.04, 0.03)),
    );
    stand(canvas, 0.845, 0.285);
    for (i, (top, bottom, r)) in
        [(0.635, 0.835, 0.235), (0.445, 0.640, 0.172), (0.285, 0.450, 0.112)].into_iter().enumerate()
    {
        let squash = 0.15;
        let side = Path::polygon(
            (0..=24)
                .map(|k| k as f32 / 24.0 * TAU * 0.5)
                .map(|q| (cx + cos(q) * r, bottom + sin(q) * r * squash))
                .chain(
                    (0..=24)
                        .rev()
                        .map(|k| k as f32 / 24.0 * TAU * 0.5)
                        .map(|q| (cx + cos(q) * r, top + sin(q) * r * squash)),
                ),
        );
        canvas.fill(&side, move |px: f32, py: f32| {
            let u = ((px - cx) / r).clamp(-1.0, 1.0);
            let front = (1.0 - u * u).sqrt();
            let v = (py - top - squash * r * front) / (bottom - top);
            let light = 0.55 + 0.42 * smooth(-1.0, 1.0, -u * 0.75 + front * 0.7) - 0.18 * smooth(0.6, 1.0, u);
            let angle = crate::draw::math::atan2(u, front);
            let finish = match i {
                // Fluted, smooth with a gold leaf edge, fluted again.
                1 => 1.0 + 0.012 * noise(angle * 20.0, v * 9.0, 6),
                _ => 0.96 + 0.05 * cos(angle * 44.0),
            };
            let warm = hex(0xfff8ee).mix(hex(0xd8b8a0), smooth(0.95, 0.4, light));
            let contact = 1.0 - 0.30 * smooth(0.12, 0.0, v);
            let foil = if i == 1 { smooth(0.66, 0.78, v + 0.10 * noise(angle * 5.0, v * 5.0, 8)) } else { 0.0 };
            let leaf = hex(0xc8963c).mix(hex(0xffe8a8), 0.5 + 0.8 * noise(angle * 30.0, v * 26.0, 9));
            (warm * (light * finish * contact * 1.12)).mix(leaf * light * 1.15, foil)
        });
        canvas.fill(&Path::ellipse(cx, top, r, r * squash), move |px: f32, _: f32| {
            hex(0xfffaf2) * (0.96 - 0.10 * smooth(-r, r, px - cx))
        });
        let pearls = (r * 190.0) as i32;
        for k in 0..=pearls {
            let q = k as f32 / pearls as f32 * TAU * 0.5;
            let (px, py) = (cx + cos(q) * r * 1.005, bottom + sin(q) * r * squash - 0.004);
            canvas.fill(&Path::circle(px, py, 0.0072), hex(0xb89a88) * (0.8 + 0.2 * sin(q)));
            canvas.fill(&Path::circle(px - 0.001, py - 0.0014, 0.0058), hex(0xfff6ea) * (0.86 + 0.12 * cos(q - 2.4)));
        }
    }
    for (i, (x, y, r)) in [
        (-0.055, 0.268, 0.040),
        (0.030, 0.262, 0.048),
        (-0.012, 0.232, 0.040),
        (0.115, 0.440, 0.044),
        (0.165, 0.462, 0.034),
        (0.085, 0.475, 0.030),
        (0.150, 0.520, 0.028),
        (-0.170, 0.640, 0.048),
        (-0.225, 0.655, 0.036),
        (-0.130, 0.672, 0.034),
        (-0.190, 0.705, 0.030),
        (0.20, 0.855, 0.040),
        (0.265, 0.868, 0.033),
    ]
    .into_iter()
    .enumerate()
    {
        for k in 0..2 {
            let angle = i as f32 * 2.4 + k as f32 * 2.6;
            flowers::leaf(
                canvas,
                cx + x + cos(angle) * r * 0.6,
                y + sin(angle) * r * 0.6,
                r * 1.25,
                angle,
                [0x6a8a5c, 0x86a07c, 0x4f7048][i % 3],
                0.0,
            );
        }
        flowers::rose(
            canvas,
            cx + x,
            y,
            r,
            [flowers::BLUSH, flowers::PEACH, flowers::CREAM, flowers::ROSE][(i * 3 + i / 4) % 4],
            60 + i as u64,
        );
    }
    canvas.bloom(0.9, 0.03, 0.3);
    Develop { contrast: 0.25, vignette: 0.3, ..Develop::default() }
}

fn plate(canvas: &mut Canvas, x: f32, y: f32, r: f32, rim: u32) {
    canvas.soft(&Path::circle(x + r * 0.05, y + r * 0.08, r), r * 0.05, 0.42, hex(0x3a2c20));
    let edge = 1.0 / (canvas.unit() * r);
    canvas.paint([x - r, y - r, x + r, y + r], |px, py| {
        let (u, v) = ((px - x) / r, (py - y) / r);
        let d = hypot(u, v);
        let slant = (u * -0.55 + v * -0.75) / d.max(0.05);
        let well = bell(d - 0.66, 0.035);
        let lip = bell(d - 0.955, 0.03);
        let light = 0.93 + 0.07 * slant * (well * 2.4 + lip * 1.8) - 0.04 * smooth(0.62, 0.70, d) * smooth(0.9, 0.7, d);
        let gold = smooth(0.945, 0.955, d) * smooth(1.0, 0.985, d);
        let c = hex(0xfbf8f2) * light;
        (c.mix(hex(rim) * (0.8 + 0.45 * slant), gold), smooth(1.0, 1.0 - edge * 1.5, d))
    });
}

/// A place laid for a guest, from above.
pub fn setting(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    canvas.shade(|x, y| {
        // Oak boards, lengthwise.
        let board = ifloor(y * 4.2 + 0.3);
        let shift = hash01(board, 1, 3) * 9.0;
        let grain = fbm(x * 1.6 + shift, y * 30.0 + shift * 3.0, 5, 5);
        let ring = sin((y * 40.0 + fbm(x * 0.9 + shift, y * 5.0, 3, 6) * 9.0) * 1.3);
        let joint = (fract(y * 4.2 + 0.3) - 0.5).abs();
        let tone = 0.86 + 0.2 * hash01(board, 2, 3) + grain * 0.28 + ring * 0.05;
        hex(0xb08a62) * (tone * (1.0 - 0.55 * smooth(0.485, 0.5, joint))) * (1.15 - 0.3 * hypot(x / a - 0.2, y - 0.1))
    });
    let (cx, cy) = (a * 0.5, 0.54);
    // A runner of linen under the plate.
    let cloth = Path::smooth(&[
        (cx - 0.44, -0.1),
        (cx + 0.45, -0.1),
        (cx + 0.43, 0.5),
        (cx + 0.45, 1.1),
        (cx - 0.45, 1.1),
        (cx - 0.43, 0.5),
    ]);
    canvas.soft(&cloth.place(0.006, 0.010, 1.0, 0.0), 0.008, 0.3, hex(0x2c1c10));
    canvas.fill(&cloth, |px: f32, py: f32| {
        let weave = (sin(px * 900.0) + sin(py * 900.0)) * 0.012;
        hex(0xd5dcd6) * (0.96 + weave + 0.10 * fbm(px * 2.0, py * 2.4, 4, 9))
    });
    plate(canvas, cx, cy, 0.335, 0xd0a850);
    plate(canvas, cx, cy, 0.245, 0xd0a850);
    let gold = |px: f32, c: f32, w: f32| hex(0x8a6428).mix(hex(0xffe6a0), bell((px - c) / w + 0.25, 0.45));
    let piece = |canvas: &mut Canvas, path: &Path, c: f32, w: f32| {
        canvas.soft(&path.place(0.006, 0.008, 1.0, 0.0), 0.004, 0.40, hex(0x2c1c10));
        canvas.fill(path, move |px: f32, _: f32| gold(px, c, w));
    };
    for (dx, k) in [(-0.415, 1.0), (-0.475, 0.88)] {
        let (x, top, bottom) = (cx + dx, cy - 0.27 * k, cy + 0.27 * k);
        let mut fork = Path::stroke(&[(x, top + 0.15), (x, bottom)], |t| 0.0045 + 0.0055 * smooth(0.45, 1.0, t)).and(
            Path::smooth(&[
                (x - 0.017, top + 0.075),
                (x + 0.017, top + 0.075),
                (x + 0.015, top + 0.125),
                (x + 0.004, top + 0.16),
                (x - 0.004, top + 0.16),
                (x - 0.015, top + 0.125),
            ]),
        );
        for tine in [-0.0145, -0.005, 0.005, 0.0145] {
            fork = fork.and(Path::stroke(&[(x + tine, top), (x + tine, top + 0.09)], |_| 0.0026));
        }
        piece(canvas, &fork, x, 0.016);
    }
    let x = cx + 0.415;
    let knife = Path::stroke(&[(x, cy), (x, cy + 0.27)], |t| 0.0075 + 0.003 * t).and(Path::smooth(&[
        (x + 0.008, cy + 0.02),
        (x - 0.009, cy + 0.01),
        (x - 0.013, cy - 0.12),
        (x - 0.008, cy - 0.25),
        (x + 0.006, cy - 0.275),
        (x + 0.009, cy - 0.2),
    ]));
    piece(canvas, &knife, x, 0.016);
    let x = cx + 0.475;
    let spoon = Path::stroke(&[(x, cy - 0.14), (x, cy + 0.25)], |t| 0.0045 + 0.005 * smooth(0.4, 1.0, t))
        .and(Path::ellipse(x, cy - 0.19, 0.024, 0.046));
    piece(canvas, &spoon, x, 0.024);
    canvas.fill_alpha(&Path::ellipse(x, cy - 0.188, 0.018, 0.038), 0.35, hex(0x6a4818));
    // Napkin folded to a band across the plate, a menu card and a sprig on it.
    let napkin = Path::smooth(&[
        (cx - 0.085, cy - 0.22),
        (cx + 0.085, cy - 0.22),
        (cx + 0.09, cy),
        (cx + 0.082, cy + 0.30),
        (cx - 0.082, cy + 0.30),
        (cx - 0.09, cy),
    ]);
    canvas.soft(&napkin.place(0.006, 0.008, 1.0, 0.0), 0.006, 0.32, hex(0x3a3028));
    canvas.fill(&napkin, move |px: f32, py: f32| {
        let fold = sin((px - cx) * 70.0 + noise(py * 4.0, 1.0, 3)) * 0.05;
        hex(0x8fa59a) * (0.95 + fold + 0.015 * sin(py * 800.0))
    });
    let card = Path::rect(-0.058, -0.105, 0.058, 0.105).place(cx, cy + 0.085, 1.0, 0.03);
    canvas.soft(&card.place(0.004, 0.006, 1.0, 0.0), 0.004, 0.35, hex(0x2c2c24));
    canvas.fill(&card, |px: f32, py: f32| hex(0xfdfaf2) * (0.98 + 0.03 * noise(px * 150.0, py * 150.0, 2)));
    for i in 0..7 {
        let y = cy + 0.035 + i as f32 * 0.020;
        let w = [0.030, 0.018, 0.034, 0.026, 0.036, 0.020, 0.028][i];
        let pen: Vec<_> = (0..=30)
            .map(|k| k as f32 / 30.0)
            .map(|t| (cx + (t * 2.0 - 1.0) * w - 0.001 * i as f32, y + 0.0022 * sin(t * w * 1500.0)))
            .collect();
        canvas.fill_alpha(&Path::stroke(&pen, |_| 0.0009), 0.85, hex(0x5a4a3a));
    }
    let stalk =
        spline(&[(cx - 0.07, cy - 0.06), (cx - 0.02, cy - 0.12), (cx + 0.04, cy - 0.15), (cx + 0.11, cy - 0.16)], 8);
    canvas.fill(&Path::stroke(&stalk, |_| 0.002), hex(0x6a7a5c));
    for (i, &(lx, ly)) in stalk.iter().enumerate().step_by(2) {
        for side in [-1.0, 1.0] {
            flowers::leaf(canvas, lx, ly, 0.042, -0.5 + side * 1.0, [0x7f9a86, 0x93ab94, 0x6a8674][i % 3], 0.0);
        }
    }
    flowers::rose(canvas, cx - 0.052, cy - 0.088, 0.050, flowers::BLUSH, 12);
    flowers::rose(canvas, cx - 0.004, cy - 0.062, 0.034, flowers::CREAM, 13);
    for (gx, gy, r, wine) in [(cx + 0.40, 0.135, 0.088, 0xfff0c0), (cx + 0.555, 0.205, 0.076, 0x8a1830)] {
        canvas.soft(&Path::circle(gx + 0.02, gy + 0.03, r), 0.016, 0.30, hex(0x2c1c10));
        canvas.paint([gx - r, gy - r, gx + r, gy + r], |px, py| {
            let (u, v) = ((px - gx) / r, (py - gy) / r);
            let d = hypot(u, v);
            let light = bell(hypot(u + 0.45, v + 0.5), 0.22) + 0.5 * bell(hypot(u - 0.5, v - 0.45), 0.16);
            let ring = bell(d - 0.95, 0.045);
            let inside = smooth(0.74, 0.70, d);
            let c = hex(0xe8f0f0).mix(hex(wine), inside * 0.85) + hex(0xffffff) * (light * 0.7);
            (c, smooth(1.0, 0.985, d) * (0.14 + 0.55 * ring + 0.50 * inside + light * 0.5))
        });
    }
    flowers::posy(canvas, a * 0.045, 0.10, 0.19, &[flowers::BLUSH, flowers::CREAM, flowers::ROSE], 4);
    candle(canvas, a * 0.10, 0.80);
    candle(canvas, a * 0.155, 0.62);
    Develop { contrast: 0.25, vignette: 0.25, ..Develop::default() }
}

fn candle(canvas: &mut Canvas, x: f32, y: f32) {
    canvas.soft(&Path::circle(x + 0.012, y + 0.016, 0.052), 0.012, 0.4, hex(0x2c1c10));
    canvas.fill(&Path::circle(x, y, 0.052), move |px: f32, py: f32| {
        let d = hypot(px - x, py - y);
        hex(0xb88a4a).mix(hex(0xffe6b0), bell(px - x + 0.02, 0.02)).mix(hex(0xfff4dc) * 1.1, smooth(0.046, 0.040, d))
    });
    canvas.glow(x, y, 0.16, hex(0xffb050) * 0.35);
    canvas.glow(x, y, 0.035, hex(0xffe8b0) * 2.2);
}
