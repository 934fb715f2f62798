//! Small pictures of a film at even steps, for the viewer who looks for a place: sheets of many pictures, and a WebVTT
//! file that says which part of which sheet belongs to which moment.

use std::fmt::Write as _;
use std::path::Path;

use super::frames;
use super::ladder::Quality;
use super::score::score;
use super::tools::{Tools, input};
use crate::Stop;
use crate::child::confine::Limits;
use crate::child::process::Failure;
use crate::thumbnail::fitted;

/// Seconds from one picture to the next.
pub const STEP: u32 = 2;
/// A sheet has at most this many pictures a side.
const SIDE: usize = 12;
/// The longest side of a picture, in pixels.
const LONGEST: u32 = 160;
/// libwebp's scale of 0 to 100.
const QUALITY: f32 = 60.0;
pub const INDEX: &str = "previews.vtt";

/// The previews of a film.
#[derive(Debug, Default)]
pub struct Previews {
    /// In WebP, in the order of the film.
    pub sheets: Vec<Vec<u8>>,
    pub vtt: String,
    /// How much each picture shows, see [`score`].
    pub scores: Vec<f64>,
}

/// Name of a sheet, counted from 0.
pub fn sheet(index: usize) -> String {
    format!("previews-{}.webp", index + 1)
}

/// Makes the previews from the smallest pictures.
pub fn make(
    tools: &Tools,
    (quality, file): (&Quality, &Path),
    duration: f64,
    limits: Limits,
    stop: &Stop,
) -> Result<Previews, Failure> {
    let (width, height) = fitted((quality.width, quality.height), LONGEST);
    let mut command = tools.ffmpeg();
    command.args(["-f", "mov"]);
    input(&mut command, file);
    command.args(["-map", "0:v:0", "-an", "-vf"]);
    // Each picture is the one that is on screen when its step begins.
    command.arg(format!("fps=1/{STEP}:round=up:start_time=0,scale={width}:{height}:flags=area"));
    let mut previews = Previews::default();
    let mut sheet = Sheet::new(width, height);
    let mut failed = None;
    frames::each(&mut command, (width, height), limits, stop, |frame| {
        previews.scores.push(score(frame, width as usize));
        sheet.add(frame);
        if sheet.count == SIDE * SIDE {
            failed = failed.take().or(sheet.finish(&mut previews).err());
        }
    })?;
    failed.map_or(Ok(()), Err).and_then(|()| sheet.finish(&mut previews)).map_err(Failure::Exit)?;
    previews.vtt = vtt(previews.scores.len(), (width, height), duration);
    Ok(previews)
}

/// A sheet that is being filled.
struct Sheet {
    width: usize,
    height: usize,
    count: usize,
    pixels: Vec<u8>,
}

impl Sheet {
    fn new(width: u32, height: u32) -> Self {
        Self { width: width as usize, height: height as usize, count: 0, pixels: Vec::new() }
    }

    fn add(&mut self, frame: &[u8]) {
        let (column, row) = (self.count % SIDE, self.count / SIDE);
        let line = self.width * SIDE * 3;
        self.pixels.resize(line * self.height * (row + 1), 0);
        for (index, pixels) in frame.chunks_exact(self.width * 3).enumerate() {
            let at = line * (row * self.height + index) + column * self.width * 3;
            self.pixels[at..at + pixels.len()].copy_from_slice(pixels);
        }
        self.count += 1;
    }

    fn finish(&mut self, previews: &mut Previews) -> Result<(), String> {
        if self.count == 0 {
            return Ok(());
        }
        let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
        // A sheet of one row is no wider than its pictures.
        let columns = self.count.min(SIDE);
        let line = self.width * SIDE * 3;
        let pixels: Vec<u8> =
            self.pixels.chunks_exact(line).flat_map(|row| &row[..columns * self.width * 3]).copied().collect();
        let (width, height) = (side(self.width * columns), side(self.height * self.count.div_ceil(SIDE)));
        let webp = webp::Encoder::from_rgb(&pixels, width, height).encode_simple(false, QUALITY);
        previews.sheets.push(webp.map_err(|error| format!("libwebp: {error:?}"))?.to_vec());
        self.count = 0;
        self.pixels.clear();
        Ok(())
    }
}

fn vtt(count: usize, (width, height): (u32, u32), duration: f64) -> String {
    let mut text = String::from("WEBVTT\n");
    let (side, step) = (SIDE as u64, f64::from(STEP));
    let mut start = 0.0;
    for index in 0..count as u64 {
        let end = if index + 1 == count as u64 { duration.max(start + 0.001) } else { start + step };
        let (sheet_index, place) = (index / (side * side), index % (side * side));
        let (x, y) = (place % side * u64::from(width), place / side * u64::from(height));
        let name = sheet(usize::try_from(sheet_index).unwrap_or_default());
        let (from, to) = (clock(start), clock(end));
        let _ = write!(text, "\n{from} --> {to}\n{name}#xywh={x},{y},{width},{height}\n");
        start = end;
    }
    text
}

/// A moment as WebVTT writes it.
fn clock(seconds: f64) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // of a film
    let ms = (seconds * 1000.0).round() as u64;
    format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_moment_has_its_part_of_a_sheet() {
        let text = vtt(146, (160, 90), 291.5);
        let cues: Vec<_> = text.split("\n\n").skip(1).collect();
        assert_eq!(cues.len(), 146);
        assert_eq!(cues[0], "00:00:00.000 --> 00:00:02.000\npreviews-1.webp#xywh=0,0,160,90");
        assert_eq!(cues[13], "00:00:26.000 --> 00:00:28.000\npreviews-1.webp#xywh=160,90,160,90");
        assert_eq!(cues[145].trim_end(), "00:04:50.000 --> 00:04:51.500\npreviews-2.webp#xywh=160,0,160,90");
    }

    #[test]
    fn a_sheet_is_as_large_as_it_must_be() {
        let mut previews = Previews::default();
        let mut sheet = Sheet::new(4, 2);
        for value in 0..14 {
            sheet.add(&[value * 10; 24]);
        }
        sheet.finish(&mut previews).unwrap();
        sheet.add(&[200; 24]);
        sheet.finish(&mut previews).unwrap();
        let size = |index: usize| {
            let sheet = image::load_from_memory_with_format(&previews.sheets[index], image::ImageFormat::WebP);
            image::GenericImageView::dimensions(&sheet.unwrap())
        };
        assert_eq!((size(0), size(1)), ((48, 4), (4, 2)));
    }
}
