//! How much a picture shows: pictures that are black, white, flat or blurred show little.

/// The entropy of the brightness, reduced if nearly all of the picture is black or white, or if nothing in it is sharp.
pub fn score(rgb: &[u8], width: usize) -> f64 {
    let luma: Vec<u8> = rgb
        .chunks_exact(3)
        .map(|pixel| {
            let luma = 54 * u32::from(pixel[0]) + 183 * u32::from(pixel[1]) + 19 * u32::from(pixel[2]);
            u8::try_from(luma >> 8).unwrap_or(u8::MAX)
        })
        .collect();
    let mut histogram = [0u32; 64];
    let mut sum = 0u64;
    for luma in &luma {
        histogram[usize::from(*luma >> 2)] += 1;
        sum += u64::from(*luma);
    }
    let count = f64::from(u32::try_from(luma.len()).unwrap_or(u32::MAX)).max(1.0);
    let entropy: f64 = histogram
        .into_iter()
        .filter(|bin| *bin > 0)
        .map(|bin| {
            let share = f64::from(bin) / count;
            -share * share.log2()
        })
        .sum();
    #[allow(clippy::cast_precision_loss)] // at most 255 for each of a few million pixels
    let mean = sum as f64 / count;
    let exposure = (mean.min(255.0 - mean) / 40.0).min(1.0);
    entropy * exposure * (0.1 + 0.9 * (edges(&luma, width) / 32.0).min(1.0))
}

/// The steepest edges: the difference of brightness between neighbours that one in fifty exceeds. It falls with a blur,
/// however much of the picture is plain.
fn edges(luma: &[u8], width: usize) -> f64 {
    let mut counts = [0u32; 256];
    let mut all = 0;
    for row in luma.chunks_exact(width.max(1)) {
        for pair in row.windows(2) {
            counts[usize::from(pair[0].abs_diff(pair[1]))] += 1;
            all += 1;
        }
    }
    let mut above = 0;
    for (difference, count) in counts.iter().enumerate().rev() {
        above += count;
        if above * 50 > all {
            return f64::from(u32::try_from(difference).unwrap_or_default());
        }
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rich_picture_beats_a_flat_a_black_a_white_and_a_blurred_one() {
        let frame = |pixel: &dyn Fn(u32) -> u8| (0..30_000).map(|at| pixel(at / 3)).collect::<Vec<u8>>();
        let value = |at: u32| u8::try_from(at * 37 % 256).unwrap_or_default();
        let rich = score(&frame(&value), 100);
        let flat = score(&frame(&|_| 128), 100);
        let black = score(&frame(&|at| u8::try_from(at % 5).unwrap_or_default()), 100);
        let white = score(&frame(&|at| 251 + u8::try_from(at % 5).unwrap_or_default()), 100);
        assert!(rich > 2.0 * flat.max(black).max(white), "{rich} {flat} {black} {white}");
        // The same brightnesses, from left to right.
        let blurred = score(&frame(&|at| u8::try_from(at % 100 * 2).unwrap_or_default()), 100);
        assert!(rich > 2.0 * blurred, "{rich} {blurred}");
    }
}
