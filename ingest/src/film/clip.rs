//! The clip of a live photo: one short film that every browser plays, without what else its file says.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gallery::rendition::Rendition;

use super::encode::{Clock, SOUND, graph, limits};
use super::ladder::{Rung, ladder};
use super::tools::film_input;
use super::{Encoder, Film, process};
use crate::digest::{Sums, sums};
use crate::failure::Failure;
use crate::scratch::Scratch;
use crate::sniff;

/// The most pixels of its shorter side. It is shown in the size of a photo for some seconds.
const SHORT_SIDE: u32 = 720;
const PATIENCE: Duration = Duration::from_mins(1);
const NAME: &str = "clip.mp4";

/// A clip that is ready to be uploaded. Its file goes when this value is dropped.
pub struct Clip {
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
    sums: Sums,
    folder: Scratch,
}

impl Clip {
    /// The longest clip, in seconds. Phones take three.
    pub const LONGEST: f64 = 6.0;

    pub fn path(&self) -> PathBuf {
        self.folder.path().join(NAME)
    }

    /// What a row says of the clip. Its name says which bytes it has: another encoder makes others.
    pub fn rendition(&self) -> Rendition {
        Rendition {
            name: format!("clip-{}", &self.sums.sha256[..12]),
            format: "mp4".to_owned(),
            width: self.width,
            height: self.height,
            bytes: self.bytes,
            crc: Some(self.sums.crc),
        }
    }
}

impl Encoder<'_> {
    pub fn clip(&self, (path, kind): (&Path, sniff::Film), film: &Film) -> Result<Clip, Failure> {
        let folder = Scratch::new(&self.temp()).map_err(|error| self.no_folder(&error))?;
        let rungs = ladder(film.width, film.height, film.rate.per_second());
        let fits = |rung: &&Rung| rung.width.min(rung.height) <= SHORT_SIDE;
        let rung = rungs.iter().find(fits).or(rungs.last()).cloned();
        let rung = rung.ok_or_else(|| Failure::File("its pictures have no size".to_owned()))?;
        let mut command = self.tools.ffmpeg();
        command.current_dir(folder.path()).args(["-progress", "pipe:1"]);
        film_input(&mut command, path, kind);
        let only = std::slice::from_ref(&rung);
        command.arg("-filter_complex").arg(graph(film, only, self.tools.tone_maps)).args(["-map", "[v0]"]);
        if let Some(sound) = film.sounds.first() {
            command.arg("-map").arg(format!("0:{}", sound.index));
            command.args(SOUND).args(["-b:a", "96k"]);
        }
        command.arg("-t").arg(format!("{:.6}", film.duration));
        command.args(["-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn"]);
        command.args(["-c:v", "libx264", "-preset", self.preset, "-profile:v", "high", "-crf", "23"]);
        command.arg("-maxrate").arg(format!("{}k", rung.max_rate));
        command.arg("-bufsize").arg(format!("{}k", rung.max_rate * 2));
        command.args(["-movflags", "+faststart", "-f", "mp4", NAME]);
        let mut clock = Clock::default();
        process::run(&mut command, limits(film, only), self.stop, PATIENCE, |chunk| clock.hear(chunk))
            .map_err(|failure| self.explain(failure, "ffmpeg"))?;
        let file = folder.path().join(NAME);
        let bytes = file.metadata().map_or(0, |file| file.len());
        if bytes == 0 {
            return Err(Failure::File("ffmpeg has written no clip".to_owned()));
        }
        let sums = sums(&file, self.stop).map_err(|error| self.no_folder(&error))?.ok_or(Failure::Stopped)?;
        Ok(Clip { width: rung.width, height: rung.height, bytes, sums, folder })
    }
}
