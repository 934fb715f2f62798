//! The short film's pictures: golden hour, a slow move over the sea, sails, a title.

use crate::draw::math::{bell, mix, sin, smooth};
use crate::draw::noise::line;
use crate::draw::{Canvas, Develop, Path, develop, hex, letters, terrain};
use crate::scenes::{mountains, sea, water};
use image::RgbImage;

pub const SECONDS: f32 = 12.0;
pub const FRAME_RATE: u32 = 24;
pub const FRAMES: u32 = SECONDS as u32 * FRAME_RATE;

/// How much larger than the frame the scene is drawn, so that the camera has room to move.
const MARGIN: f32 = 1.12;

/// The parts that do not change from frame to frame: the far headlands over a transparent sky.
pub struct Film {
    width: usize,
    height: usize,
}

const HORIZON: f32 = 0.56;

impl Film {
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height }
    }

    /// Frame `index` of [`FRAMES`].
    pub fn frame(&self, index: u32) -> RgbImage {
        let time = index as f32 / FRAME_RATE as f32;
        let t = time / SECONDS;
        let scene = self.scene(time);
        // The camera glides from left to right and a little closer, starting and ending gently.
        let ease = smooth(-0.15, 1.15, t);
        let zoom = mix(1.0, 1.0 / MARGIN * 1.015, ease);
        let (cx, cy) = (scene.aspect() * 0.5 + mix(-0.045, 0.045, ease) * (1.0 - zoom) * 4.0, mix(0.500, 0.515, ease));
        let mut view = Canvas::new(self.width, self.height);
        view.shade(|x, y| scene.sample(cx + (x - view_aspect(self) * 0.5) * zoom, cy + (y - 0.5) * zoom));
        title(&mut view, time);
        let light = smooth(-0.1, 1.1, time) * smooth(SECONDS + 0.05, SECONDS - 1.1, time);
        develop::develop(
            &view,
            Develop { contrast: 0.3, grain: 0.4, vignette: 0.25, exposure: light, ..Develop::default() },
        )
    }

    /// The whole scene at a moment, somewhat larger than the frame.
    fn scene(&self, time: f32) -> Canvas {
        let (w, h) = ((self.width as f32 * MARGIN) as usize, (self.height as f32 * MARGIN) as usize);
        // Sky and clouds are smooth: half the size is enough.
        let mut sky = Canvas::new(w / 2, h / 2);
        let a = sky.aspect();
        let sun = (a * 0.585, mix(0.452, 0.478, time / SECONDS));
        sea::golden_sky(&mut sky, HORIZON, sun, time * 2.5, 7);
        let mut canvas = Canvas::new(w, h);
        canvas.band(0.0, HORIZON + 0.01, |x, y| sky.sample(x, y.min(HORIZON - 2.0 / sky.unit())));
        for (side, seed, reach, tall) in [(0.0, 31, 0.66, 0.20), (1.0, 47, 0.40, 0.12)] {
            terrain::ridge(
                &mut canvas,
                |x| {
                    let far = ((x - side * a).abs() / reach).min(1.2);
                    let drop = smooth(1.0, 0.0, far);
                    let rock = line(x * 7.0, 6, seed) * 0.045 + line(x * 30.0, 3, seed) * 0.010;
                    HORIZON + 0.006 - (tall * drop + rock * smooth(0.0, 0.35, drop)) + 0.01 * smooth(0.9, 1.0, far)
                },
                |x, _, depth| {
                    let rim = bell(depth, 0.012);
                    hex(0x2a1e30).mix(hex(0x94503e), rim * 0.7).mix(hex(0xff9a6a), bell(x - sun.0, 0.5) * 0.25)
                },
            );
        }
        let boats = [(0.30, 0.567, 0.070, 0.0045, 0.5), (0.73, 0.572, 0.110, -0.0065, 1.0)];
        for (x, y, size, speed, phase) in boats {
            sail(&mut canvas, a * x + speed * time, y, size, 0.035 * sin(time * 0.9 + phase * 4.0));
        }
        water::draw(
            &mut canvas,
            water::Water { horizon: HORIZON, eye: 4.5, rough: 0.54, deep: hex(0x12304a), time: time * 1.1, seed: 7 },
        );
        for (x, y, size, speed, phase) in boats {
            hull(&mut canvas, a * x + speed * time, y, size, 0.035 * sin(time * 0.9 + phase * 4.0));
        }
        let drift = time * 0.016;
        mountains::birds(&mut canvas, a * 0.30 + drift, 0.23 - drift * 0.2, 7, 0.017 * (1.0 + 0.05 * sin(time * 5.0)));
        canvas.bloom(0.9, 0.035, 0.35);
        canvas
    }
}

fn view_aspect(film: &Film) -> f32 {
    film.width as f32 / film.height as f32
}

fn sail(canvas: &mut Canvas, x: f32, y: f32, size: f32, heel: f32) {
    let main = Path::new().move_to(0.0, -1.0).quad((-0.20, -0.5), (-0.30, -0.13)).quad((-0.15, -0.10), (0.0, -0.12));
    let jib = Path::new().move_to(0.02, -0.93).quad((0.13, -0.5), (0.33, -0.11)).quad((0.16, -0.13), (0.03, -0.16));
    canvas.fill(&main.place(x, y, size, heel), hex(0x4a3040));
    canvas.fill(&jib.place(x, y, size, heel), hex(0x6a4248));
}

fn hull(canvas: &mut Canvas, x: f32, y: f32, size: f32, heel: f32) {
    let hull = Path::new()
        .move_to(-0.30, -0.09)
        .quad((0.0, -0.07), (0.36, -0.11))
        .quad((0.30, 0.0), (0.20, 0.02))
        .line_to(-0.22, 0.02)
        .quad((-0.28, 0.0), (-0.30, -0.09));
    canvas.fill(&hull.place(x, y, size, heel), hex(0x1e1420));
}

/// Names and date, fading in and out.
fn title(canvas: &mut Canvas, time: f32) {
    let a = canvas.aspect();
    let lines =
        [("LENA & JONAS", 0.255, 0.070, 0.024, 0.42, 1.4), ("14 \u{b7} 6 \u{b7} 2025", 0.385, 0.030, 0.032, 0.55, 2.2)];
    for (text, y, size, weight, space, from) in lines {
        let shown = smooth(from, from + 1.4, time) * smooth(9.6, 8.2, time);
        if shown > 0.0 {
            let text = letters::centred(text, a * 0.5, y, size, weight, space);
            canvas.soft(&text, 0.007, 0.35 * shown, hex(0x3a1c38));
            canvas.fill_alpha(&text, 0.95 * shown, hex(0xfff6e6) * 1.25);
        }
    }
}
