//! A Gaussian blur, made of three box blurs. The cost does not depend on the radius.

/// A number, or several at once, that can be blurred.
pub trait Sum: Copy + Default {
    fn add(self, o: Self) -> Self;
    fn sub(self, o: Self) -> Self;
    fn scale(self, k: f32) -> Self;
}

impl Sum for f32 {
    fn add(self, o: Self) -> Self {
        self + o
    }
    fn sub(self, o: Self) -> Self {
        self - o
    }
    fn scale(self, k: f32) -> Self {
        self * k
    }
}

impl Sum for [f32; 4] {
    #[inline]
    fn add(self, o: Self) -> Self {
        [self[0] + o[0], self[1] + o[1], self[2] + o[2], self[3] + o[3]]
    }
    #[inline]
    fn sub(self, o: Self) -> Self {
        [self[0] - o[0], self[1] - o[1], self[2] - o[2], self[3] - o[3]]
    }
    #[inline]
    fn scale(self, k: f32) -> Self {
        [self[0] * k, self[1] * k, self[2] * k, self[3] * k]
    }
}

/// Blurs a `w` x `h` picture with a deviation of about `sigma` pixels. Edge pixels repeat outwards.
pub fn gaussian<T: Sum>(data: &mut [T], w: usize, h: usize, sigma: f32) {
    // Three boxes of half-width r have a variance of r (r + 1).
    let r = ((0.25 + sigma * sigma).sqrt() - 0.5 + 0.5) as usize;
    if r == 0 || w == 0 || h == 0 {
        return;
    }
    let mut spare = vec![T::default(); w.max(h * STRIP)];
    for row in data.chunks_mut(w) {
        for _ in 0..3 {
            spare[..w].copy_from_slice(row);
            sweep::<T, 1>(&spare[..w], r, |i, sums| row[i] = sums[0]);
        }
    }
    let mut x = 0;
    while x + STRIP <= w {
        columns::<T, STRIP>(data, w, h, x, r, &mut spare);
        x += STRIP;
    }
    while x < w {
        columns::<T, 1>(data, w, h, x, r, &mut spare);
        x += 1;
    }
}

/// How many columns are blurred side by side, so that each fetched cache line is used whole.
const STRIP: usize = 8;

fn columns<T: Sum, const N: usize>(data: &mut [T], w: usize, h: usize, x: usize, r: usize, spare: &mut [T]) {
    for _ in 0..3 {
        for y in 0..h {
            spare[y * N..(y + 1) * N].copy_from_slice(&data[y * w + x..y * w + x + N]);
        }
        sweep::<T, N>(&spare[..h * N], r, |y, sums| {
            data[y * w + x..y * w + x + N].copy_from_slice(sums);
        });
    }
}

/// A running mean of `2 r + 1` places along `line`, whose places hold `N` values each.
#[inline]
fn sweep<T: Sum, const N: usize>(line: &[T], r: usize, mut put: impl FnMut(usize, &[T; N])) {
    let n = line.len() / N;
    let at = |i: usize, c: usize| line[i * N + c];
    let k = 1.0 / (2 * r + 1) as f32;
    let mut sums = [T::default(); N];
    for (c, s) in sums.iter_mut().enumerate() {
        *s = at(0, c).scale(r as f32);
        for i in 0..=r {
            *s = s.add(at(i.min(n - 1), c));
        }
    }
    let mut out = [T::default(); N];
    for i in 0..n {
        for (c, s) in sums.iter_mut().enumerate() {
            out[c] = s.scale(k);
            *s = s.add(at((i + r + 1).min(n - 1), c)).sub(at(i.saturating_sub(r), c));
        }
        put(i, &out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads_without_losing() {
        let mut data = vec![0.0_f32; 41 * 41];
        data[20 * 41 + 20] = 1.0;
        gaussian(&mut data, 41, 41, 3.0);
        assert!((data.iter().sum::<f32>() - 1.0).abs() < 1e-3);
        assert!(data[20 * 41 + 20] < 0.05 && data[20 * 41 + 20] > data[20 * 41 + 25]);
        assert!((data[20 * 41 + 25] - data[25 * 41 + 20]).abs() < 1e-5);
    }

    #[test]
    fn an_even_area_stays_even() {
        let mut data = vec![[0.5_f32; 4]; 30 * 20];
        gaussian(&mut data, 30, 20, 6.0);
        assert!(data.iter().flatten().all(|v| (v - 0.5).abs() < 1e-4));
    }
}
