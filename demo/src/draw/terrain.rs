//! Landscapes from a height function: each column of the picture walks away from the camera, and draws the ground
//! that rises above everything nearer.

use super::canvas::Canvas;
use super::color::Rgb;

/// The place of the camera. Lengths are in ground units of the height function.
#[derive(Clone, Copy)]
pub struct View {
    /// Height of the horizon in the picture, 0 top to 1 bottom.
    pub horizon: f32,
    /// Camera height over the ground's zero.
    pub eye: f32,
    /// Focal length in picture heights: 1 is wide, 3 is a telephoto lens.
    pub focal: f32,
    pub near: f32,
    pub far: f32,
    /// Growth of the distance from one step to the next: 0.004 is fine, 0.01 is quick.
    pub step: f32,
}

/// A visible spot of ground.
pub struct Ground {
    pub x: f32,
    pub z: f32,
    pub height: f32,
    /// Upward unit normal.
    pub normal: (f32, f32, f32),
    /// Size of a pixel on the ground, to keep detail from flickering.
    pub detail: f32,
}

impl Ground {
    /// Lambert's cosine towards the light `(x, up, z)`, which need not be of unit length.
    pub fn lit(&self, light: (f32, f32, f32)) -> f32 {
        let length = (light.0 * light.0 + light.1 * light.1 + light.2 * light.2).sqrt();
        let n = self.normal;
        ((n.0 * light.0 + n.1 * light.1 + n.2 * light.2) / length).max(0.0)
    }
}

/// Lines of sight per column; along a line coverage is exact.
const FINE: usize = 2;

/// The most parts into which a step is divided.
const MOST_PARTS: usize = 6;

/// Draws the ground over the canvas. Above the outline of the ground, the canvas stays as it is.
pub fn draw(canvas: &mut Canvas, view: View, height: impl Fn(f32, f32) -> f32, color: impl Fn(&Ground) -> Rgb) {
    let unit = canvas.unit();
    let pixel = 1.0 / (unit * view.focal);
    let centre = canvas.aspect() * 0.5;
    let mut sums = vec![[0.0_f32; 4]; canvas.h];
    for column in 0..canvas.w {
        sums.fill([0.0; 4]);
        for sub in 0..FINE {
            let sx = (column as f32 + (sub as f32 + 0.5) / FINE as f32) / unit;
            let across = (sx - centre) / view.focal;
            // Everything below this line, in pixels, is covered already.
            let mut top = unit;
            let at = |z: f32| {
                let h = height(across * z, z);
                (h, ((view.horizon + (view.eye - h) / z * view.focal) * unit).max(0.0))
            };
            let mut z = view.near;
            while z < view.far && top > 0.0 {
                let back = z;
                z += z * view.step;
                // A slope that rises by many pixels within one step is walked in smaller steps.
                let parts = ((top - at(z).1).max(0.0) as usize).min(MOST_PARTS);
                for part in 1..=parts {
                    let z = back + (z - back) * part as f32 / parts as f32;
                    let (h, y) = at(z);
                    if y > top - 0.75 {
                        continue;
                    }
                    let x = across * z;
                    let detail = (pixel * z).max(1e-5);
                    let e = detail * 1.5;
                    let (hx, hz) = ((height(x + e, z) - h) / e, (height(x, z + e) - h) / e);
                    let n = 1.0 / (1.0 + hx * hx + hz * hz).sqrt();
                    let normal = (-hx * n, n, -hz * n);
                    span(&mut sums, y, top, color(&Ground { x, z, height: h, normal, detail }));
                    top = y;
                }
            }
        }
        let share = 1.0 / FINE as f32;
        for (row, s) in sums.iter().enumerate() {
            let px = &mut canvas.px[row * canvas.w + column];
            let keep = 1.0 - s[3] * share;
            for c in 0..3 {
                px[c] = px[c] * keep + s[c] * share;
            }
            px[3] = px[3] * keep + s[3] * share;
        }
    }
}

/// Adds a colour to the pixels between two heights. The first and the last pixel get the part that is covered.
fn span(sums: &mut [[f32; 4]], from: f32, to: f32, c: Rgb) {
    let first = from as usize;
    for (row, s) in sums.iter_mut().enumerate().skip(first) {
        let part = to.min((row + 1) as f32) - from.max(row as f32);
        if part <= 0.0 {
            break;
        }
        *s = [s[0] + c.r * part, s[1] + c.g * part, s[2] + c.b * part, s[3] + part];
    }
}

/// A flat layer seen from afar: everything below `top(x)`, coloured by `(x, y, depth below top)`.
pub fn ridge(canvas: &mut Canvas, top: impl Fn(f32) -> f32, color: impl Fn(f32, f32, f32) -> Rgb) {
    let unit = canvas.unit();
    for column in 0..canvas.w {
        let x = (column as f32 + 0.5) / unit;
        let t = top(x);
        let slope = (top(x + 0.5 / unit) - top(x - 0.5 / unit)) * unit;
        let sharp = unit / (1.0 + slope * slope).sqrt();
        for row in ((t * unit - 3.0 - slope.abs()).max(0.0) as usize)..canvas.h {
            let y = (row as f32 + 0.5) / unit;
            let a = ((y - t) * sharp + 0.5).clamp(0.0, 1.0);
            if a > 0.0 {
                let c = color(x, y, (y - t).max(0.0));
                let px = &mut canvas.px[row * canvas.w + column];
                let k = 1.0 - a;
                *px = [px[0] * k + c.r * a, px[1] * k + c.g * a, px[2] * k + c.b * a, px[3] * k + a];
            }
        }
    }
}
