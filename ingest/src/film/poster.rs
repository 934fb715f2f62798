//! The picture that stands for a film: the frame with the most detail among a few frames from its beginning, and not
//! a black one.

use std::path::Path;
use std::time::Duration;

use image::{DynamicImage, RgbImage};

use super::package::{Package, Rendition};
use super::tools::{Tools, input};
use crate::Stop;
use crate::child::confine::Limits;
use crate::child::process::{self, Failure};
use crate::thumbnail::fitted;

/// The number of frames that are examined, and how far into the film they lie, in seconds.
const CANDIDATES: u32 = 24;
const SPAN: f64 = 60.0;
/// The longest side of a poster, which is that of the largest thumbnail.
const LONGEST: u32 = gallery::layout::ThumbnailSize::Large.pixels();
const PATIENCE: Duration = Duration::from_mins(1);

/// Picks a frame from a finished rendition, which is upright and in SDR already, and quick to decode.
pub fn pick(
    tools: &Tools,
    package: &Package,
    folder: &Path,
    limits: Limits,
    stop: &Stop,
) -> Result<DynamicImage, Failure> {
    let rendition = source(package).ok_or_else(|| Failure::Exit("no rendition".to_owned()))?;
    let (width, height) = fitted((rendition.width, rendition.height), LONGEST);
    let span = package.duration.min(SPAN);
    let mut command = tools.ffmpeg();
    command.current_dir(folder);
    // The playlist is one that we had written.
    command.args(["-f", "hls"]);
    input(&mut command, &rendition.playlist);
    command.args(["-map", "0:v:0", "-an", "-t"]).arg(format!("{span:.6}"));
    command.arg("-vf").arg(format!("fps={CANDIDATES}/{span:.6}:round=up,scale={width}:{height}:flags=bicubic"));
    command.args(["-frames:v"]).arg(CANDIDATES.to_string());
    command.args(["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]);

    let length = width as usize * height as usize * 3;
    let mut best: Option<(f64, Vec<u8>)> = None;
    let mut frame = Vec::with_capacity(length);
    process::run(&mut command, limits, stop, PATIENCE, |mut chunk| {
        while !chunk.is_empty() {
            let (now, rest) = chunk.split_at(chunk.len().min(length - frame.len()));
            frame.extend_from_slice(now);
            chunk = rest;
            if frame.len() == length {
                let score = score(&frame);
                if best.as_ref().is_none_or(|(top, _)| score > *top) {
                    best = Some((score, std::mem::replace(&mut frame, Vec::with_capacity(length))));
                }
                frame.clear();
            }
        }
        true
    })?;
    best.and_then(|(_, pixels)| RgbImage::from_raw(width, height, pixels))
        .map(DynamicImage::ImageRgb8)
        .ok_or_else(|| Failure::Exit("no frame could be read".to_owned()))
}

/// The smallest rendition that is large enough.
fn source(package: &Package) -> Option<&Rendition> {
    let large = |rendition: &&Rendition| rendition.width.max(rendition.height) >= LONGEST;
    package.renditions.iter().rev().find(large).or(package.renditions.first())
}

/// How much a frame shows: the entropy of the brightness, reduced if nearly all of the frame is black or white.
fn score(rgb: &[u8]) -> f64 {
    let mut histogram = [0u32; 64];
    let mut sum = 0u64;
    for pixel in rgb.chunks_exact(3) {
        let luma = (54 * u32::from(pixel[0]) + 183 * u32::from(pixel[1]) + 19 * u32::from(pixel[2])) >> 8;
        histogram[luma as usize >> 2] += 1;
        sum += u64::from(luma);
    }
    let count = f64::from(u32::try_from(rgb.len() / 3).unwrap_or(u32::MAX)).max(1.0);
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
    entropy * exposure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rich_frame_beats_a_flat_a_black_and_a_white_one() {
        let frame = |pixel: fn(u32) -> u8| (0..3000).map(pixel).collect::<Vec<u8>>();
        let rich = score(&frame(|at| u8::try_from(at * 37 % 256).unwrap()));
        let flat = score(&frame(|_| 128));
        let black = score(&frame(|at| u8::try_from(at % 5).unwrap()));
        let white = score(&frame(|at| 251 + u8::try_from(at % 5).unwrap()));
        assert!(rich > 2.0 * flat.max(black).max(white), "{rich} {flat} {black} {white}");
    }
}
