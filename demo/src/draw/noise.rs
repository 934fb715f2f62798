//! Random numbers and fractal noise from integer hashes: there is no shared state and no seed from outside.

use super::math::{cos, fract, hypot, ifloor, mix, sin, sin_turn};

/// A small generator (`splitmix64`) for placing things.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 32) as u32
    }

    /// Uniform in `0..1`.
    pub fn f(&mut self) -> f32 {
        (self.next() >> 8) as f32 / 16_777_216.0
    }

    /// Uniform in `a..b`.
    pub fn range(&mut self, a: f32, b: f32) -> f32 {
        a + (b - a) * self.f()
    }

    /// Roughly normal, mean 0 and deviation 1.
    pub fn normal(&mut self) -> f32 {
        (0..6).map(|_| self.f()).sum::<f32>() * 1.414 - 4.242
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.next() as usize % from.len()]
    }
}

#[inline]
pub fn hash(x: i32, y: i32, seed: u32) -> u32 {
    let mut h =
        (x as u32).wrapping_mul(0x8da6_b343) ^ (y as u32).wrapping_mul(0xd816_3841) ^ seed.wrapping_mul(0xcb1a_b31f);
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    h ^ (h >> 15)
}

/// A hash as a number in `0..1`.
#[inline]
pub fn hash01(x: i32, y: i32, seed: u32) -> f32 {
    (hash(x, y, seed) >> 8) as f32 / 16_777_216.0
}

#[inline]
fn fade(t: f32) -> f32 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

const GRADIENTS: [(f32, f32); 8] = [
    (1.0, 0.0),
    (0.707, 0.707),
    (0.0, 1.0),
    (-0.707, 0.707),
    (-1.0, 0.0),
    (-0.707, -0.707),
    (0.0, -1.0),
    (0.707, -0.707),
];

/// Gradient noise, about `-1..1`, smooth, one feature per unit.
#[inline]
pub fn noise(x: f32, y: f32, seed: u32) -> f32 {
    let (ix, iy) = (ifloor(x), ifloor(y));
    let (fx, fy) = (x - ix as f32, y - iy as f32);
    // A short hash, because most of the time is spent here. Its top three bits are the best.
    let column = |k: i32| (ix.wrapping_add(k) as u32).wrapping_mul(0x8da6_b343);
    let row = |k: i32| (iy.wrapping_add(k) as u32).wrapping_mul(0xd816_3841);
    let salt = seed.wrapping_mul(0xcb1a_b31f);
    let (left, right, top, bottom) = (column(0), column(1), row(0) ^ salt, row(1) ^ salt);
    let dot = |h: u32, dx: f32, dy: f32| {
        let h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
        let g = GRADIENTS[((h ^ (h << 11)) >> 29) as usize];
        g.0 * dx + g.1 * dy
    };
    let (u, v) = (fade(fx), fade(fy));
    let upper = mix(dot(left ^ top, fx, fy), dot(right ^ top, fx - 1.0, fy), u);
    let lower = mix(dot(left ^ bottom, fx, fy - 1.0), dot(right ^ bottom, fx - 1.0, fy - 1.0), u);
    mix(upper, lower, v) * 1.5
}

/// Fractal sum of `octaves` noises, about `-1..1`. Each octave is turned, which hides the lattice.
#[inline]
pub fn fbm(x: f32, y: f32, octaves: u32, seed: u32) -> f32 {
    let (mut x, mut y, mut sum, mut amp) = (x, y, 0.0, 0.5);
    for i in 0..octaves {
        sum += amp * noise(x, y, seed.wrapping_add(i));
        (x, y) = (1.6 * x + 1.2 * y + 3.7, 1.6 * y - 1.2 * x + 1.3);
        amp *= 0.5;
    }
    sum
}

/// Like [`fbm`], with sharp crests: mountains and veins. `0..1`.
#[inline]
pub fn ridged(x: f32, y: f32, octaves: u32, seed: u32) -> f32 {
    let (mut x, mut y, mut sum, mut amp, mut weight) = (x, y, 0.0, 0.5, 1.0);
    for i in 0..octaves {
        let n = 1.0 - noise(x, y, seed.wrapping_add(i)).abs();
        let n = n * n * weight;
        weight = (n * 1.6).clamp(0.0, 1.0);
        sum += amp * n;
        (x, y) = (1.6 * x + 1.2 * y + 3.7, 1.6 * y - 1.2 * x + 1.3);
        amp *= 0.5;
    }
    sum
}

/// One-dimensional fractal noise for outlines.
pub fn line(x: f32, octaves: u32, seed: u32) -> f32 {
    let (mut x, mut sum, mut amp) = (x, 0.0, 0.5);
    for i in 0..octaves {
        sum += amp * noise(x, 0.37 + i as f32 * 1.7, seed.wrapping_add(i));
        x = x * 2.03 + 11.1;
        amp *= 0.5;
    }
    sum
}

/// The result of [`cells`] for a point.
pub struct Cell {
    /// Distance to the nearest feature point.
    pub near: f32,
    /// Distance to the second nearest; `second - near` is 0 on the border between cells.
    pub second: f32,
    /// A hash of the nearest cell.
    pub id: u32,
    /// Offset from the nearest feature point.
    pub dx: f32,
    pub dy: f32,
}

/// Worley noise: scattered points, one per unit square, `jitter` 0 (grid) to 1 (random).
pub fn cells(x: f32, y: f32, jitter: f32, seed: u32) -> Cell {
    let (ix, iy) = (ifloor(x), ifloor(y));
    let mut best = Cell { near: 9.0, second: 9.0, id: 0, dx: 0.0, dy: 0.0 };
    for cy in -1..=1 {
        for cx in -1..=1 {
            let h = hash(ix + cx, iy + cy, seed);
            let ox = 0.5 + jitter * ((h & 0xffff) as f32 / 65536.0 - 0.5);
            let oy = 0.5 + jitter * ((h >> 16) as f32 / 65536.0 - 0.5);
            let dx = x - (ix + cx) as f32 - ox;
            let dy = y - (iy + cy) as f32 - oy;
            let d = hypot(dx, dy);
            if d < best.near {
                best = Cell { near: d, second: best.near, id: h, dx, dy };
            } else if d < best.second {
                best.second = d;
            }
        }
    }
    best
}

/// A choppy water surface: travelling waves round one wind direction, each octave shorter.
pub struct Waves {
    octaves: [Wave; 11],
}

#[derive(Clone, Copy, Default)]
struct Wave {
    length: f32,
    /// Direction times waves per unit, so that a dot product gives turns.
    across: (f32, f32),
    slope: (f32, f32),
    /// In turns.
    phase: f32,
    seed: u32,
}

impl Waves {
    /// The waves `time` seconds into the scene.
    pub fn new(time: f32, seed: u32) -> Self {
        let (mut length, mut steep) = (3.2_f32, 0.10);
        let octaves = std::array::from_fn(|i| {
            let h = hash01(i as i32, 7, seed);
            let angle = (h - 0.5) * 2.4 + 1.35;
            let (s, c) = (sin(angle), cos(angle));
            let wave = Wave {
                length,
                across: (c / length, s / length),
                slope: (c * steep, s * steep),
                phase: h * 6.4 + time * 0.4 / length.sqrt(),
                seed: seed.wrapping_add(i as u32),
            };
            length *= 0.62;
            steep *= 0.97;
            wave
        });
        Self { octaves }
    }

    /// Slopes `(dx, dy)` at a place on the ground. `detail` is the finest feature that is worth computing there.
    /// Shorter waves fade out.
    #[inline]
    pub fn slope(&self, x: f32, y: f32, detail: f32) -> (f32, f32) {
        let (mut dx, mut dy) = (0.0, 0.0);
        for w in &self.octaves {
            let fade = ((w.length / detail.max(1e-6) - 2.0) * 0.25).min(1.0);
            if fade <= 0.0 {
                break;
            }
            // A bent phase keeps the crests from running straight across the picture.
            let k = 0.6 / w.length;
            let bend = noise(x * k, y * k, w.seed) * 0.35;
            let turn = x * w.across.0 + y * w.across.1 + bend + w.phase;
            let swing = sin_turn(turn + 0.25) * fade;
            dx += w.slope.0 * swing;
            dy += w.slope.1 * swing;
        }
        (dx, dy)
    }
}

/// Low-discrepancy points in the unit square (the R2 sequence): even, yet without rows.
pub fn scatter(i: u32) -> (f32, f32) {
    let n = i as f32;
    (fract(0.5 + n * 0.754_877_7), fract(0.5 + n * 0.569_840_3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_stays_in_range_and_repeats() {
        let mut seen = (f32::MAX, f32::MIN);
        for i in 0..4000_i32 {
            let (x, y) = (i as f32 * 0.173 - 300.0, i as f32 * 0.071);
            let n = noise(x, y, 9);
            assert_eq!(n.to_bits(), noise(x, y, 9).to_bits());
            seen = (seen.0.min(n), seen.1.max(n));
        }
        assert!(seen.0 > -1.3 && seen.0 < -0.5 && seen.1 < 1.3 && seen.1 > 0.5, "{seen:?}");
    }

    #[test]
    fn uniform_numbers_fill_the_unit_interval() {
        let mut rng = Rng::new(1);
        let mean = (0..10_000).map(|_| rng.f()).sum::<f32>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02);
    }
}
