//! The bandwidth measure, against cases computed by hand and against a plain second form of the definition.
#![allow(clippy::format_push_string, reason = "clear before fast in tests")]

use hls::measure::{MeasureError, bandwidth};
use proptest::prelude::*;

fn playlist(target: u64, durations: &[f64]) -> String {
    let mut text = format!("#EXTM3U\r\n#EXT-X-TARGETDURATION:{target}\r\n");
    for duration in durations {
        text += &format!("#EXTINF:{duration:.3},\r\na.ts\r\n");
    }
    text + "#EXT-X-ENDLIST\r\n"
}

#[test]
fn by_hand() {
    // Runs of one segment each: 8 Mbit in 4 s, 16 Mbit in 4 s, 4 Mbit in 2 s.
    let text = playlist(4, &[4.0, 4.0, 2.0]);
    let measured = bandwidth(&text, &[1_000_000, 2_000_000, 500_000]).unwrap();
    assert_eq!((measured.peak, measured.average), (4_000_000, 2_800_000));
    assert!((measured.duration - 10.0).abs() < f64::EPSILON);

    // The short segment at the end lasts less than half a target duration. It counts only together with the segment
    // before it, (8 + 8) Mbit in 5 s, so its own 8 Mbit/s is not a peak.
    let measured = bandwidth(&playlist(4, &[4.0, 1.0]), &[1_000_000, 1_000_000]).unwrap();
    assert_eq!((measured.peak, measured.average), (3_200_000, 3_200_000));

    // A run of exactly 0.5 target durations counts, and so does a run of exactly 1.5.
    let measured = bandwidth(&playlist(4, &[2.0, 4.0]), &[1_000_000, 1]).unwrap();
    assert_eq!(measured.peak, 4_000_000);
    let measured = bandwidth(&playlist(4, &[1.9, 4.1]), &[1_500_000, 0]).unwrap();
    assert_eq!(measured.peak, 2_000_000);
    let measured = bandwidth(&playlist(4, &[1.9, 4.101]), &[1_500_000, 0]).unwrap();
    assert_eq!(measured.peak, 0);
}

#[test]
fn rounded_up() {
    let measured = bandwidth(&playlist(3, &[3.0]), &[1]).unwrap();
    assert_eq!((measured.peak, measured.average), (3, 3));
}

#[test]
fn shorter_than_any_run_and_longer_than_allowed() {
    let measured = bandwidth(&playlist(6, &[1.0, 1.0]), &[1000, 3000]).unwrap();
    assert_eq!((measured.peak, measured.average), (16_000, 16_000));
    let measured = bandwidth(&playlist(2, &[2.0, 10.0]), &[1000, 1_000_000]).unwrap();
    assert_eq!(measured.peak, 800_000);
}

#[test]
fn what_cannot_be_measured() {
    let good = playlist(6, &[6.0, 6.0]);
    assert_eq!(bandwidth(&good, &[1]), Err(MeasureError::Sizes { segments: 2, sizes: 1 }));
    assert_eq!(bandwidth(&good, &[u64::MAX, u64::MAX]), Err(MeasureError::TooLarge));
    assert_eq!(bandwidth(&playlist(6, &[]), &[]), Err(MeasureError::Empty));
    assert_eq!(bandwidth(&playlist(6, &[0.0]), &[9]), Err(MeasureError::Empty));
    assert_eq!(bandwidth(&playlist(0, &[6.0]), &[9]), Err(MeasureError::TargetDuration));
    assert_eq!(bandwidth("#EXTM3U\n#EXTINF:6,\na.ts\n", &[9]), Err(MeasureError::TargetDuration));
    let bad = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\na\n#EXTINF:x,\nb\n";
    assert_eq!(bandwidth(bad, &[9, 9]), Err(MeasureError::Duration(1)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The plain form looks at every run, in whole milliseconds.
    #[test]
    fn agrees_with_the_definition(segments in prop::collection::vec((1..6500u64, 0..3_000_000u64), 1..40), target in 1..7u64) {
        let durations: Vec<f64> = segments.iter().map(|s| std::time::Duration::from_millis(s.0).as_secs_f64()).collect();
        let sizes: Vec<u64> = segments.iter().map(|s| s.1).collect();
        let measured = bandwidth(&playlist(target, &durations), &sizes).unwrap();

        let rate = |run: &[(u64, u64)]| {
            let (millis, bytes) = run.iter().fold((0, 0), |sum, s| (sum.0 + s.0, sum.1 + s.1));
            (millis, (bytes * 8000).div_ceil(millis))
        };
        let mut peak = None;
        for from in 0..segments.len() {
            for to in from + 1..=segments.len() {
                let (millis, bits) = rate(&segments[from..to]);
                let fits = (target * 500..=target * 1500).contains(&millis);
                if fits || (to == from + 1 && millis > target * 1500) {
                    peak = peak.max(Some(bits));
                }
            }
        }
        let (_, average) = rate(&segments);
        prop_assert_eq!(measured.average, average);
        prop_assert_eq!(measured.peak, peak.unwrap_or(average));
    }
}
