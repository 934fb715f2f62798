//! The picture while it is drawn: linear light, premultiplied alpha, lengths in picture heights.
//!
//! `y` runs from 0 (top) to 1 (bottom) and `x` from 0 to [`Canvas::aspect`], so a scene drawn at any size looks the
//! same.

use super::color::{Rgb, rgb};
use super::path::{Mask, Path};

#[derive(Clone)]
pub struct Canvas {
    pub w: usize,
    pub h: usize,
    pub px: Vec<[f32; 4]>,
}

/// Something with a colour at each place: a plain [`Rgb`], or a function of `(x, y)`.
pub trait Paint {
    fn at(&self, x: f32, y: f32) -> Rgb;
}
impl Paint for Rgb {
    fn at(&self, _: f32, _: f32) -> Rgb {
        *self
    }
}
impl<F: Fn(f32, f32) -> Rgb> Paint for F {
    fn at(&self, x: f32, y: f32) -> Rgb {
        self(x, y)
    }
}

impl Canvas {
    /// A transparent canvas.
    pub fn new(w: usize, h: usize) -> Self {
        Self { w, h, px: vec![[0.0; 4]; w * h] }
    }

    /// A transparent canvas of the same size, which can be laid over this one.
    pub fn layer(&self) -> Self {
        Self::new(self.w, self.h)
    }

    pub fn aspect(&self) -> f32 {
        self.w as f32 / self.h as f32
    }

    /// Pixels in one unit of length.
    pub fn unit(&self) -> f32 {
        self.h as f32
    }

    /// Calls `f` with every pixel's centre and its value so far.
    #[inline]
    fn each(&mut self, bounds: [f32; 4], mut f: impl FnMut(f32, f32, &mut [f32; 4])) {
        let unit = self.unit();
        let limit = |v: f32, max: usize| (v * unit).clamp(0.0, max as f32) as usize;
        let (x0, x1) = (limit(bounds[0], self.w), limit(bounds[2] + 1.0 / unit, self.w));
        let (y0, y1) = (limit(bounds[1], self.h), limit(bounds[3] + 1.0 / unit, self.h));
        let step = 1.0 / unit;
        for y in y0..y1 {
            let fy = (y as f32 + 0.5) * step;
            let row = &mut self.px[y * self.w..(y + 1) * self.w];
            for (x, px) in row.iter_mut().enumerate().take(x1).skip(x0) {
                f((x as f32 + 0.5) * step, fy, px);
            }
        }
    }

    /// Sets every pixel.
    pub fn shade(&mut self, f: impl Fn(f32, f32) -> Rgb) {
        self.each([0.0, 0.0, 1e3, 1e3], |x, y, px| *px = opaque(f(x, y)));
    }

    /// Sets the pixels from height `top` down to `bottom`.
    pub fn band(&mut self, top: f32, bottom: f32, f: impl Fn(f32, f32) -> Rgb) {
        self.each([0.0, top, 1e3, bottom], |x, y, px| *px = opaque(f(x, y)));
    }

    /// Replaces each pixel in `[left, top, right, bottom]` by a function of its colour.
    pub fn modify(&mut self, bounds: [f32; 4], f: impl Fn(f32, f32, Rgb) -> Rgb) {
        self.each(bounds, |x, y, px| {
            let c = f(x, y, rgb(px[0], px[1], px[2]));
            *px = [c.r, c.g, c.b, px[3]];
        });
    }

    /// Lays `(colour, alpha)` over the pixels in `[left, top, right, bottom]`.
    pub fn paint(&mut self, bounds: [f32; 4], f: impl Fn(f32, f32) -> (Rgb, f32)) {
        self.each(bounds, |x, y, px| {
            let (c, a) = f(x, y);
            if a > 0.0 {
                over(px, c, a.min(1.0));
            }
        });
    }

    /// Adds light within a square round `(x, y)`; `f` gets the distance in radii and must reach 0.
    pub fn light(&mut self, x: f32, y: f32, radius: f32, color: Rgb, f: impl Fn(f32) -> f32) {
        let b = [x - radius, y - radius, x + radius, y + radius];
        self.each(b, |px_x, px_y, px| {
            let (dx, dy) = ((px_x - x) / radius, (px_y - y) / radius);
            let d = (dx * dx + dy * dy).sqrt();
            if d < 1.0 {
                let k = f(d);
                px[0] += color.r * k;
                px[1] += color.g * k;
                px[2] += color.b * k;
            }
        });
    }

    /// A soft halo of light.
    pub fn glow(&mut self, x: f32, y: f32, radius: f32, color: Rgb) {
        self.light(x, y, radius, color, |d| {
            let q = 1.0 - d;
            q * q * q
        });
    }

    /// Fills an outline.
    pub fn fill(&mut self, path: &Path, paint: impl Paint) {
        self.fill_alpha(path, 1.0, paint);
    }

    /// Fills an outline with some opacity.
    pub fn fill_alpha(&mut self, path: &Path, alpha: f32, paint: impl Paint) {
        if let Some(mask) = Mask::of(path, self.unit(), self.w, self.h, 0) {
            self.stamp(&mask, alpha, paint);
        }
    }

    /// Fills an outline out of focus: its edges spread by about `blur` units. This is for shadows and depth of field.
    pub fn soft(&mut self, path: &Path, blur: f32, alpha: f32, paint: impl Paint) {
        let radius = blur * self.unit();
        let margin = (radius * 2.5) as i32 + 2;
        let Some(b) = path.bounds() else { return };
        // The blur needs room round the outline, so the mask is wider than the outline.
        let pad = margin as f32 / self.unit();
        let mut path = path.clone();
        path.rings.push(vec![(b[0] - pad, b[1] - pad), (b[2] + pad, b[3] + pad)]);
        if let Some(mut mask) = Mask::of(&path, self.unit(), self.w, self.h, margin) {
            let (w, h) = (mask.w, mask.h);
            super::blur::gaussian(&mut mask.data, w, h, radius);
            self.stamp(&mask, alpha, paint);
        }
    }

    fn stamp(&mut self, mask: &Mask, alpha: f32, paint: impl Paint) {
        let step = 1.0 / self.unit();
        for row in 0..mask.h {
            let y = mask.y + row as i32;
            if y < 0 || y >= self.h as i32 {
                continue;
            }
            let fy = (y as f32 + 0.5) * step;
            for col in 0..mask.w {
                let x = mask.x + col as i32;
                let a = mask.data[row * mask.w + col] * alpha;
                if a > 0.001 && x >= 0 && x < self.w as i32 {
                    let c = paint.at((x as f32 + 0.5) * step, fy);
                    over(&mut self.px[y as usize * self.w + x as usize], c, a);
                }
            }
        }
    }

    /// Lays another canvas of the same size over this one.
    pub fn over(&mut self, top: &Self) {
        for (px, t) in self.px.iter_mut().zip(&top.px) {
            let k = 1.0 - t[3];
            for c in 0..4 {
                px[c] = px[c] * k + t[c];
            }
        }
    }

    /// Puts the whole canvas out of focus.
    pub fn blur(&mut self, radius: f32) {
        let (w, h, r) = (self.w, self.h, radius * self.unit());
        super::blur::gaussian(&mut self.px, w, h, r);
    }

    /// Lets bright areas bleed into their surroundings.
    pub fn bloom(&mut self, threshold: f32, radius: f32, amount: f32) {
        const DOWN: usize = 4;
        let (w, h) = (self.w.div_ceil(DOWN), self.h.div_ceil(DOWN));
        let mut small = vec![[0.0_f32; 4]; w * h];
        for y in 0..self.h {
            for x in 0..self.w {
                let px = self.px[y * self.w + x];
                let peak = px[0].max(px[1]).max(px[2]);
                let k = ((peak - threshold).max(0.0) / peak.max(1e-4)) / (DOWN * DOWN) as f32;
                let s = &mut small[y / DOWN * w + x / DOWN];
                for c in 0..3 {
                    s[c] += px[c].min(8.0) * k;
                }
            }
        }
        super::blur::gaussian(&mut small, w, h, radius * self.unit() / DOWN as f32);
        let step = 1.0 / DOWN as f32;
        for y in 0..self.h {
            for x in 0..self.w {
                let s = bilinear(&small, w, h, (x as f32 + 0.5) * step, (y as f32 + 0.5) * step);
                let px = &mut self.px[y * self.w + x];
                for c in 0..3 {
                    px[c] += s[c] * amount;
                }
            }
        }
    }

    /// The interpolated colour at a place. Outside the canvas, the colour of the nearest edge pixel.
    #[inline]
    pub fn sample(&self, x: f32, y: f32) -> Rgb {
        let unit = self.unit();
        let c = bilinear(&self.px, self.w, self.h, x * unit, y * unit);
        rgb(c[0], c[1], c[2])
    }
}

fn opaque(c: Rgb) -> [f32; 4] {
    [c.r, c.g, c.b, 1.0]
}

#[inline]
fn over(px: &mut [f32; 4], c: Rgb, a: f32) {
    let k = 1.0 - a;
    *px = [px[0] * k + c.r * a, px[1] * k + c.g * a, px[2] * k + c.b * a, px[3] * k + a];
}

#[inline]
fn bilinear(px: &[[f32; 4]], w: usize, h: usize, x: f32, y: f32) -> [f32; 4] {
    let x = (x - 0.5).clamp(0.0, (w - 1) as f32);
    let y = (y - 0.5).clamp(0.0, (h - 1) as f32);
    let (ix, iy) = (x as usize, y as usize);
    let (fx, fy) = (x - ix as f32, y - iy as f32);
    let (jx, jy) = ((ix + 1).min(w - 1), (iy + 1).min(h - 1));
    let (a, b) = (&px[iy * w + ix], &px[iy * w + jx]);
    let (c, d) = (&px[jy * w + ix], &px[jy * w + jx]);
    let mut out = [0.0; 4];
    for (k, o) in out.iter_mut().enumerate() {
        let top = a[k] + (b[k] - a[k]) * fx;
        let bottom = c[k] + (d[k] - c[k]) * fx;
        *o = top + (bottom - top) * fy;
    }
    out
}
