//! Films: ffprobe examines them, ffmpeg encodes them, and they are packaged as HLS.

mod encode;
mod ladder;
mod package;
mod poster;
mod probe;
mod process;
mod tools;
mod ts;

use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

pub use package::Package;
pub use probe::Film;
pub use tools::Tools;

use crate::Stop;
use crate::failure::Failure;
use crate::taken;
use crate::thumbnail::{self, Thumbnail};

/// A film that is ready to be uploaded. Its folder is removed when this value is dropped.
pub struct Encoded {
    pub film: Film,
    pub package: Package,
    pub thumbnails: Vec<Thumbnail>,
    /// A note about what was lost in the conversion.
    pub note: Option<String>,
    _folder: TempDir,
}

/// How to encode.
pub struct Encoder<'a> {
    pub tools: &'a Tools,
    pub preset: &'a str,
    pub temp: Option<&'a Path>,
    pub stop: &'a Stop,
}

impl Encoder<'_> {
    /// Examines a film without decoding it.
    pub fn probe(&self, path: &Path) -> Result<Film, Failure> {
        let mut command = self.tools.ffprobe();
        command.args(["-of", "json", "-show_streams", "-show_format"]);
        tools::film_input(&mut command, path);
        let json = process::output(&mut command, self.stop, Duration::from_mins(1))
            .map_err(|failure| explain(failure, "ffprobe"))?;
        let file = taken::File { path, now: jiff::Timestamp::now() };
        probe::read(&json, &file).map_err(Failure::File)
    }

    /// Encodes a film. `at` gets the number of seconds that are done.
    pub fn encode(&self, path: &Path, film: Film, at: impl FnMut(f64)) -> Result<Encoded, Failure> {
        let folder = match self.temp {
            Some(temp) => TempDir::with_prefix_in("ingest-", temp),
            None => TempDir::with_prefix("ingest-"),
        };
        let folder = folder.map_err(|error| {
            Failure::File(format!("no temporary folder can be made ({error}): make room, or use --temp"))
        })?;
        let rungs = ladder::ladder(film.width, film.height, film.rate.per_second());
        encode::encode(self, path, &film, &rungs, folder.path(), at).map_err(|failure| explain(failure, "ffmpeg"))?;
        let package = package::read(folder.path(), &rungs, film.rate).map_err(Failure::File)?;
        if package.duration < film.duration * 0.95 - 2.0 {
            return Err(Failure::File(format!(
                "only {:.0} of its {:.0} seconds can be read: the file is cut short or broken",
                package.duration, film.duration
            )));
        }
        let poster = poster::pick(self.tools, &package, folder.path(), self.stop)
            .map_err(|failure| explain(failure, "ffmpeg"))?;
        let thumbnails = thumbnail::make(poster, image::metadata::Orientation::NoTransforms).map_err(Failure::File)?;
        let is_hdr = film.transfer != probe::Transfer::Sdr;
        let note = (is_hdr && !self.tools.tone_maps).then(|| {
            "HDR was cut to SDR without tone mapping and looks pale: install an ffmpeg with zscale and use --force"
                .to_owned()
        });
        Ok(Encoded { film, package, thumbnails, note, _folder: folder })
    }
}

fn explain(failure: process::Failure, program: &str) -> Failure {
    match failure {
        process::Failure::Stopped => Failure::Stopped,
        process::Failure::Start(error) => Failure::File(format!("{program} did not run: {error}")),
        process::Failure::Stalled => Failure::File(format!("{program} did not get on with it and was ended")),
        // The message begins with the file's path, which the report names already.
        process::Failure::Exit(said) => {
            let said = said.rsplit(": ").next().unwrap_or(&said);
            Failure::File(format!("{program} says: {said}"))
        }
    }
}
