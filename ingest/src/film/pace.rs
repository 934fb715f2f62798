//! How many pictures a second a film has where it has most, for films whose rate varies.

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

#[cfg(test)]
mod tests {
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
}
