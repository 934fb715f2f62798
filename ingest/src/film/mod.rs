//! Films: ffprobe examines them, ffmpeg encodes them, and they are packaged as HLS.

mod clip;
mod encode;
mod found;
mod ladder;
mod package;
mod poster;
mod probe;
mod tools;
mod ts;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use clip::Clip;
pub use found::Found;
pub use package::Package;
pub use probe::Film;
pub use tools::Tools;

use ladder::Rung;

use crate::Stop;
use crate::child::confine::Limits;
use crate::child::process;
use crate::failure::Failure;
use crate::photo::NO_PERMISSION;
use crate::scratch::{self, Scratch};
use crate::sniff;
use crate::taken;
use crate::thumbnail::{self, Thumbnails};

/// A film that is ready to be uploaded. Its folder is removed when this value is dropped, unless it is kept.
pub struct Encoded {
    pub film: Film,
    pub package: Package,
    pub thumbnails: Thumbnails,
    /// A note about what was lost in the conversion.
    pub note: Option<String>,
    folder: Scratch,
}

impl Encoded {
    /// Keeps what was encoded for the next run: this one could not upload it.
    pub fn keep(self) {
        self.folder.keep();
    }
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
    pub fn probe(&self, path: &Path, kind: sniff::Film) -> Result<Film, Failure> {
        let mut command = self.tools.ffprobe();
        command.args(["-of", "json", "-show_streams", "-show_format"]);
        tools::film_input(&mut command, path, kind);
        let json = process::output(&mut command, Limits::TOOL, self.stop, Duration::from_mins(1))
            .map_err(|failure| self.explain(failure, "ffprobe"))?;
        let file = taken::File { path, now: jiff::Timestamp::now() };
        probe::read(&json, &file).map_err(Failure::File)
    }

    /// Encodes a film, or takes what an earlier run has encoded of it and kept. `sha256` is the digest of the file.
    /// `at` gets the number of seconds that are done.
    pub fn encode(
        &self,
        (path, kind): (&Path, sniff::Film),
        film: Film,
        sha256: &str,
        at: impl FnMut(f64),
    ) -> Result<Encoded, Failure> {
        let temp = self.temp();
        let rungs = ladder::ladder(film.width, film.height, film.rate.per_second());
        let label = scratch::Label::new(sha256, &encode::recipe(self, &film, &rungs));
        if let Some(kept) = Scratch::kept(&temp, &label)
            && let Ok(package) = read_whole(kept.path(), &rungs, film.rate)
        {
            return self.finish(film, &rungs, package, kept);
        }
        let mut folder = Scratch::new(&temp).map_err(|error| self.no_folder(&error))?;
        encode::encode(self, (path, kind), &film, &rungs, folder.path(), at)
            .map_err(|failure| self.explain(failure, "ffmpeg"))?;
        folder.done(&label);
        let package = read_whole(folder.path(), &rungs, film.rate);
        // On a full disk ffmpeg's packager loses what it writes, says nothing, and ends well.
        let full = |problem| if folder.has_room() { Failure::File(problem) } else { self.no_room() };
        let package = package.map_err(full)?;
        self.finish(film, &rungs, package, folder)
    }

    /// Checks what was encoded, and makes the thumbnails.
    fn finish(&self, film: Film, rungs: &[Rung], package: Package, folder: Scratch) -> Result<Encoded, Failure> {
        if package.duration < film.duration * 0.95 - 2.0 {
            return Err(Failure::File(format!(
                "only {:.0} of its {:.0} seconds can be read: the file is cut short or broken",
                package.duration, film.duration
            )));
        }
        let limits = encode::limits(&film, rungs);
        let poster = poster::pick(self.tools, &package, folder.path(), limits, self.stop)
            .map_err(|failure| self.explain(failure, "ffmpeg"))?;
        let thumbnails = thumbnail::make(poster, image::metadata::Orientation::NoTransforms).map_err(Failure::File)?;
        let is_hdr = film.transfer != probe::Transfer::Sdr;
        let note = (is_hdr && !self.tools.tone_maps).then(|| {
            "HDR was cut to SDR without tone mapping and looks pale: install an ffmpeg with zscale and use --force"
                .to_owned()
        });
        Ok(Encoded { film, package, thumbnails, note, folder })
    }

    fn temp(&self) -> PathBuf {
        self.temp.map_or_else(std::env::temp_dir, Path::to_owned)
    }

    fn no_room(&self) -> Failure {
        let temp = self.temp();
        Failure::File(format!("there is no room in {} for encoding: make room, or use --temp", temp.display()))
    }

    fn no_folder(&self, error: &std::io::Error) -> Failure {
        use std::io::ErrorKind::{NotFound, PermissionDenied, QuotaExceeded, StorageFull};
        let temp = self.temp();
        let temp = temp.display();
        Failure::File(match error.kind() {
            StorageFull | QuotaExceeded => return self.no_room(),
            PermissionDenied => format!("no permission to write in {temp}: change its permissions, or use --temp"),
            NotFound => format!("there is no folder {temp} for encoding: make it, or use another --temp"),
            _ => format!("no folder can be made in {temp} ({error}): use another --temp"),
        })
    }

    fn explain(&self, failure: process::Failure, program: &str) -> Failure {
        Failure::File(match failure {
            process::Failure::Stopped => return Failure::Stopped,
            process::Failure::NoRoom => return self.no_room(),
            process::Failure::Denied => NO_PERMISSION.to_owned(),
            process::Failure::Start(error) => format!("{program} did not run: {error}"),
            process::Failure::Stalled => format!("{program} did not get on with it and was ended"),
            process::Failure::Limit(limit) => format!("{program} was ended: {limit}"),
            process::Failure::Exit(said) if said.contains("Invalid data found") => {
                "no film that can be read is in it: it is broken, or is not what its name says".to_owned()
            }
            // The message begins with the file's path, which the report names already.
            process::Failure::Exit(said) => {
                format!("{program} says: {}", said.rsplit(": ").next().unwrap_or(&said))
            }
        })
    }
}

/// Reads what was encoded. A segment that does not end with a packet is not whole.
fn read_whole(folder: &Path, rungs: &[Rung], rate: ladder::FrameRate) -> Result<Package, String> {
    /// In bytes (ISO/IEC 13818-1 section 2.4.3.2).
    const PACKET: u64 = 188;
    let package = package::read(folder, rungs, rate)?;
    let mut segments = package.renditions.iter().flat_map(|rendition| &rendition.segments);
    let is_whole = |segment: &PathBuf| segment.metadata().is_ok_and(|file| file.len() % PACKET == 0);
    if segments.all(is_whole) { Ok(package) } else { Err("ffmpeg has written a segment only in part".to_owned()) }
}
