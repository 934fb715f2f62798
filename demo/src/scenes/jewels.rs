//! Jewels: the rings on linen, pearls on silk.

use super::flowers;
use crate::draw::math::{bell, fract, hypot, ifloor, mix, powf, sin, smooth};
use crate::draw::noise::{fbm, hash01, noise};
use crate::draw::path::spline;
use crate::draw::{Canvas, Develop, Path, Rgb, hex};

type V = (f32, f32, f32);

fn dot(a: V, b: V) -> f32 {
    a.0 * b.0 + a.1 * b.1 + a.2 * b.2
}
fn unit(a: V) -> V {
    let k = 1.0 / dot(a, a).sqrt().max(1e-9);
    (a.0 * k, a.1 * k, a.2 * k)
}
fn along(o: V, d: V, t: f32) -> V {
    (o.0 + d.0 * t, o.1 + d.1 * t, o.2 + d.2 * t)
}

/// A gold band: a ring with a slightly flattened section, in its own frame.
struct Band {
    centre: V,
    axis: V,
    radius: f32,
}

impl Band {
    fn distance(&self, p: V) -> f32 {
        let q = (p.0 - self.centre.0, p.1 - self.centre.1, p.2 - self.centre.2);
        let h = dot(q, self.axis);
        let flat = (dot(q, q) - h * h).max(0.0).sqrt() - self.radius;
        hypot(flat * 1.5, h * 0.72) - 0.105
    }
}

/// The surroundings that polished gold reflects: a bright window, a warm room, the pale cloth.
fn room(d: V) -> Rgb {
    let up = d.1;
    let wall = hex(0x6a4a34).mix(hex(0xf0dcc0), smooth(-0.2, 0.9, up));
    let window = smooth(0.80, 0.92, dot(d, unit((-0.55, 0.75, 0.35))));
    let strip = bell(d.0 - 0.62, 0.10) * smooth(0.0, 0.3, up);
    let cloth = hex(0xf2e8da) * 0.8;
    let c = if up < 0.0 { cloth.mix(hex(0x4a3020), smooth(-0.25, 0.0, up) * 0.8) } else { wall };
    c + hex(0xfff8ea) * (window * 3.0 + strip * 0.9)
}

/// Two gold rings on linen.
pub fn rings(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let eye: V = (0.0, 2.9, -3.6);
    let look = unit((0.0, -0.64, 0.78));
    let up: V = unit((0.0, 0.78, 0.64));
    let bands = [
        Band { centre: (-0.42, 0.085, 0.02), axis: unit((0.05, 1.0, 0.02)), radius: 0.72 },
        Band { centre: (0.52, 0.315, -0.02), axis: unit((0.42, 0.92, -0.18)), radius: 0.62 },
    ];
    let scene = |p: V| bands[0].distance(p).min(bands[1].distance(p)) * 0.62;
    let sun = unit((-0.55, 0.75, 0.35));
    let focal = 1.55;
    let ray = |x: f32, y: f32| {
        let (u, v) = ((x - a * 0.5) / focal, (0.52 - y) / focal);
        unit((u, look.1 + up.1 * v, look.2 + up.2 * v))
    };
    let march = |o: V, d: V, limit: f32| {
        let mut t = 0.0;
        for _ in 0..70 {
            let step = scene(along(o, d, t));
            if step < 0.0012 {
                return Some(t);
            }
            t += step;
            if t > limit {
                return None;
            }
        }
        None
    };
    let normal = |p: V| {
        let e = 0.002;
        let s = scene(p);
        unit((scene((p.0 + e, p.1, p.2)) - s, scene((p.0, p.1 + e, p.2)) - s, scene((p.0, p.1, p.2 + e)) - s))
    };
    let linen = |x: f32, z: f32, fine: f32| {
        let (u, v) = (x * 46.0 + noise(x * 2.0, z * 2.0, 4) * 0.8, z * 46.0 + noise(x * 2.0, z * 2.0, 5) * 0.8);
        let over = (ifloor(u) + ifloor(v)) % 2 == 0;
        let (fu, fv) = (fract(u) - 0.5, fract(v) - 0.5);
        let thread = if over { 1.0 - 1.7 * fu * fu } else { 1.0 - 1.7 * fv * fv };
        let slub =
            noise(ifloor(u) as f32 * 0.7, v * 0.05, 7) * 0.05 + noise(u * 0.05, ifloor(v) as f32 * 0.7, 8) * 0.05;
        let fold = fbm(x * 0.55 + 0.3, z * 0.7, 3, 21);
        hex(0xece0cf) * (0.90 + 0.10 * (thread - 0.86) * 4.0 * fine + slub * fine + fold * 0.22)
    };
    let ground = |o: V, d: V, t: f32| {
        let p = along(o, d, t);
        let focus = smooth(2.0, 0.5, p.2.abs());
        let mut c = linen(p.0, p.2, focus);
        // The soft shadow depends on how close the path to the light passes by the rings.
        if hypot(p.0 - 0.25, p.2 + 0.15) < 1.75 {
            let (mut open, mut s) = (1.0_f32, 0.02);
            for _ in 0..26 {
                let near = scene(along(p, sun, s));
                open = open.min(7.0 * near / s);
                s += near.clamp(0.02, 0.2);
                if open < 0.02 || s > 2.6 {
                    break;
                }
            }
            let contact = smooth(0.0, 0.16, scene(p));
            c = c * (0.42 + 0.58 * open.clamp(0.0, 1.0)) * (0.72 + 0.28 * contact);
            // Light that the gold throws onto the cloth inside each ring.
            for b in &bands {
                let r = hypot(p.0 - b.centre.0, p.2 - b.centre.2);
                let curve = bell(r - b.radius * 0.62, 0.06) * smooth(-0.2, 0.7, (p.0 - b.centre.0) / b.radius);
                c += hex(0xffc060) * (curve * 0.28);
            }
        }
        c * (1.10 - 0.10 * hypot(p.0 + 0.8, p.2 - 0.5))
    };
    let gold = hex(0xffc264);
    let trace = |x: f32, y: f32| {
        let d = ray(x, y);
        let floor = if d.1 < 0.0 { -eye.1 / d.1 } else { 40.0 };
        // Nothing but cloth outside this oval.
        let near = hypot((x - a * 0.5) * 0.62, y - 0.48) < 0.30;
        let hit = if near { march(eye, d, floor) } else { None };
        let Some(t) = hit else { return ground(eye, d, floor) };
        let p = along(eye, d, t);
        let n = normal(p);
        let k = 2.0 * dot(d, n);
        let r = unit((d.0 - n.0 * k, d.1 - n.1 * k, d.2 - n.2 * k));
        let from = along(p, n, 0.01);
        let seen = match march(from, r, 3.0) {
            Some(_) => gold.through(hex(0xb87838)),
            None if r.1 < -0.05 => ground(from, r, (-from.1 / r.1).min(6.0)) * 0.9,
            None => room(r),
        };
        let brushed = 1.0 + 0.03 * noise(p.0 * 90.0, p.2 * 90.0 + p.1 * 70.0, 3);
        let edge = powf(1.0 - (-dot(d, n)).clamp(0.0, 1.0), 4.0);
        seen.through(gold.mix(hex(0xffffff), edge * 0.6)) * brushed
    };
    let pixel = 1.0 / canvas.unit();
    canvas.shade(|x, y| {
        // Only the neighbourhood of the rings needs more than one sample.
        let near = hypot((x - a * 0.5) * 0.62, y - 0.48) < 0.33;
        if near {
            let q = pixel * 0.25;
            (trace(x - q, y - q * 0.5) + trace(x + q, y + q * 0.5)) * 0.5
        } else {
            trace(x, y)
        }
    });
    let sharp = canvas.clone();
    canvas.blur(0.010);
    let soft = canvas.clone();
    for (row, px) in canvas.px.chunks_mut(sharp.w).enumerate() {
        let y = (row as f32 + 0.5) * pixel;
        let k = smooth(0.16, 0.34, (y - 0.50).abs());
        for (col, p) in px.iter_mut().enumerate() {
            let (s, b) = (sharp.px[row * sharp.w + col], soft.px[row * sharp.w + col]);
            for c in 0..3 {
                p[c] = mix(s[c], b[c], k);
            }
        }
    }
    flowers::rose(canvas, a * 0.955, 0.10, 0.20, flowers::BLUSH, 4);
    flowers::rose(canvas, a * 0.80, -0.06, 0.17, flowers::CREAM, 5);
    flowers::leaf(canvas, a * 0.83, 0.17, 0.20, 2.6, 0x7f9c78, 0.003);
    canvas.bloom(0.95, 0.02, 0.35);
    Develop { contrast: 0.25, vignette: 0.3, ..Develop::default() }
}

/// Silk in soft folds with a string of pearls.
pub fn silk(canvas: &mut Canvas) -> Develop {
    let a = canvas.aspect();
    let fold = |x: f32, y: f32| {
        let (wx, wy) = (fbm(x * 0.8, y * 0.8, 2, 4) * 0.9, fbm(x * 0.8 + 5.0, y * 0.8, 2, 5) * 0.9);
        let long = sin((x * 0.55 + y * 1.25 + wx) * 6.0 + wy * 4.0);
        let other = fbm(x * 1.3 + wy * 1.6, y * 1.1 + wx * 1.6, 3, 6);
        long * 0.055 + other * 0.16
    };
    canvas.shade(|x, y| {
        let e = 0.002;
        let h = fold(x, y);
        let (gx, gy) = ((fold(x + e, y) - h) / e, (fold(x, y + e) - h) / e);
        let n = unit((-gx, -gy, 1.0));
        let light = dot(n, unit((-0.5, -0.7, 0.62)));
        let half = dot(n, unit((-0.28, -0.42, 0.9))).max(0.0);
        let sheen = powf(half, 14.0) * 0.20 + powf(half, 90.0) * 0.22;
        let c = hex(0x7a4a58).blend(hex(0xeec8c2), smooth(-0.1, 1.15, light));
        let weave = 1.0 + 0.012 * sin((x + y) * 1400.0);
        c * weave + hex(0xfff4ec) * sheen
    });
    let line: Vec<(f32, f32)> = vec![
        (-0.05, 0.30),
        (a * 0.16, 0.46),
        (a * 0.34, 0.40),
        (a * 0.46, 0.60),
        (a * 0.40, 0.78),
        (a * 0.54, 0.86),
        (a * 0.70, 0.72),
        (a * 0.80, 0.80),
        (a * 1.06, 0.62),
    ];
    let dense = spline(&line, 120);
    let r = 0.0185;
    let mut last = (-1.0_f32, 0.0_f32);
    let mut pearls = Vec::new();
    for &p in &dense {
        if hypot(p.0 - last.0, p.1 - last.1) >= r * 1.96 {
            pearls.push(p);
            last = p;
        }
    }
    for &(x, y) in &pearls {
        canvas.soft(&Path::circle(x + r * 0.55, y + r * 0.75, r * 0.95), r * 0.45, 0.5, hex(0x3a1c28));
    }
    for (i, &(x, y)) in pearls.iter().enumerate() {
        let tint = hash01(i as i32, 1, 2);
        canvas.fill(&Path::circle(x, y, r), move |px: f32, py: f32| {
            let (u, v) = ((px - x) / r, (py - y) / r);
            let z = (1.0 - u * u - v * v).max(0.0).sqrt();
            let light = dot((u, v, z), unit((-0.45, -0.6, 0.66)));
            let base = hex(0x9a7a80).mix(hex(0xfff8f0), smooth(-0.55, 0.75, light));
            let bounce = hex(0xf0b8b0) * (smooth(0.35, 1.0, (u + v) * 0.6) * 0.30);
            let lustre = hex(0xd8e8f0).mix(hex(0xffd8e4), tint) * (0.16 * bell(z - 0.55, 0.2));
            base + bounce + lustre + hex(0xffffff) * (1.3 * powf(light.max(0.0), 60.0))
        });
    }
    canvas.bloom(0.95, 0.02, 0.25);
    Develop { contrast: 0.22, vignette: 0.25, ..Develop::default() }
}
