//! The animated picture: a lighthouse whose beam goes round, in a few flat colours.

use crate::draw::math::{PI, TAU, cos, hypot, mix, sin, smooth};
use crate::draw::noise::{Rng, hash01};
use crate::draw::{Canvas, Develop, Path, hex};

pub const FRAMES: u32 = 20;

/// The picture when it stands still.
pub fn lighthouse(canvas: &mut Canvas) -> Develop {
    lighthouse_at(canvas, 0.1)
}

/// The frame at `phase` of the loop, 0 to 1.
pub fn lighthouse_at(canvas: &mut Canvas, phase: f32) -> Develop {
    let a = canvas.aspect();
    let bands = [0x1a1f4b, 0x2b2a63, 0x4a3478, 0x7d4488, 0xb95a86, 0xe87c77, 0xf9a66c];
    let (lx, ly) = (a * 0.66, 0.285);
    canvas.shade(|x, y| {
        let d = hypot(x - a * 0.28, y - 0.72);
        hex(bands[6 - ((d / 0.145) as usize).min(6)])
    });
    let mut rng = Rng::new(6);
    for i in 0..46 {
        let twinkle = 0.5 + 0.5 * sin((phase + hash01(i, 1, 1)) * TAU);
        let (x, y) = (a * rng.f(), 0.4 * rng.f());
        canvas.fill_alpha(&Path::circle(x, y, 0.0026), 0.25 + 0.75 * twinkle, hex(0xfde9c9));
    }
    canvas.fill(&Path::circle(a * 0.28, 0.72, 0.10), hex(0xffd08a));
    // The beam swings: wide when it points at us, gone when it points away.
    let turn = phase * TAU;
    for half in [0.0, PI] {
        let reach = cos(turn + half);
        let facing = sin(turn + half);
        let long = reach * a * 0.9;
        let spread = 0.05 + 0.10 * reach.abs();
        let beam =
            Path::polygon([(lx, ly - 0.008), (lx + long, ly - spread), (lx + long, ly + spread), (lx, ly + 0.008)]);
        canvas.fill_alpha(&beam, 0.22 + 0.10 * facing.abs(), hex(0xffe9b0));
    }
    for l in 0..2 {
        let base = 0.70 + 0.03 * l as f32;
        let hill =
            Path::under(0.0, a, 120, 0.9, |x| base - 0.035 * sin(x * 3.0 + l as f32 * 2.0) - 0.02 * sin(x * 7.0 + 1.0));
        canvas.fill(&hill, hex([0x5a3a78, 0x3a2d66][l as usize]));
    }
    let rock = Path::smooth(&[
        (a * 0.46, 0.86),
        (a * 0.53, 0.76),
        (a * 0.60, 0.72),
        (a * 0.74, 0.715),
        (a * 0.80, 0.76),
        (a * 0.90, 0.80),
        (a * 0.96, 0.88),
        (a * 0.7, 0.95),
    ]);
    canvas.fill(&rock, hex(0x1d1a3d));
    let tower = |t: f32| mix(0.030, 0.044, t);
    for i in 0..7 {
        let (t0, t1) = (i as f32 / 7.0, (i + 1) as f32 / 7.0);
        let (y0, y1) = (mix(0.325, 0.73, t0), mix(0.325, 0.73, t1));
        let stripe =
            Path::polygon([(lx - tower(t0), y0), (lx + tower(t0), y0), (lx + tower(t1), y1), (lx - tower(t1), y1)]);
        canvas.fill(&stripe, hex(if i % 2 == 0 { 0xf6efe6 } else { 0xd8473f }));
        let shade = Path::polygon([
            (lx + tower(t0) * 0.35, y0),
            (lx + tower(t0), y0),
            (lx + tower(t1), y1),
            (lx + tower(t1) * 0.35, y1),
        ]);
        canvas.fill_alpha(&shade, 0.30, hex(0x2a1d4d));
    }
    canvas.fill(&Path::rect(lx - 0.043, 0.312, lx + 0.043, 0.328), hex(0x1d1a3d));
    canvas.fill(&Path::rect(lx - 0.026, 0.255, lx + 0.026, 0.314), hex(0xfff3c4));
    canvas.fill(&Path::polygon([(lx - 0.036, 0.257), (lx, 0.205), (lx + 0.036, 0.257)]), hex(0xd8473f));
    canvas.fill(&Path::circle(lx, 0.203, 0.007), hex(0x1d1a3d));
    let flash = smooth(0.6, 1.0, sin(turn).abs());
    canvas.fill_alpha(&Path::circle(lx, ly, 0.05 + 0.05 * flash), 0.25 + 0.35 * flash, hex(0xfff3c4));
    for (l, tone) in [0x46407e, 0x353470, 0x272a5e, 0x1b204c].into_iter().enumerate() {
        let l = l as f32;
        let drift = phase * TAU * if l as i32 % 2 == 0 { 1.0 } else { -1.0 };
        let sea = Path::under(0.0, a, 160, 1.1, |x| {
            0.79 + 0.055 * l + 0.012 * sin(x * (16.0 - l * 2.5) + drift + l) + 0.006 * sin(x * 31.0 - drift * 2.0)
        });
        canvas.fill(&sea, hex(tone));
        let bob = 0.006 * sin(phase * TAU + 1.0);
        if l as i32 == 1 {
            let (x, y) = (a * 0.24, 0.838 + bob);
            let hull =
                Path::new().move_to(x - 0.07, y).quad((x, y + 0.045), (x + 0.08, y - 0.004)).line_to(x - 0.07, y);
            canvas.fill(&hull, hex(0x7a2f3c));
            canvas.fill(
                &Path::polygon([(x + 0.004, y - 0.16), (x + 0.004, y - 0.012), (x - 0.062, y - 0.012)]),
                hex(0xf6efe6),
            );
            canvas.fill(
                &Path::polygon([(x + 0.012, y - 0.14), (x + 0.012, y - 0.012), (x + 0.058, y - 0.012)]),
                hex(0xe9c7b4),
            );
        }
    }
    Develop::plain()
}
