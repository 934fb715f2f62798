//! The ladder: which rungs a film gets.

/// The qualities, highest first: a quality's number is its short side in pixels.
const QUALITIES: [u32; 4] = [1080, 720, 480, 360];

/// One rung of the ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// A name such as `720p`. The number is the short side, so that a portrait film has the same qualities as a
    /// landscape film.
    pub name: String,
    /// In pixels as displayed. Both sides are even.
    pub width: u32,
    pub height: u32,
    /// The bit rate that the encoder may not exceed for long, in kbit/s.
    pub max_rate: u32,
}

/// Pictures in one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quality {
    /// A name such as `720p`.
    pub name: String,
    pub width: u32,
    pub height: u32,
}

/// The rungs of a film that is shown at `width` x `height` with `fps` frames per second, highest first. No rung is
/// larger than the film. A film below the lowest quality gets one rung of its own size.
pub fn ladder(width: u32, height: u32, fps: f64) -> Vec<Rung> {
    let short = width.min(height);
    let mut qualities: Vec<u32> = QUALITIES.into_iter().filter(|quality| *quality <= short).collect();
    if qualities.is_empty() {
        qualities.push(even(short));
    }
    qualities.into_iter().map(|quality| rung(quality, width, height, fps)).collect()
}

fn rung(quality: u32, width: u32, height: u32, fps: f64) -> Rung {
    let (short, long) = (width.min(height), width.max(height));
    // Rounds to the nearest even number.
    let (double, short) = (2 * u64::from(short.max(1)), u64::from(short));
    let scaled = (u64::from(long) * u64::from(quality) + short) / double * 2;
    let scaled = even(u32::try_from(scaled).unwrap_or(u32::MAX));
    let (width, height) = if width < height { (quality, scaled) } else { (scaled, quality) };
    let rate = match quality {
        1080 => 6000,
        720 => 3500,
        480 => 1600,
        360 => 900,
        // Below the lowest quality, the rate follows the area, starting from that of 360p with a 16:9 frame.
        _ => (900 * u64::from(width) * u64::from(height) / (640 * 360)).clamp(150, 900),
    };
    // Twice as many frames do not need twice the rate.
    let rate = if fps > 31.0 { rate * 3 / 2 } else { rate };
    Rung { name: format!("{quality}p"), width, height, max_rate: u32::try_from(rate).unwrap_or(u32::MAX) }
}

/// Rounds down to an even number: with 4:2:0, half of a side must be whole pixels of colour.
fn even(side: u32) -> u32 {
    (side & !1).max(2)
}

/// A frame rate as a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRate {
    pub num: u32,
    pub den: u32,
}

impl FrameRate {
    pub fn per_second(self) -> f64 {
        f64::from(self.num) / f64::from(self.den)
    }
}

/// In pictures a second.
const SLOWEST: f64 = 10.0;
/// A film of 60 pictures a second with uneven time stamps has up to so many where it has most.
const FASTEST: f64 = 63.0;
/// How far a rate may be from a common one to be that one.
const NEAR: f64 = 0.05;

const COMMON: [FrameRate; 9] = [
    FrameRate { num: 24000, den: 1001 },
    FrameRate { num: 24, den: 1 },
    FrameRate { num: 25, den: 1 },
    FrameRate { num: 30000, den: 1001 },
    FrameRate { num: 30, den: 1 },
    FrameRate { num: 48, den: 1 },
    FrameRate { num: 50, den: 1 },
    FrameRate { num: 60000, den: 1001 },
    FrameRate { num: 60, den: 1 },
];

/// The constant rate at which to encode: the film's own if it is constant, and otherwise the nearest common rate that
/// loses little. The rate is at least 10 and at most 60. `average` is frames over duration, or the most in a second.
/// `base` is the rate that all time stamps fit.
pub fn frame_rate(average: Option<FrameRate>, base: Option<FrameRate>) -> FrameRate {
    let rate = own_rate(average, base);
    // Chromium takes no pictures that stand for seconds. Repeated ones cost few bytes.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a frame rate
    let times = (SLOWEST / rate.per_second()).ceil().max(1.0) as u32;
    FrameRate { num: rate.num.saturating_mul(times), den: rate.den }
}

fn own_rate(average: Option<FrameRate>, base: Option<FrameRate>) -> FrameRate {
    let Some(mut rate) = average.or(base) else {
        return FrameRate { num: 30, den: 1 };
    };
    // If some frames are missing, as in a phone's film, the others still lie on the grid of the base rate.
    if let Some(base) = base.filter(|base| base.per_second() < 60.5 && base.per_second() < 1.5 * rate.per_second()) {
        return base;
    }
    // Slow motion of 120 or 240: takes every second or fourth frame, so that motion stays even.
    let divisor = (rate.per_second() / FASTEST).floor() + 1.0;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a frame rate over 60
    if divisor > 1.0 {
        rate.den = rate.den.saturating_mul(divisor as u32);
    }
    let off = |common: &FrameRate| (common.per_second() / rate.per_second() - 1.0).abs();
    let nearest = COMMON.into_iter().min_by(|a, b| off(a).total_cmp(&off(b)));
    if let Some(common) = nearest.filter(|common| off(common) < NEAR) {
        return common;
    }
    // A varying rate without a grid is rounded up, so that no frame is lost.
    COMMON.into_iter().find(|common| common.per_second() >= rate.per_second()).unwrap_or(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(width: u32, height: u32) -> Vec<(String, u32, u32)> {
        ladder(width, height, 30.0).into_iter().map(|rung| (rung.name, rung.width, rung.height)).collect()
    }

    fn sized(list: &[(&str, u32, u32)]) -> Vec<(String, u32, u32)> {
        list.iter().map(|(name, width, height)| ((*name).to_owned(), *width, *height)).collect()
    }

    #[test]
    fn never_above_the_film() {
        assert_eq!(
            sizes(3840, 2160),
            sized(&[("1080p", 1920, 1080), ("720p", 1280, 720), ("480p", 854, 480), ("360p", 640, 360)])
        );
        assert_eq!(sizes(1280, 720), sized(&[("720p", 1280, 720), ("480p", 854, 480), ("360p", 640, 360)]));
        assert_eq!(sizes(853, 481), sized(&[("480p", 852, 480), ("360p", 638, 360)]));
        assert_eq!(sizes(320, 241), sized(&[("240p", 318, 240)]));
        assert_eq!(sizes(1, 1), sized(&[("2p", 2, 2)]));
    }

    #[test]
    fn portrait_has_the_same_qualities() {
        assert_eq!(
            sizes(1080, 1920),
            sized(&[("1080p", 1080, 1920), ("720p", 720, 1280), ("480p", 480, 854), ("360p", 360, 640)])
        );
        assert_eq!(sizes(720, 720), sized(&[("720p", 720, 720), ("480p", 480, 480), ("360p", 360, 360)]));
    }

    #[test]
    fn all_sides_are_even_and_rates_fall() {
        for (width, height) in [(1919, 1079), (4000, 1001), (555, 999), (177, 100)] {
            let rungs = ladder(width, height, 50.0);
            assert!(rungs.iter().all(|rung| rung.width % 2 == 0 && rung.height % 2 == 0), "{rungs:?}");
            assert!(rungs.windows(2).all(|pair| pair[0].max_rate > pair[1].max_rate), "{rungs:?}");
        }
    }

    #[test]
    fn frame_rates() {
        let rate = |num, den| Some(FrameRate { num, den });
        for (average, base, kept) in [
            (rate(30000, 1001), rate(30000, 1001), rate(30000, 1001)),
            (rate(25, 1), rate(25, 1), rate(25, 1)),
            // A phone's film: the rate varies, and is a little under 30 on average.
            (rate(53_940_000, 1_800_721), rate(30, 1), rate(30, 1)),
            (rate(27, 1), rate(30, 1), rate(30, 1)),
            (rate(53_940_000, 1_800_721), rate(90_000, 1), rate(30000, 1001)),
            (rate(273, 10), rate(90_000, 1), rate(30000, 1001)),
            // The same, where it has most pictures a second: one came early.
            (rate(31, 1), rate(120, 1), rate(30, 1)),
            (rate(61, 1), rate(90_000, 1), rate(60, 1)),
            (rate(62, 1), rate(600, 1), rate(60, 1)),
            (rate(121, 1), rate(90_000, 1), rate(60, 1)),
            (rate(40, 1), rate(90_000, 1), rate(48, 1)),
            // Slow motion.
            (rate(240, 1), rate(240, 1), rate(60, 1)),
            (rate(120_000, 1001), rate(120_000, 1001), rate(60_000, 1001)),
            (rate(100, 1), rate(100, 1), rate(50, 1)),
            // Unusual but constant rates: a time lapse, old cameras.
            (rate(15, 1), rate(15, 1), rate(15, 1)),
            (rate(1, 2), rate(1, 2), rate(20, 2)),
            (None, None, rate(30, 1)),
        ] {
            assert_eq!(Some(frame_rate(average, base)), kept, "{average:?}");
        }
    }
}
