//! What the moments of all pictures tell of a film: how many it has a second where it has most, and how long it is.

/// How long a picture stands that is the only one, in seconds.
const ALONE: f64 = 0.04;

/// The moments of all pictures, in seconds, one a line, as `ffprobe -show_entries packet=pts_time` writes them.
pub fn moments(csv: &[u8]) -> Vec<f64> {
    let text = String::from_utf8_lossy(csv);
    let number = |line: &str| line.split(',').next().and_then(|number| number.trim().parse::<f64>().ok());
    let mut moments: Vec<f64> = text.lines().filter_map(number).filter(|moment| moment.is_finite()).collect();
    moments.sort_by(f64::total_cmp);
    moments
}

/// The most pictures in any second. `None` for a film of less than half a second.
pub fn fastest(moments: &[f64]) -> Option<u32> {
    const WINDOW: f64 = 1.0 - 1e-3;
    let span = moments.last()? - moments.first()?;
    if span < 0.5 {
        return None;
    }
    let mut first = 0;
    let most = moments.iter().enumerate().map(|(index, moment)| {
        while moment - moments[first] >= WINDOW {
            first += 1;
        }
        index + 1 - first
    });
    let most = most.max().unwrap_or_default();
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // pictures
    let scaled = if span < WINDOW { ((most - 1) as f64 / span).round() as u32 } else { most as u32 };
    Some(scaled)
}

/// How long the pictures last, in seconds from `start` on. The last stands as long as the others do on average.
pub fn length(moments: &[f64], start: f64) -> Option<f64> {
    let (first, last) = (moments.first()?, moments.last()?);
    #[allow(clippy::cast_precision_loss)] // pictures
    let step = (last - first) / (moments.len() - 1) as f64;
    let length = last - start + if step > 0.0 { step } else { ALONE };
    (length > 0.0).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::super::ladder::{FrameRate, frame_rate};
    use super::*;

    #[test]
    fn the_fast_part_counts() {
        let slow = (0..4).map(f64::from);
        let fast = (0..120).map(|frame| 4.0 + f64::from(frame) / 30.0);
        assert_eq!(fastest(&slow.chain(fast).collect::<Vec<_>>()), Some(30));
        assert_eq!(fastest(&(0..18).map(|frame| f64::from(frame) / 24.0).collect::<Vec<_>>()), Some(24));
        assert_eq!(fastest(&[0.0, 0.04]), None);
        assert_eq!(fastest(&[]), None);
        assert_eq!(moments(b"0.04\n0.00,\nN/A\n"), [0.0, 0.04]);
    }

    #[test]
    fn a_film_ends_one_picture_after_the_last() {
        let moments: Vec<f64> = (0..50).map(|frame| 3.0 + f64::from(frame) / 25.0).collect();
        assert!(length(&moments, 3.0).is_some_and(|length| (length - 2.0).abs() < 1e-9));
        assert!(length(&moments, 2.5).is_some_and(|length| (length - 2.5).abs() < 1e-9), "the sound begins earlier");
        assert_eq!(length(&[1.0], 1.0), Some(ALONE));
        assert_eq!((length(&[], 0.0), length(&moments, 9.0)), (None, None));
    }

    /// Phones write the moments at which the pictures were taken.
    #[test]
    fn uneven_moments_do_not_make_a_film_faster() {
        let rate = |num| FrameRate { num, den: 1 };
        for (pictures, most) in [(30, 31), (60, 61)] {
            let off = |picture: u32| if picture % 8 < 4 { 0.002 } else { -0.002 };
            let moment = |picture| f64::from(picture) / f64::from(pictures) + off(picture);
            let moments: Vec<f64> = (0..10 * pictures).map(moment).collect();
            assert_eq!(fastest(&moments), Some(most));
            assert_eq!(frame_rate(Some(rate(most)), Some(rate(90_000))), rate(pictures));
        }
    }
}
