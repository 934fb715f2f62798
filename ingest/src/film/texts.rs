//! Subtitles as WebVTT: those in the film, and files beside it (`film.srt`, `film.de.vtt`).
//!
//! Drones and dash cams write the place of every second as subtitles. Whoever plays a film would read them, so they are
//! left out, as they are blanked in originals.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use privacy::{names_coordinate, names_place};

use super::tools::{film_input, input};
use super::tracks::{self, Label, language};
use super::{Encoder, Film};
use crate::child::confine::Limits;
use crate::child::process::{self, Failure};
use crate::sniff;
use crate::walk::Excluded;

/// The largest file of subtitles, in bytes. A film of two hours has a hundred kilobytes.
const LARGEST: u64 = 8 << 20;
const PATIENCE: Duration = Duration::from_mins(2);
const LIMITS: Limits = Limits { cpu: Duration::from_mins(30), memory: 2 << 30, file: LARGEST };

/// Subtitles that are ready to be uploaded.
#[derive(Debug, PartialEq, Eq)]
pub struct Subtitles {
    pub label: Label,
    pub is_forced: bool,
    pub vtt: String,
}

/// All subtitles of a film, and what is said of those that are left out.
pub fn read(
    encoder: &Encoder,
    file: (&Path, sniff::Film),
    film: &Film,
    folder: &Path,
) -> Result<(Vec<Subtitles>, Vec<String>), Failure> {
    let mut notes = Vec::new();
    let mut all = Vec::new();
    match embedded(encoder, file, film, folder) {
        Ok(texts) => {
            let found = texts.len();
            all.extend(texts.into_iter().filter(|text| !is_of_places(&text.vtt)));
            if all.len() < found {
                notes.push("some of its subtitles name places, as those of drones do, and are left out".to_owned());
            }
        }
        Err(Failure::Exit(_) | Failure::Limit(_) | Failure::Stalled) => {
            notes.push("its subtitles cannot be read and are left out".to_owned());
        }
        Err(failure) => return Err(failure),
    }
    for beside in beside(file.0, encoder.excluded) {
        match converted(encoder, &beside, folder) {
            Ok(Some(vtt)) if is_of_places(&vtt) => {
                let name = beside.name();
                notes.push(format!("the subtitles in {name} name places, as those of drones do, and are left out"));
            }
            Ok(Some(vtt)) => all.push(Subtitles { label: beside.label, is_forced: beside.is_forced, vtt }),
            Ok(None) | Err(Failure::Exit(_) | Failure::Limit(_) | Failure::Stalled) => {
                notes.push(format!("the subtitles in {} cannot be read and are left out", beside.name()));
            }
            Err(failure) => return Err(failure),
        }
    }
    all.truncate(tracks::MOST);
    tracks::tell_apart(all.iter_mut().map(|text| &mut text.label), "Subtitles");
    Ok((all, notes))
}

fn embedded(
    encoder: &Encoder,
    (path, kind): (&Path, sniff::Film),
    film: &Film,
    folder: &Path,
) -> Result<Vec<Subtitles>, Failure> {
    if film.texts.is_empty() {
        return Ok(Vec::new());
    }
    let mut command = encoder.tools.ffmpeg();
    command.current_dir(folder).args(["-y", "-progress", "pipe:1"]);
    film_input(&mut command, path, kind);
    for text in &film.texts {
        command.arg("-map").arg(format!("0:{}", text.index));
        command.args(["-map_metadata", "-1", "-c:s", "webvtt", "-f", "webvtt"]);
        command.arg(format!("embedded-{}.vtt", text.index));
    }
    process::run(&mut command, LIMITS, encoder.stop, PATIENCE, |_| true)?;
    let subtitles = |text: &super::tracks::Text| {
        let vtt = taken(&folder.join(format!("embedded-{}.vtt", text.index)))?;
        Some(Subtitles { label: text.label.clone(), is_forced: text.is_forced, vtt })
    };
    Ok(film.texts.iter().filter_map(subtitles).collect())
}

/// A file of subtitles beside a film.
struct Beside {
    path: PathBuf,
    label: Label,
    is_forced: bool,
}

impl Beside {
    fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// Whether a WebVTT tells where the camera was: by a coordinate, or in most of what it shows. People say GPS too, once.
fn is_of_places(vtt: &str) -> bool {
    let cues = vtt.split("\n\n").filter(|block| block.contains("-->"));
    let (places, others): (Vec<&str>, Vec<&str>) = cues.partition(|cue| names_place(cue.as_bytes()));
    names_coordinate(vtt.as_bytes()) || places.len() > others.len()
}

/// The files whose names begin with the film's, in the order of their names. What a link leads to may lie outside of
/// the library, and is not looked at.
fn beside(film: &Path, excluded: Option<&Excluded>) -> Vec<Beside> {
    let (Some(folder), Some(stem)) = (film.parent(), film.file_stem().and_then(|stem| stem.to_str())) else {
        return Vec::new();
    };
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file())))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
        .iter()
        .filter_map(|name| of_name(stem, name).map(|(label, is_forced)| (name, label, is_forced)))
        .map(|(name, label, is_forced)| Beside { path: folder.join(name), label, is_forced })
        .filter(|beside| excluded.is_none_or(|excluded| !excluded.contains(&beside.path)))
        .take(tracks::MOST)
        .collect()
}

/// What the name of a file says of its subtitles: `film.srt`, `film.de.srt`, `film.en.forced.vtt`. `None` if it has no
/// subtitles of this film.
fn of_name(stem: &str, name: &str) -> Option<(Label, bool)> {
    let (rest, extension) = name.strip_prefix(stem)?.rsplit_once('.')?;
    if !["srt", "vtt"].iter().any(|known| extension.eq_ignore_ascii_case(known)) {
        return None;
    }
    let Some(parts) = rest.strip_prefix('.') else {
        return rest.is_empty().then(Default::default);
    };
    let (mut found, mut is_forced) = (None, false);
    for part in parts.split('.') {
        if part.eq_ignore_ascii_case("forced") {
            is_forced = true;
        } else if ["sdh", "cc", "default"].iter().any(|mark| part.eq_ignore_ascii_case(mark)) {
            // For the hard of hearing, or the player's first choice: the viewer chooses.
        } else if found.is_none() {
            found = Some(language(part).filter(|_| part.len() <= 12)?);
        }
    }
    Some((Label::new(None, found), is_forced))
}

fn converted(encoder: &Encoder, beside: &Beside, folder: &Path) -> Result<Option<String>, Failure> {
    let mut bytes = Vec::new();
    let read = fs::File::open(&beside.path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    if read.is_err() || bytes.len() as u64 > LARGEST {
        return Ok(None);
    }
    let is_srt = beside.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("srt"));
    let (from, to) = (folder.join("beside.txt"), folder.join("beside.vtt"));
    fs::write(&from, text(&bytes)).map_err(|error| match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Failure::NoRoom,
        _ => Failure::Start(error),
    })?;
    let mut command = encoder.tools.ffmpeg();
    command.current_dir(folder).args(["-y", "-f", if is_srt { "srt" } else { "webvtt" }]);
    input(&mut command, &from);
    command.args(["-map", "0:s:0", "-map_metadata", "-1", "-c:s", "webvtt", "-f", "webvtt"]);
    command.arg("beside.vtt");
    let done = process::run(&mut command, LIMITS, encoder.stop, PATIENCE, |_| true);
    let _ = fs::remove_file(&from);
    done.map(|()| taken(&to))
}

/// The text of a file: UTF-8, UTF-16 with a byte order mark, or what Windows wrote.
fn text(bytes: &[u8]) -> String {
    let encoding = Encoding::for_bom(bytes).map_or(UTF_8, |(encoding, _)| encoding);
    let (text, _, has_errors) = encoding.decode(bytes);
    if has_errors { WINDOWS_1252.decode(bytes).0.into_owned() } else { text.into_owned() }
}

/// Reads what ffmpeg has written, and ties its times to those of the film (RFC 8216bis section 3.1.4). `None` if it has
/// no cue.
fn taken(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let _ = fs::remove_file(path);
    let cues = text.strip_prefix("WEBVTT")?;
    cues.contains("-->").then(|| format!("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000{cues}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beside_a_film() {
        let of = |name: &str| of_name("Our day", name).map(|(label, is_forced)| (label.language, is_forced));
        let language = |tag: &str| Some(tag.to_owned());
        assert_eq!(of("Our day.srt"), Some((None, false)));
        assert_eq!(of("Our day.de.VTT"), Some((language("de"), false)));
        assert_eq!(of("Our day.eng.forced.srt"), Some((language("en"), true)));
        assert_eq!(of("Our day.forced.srt"), Some((None, true)));
        assert_eq!(of("Our day.en.sdh.srt"), Some((language("en"), false)));
        for other in ["Our day.mp4", "Our day 2.srt", "Our day.2.srt", "our.srt", "Our day.de.txt", "Our daysrt"] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn old_encodings() {
        assert_eq!(text("Grüße".as_bytes()), "Grüße");
        assert_eq!(text(b"Gr\xfc\xdfe"), "Grüße");
        assert_eq!(text(b"\xff\xfeG\0r\0\xfc\0"), "Grü");
        assert_eq!(text(b"\xef\xbb\xbf1\n"), "1\n");
    }
}
