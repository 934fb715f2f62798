//! Outlines built from lines and Bézier curves, and their exact pixel coverage.

use super::math::{TAU, cos, hypot, sin};

pub type Point = (f32, f32);

/// Closed polygons. Where they overlap, they join into one area.
#[derive(Clone, Default)]
pub struct Path {
    pub rings: Vec<Vec<Point>>,
}

const CURVE_STEPS: usize = 14;

impl Path {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn polygon(points: impl IntoIterator<Item = Point>) -> Self {
        Self { rings: vec![points.into_iter().collect()] }
    }

    pub fn move_to(mut self, x: f32, y: f32) -> Self {
        self.rings.push(vec![(x, y)]);
        self
    }

    pub fn line_to(mut self, x: f32, y: f32) -> Self {
        if let Some(ring) = self.rings.last_mut() {
            ring.push((x, y));
        }
        self
    }

    pub fn cubic(mut self, a: Point, b: Point, c: Point) -> Self {
        if let Some(ring) = self.rings.last_mut() {
            let p = ring.last().copied().unwrap_or(a);
            ring.extend((1..=CURVE_STEPS).map(|i| {
                let t = i as f32 / CURVE_STEPS as f32;
                let u = 1.0 - t;
                let k = [u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t];
                (k[0] * p.0 + k[1] * a.0 + k[2] * b.0 + k[3] * c.0, k[0] * p.1 + k[1] * a.1 + k[2] * b.1 + k[3] * c.1)
            }));
        }
        self
    }

    pub fn quad(self, a: Point, c: Point) -> Self {
        let p = self.rings.last().and_then(|r| r.last()).copied().unwrap_or(a);
        let third = |p: Point| ((p.0 + 2.0 * a.0) / 3.0, (p.1 + 2.0 * a.1) / 3.0);
        self.cubic(third(p), third(c), c)
    }

    pub fn rect(x0: f32, y0: f32, x1: f32, y1: f32) -> Self {
        Self::polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    }

    pub fn ellipse(x: f32, y: f32, rx: f32, ry: f32) -> Self {
        Self::polygon((0..56).map(|i| {
            let a = i as f32 / 56.0 * TAU;
            (x + rx * cos(a), y + ry * sin(a))
        }))
    }

    pub fn circle(x: f32, y: f32, r: f32) -> Self {
        Self::ellipse(x, y, r, r)
    }

    /// A smooth closed curve through `points` (Catmull-Rom).
    pub fn smooth(points: &[Point]) -> Self {
        let n = points.len();
        let at = |i: usize| points[i % n];
        let mut ring = Vec::with_capacity(n * 8);
        for i in 0..n {
            let (p0, p1, p2, p3) = (at(i + n - 1), at(i), at(i + 1), at(i + 2));
            ring.extend((0..8).map(|k| catmull(p0, p1, p2, p3, k as f32 / 8.0)));
        }
        Self { rings: vec![ring] }
    }

    /// A line of varying half-width `width(t)`, `t` running from 0 to 1, with round ends.
    pub fn stroke(points: &[Point], width: impl Fn(f32) -> f32) -> Self {
        let n = points.len();
        let mut rings = Vec::with_capacity(n * 2);
        let half = |i: usize| width(i as f32 / (n - 1).max(1) as f32);
        for (i, &(x, y)) in points.iter().enumerate() {
            let r = half(i);
            rings.push(
                (0..12).map(|k| (x + r * cos(k as f32 * TAU / 12.0), y + r * sin(k as f32 * TAU / 12.0))).collect(),
            );
            if i + 1 < n {
                let (x2, y2) = points[i + 1];
                let r2 = half(i + 1);
                let length = hypot(x2 - x, y2 - y).max(1e-9);
                let (nx, ny) = (-(y2 - y) / length, (x2 - x) / length);
                rings.push(vec![
                    (x - nx * r, y - ny * r),
                    (x2 - nx * r2, y2 - ny * r2),
                    (x2 + nx * r2, y2 + ny * r2),
                    (x + nx * r, y + ny * r),
                ]);
            }
        }
        Self { rings }
    }

    /// A band between two heights over `x0..x1`: `top(x)` down to `bottom`.
    pub fn under(x0: f32, x1: f32, steps: usize, bottom: f32, top: impl Fn(f32) -> f32) -> Self {
        let mut ring: Vec<Point> =
            (0..=steps).map(|i| x0 + (x1 - x0) * i as f32 / steps as f32).map(|x| (x, top(x))).collect();
        ring.push((x1, bottom));
        ring.push((x0, bottom));
        Self { rings: vec![ring] }
    }

    pub fn and(mut self, other: Self) -> Self {
        self.rings.extend(other.rings);
        self
    }

    /// Scaled, then turned by `angle` radians, then moved.
    pub fn place(&self, x: f32, y: f32, scale: f32, angle: f32) -> Self {
        self.place_xy(x, y, scale, scale, angle)
    }

    /// Like [`Path::place`] with a scale for each axis. A negative scale mirrors.
    pub fn place_xy(&self, x: f32, y: f32, sx: f32, sy: f32, angle: f32) -> Self {
        let (s, c) = (sin(angle), cos(angle));
        self.map(|(px, py)| {
            let (px, py) = (px * sx, py * sy);
            (x + px * c - py * s, y + px * s + py * c)
        })
    }

    pub fn map(&self, f: impl Fn(Point) -> Point) -> Self {
        Self { rings: self.rings.iter().map(|r| r.iter().map(|&p| f(p)).collect()).collect() }
    }

    /// `[left, top, right, bottom]`, or `None` when there is nothing to fill.
    pub fn bounds(&self) -> Option<[f32; 4]> {
        let mut all = self.rings.iter().flatten();
        let first = all.next()?;
        let start = [first.0, first.1, first.0, first.1];
        Some(all.fold(start, |b, p| [b[0].min(p.0), b[1].min(p.1), b[2].max(p.0), b[3].max(p.1)]))
    }
}

/// A point on the Catmull-Rom curve between `p1` and `p2`.
pub fn catmull(p0: Point, p1: Point, p2: Point, p3: Point, t: f32) -> Point {
    let axis = |a: f32, b: f32, c: f32, d: f32| {
        b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
    };
    (axis(p0.0, p1.0, p2.0, p3.0), axis(p0.1, p1.1, p2.1, p3.1))
}

/// A smooth open line through `points`, `per` steps between neighbours.
pub fn spline(points: &[Point], per: usize) -> Vec<Point> {
    let n = points.len();
    let at = |i: isize| points[i.clamp(0, n as isize - 1) as usize];
    let mut out = Vec::with_capacity(n * per);
    for i in 0..n as isize - 1 {
        for k in 0..per {
            out.push(catmull(at(i - 1), at(i), at(i + 1), at(i + 2), k as f32 / per as f32));
        }
    }
    out.push(at(n as isize - 1));
    out
}

/// Coverage of a rectangle of pixels, each 0 to 1.
pub struct Mask {
    pub x: i32,
    pub y: i32,
    pub w: usize,
    pub h: usize,
    pub data: Vec<f32>,
}

impl Mask {
    /// Coverage of `path`, whose points are multiplied by `unit` to get pixels, within a picture of
    /// `width` x `height` widened by `margin` pixels. Exact areas, summed along each row.
    pub fn of(path: &Path, unit: f32, width: usize, height: usize, margin: i32) -> Option<Self> {
        let b = path.bounds()?;
        let clip = |v: f32, low: i32, high: i32| (v.clamp(-1e6, 1e6) as i32).clamp(low, high);
        let (low, right, bottom) = (-margin, width as i32 + margin, height as i32 + margin);
        let x0 = clip(b[0] * unit - 1.0, low, right);
        let x1 = clip(b[2] * unit + 2.0, low, right);
        let y0 = clip(b[1] * unit - 1.0, low, bottom);
        let y1 = clip(b[3] * unit + 2.0, low, bottom);
        if x1 <= x0 || y1 <= y0 {
            return None;
        }
        let (w, h) = ((x1 - x0) as usize, (y1 - y0) as usize);
        // Two spare columns take the area that the last pixel of a row carries over.
        let stride = w + 2;
        let mut area = vec![0.0_f32; stride * h];
        for ring in &path.rings {
            // All rings turn the same way, so that overlapping rings join.
            let turn = if signed_area(ring) < 0.0 { -1.0 } else { 1.0 };
            for (i, &p) in ring.iter().enumerate() {
                let q = ring[(i + 1) % ring.len()];
                let to = |p: Point| (p.0 * unit - x0 as f32, p.1 * unit - y0 as f32);
                edge(&mut area, stride, (w as f32, h), turn, to(p), to(q));
            }
        }
        let mut data = vec![0.0; w * h];
        for (row, out) in area.chunks(stride).zip(data.chunks_mut(w)) {
            let mut sum = 0.0;
            for (a, o) in row.iter().zip(out) {
                sum += a;
                *o = sum.abs().min(1.0);
            }
        }
        Some(Self { x: x0, y: y0, w, h, data })
    }
}

fn signed_area(ring: &[Point]) -> f32 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(p, q)| p.0 * q.1 - q.0 * p.1).sum()
}

/// Adds one edge's signed area to every pixel row it crosses (the method of `font-rs`, by
/// Raph Levien): afterwards a running sum along a row gives the coverage.
fn edge(area: &mut [f32], stride: usize, (width, height): (f32, usize), turn: f32, p: Point, q: Point) {
    if p.1 == q.1 {
        return;
    }
    let (dir, p, q) = if p.1 < q.1 { (turn, p, q) } else { (-turn, q, p) };
    let slope = (q.0 - p.0) / (q.1 - p.1);
    let mut x = if p.1 < 0.0 { p.0 - p.1 * slope } else { p.0 };
    let first = p.1.max(0.0) as usize;
    for row in first..height.min(q.1.max(0.0).ceil() as usize) {
        let line = &mut area[row * stride..(row + 1) * stride];
        let dy = ((row + 1) as f32).min(q.1) - (row as f32).max(p.1);
        let next = x + slope * dy;
        let d = dy * dir;
        let (a, b) = if x < next { (x, next) } else { (next, x) };
        let (a, b) = (a.clamp(0.0, width), b.clamp(0.0, width));
        let i = a as usize;
        let end = b.ceil() as usize;
        if end <= i + 1 {
            let middle = 0.5 * (a + b) - i as f32;
            line[i] += d - d * middle;
            line[i + 1] += d * middle;
        } else {
            let s = 1.0 / (b - a);
            let left = a - i as f32;
            let right = b - end as f32 + 1.0;
            let a0 = 0.5 * s * (1.0 - left) * (1.0 - left);
            let am = 0.5 * s * right * right;
            line[i] += d * a0;
            if end == i + 2 {
                line[i + 1] += d * (1.0 - a0 - am);
            } else {
                let a1 = s * (1.5 - left);
                line[i + 1] += d * (a1 - a0);
                for k in i + 2..end - 1 {
                    line[k] += d * s;
                }
                let a2 = a1 + (end - i - 3) as f32 * s;
                line[end - 1] += d * (1.0 - a2 - am);
            }
            line[end] += d * am;
        }
        x = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_is_the_area() {
        let square = Path::rect(1.25, 1.5, 4.75, 3.0);
        let mask = Mask::of(&square, 1.0, 10, 10, 0).unwrap();
        assert!((mask.data.iter().sum::<f32>() - 3.5 * 1.5).abs() < 1e-4);
        let disc = Mask::of(&Path::circle(20.0, 20.0, 10.0), 1.0, 40, 40, 0).unwrap();
        assert!((disc.data.iter().sum::<f32>() - 314.0).abs() < 2.0);
    }

    #[test]
    fn what_lies_outside_is_clipped() {
        let mask = Mask::of(&Path::rect(-5.0, -5.0, 3.0, 30.0), 1.0, 8, 8, 0).unwrap();
        assert!((mask.data.iter().sum::<f32>() - 24.0).abs() < 1e-3);
        assert!(Mask::of(&Path::circle(50.0, 0.0, 3.0), 1.0, 8, 8, 0).is_none());
    }
}
