//! Films of transport streams as one fragmented MP4 for each of their pictures and sounds, without encoding the
//! pictures again.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::encode::{MOVIE, SOUND, SOUND_FRAGMENT, padded, sound_file};
use super::ladder::{FrameRate, Rung};
use super::package::{Media, Package};
use super::tools::film_input;
use super::tracks::Label;
use super::{Encoder, probe};
use crate::child::confine::Limits;
use crate::child::process;
use crate::failure::Failure;
use crate::scratch::Scratch;
use crate::sniff;

const KIND: sniff::Film = sniff::Film::TransportStream;
const PATIENCE: Duration = Duration::from_mins(5);
/// How far the pictures may be from what their playlist says, in seconds.
const OFF: f64 = 0.5;
/// A picture that stands longer is what is left of others that cannot be read, in seconds.
const HOLE: f64 = 1.0;
/// How much shorter than the pictures a sound may be, in seconds, before it is encoded again with silence behind it.
const SHORTER: f64 = 0.25;

/// A quality of an old package: its segments, one behind the other in a file.
pub struct Streams {
    pub quality: String,
    pub file: PathBuf,
    /// What its playlist says that it lasts.
    pub seconds: f64,
}

/// A film in its new package. Its files go when this value is dropped.
pub struct Repacked {
    pub package: Package,
    #[allow(dead_code, reason = "it is held, not read")]
    folder: Scratch,
}

impl Encoder<'_> {
    /// Packages the qualities of a film anew, which are given with the highest first. `folder` holds their files.
    pub fn repack(&self, qualities: &[Streams], folder: Scratch) -> Result<Repacked, Failure> {
        let size = |path: &Path| path.metadata().map_or(0, |file| file.len());
        let bytes = qualities.iter().map(|quality| size(&quality.file)).max().unwrap_or(0);
        let limits = Limits { cpu: Duration::from_hours(4), memory: 4 << 30, file: (1 << 30) + 2 * bytes };
        let (mut rungs, mut rate, mut sound) = (Vec::new(), None, None);
        for (index, quality) in qualities.iter().enumerate() {
            let json = self.examine(&quality.file, KIND)?;
            let pictures = probe::pictures(&json).map_err(Failure::File)?;
            if pictures.codec != "h264" {
                return Err(Failure::File("its pictures are not H.264".to_owned()));
            }
            let (width, height) = pictures.size;
            rungs.push(Rung { name: quality.quality.clone(), width, height, max_rate: 0 });
            rate = rate.or(pictures.rate);
            let start = pictures.start;
            let mut command = self.tools.ffmpeg();
            command.current_dir(folder.path()).args(["-progress", "pipe:1", "-copyts"]);
            film_input(&mut command, &quality.file, KIND);
            command.args(["-map", "0:v:0", "-c", "copy", "-output_ts_offset"]).arg(format!("{:.6}", -start));
            command.args(MOVIE).args(["mp4", &format!("{}.mp4", quality.quality)]);
            process::run(&mut command, limits, self.stop, PATIENCE, |_| true)
                .map_err(|failure| self.explain(failure, "ffmpeg"))?;
            if index > 0 {
                // The first has the sound. A disk need not hold the film twice.
                let _ = fs::remove_file(&quality.file);
            } else if pictures.has_sound {
                sound = Some((quality.file.as_path(), start));
            }
        }
        let rate = rate.unwrap_or(FrameRate { num: 30, den: 1 });
        let pictures = Media::read(folder.path(), &rungs, rate, &[]).map_err(Failure::File)?;
        for (quality, (found, longest)) in qualities.iter().zip(pictures.durations()) {
            if longest > HOLE {
                return Err(Failure::File(format!(
                    "{} has a hole of {longest:.1} seconds: ingest its original again",
                    quality.quality
                )));
            }
            if (quality.seconds - found).abs() > OFF {
                return Err(Failure::File(format!(
                    "of {} only {found:.1} of {:.1} seconds can be read: ingest its original again",
                    quality.quality, quality.seconds
                )));
            }
        }
        let media = match sound {
            Some((file, start)) => self.with_sound((file, start), &pictures, (&rungs, rate), folder.path(), limits)?,
            None => pictures,
        };
        let previews = self.previews(&media, limits)?;
        let package = media.package(&[], &[], previews).map_err(Failure::File)?;
        Ok(Repacked { package, folder })
    }

    /// The pictures with their sound: as it is, or encoded anew where it begins late, ends early or is no AAC.
    fn with_sound(
        &self,
        (file, start): (&Path, f64),
        pictures: &Media,
        (rungs, rate): (&[Rung], FrameRate),
        folder: &Path,
        limits: Limits,
    ) -> Result<Media, Failure> {
        let label = [Label { name: "Sound".to_owned(), language: None }];
        let mut command = self.tools.ffmpeg();
        command.current_dir(folder).args(["-progress", "pipe:1", "-copyts"]);
        film_input(&mut command, file, KIND);
        command.args(["-map", "0:a:0", "-c", "copy", "-bsf:a", "aac_adtstoasc", "-frag_duration", SOUND_FRAGMENT]);
        command.arg("-output_ts_offset").arg(format!("{:.6}", -start));
        command.args(MOVIE).args(["mp4", &sound_file(0)]);
        match process::run(&mut command, limits, self.stop, PATIENCE, |_| true) {
            Ok(()) => {
                let copied = Media::read(folder, rungs, rate, &label);
                if let Some(media) = copied.ok().filter(|media| media.sound_is_shorter_by() <= SHORTER) {
                    return Ok(media);
                }
            }
            Err(process::Failure::Exit(_)) => {}
            Err(failure) => return Err(self.explain(failure, "ffmpeg")),
        }
        self.encode_sound(file, start, pictures.duration(), folder, limits)?;
        Media::read(folder, rungs, rate, &label).map_err(Failure::File)
    }

    fn encode_sound(&self, file: &Path, start: f64, length: f64, folder: &Path, limits: Limits) -> Result<(), Failure> {
        let mut command = self.tools.ffmpeg();
        command.current_dir(folder).args(["-y", "-progress", "pipe:1", "-copyts"]);
        film_input(&mut command, file, KIND);
        let filter = format!("asetpts=PTS-{start:.6}/TB,{}", padded(length));
        command.args(["-map", "0:a:0", "-af", &filter, "-t", &format!("{length:.6}")]);
        command.args(SOUND).args(["-b:a", "128k", "-frag_duration", SOUND_FRAGMENT]);
        command.args(MOVIE).args(["mp4", &sound_file(0)]);
        process::run(&mut command, limits, self.stop, PATIENCE, |_| true)
            .map_err(|failure| self.explain(failure, "ffmpeg"))
    }

    /// A folder for a film's old segments and new files.
    pub fn folder(&self) -> Result<Scratch, Failure> {
        let folder = Scratch::new(&self.temp()).map_err(|error| self.no_folder(&error))?;
        fs::create_dir(folder.path().join("old")).map_err(|error| self.no_folder(&error))?;
        Ok(folder)
    }
}
