//! Films: ffprobe examines them, ffmpeg encodes them, and they are packaged as HLS.

mod boxes;
mod clip;
mod encode;
mod found;
mod fragments;
mod frames;
mod ladder;
mod master;
mod pace;
mod package;
mod place;
mod poster;
mod previews;
mod probe;
mod repack;
mod score;
mod segments;
mod sounds;
mod texts;
mod tools;
mod tracks;
mod transport;
mod ts;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use clip::Clip;
pub use found::Found;
pub use package::{Content, Object, PLAYLIST, Package};
pub use probe::Film;
pub use repack::Streams;
pub use tools::Tools;
pub use transport::{SEGMENT_TYPE, is_whole};

use ladder::Rung;
use package::{Media, Pictures};
use tracks::Label;

use crate::Stop;
use crate::child::confine::Limits;
use crate::child::process;
use crate::failure::Failure;
use crate::photo::NO_PERMISSION;
use crate::scratch::{self, Scratch};
use crate::sniff;
use crate::taken;
use crate::thumbnail::{self, Thumbnails};
use crate::walk::Excluded;

/// A film that is ready to be uploaded. Its folder is removed when this value is dropped, unless it is kept.
pub struct Encoded {
    pub film: Film,
    pub package: Package,
    pub thumbnails: Thumbnails,
    media: Media,
    /// A note about what was lost in the conversion.
    pub note: Option<String>,
    rungs: Vec<Rung>,
    folder: Scratch,
}

/// In the folder of an encode.
const TRANSPORT: &str = "ts";
/// A shorter film needs no previews, in seconds.
const SHORTEST_PREVIEWED: f64 = 4.0;

impl Encoded {
    /// The same pictures and sound as a transport stream for each segment, for players and programs that know
    /// nothing else.
    pub fn transport(&self, encoder: &Encoder) -> Result<Package, Failure> {
        let folder = self.folder.path().join(TRANSPORT);
        // What a run left there that was killed.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).map_err(|error| encoder.no_folder(&error))?;
        let limits = encode::limits(&self.film, &self.rungs);
        let written = transport::write(encoder, &self.media, &folder, limits);
        let full = |problem| if self.folder.has_room() { Failure::File(problem) } else { encoder.no_room() };
        let made = written
            .map_err(|failure| encoder.explain(failure, "ffmpeg"))
            .and_then(|()| transport::read(&folder, &self.media).map_err(full));
        if made.is_err() {
            // The encode may be kept. Other films need the room.
            let _ = fs::remove_dir_all(&folder);
        }
        made
    }

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
    /// Whether a film is tried that an earlier run has refused.
    pub force: bool,
    /// What lies beside the film and is not to be opened.
    pub excluded: Option<&'a Excluded>,
    pub stop: &'a Stop,
}

impl<'a> Encoder<'a> {
    /// As it is, but for films beside which these files are not to be opened.
    pub fn without(self, excluded: &'a Excluded) -> Self {
        Self { excluded: Some(excluded), ..self }
    }

    /// Examines a film without decoding it. There may be no more of it than its head.
    pub fn probe(&self, path: &Path, kind: sniff::Film) -> Result<Film, Failure> {
        self.read((path, kind), &self.examine(path, kind)?, None)
    }

    /// As [`probe`](Self::probe), of a whole film. If it does not say how long it is, its pictures do.
    pub fn probe_whole(&self, path: &Path, kind: sniff::Film) -> Result<Film, Failure> {
        let json = self.examine(path, kind)?;
        let measured = match probe::without_length(&json) {
            Some((video, start)) => pace::length(&self.moments((path, kind), video)?, start),
            None => None,
        };
        self.read((path, kind), &json, measured)
    }

    fn read(&self, file: (&Path, sniff::Film), json: &[u8], measured: Option<f64>) -> Result<Film, Failure> {
        let dated = taken::File { excluded: self.excluded, ..taken::File::new(file.0, jiff::Timestamp::now()) };
        let mut film = probe::read(json, measured, &dated).map_err(Failure::File)?;
        if let Some(base) = film.doubtful {
            film.rate = pace::fastest(&self.moments(file, film.video)?).map_or(film.rate, |fastest| {
                ladder::frame_rate(Some(ladder::FrameRate { num: fastest, den: 1 }), Some(base))
            });
        }
        Ok(film)
    }

    /// What ffprobe says of a film.
    fn examine(&self, path: &Path, kind: sniff::Film) -> Result<Vec<u8>, Failure> {
        let mut command = self.tools.ffprobe();
        command.args(["-of", "json", "-show_streams", "-show_format", "-show_chapters"]);
        tools::film_input(&mut command, path, kind);
        process::output(&mut command, Limits::TOOL, self.stop, Duration::from_mins(1))
            .map_err(|failure| self.explain(failure, "ffprobe"))
    }

    /// The moments of all pictures of a film, in seconds.
    fn moments(&self, (path, kind): (&Path, sniff::Film), video: u32) -> Result<Vec<f64>, Failure> {
        let mut command = self.tools.ffprobe();
        command.args(["-select_streams", &video.to_string(), "-show_entries", "packet=pts_time", "-of", "csv=p=0"]);
        tools::film_input(&mut command, path, kind);
        let limits = Limits { cpu: Duration::from_mins(30), ..Limits::TOOL };
        let csv = process::output(&mut command, limits, self.stop, Duration::from_mins(5))
            .map_err(|failure| self.explain(failure, "ffprobe"))?;
        Ok(pace::moments(&csv))
    }

    /// Encodes a film, or takes what an earlier run has encoded of it and kept. `sha256` is the digest of the file.
    /// `at` gets the number of seconds that are done.
    pub fn encode(
        &self,
        (path, kind): (&Path, sniff::Film),
        film: Film,
        sha256: &str,
        mut at: impl FnMut(f64),
    ) -> Result<Encoded, Failure> {
        self.encode_with((path, kind), film, sha256, &mut at)
    }

    fn encode_with(
        &self,
        (path, kind): (&Path, sniff::Film),
        mut film: Film,
        sha256: &str,
        at: &mut dyn FnMut(f64),
    ) -> Result<Encoded, Failure> {
        let temp = self.temp();
        let rungs = ladder::ladder(film.width, film.height, film.rate.per_second());
        let label = scratch::Label::new(sha256, &encode::recipe(self, &film, &rungs));
        let labels: Vec<Label> = film.sounds.iter().map(|sound| sound.label.clone()).collect();
        if let Some(kept) = Scratch::kept(&temp, &label) {
            if let Some(words) = kept.refusal().filter(|_| !self.force) {
                kept.keep();
                return Err(Failure::File(words));
            }
            if let Ok(media) = Media::read(kept.path(), &rungs, film.rate, &labels) {
                return self.finish((path, kind), film, rungs, media, kept);
            }
        }
        let mut folder = Scratch::new(&temp).map_err(|error| self.no_folder(&error))?;
        let explain = |failure| self.explain(failure, "ffmpeg");
        let done = encode::encode(self, (path, kind), &film, &rungs, folder.path(), &mut *at);
        let may_be_a_sound = matches!(done, Err(process::Failure::Exit(_)));
        if may_be_a_sound && sounds::leave_out(self, (path, kind), &mut film).map_err(explain)? {
            drop(folder);
            return self.encode_with((path, kind), film, sha256, at);
        }
        done.map_err(explain)?;
        folder.done(&label);
        let media = Media::read(folder.path(), &rungs, film.rate, &labels);
        let full = |problem| if folder.has_room() { Failure::File(problem) } else { self.no_room() };
        let media = media.map_err(full)?;
        self.finish((path, kind), film, rungs, media, folder)
    }

    /// Checks what was encoded, and makes what belongs to it. Whoever stops that finds the encode in the next run.
    fn finish(
        &self,
        file: (&Path, sniff::Film),
        film: Film,
        rungs: Vec<Rung>,
        media: Media,
        folder: Scratch,
    ) -> Result<Encoded, Failure> {
        if media.duration() < film.duration * 0.95 - 2.0 {
            let words = format!(
                "only {:.0} of its {:.0} seconds can be read: the file is cut short or broken",
                media.duration(),
                film.duration
            );
            // The same encode would end in the same way. On a full disk, another one may not.
            if folder.has_room() {
                folder.refuse(&words);
            }
            return Err(Failure::File(words));
        }
        let made = self.completed(file, &film, &rungs, &media, folder.path());
        let (package, thumbnails, unread) = match made {
            Ok(made) => made,
            Err(failure) => {
                if matches!(failure, Failure::Stopped) {
                    folder.keep();
                }
                return Err(failure);
            }
        };
        let is_hdr = film.transfer != probe::Transfer::Sdr;
        let pale = (is_hdr && !self.tools.tone_maps).then(|| {
            "HDR was cut to SDR without tone mapping and looks pale: install an ffmpeg with zscale and use --force"
                .to_owned()
        });
        let left_out = film.left_out.iter().map(|words| (*words).to_owned());
        let notes: Vec<_> = pale.into_iter().chain(left_out).chain(unread).collect();
        let note = (!notes.is_empty()).then(|| notes.join("; "));
        Ok(Encoded { film, package, thumbnails, media, note, rungs, folder })
    }

    /// The whole package of a film, its poster, and what is said of subtitles that cannot be read.
    fn completed(
        &self,
        file: (&Path, sniff::Film),
        film: &Film,
        rungs: &[Rung],
        media: &Media,
        folder: &Path,
    ) -> Result<(Package, Thumbnails, Vec<String>), Failure> {
        let texts = texts::read(self, file, film, folder);
        let (texts, unread) = texts.map_err(|failure| self.explain(failure, "ffmpeg"))?;
        let (previews, thumbnails) = self.pictures(media, encode::limits(film, rungs))?;
        let package = media.package(&texts, &film.chapters, previews).map_err(Failure::File)?;
        Ok((package, thumbnails, unread))
    }

    fn previews(&self, media: &Media, limits: Limits) -> Result<Option<previews::Previews>, Failure> {
        let duration = media.duration();
        if duration < SHORTEST_PREVIEWED {
            return Ok(None);
        }
        let small = media.at_least(0).ok_or_else(no_pictures)?;
        let made = previews::make(self.tools, of(small), duration, limits, self.stop);
        made.map(Some).map_err(|failure| self.explain(failure, "ffmpeg"))
    }

    /// The previews of a film, unless it is very short, and its poster in all sizes.
    fn pictures(&self, media: &Media, limits: Limits) -> Result<(Option<previews::Previews>, Thumbnails), Failure> {
        let explain = |failure| self.explain(failure, "ffmpeg");
        let duration = media.duration();
        let previews = self.previews(media, limits)?;
        let place = poster::place(previews.as_ref().map_or(&[], |previews| &previews.scores), duration);
        let large = media.at_least(poster::LONGEST).ok_or_else(no_pictures)?;
        let poster = poster::pick(self.tools, of(large), place, limits, self.stop).map_err(explain)?;
        let thumbnails = thumbnail::make(poster, image::metadata::Orientation::NoTransforms);
        Ok((previews, thumbnails.map_err(Failure::File)?))
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

fn of(pictures: &Pictures) -> (&ladder::Quality, &Path) {
    (&pictures.quality, &pictures.file)
}

fn no_pictures() -> Failure {
    Failure::File("it has no pictures".to_owned())
}
