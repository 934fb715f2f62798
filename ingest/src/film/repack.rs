//! Films of transport streams as one fragmented MP4 for each of their pictures and sounds, without encoding the
//! pictures again.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::encode::{MOVIE, SOUND_FRAGMENT, padded, sound_file};
use super::ladder::{FrameRate, Rung};
use super::package::{Media, Package};
use super::tools::input;
use super::tracks::Label;
use super::{Encoder, probe};
use crate::child::confine::Limits;
use crate::child::process;
use crate::failure::Failure;
use crate::scratch::Scratch;

const PATIENCE: Duration = Duration::from_mins(5);
/// How much shorter than the pictures a sound may be, in seconds, before it is encoded again with silence behind it.
const SHORTER: f64 = 0.25;

/// A quality of an old package: its segments, one behind the other in a file.
pub struct Streams {
    pub quality: String,
    pub file: PathBuf,
}

/// A film in its new package. Its files go when this value is dropped.
pub struct Repacked {
    pub package: Package,
    #[allow(dead_code, reason = "it is held, not read")]
    folder: Scratch,
}

#[derive(Deserialize)]
struct Output {
    streams: Vec<Stream>,
}

#[derive(Deserialize)]
struct Stream {
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    r_frame_rate: Option<String>,
    start_time: Option<String>,
}

impl Encoder<'_> {
    /// Packages the qualities of a film anew, which are given with the highest first. `folder` holds their files.
    pub fn repack(&self, qualities: &[Streams], folder: Scratch) -> Result<Repacked, Failure> {
        let size = |path: &Path| path.metadata().map_or(0, |file| file.len());
        let bytes = qualities.iter().map(|quality| size(&quality.file)).max().unwrap_or(0);
        let limits = Limits { cpu: Duration::from_hours(4), memory: 4 << 30, file: (1 << 30) + 2 * bytes };
        let (mut rungs, mut rate, mut sound) = (Vec::new(), None, None);
        for (index, quality) in qualities.iter().enumerate() {
            let streams = self.streams(&quality.file)?;
            let of = |kind: &str| streams.iter().find(|stream| stream.codec_type.as_deref() == Some(kind));
            let pictures = of("video").ok_or_else(|| Failure::File("there are no pictures in it".to_owned()))?;
            if pictures.codec_name.as_deref() != Some("h264") {
                return Err(Failure::File("its pictures are not H.264".to_owned()));
            }
            let (width, height) = (pictures.width.unwrap_or_default(), pictures.height.unwrap_or_default());
            rungs.push(Rung { name: quality.quality.clone(), width, height, max_rate: 0 });
            rate = rate.or(probe::rate(pictures.r_frame_rate.as_deref()));
            let start: f64 = pictures.start_time.as_deref().and_then(|start| start.parse().ok()).unwrap_or_default();
            let mut command = self.tools.ffmpeg();
            command.current_dir(folder.path()).args(["-progress", "pipe:1", "-copyts", "-f", "mpegts"]);
            input(&mut command, &quality.file);
            let shifted = |command: &mut std::process::Command| {
                command.arg("-output_ts_offset").arg(format!("{:.6}", -start));
            };
            command.args(["-map", "0:v:0", "-c", "copy"]);
            shifted(&mut command);
            command.args(MOVIE).args(["mp4", &format!("{}.mp4", quality.quality)]);
            if index == 0 && of("audio").is_some() {
                let is_aac = of("audio").and_then(|sound| sound.codec_name.as_deref()) == Some("aac");
                sound = Some((quality.file.clone(), start));
                if is_aac {
                    command.args(["-map", "0:a:0", "-c", "copy", "-bsf:a", "aac_adtstoasc"]);
                    command.args(["-frag_duration", SOUND_FRAGMENT]);
                    shifted(&mut command);
                    command.args(MOVIE).args(["mp4", &sound_file(0)]);
                }
            }
            process::run(&mut command, limits, self.stop, PATIENCE, |_| true)
                .map_err(|failure| self.explain(failure, "ffmpeg"))?;
        }
        let rate = rate.unwrap_or(FrameRate { num: 30, den: 1 });
        let labels: Vec<Label> = sound.iter().map(|_| Label { name: "Sound".to_owned(), language: None }).collect();
        let mut media = Media::read(folder.path(), &rungs, rate, &labels);
        if let Some((file, start)) = sound
            && media.as_ref().map_or(true, |media| media.sound_is_shorter_by() > SHORTER)
        {
            // The sound begins late, ends early or has another codec: it alone is encoded anew.
            let pictures = Media::read(folder.path(), &rungs, rate, &[]).map_err(Failure::File)?;
            self.encode_sound(&file, start, pictures.duration(), folder.path(), limits)?;
            media = Media::read(folder.path(), &rungs, rate, &labels);
        }
        let media = media.map_err(Failure::File)?;
        let (previews, _) = self.pictures(&media, limits)?;
        let package = media.package(&[], &[], previews).map_err(Failure::File)?;
        Ok(Repacked { package, folder })
    }

    fn encode_sound(&self, file: &Path, start: f64, length: f64, folder: &Path, limits: Limits) -> Result<(), Failure> {
        let mut command = self.tools.ffmpeg();
        command.current_dir(folder).args(["-y", "-progress", "pipe:1", "-copyts", "-f", "mpegts"]);
        input(&mut command, file);
        let filter = format!("asetpts=PTS-{start:.6}/TB,{}", padded(length));
        command.args(["-map", "0:a:0", "-af", &filter, "-t", &format!("{length:.6}")]);
        command.args(["-c:a", "aac", "-ac", "2", "-ar", "48000", "-b:a", "128k", "-frag_duration", SOUND_FRAGMENT]);
        command.args(MOVIE).args(["mp4", &sound_file(0)]);
        process::run(&mut command, limits, self.stop, PATIENCE, |_| true)
            .map_err(|failure| self.explain(failure, "ffmpeg"))
    }

    fn streams(&self, file: &Path) -> Result<Vec<Stream>, Failure> {
        let mut command = self.tools.ffprobe();
        command.args(["-of", "json", "-show_streams", "-f", "mpegts"]);
        input(&mut command, file);
        let json = process::output(&mut command, Limits::TOOL, self.stop, Duration::from_mins(1))
            .map_err(|failure| self.explain(failure, "ffprobe"))?;
        let output: Output =
            serde_json::from_slice(&json).map_err(|_| Failure::File("ffprobe's answer cannot be read".to_owned()))?;
        Ok(output.streams)
    }

    /// A folder for a film's old segments and new files.
    pub fn folder(&self) -> Result<Scratch, Failure> {
        let folder = Scratch::new(&self.temp()).map_err(|error| self.no_folder(&error))?;
        fs::create_dir(folder.path().join("old")).map_err(|error| self.no_folder(&error))?;
        Ok(folder)
    }
}
