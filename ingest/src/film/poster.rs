//! The picture that stands for a film: the one that shows most, see [`score`].

use std::path::Path;

use image::{DynamicImage, RgbImage};

use super::frames;
use super::ladder::Quality;
use super::previews::STEP;
use super::score::score;
use super::tools::{Tools, input};
use crate::Stop;
use crate::child::confine::Limits;
use crate::child::process::Failure;
use crate::thumbnail::fitted;

/// The number of frames that are examined.
const CANDIDATES: u32 = 24;
/// How far into the film a poster is looked for, in seconds: what comes later is not to be given away.
const SPAN: u32 = 600;
/// The longest side of a poster, which is that of the largest thumbnail.
pub const LONGEST: u32 = gallery::layout::ThumbnailSize::Large.pixels();

/// Where in a film to look for its poster: from which second on, and for how long. `scores` are those of the previews.
pub fn place(scores: &[f64], duration: f64) -> (f64, f64) {
    if duration < f64::from(CANDIDATES * STEP) {
        return (0.0, duration);
    }
    let first = scores.iter().take((SPAN / STEP) as usize).zip(0u32..);
    let best = first.max_by(|(a, _), (b, _)| a.total_cmp(b)).map_or(0, |(_, index)| index);
    let from = f64::from(best * STEP);
    (from, f64::from(STEP).min(duration - from))
}

/// Picks a frame from finished pictures, which are upright and in SDR already, and quick to decode.
pub fn pick(
    tools: &Tools,
    (quality, file): (&Quality, &Path),
    (from, span): (f64, f64),
    limits: Limits,
    stop: &Stop,
) -> Result<DynamicImage, Failure> {
    let (width, height) = fitted((quality.width, quality.height), LONGEST);
    let mut command = tools.ffmpeg();
    command.args(["-f", "mov", "-ss"]).arg(format!("{from:.6}"));
    input(&mut command, file);
    command.args(["-map", "0:v:0", "-an", "-t"]).arg(format!("{span:.6}"));
    command.arg("-vf").arg(format!("fps={CANDIDATES}/{span:.6}:round=up,scale={width}:{height}:flags=bicubic"));
    command.args(["-frames:v"]).arg(CANDIDATES.to_string());
    let mut best: Option<(f64, Vec<u8>)> = None;
    frames::each(&mut command, (width, height), limits, stop, |frame| {
        let score = score(frame, width as usize);
        if best.as_ref().is_none_or(|(top, _)| score > *top) {
            best = Some((score, frame.to_vec()));
        }
    })?;
    best.and_then(|(_, pixels)| RgbImage::from_raw(width, height, pixels))
        .map(DynamicImage::ImageRgb8)
        .ok_or_else(|| Failure::Exit("no frame could be read".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_film_is_entered_where_it_shows_most() {
        let mut scores = vec![1.0; 1000];
        scores[70] = 3.0;
        scores[500] = 9.0;
        assert_eq!(place(&scores, 2000.0), (140.0, 2.0));
        assert_eq!(place(&scores[..71], 141.0), (140.0, 1.0));
        assert_eq!(place(&scores, 30.0), (0.0, 30.0));
        assert_eq!(place(&[], 100.0), (0.0, 2.0));
    }
}
