//! The bandwidth of one variant, from its playlist and the sizes of its segments.

use std::fmt;
use std::time::Duration;

use crate::{seconds, tags, tags::Tag};

/// The figures for the `EXT-X-STREAM-INF` of a variant without further renditions. If the film has a separate audio
/// rendition, add the figures of that rendition (RFC 8216bis 4.4.6.2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bandwidth {
    /// The peak segment bit rate, in bits per second, rounded up. This is the largest bit rate of any run of segments
    /// that lasts between 0.5 and 1.5 target durations (RFC 8216bis 4.1).
    pub peak: u64,
    /// The bits of all segments over the whole duration, in bits per second, rounded up.
    pub average: u64,
    /// Seconds.
    pub duration: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MeasureError {
    /// `EXT-X-TARGETDURATION` is missing, or is not a positive whole number.
    TargetDuration,
    /// The `EXTINF` with this number, counted from 0, has no duration.
    Duration(usize),
    /// The number of sizes is not the number of segments.
    Sizes { segments: usize, sizes: usize },
    /// There is nothing to play: the playlist has no segments, or all of them last 0 seconds.
    Empty,
    /// A sum does not fit into 64 bits.
    TooLarge,
}

impl fmt::Display for MeasureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TargetDuration => f.write_str("no usable EXT-X-TARGETDURATION"),
            Self::Duration(segment) => write!(f, "segment {segment} has no duration"),
            Self::Sizes { segments, sizes } => write!(f, "{sizes} sizes for {segments} segments"),
            Self::Empty => f.write_str("no segment lasts any time"),
            Self::TooLarge => f.write_str("sizes or durations too large"),
        }
    }
}

impl std::error::Error for MeasureError {}

/// Measures a media playlist. `sizes` has one size in bytes for each `EXTINF`, in order; for a byte range, the size
/// is the length of the range. The cost is the number of segments times the number of segments that fit into 1.5
/// target durations.
///
/// A film that is too short for any run of half a target duration counts as one run. So does a segment of more than
/// 1.5 target durations, which the RFC does not allow.
pub fn bandwidth(playlist: &str, sizes: &[u64]) -> Result<Bandwidth, MeasureError> {
    let Segments { target, durations } = Segments::read(playlist)?;
    if durations.len() != sizes.len() {
        return Err(MeasureError::Sizes { segments: durations.len(), sizes: sizes.len() });
    }
    let segments: Vec<Run> = durations
        .iter()
        .zip(sizes)
        .map(|(duration, &bytes)| Run { nanos: duration.as_nanos(), bytes: u128::from(bytes) })
        .collect();
    let target = target.as_nanos();

    let whole = segments.iter().fold(Run::default(), Run::and);
    if whole.nanos == 0 {
        return Err(MeasureError::Empty);
    }
    let mut peak: Option<u64> = None;
    for first in 0..segments.len() {
        let mut run = Run::default();
        for segment in &segments[first..] {
            let alone = run.nanos == 0;
            run = run.and(segment);
            let is_too_long = 2 * run.nanos > 3 * target;
            if 2 * run.nanos >= target && (alone || !is_too_long) {
                peak = peak.max(Some(run.rate()?));
            }
            if is_too_long {
                break;
            }
        }
    }
    let average = whole.rate()?;
    let nanos = u64::try_from(whole.nanos).map_err(|_| MeasureError::TooLarge)?;
    Ok(Bandwidth { peak: peak.unwrap_or(average), average, duration: Duration::from_nanos(nanos).as_secs_f64() })
}

/// Contiguous segments, taken together.
#[derive(Default, Clone, Copy)]
struct Run {
    nanos: u128,
    bytes: u128,
}

impl Run {
    fn and(self, segment: &Self) -> Self {
        Self { nanos: self.nanos + segment.nanos, bytes: self.bytes + segment.bytes }
    }

    /// Bits per second. `nanos` is never 0 here, and bytes stay far below 2^90.
    fn rate(self) -> Result<u64, MeasureError> {
        let bits = self.bytes * 8 * 1_000_000_000;
        u64::try_from(bits.div_ceil(self.nanos)).map_err(|_| MeasureError::TooLarge)
    }
}

struct Segments {
    target: Duration,
    durations: Vec<Duration>,
}

impl Segments {
    fn read(playlist: &str) -> Result<Self, MeasureError> {
        let mut target = None;
        let mut durations = Vec::new();
        for line in playlist.lines() {
            match tags::read(line) {
                Tag::Segment(rest) => {
                    let duration = seconds::of_segment(rest);
                    durations.push(duration.ok_or(MeasureError::Duration(durations.len()))?);
                }
                Tag::TargetDuration(value) => target = seconds::integer(value.trim()),
                _ => {}
            }
        }
        let target = target.filter(|&t| t > 0).ok_or(MeasureError::TargetDuration)?;
        Ok(Self { target: Duration::from_secs(target), durations })
    }
}
