//! Flowers built petal by petal at the golden angle.

use super::lights::bokeh;
use crate::draw::math::{TAU, bell, cos, hypot, mix, sin, smooth};
use crate::draw::noise::{Rng, fbm, noise, scatter};
use crate::draw::path::spline;
use crate::draw::{Canvas, Develop, Path, Ramp, Rgb, hex};

/// 137.5 degrees, at which no two petals ever line up.
const GOLDEN: f32 = 2.399_963;

/// Colours of a flower: in its shadows, on its petals, at their rims.
pub type Tones = (u32, u32, u32);

pub const BLUSH: Tones = (0xb85a5c, 0xf0b4a8, 0xffe6dc);
pub const CREAM: Tones = (0xc4a070, 0xf6e4c4, 0xfffaf0);
pub const ROSE: Tones = (0x8c1c3c, 0xd84a6c, 0xff9eb0);
pub const PEACH: Tones = (0xc8643a, 0xf8a878, 0xffdcc0);

/// A full rose from above, radius `r`: petals from the outside in, each shading the one below.
pub fn rose(canvas: &mut Canvas, x: f32, y: f32, r: f32, tones: Tones, seed: u64) {
    let mut rng = Rng::new(seed);
    let (dark, body, rim) = (hex(tones.0), hex(tones.1), hex(tones.2));
    canvas.soft(&Path::circle(x + r * 0.06, y + r * 0.12, r * 0.98), r * 0.10, 0.45, hex(0x140c10));
    let petals = 34;
    let start = rng.f() * TAU;
    for i in 0..petals {
        let t = i as f32 / (petals - 1) as f32;
        let angle = start + i as f32 * GOLDEN;
        let out = mix(0.60, 0.03, crate::draw::math::powf(t, 0.82)) * r;
        let wide = mix(0.58, 0.13, t) * r;
        let tall = mix(0.46, 0.12, t) * r;
        let (px, py) = (x + cos(angle) * out, y + sin(angle) * out);
        let phase = rng.f() * TAU;
        let outline: Vec<_> = (0..12)
            .map(|k| {
                let q = k as f32 / 12.0 * TAU;
                let ruffle = 1.0 + 0.05 * sin(q * 3.0 + phase) + 0.03 * sin(q * 7.0 + phase * 2.0);
                (cos(q) * tall * ruffle, sin(q) * wide * ruffle)
            })
            .collect();
        let petal = Path::smooth(&outline);
        let shade = petal.map(|(u, v)| (u * 1.10, v * 1.06)).place(px + r * 0.008, py + r * 0.018, 1.0, angle);
        canvas.fill_alpha(&shade, 0.20, dark * 0.5);
        let shade = petal.map(|(u, v)| (u * 1.04, v * 1.03)).place(px, py + r * 0.008, 1.0, angle);
        canvas.fill_alpha(&shade, 0.22, dark * 0.5);
        let (ca, sa) = (cos(angle), sin(angle));
        let tint = 1.0 + 0.05 * rng.normal();
        canvas.fill(&petal.place(px, py, 1.0, angle), move |qx: f32, qy: f32| {
            // Along the petal, -1 at the heart and 1 at the rim; across it, -1 to 1.
            let (dx, dy) = (qx - px, qy - py);
            let u = (dx * ca + dy * sa) / tall;
            let v = (dy * ca - dx * sa) / wide;
            let d = hypot(u, v);
            let vein = noise(v * 9.0 + phase * 7.0, u * 1.2, 5) * 0.035;
            let cup = smooth(-1.0, 0.72, u);
            let lip = smooth(0.74, 0.97, d) * smooth(-0.1, 0.5, u);
            let light = 0.92 - 0.16 * (cos(angle) * 0.5 + sin(angle) * 0.8);
            let c = deepen(dark, body, cup * mix(0.95, 0.72, t)).mix(rim, lip * 0.8 + smooth(0.3, 1.0, u) * 0.22);
            c * ((light + vein) * tint)
        });
    }
}

/// From shadow to light; the square keeps shadows deep where petals meet.
fn deepen(dark: Rgb, light: Rgb, t: f32) -> Rgb {
    dark.mix(light, t * t * (1.6 - 0.6 * t))
}

/// One leaf from `(x, y)` outwards.
pub fn leaf(canvas: &mut Canvas, x: f32, y: f32, long: f32, angle: f32, tone: u32, blur: f32) {
    let shape = Path::new().move_to(0.0, 0.0).cubic((0.25, -0.28), (0.70, -0.22), (1.0, 0.0)).cubic(
        (0.70, 0.22),
        (0.25, 0.28),
        (0.0, 0.0),
    );
    let (ca, sa) = (cos(angle), sin(angle));
    let paint = move |px: f32, py: f32| {
        let (u, v) = (((px - x) * ca + (py - y) * sa) / long, ((py - y) * ca - (px - x) * sa) / long);
        let vein = bell(v, 0.012) * 0.5 + bell(crate::draw::math::fract(u * 7.0 - v.abs() * 9.0) - 0.5, 0.08) * 0.10;
        hex(tone) * (0.72 + 0.5 * smooth(0.1, -0.12, v) + vein * 0.7 + 0.08 * noise(px * 60.0, py * 60.0, 3))
    };
    let path = shape.place(x, y, long, angle);
    if blur > 0.0 {
        canvas.soft(&path, blur, 0.95, paint);
    } else {
        canvas.fill(&path, paint);
    }
}

/// A cluster of roses and green filling a disc of radius `r`.
pub fn posy(canvas: &mut Canvas, x: f32, y: f32, r: f32, palette: &[Tones], seed: u64) {
    let mut rng = Rng::new(seed);
    canvas.soft(&Path::circle(x + r * 0.05, y + r * 0.10, r), r * 0.12, 0.4, hex(0x0c1008));
    for i in 0..46 {
        let angle = i as f32 * GOLDEN + rng.range(-0.2, 0.2);
        let tone = *rng.pick(&[0x3c6238, 0x55804a, 0x6d9460, 0x8aa886, 0x2c4a30, 0x7f9a5c]);
        let from = r * rng.range(0.55, 0.86);
        leaf(
            canvas,
            x + cos(angle) * from,
            y + sin(angle) * from,
            r * rng.range(0.34, 0.60),
            angle + rng.range(-0.5, 0.5),
            tone,
            0.0,
        );
    }
    for _ in 0..70 {
        // Gypsophila: white dots on thin stalks.
        let (angle, from) = (rng.f() * TAU, r * rng.range(0.7, 1.22));
        let (gx, gy) = (x + cos(angle) * from, y + sin(angle) * from);
        canvas.fill_alpha(
            &Path::stroke(&[(x + cos(angle) * r * 0.6, y + sin(angle) * r * 0.6), (gx, gy)], |_| r * 0.004),
            0.6,
            hex(0x7a9468),
        );
        for _ in 0..3 {
            let (fx, fy) = (gx + rng.normal() * r * 0.025, gy + rng.normal() * r * 0.025);
            canvas.fill_alpha(&Path::circle(fx, fy, r * rng.range(0.012, 0.022)), 0.95, hex(0xfdfaf2));
        }
    }
    let count = 19;
    let mut heads: Vec<(f32, f32, f32)> = (0..count)
        .map(|i| {
            let t = (i as f32 + 0.5) / count as f32;
            let angle = i as f32 * GOLDEN + 0.4;
            let out = r * 0.80 * t.sqrt();
            (x + cos(angle) * out, y + sin(angle) * out, r * mix(0.31, 0.25, t) * rng.range(0.90, 1.10))
        })
        .collect();
    heads.reverse();
    for (i, &(hx, hy, hr)) in heads.iter().enumerate() {
        let tones = palette[(i * 5 + i / 3) % palette.len()];
        rose(canvas, hx, hy, hr, tones, seed * 100 + i as u64);
        if i % 3 == 1 {
            let angle = rng.f() * TAU;
            leaf(canvas, hx + cos(angle) * hr * 0.9, hy + sin(angle) * hr * 0.9, hr * 0.8, angle + 0.5, 0x5c8450, 0.0);
        }
    }
}

/// The bridal bouquet, stems bound with ribbon.
pub fn bouquet(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let ground = Ramp::new(&[(0.0, 0x8fa88c), (0.4, 0xb8c4a4), (0.75, 0xe6d8c0), (1.0, 0xd8c0a8)]);
    canvas.shade(|x, y| ground.at(y + 0.25 * fbm(x * 1.4, y * 1.4, 3, 4)));
    let mut rng = Rng::new(7);
    for i in 0..40 {
        let (u, v) = scatter(i);
        bokeh(
            canvas,
            a * u,
            v * 0.7,
            rng.range(0.03, 0.09),
            hex(*rng.pick(&[0xfff4d8, 0xe8f4d0, 0xffffff])) * rng.range(0.03, 0.12),
        );
    }
    canvas.blur(0.012);
    let (x, y, r) = (a * 0.5, 0.40, 0.27 * (a / 0.66).min(1.0));
    for i in 0..22 {
        let order = (i * 7 % 22) as f32 / 21.0 * 2.0 - 1.0;
        let stem =
            [(x + order * r * 0.5, y + r * 0.7), (x + order * 0.030, y + r * 1.42), (x - order * 0.085, y + r * 2.15)];
        let tone = *rng.pick(&[0x4f7440, 0x6a8c52, 0x3e5f36, 0x7c9a60]);
        canvas.fill(&Path::stroke(&spline(&stem, 10), |_| 0.0058), move |px: f32, _: f32| {
            hex(tone) * (0.8 + 0.3 * smooth(x - 0.08, x + 0.06, px))
        });
    }
    for (dir, len) in [(-1.0, 0.30), (1.0, 0.36)] {
        let tail = [
            (x + dir * 0.01, y + r * 1.42),
            (x + dir * 0.085, y + r * 1.42 + len * 0.35),
            (x + dir * 0.05, y + r * 1.42 + len * 0.7),
            (x + dir * 0.11, y + r * 1.42 + len),
        ];
        let ribbon = Path::stroke(&spline(&tail, 10), |t| 0.011 + 0.003 * sin(t * 9.0));
        canvas.soft(&ribbon.place(0.006, 0.008, 1.0, 0.0), 0.005, 0.25, hex(0x40342c));
        canvas.fill(&ribbon, move |px: f32, py: f32| hex(0xf4e4dc) * (0.80 + 0.22 * sin(py * 34.0 + px * 12.0)));
    }
    let band = Path::new()
        .move_to(x - 0.056, y + r * 1.29)
        .quad((x, y + r * 1.33), (x + 0.056, y + r * 1.29))
        .line_to(x + 0.050, y + r * 1.55)
        .quad((x, y + r * 1.60), (x - 0.050, y + r * 1.55));
    canvas.fill(&band, move |px: f32, py: f32| {
        let u = (px - x) / 0.056;
        let fold = sin((py - y) * 260.0 + u * 2.0) * 0.06;
        hex(0xf8ece4) * ((1.02 - 0.45 * u * u + fold) * 0.95)
    });
    posy(canvas, x, y, r, &[BLUSH, CREAM, PEACH, BLUSH, ROSE, CREAM], 3);
    Develop { contrast: 0.25, vignette: 0.25, ..Develop::default() }
}

/// A sunflower head-on: its seeds are the textbook spiral.
pub fn sunflower(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let ground = Ramp::new(&[(0.0, 0x6fa8d8), (0.35, 0xa8cc9c), (0.7, 0x7a9c4c), (1.0, 0x4c6c30)]);
    canvas.shade(|x, y| ground.at(y + 0.3 * fbm(x * 1.6, y * 1.6, 3, 9)));
    let mut rng = Rng::new(23);
    for _ in 0..26 {
        let (bx, by) = (a * rng.f(), rng.range(0.35, 1.0));
        bokeh(
            canvas,
            bx,
            by,
            rng.range(0.05, 0.11),
            hex(*rng.pick(&[0xffc830, 0xffdf70, 0xd0e080])) * rng.range(0.08, 0.28),
        );
    }
    canvas.blur(0.022);
    let (x, y, r) = (a * 0.52, 0.50, 0.205);
    for i in 0..7 {
        leaf(canvas, x, y + 0.10, rng.range(0.42, 0.56), 0.3 + i as f32 * 0.42, 0x5f8a3c, 0.004);
    }
    for ring in 0..3 {
        let count = 21;
        for i in 0..count {
            let angle = (i as f32 + 0.33 * ring as f32) / count as f32 * TAU + rng.range(-0.05, 0.05);
            let long = r * mix(1.16, 0.92, ring as f32 / 2.0) * rng.range(0.88, 1.08);
            let half = r * 0.21 * rng.range(0.85, 1.1);
            let bend = rng.range(-0.14, 0.14);
            let petal = Path::new()
                .move_to(0.0, -half * 0.45)
                .cubic((long * 0.3, -half * 1.2), (long * 0.72, -half * (0.9 - bend)), (long, bend * half))
                .cubic((long * 0.72, half * (0.9 + bend)), (long * 0.3, half * 1.2), (0.0, half * 0.45));
            let (px, py) = (x + cos(angle) * r * 0.86, y + sin(angle) * r * 0.86);
            canvas.fill_alpha(
                &petal.map(|(u, v)| (u * 1.02, v * 1.1)).place(px, py + 0.004, 1.0, angle),
                0.28,
                hex(0x6a3800),
            );
            let (ca, sa) = (cos(angle), sin(angle));
            let tint = rng.range(0.9, 1.06);
            canvas.fill(&petal.place(px, py, 1.0, angle), move |qx: f32, qy: f32| {
                let (u, v) = (((qx - px) * ca + (qy - py) * sa) / long, ((qy - py) * ca - (qx - px) * sa) / half);
                let groove = 0.94 + 0.08 * cos(v * 9.0) - 0.12 * bell(v, 0.10);
                let c = hex(0xd87a08)
                    .mix(hex(0xffc414), smooth(0.0, 0.55, u))
                    .mix(hex(0xffe26a), smooth(0.6, 1.0, u) * 0.6);
                c * (groove * tint * (0.92 - 0.10 * sin(angle)))
            });
        }
    }
    canvas.soft(&Path::circle(x, y, r * 1.02), 0.012, 0.75, hex(0x3a1c06));
    let seeds = 1150;
    for i in (0..seeds).rev() {
        let t = (i as f32 + 0.5) / seeds as f32;
        let angle = i as f32 * GOLDEN;
        let out = r * t.sqrt();
        let (sx, sy) = (x + cos(angle) * out, y + sin(angle) * out);
        let size = r * mix(0.023, 0.040, t) * 1.1;
        let open = smooth(0.62, 0.86, t);
        let heart = smooth(0.12, 0.02, t);
        let base = hex(0x3a2010).mix(hex(0x9a5a12), open).mix(hex(0x5a6a20), heart);
        canvas.fill(&Path::circle(sx, sy + size * 0.25, size), base * 0.30);
        canvas.fill(&Path::circle(sx, sy, size * 0.82), base * 1.1);
        let tip = hex(0x8a5a28).mix(hex(0xffd048), open).mix(hex(0xa8b050), heart);
        canvas.fill_alpha(&Path::circle(sx - size * 0.2, sy - size * 0.25, size * 0.42), 0.85, tip);
    }
    canvas.bloom(0.95, 0.02, 0.2);
    Develop { contrast: 0.3, vignette: 0.28, ..Develop::default() }
}
