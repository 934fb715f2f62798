//! A film as it lies in the bucket: one object for each of its pictures and sounds, the playlists that name parts of
//! them, and what belongs to it.

use std::path::{Path, PathBuf};

use hls::measure::Bandwidth;

use super::encode::sound_file;
use super::fragments::{self, Track};
use super::ladder::{FrameRate, Quality, Rung};
use super::master::{self, Master};
use super::previews::{self, Previews};
use super::segments::{keyframes, measure, playlist, seconds, segments, target};
use super::texts::Subtitles;
use super::tracks::{Chapter, Label, chapters_json};

/// RFC 8216 section 4.
pub const PLAYLIST: &str = "application/vnd.apple.mpegurl";
const INDEPENDENT: &str = "#EXT-X-INDEPENDENT-SEGMENTS\n";
const I_FRAMES_ONLY: &str = "#EXT-X-I-FRAMES-ONLY\n";
const CHAPTERS: &str = "chapters.json";

/// All objects of a film below `hls/{key}/{version}/`, in the order in which they are uploaded: what a playlist names
/// comes before it, and the master is the last.
pub struct Package {
    /// Highest first.
    pub qualities: Vec<Quality>,
    pub objects: Vec<Object>,
}

pub struct Object {
    pub name: String,
    pub content: Content,
    pub content_type: &'static str,
}

pub enum Content {
    File(PathBuf),
    Bytes(Vec<u8>),
}

impl Object {
    pub fn bytes(&self) -> u64 {
        match &self.content {
            Content::File(path) => path.metadata().map_or(0, |file| file.len()),
            Content::Bytes(bytes) => bytes.len() as u64,
        }
    }

    pub fn file(name: String, folder: &Path, content_type: &'static str) -> Self {
        Self { content: Content::File(folder.join(&name)), name, content_type }
    }

    pub fn text(name: String, text: String, content_type: &'static str) -> Self {
        Self { name, content: Content::Bytes(text.into_bytes()), content_type }
    }

    /// When it is uploaded.
    pub fn rank(&self) -> u8 {
        match self.content_type {
            PLAYLIST if self.name == "master.m3u8" => 2,
            PLAYLIST => 1,
            _ => 0,
        }
    }
}

/// Pictures on disk, whole and measured.
pub struct Pictures {
    pub quality: Quality,
    pub file: PathBuf,
    track: Track,
    pub rate: f64,
}

/// The pictures and sounds of a film, whole and measured.
pub struct Media {
    folder: PathBuf,
    /// Highest first.
    pub pictures: Vec<Pictures>,
    sounds: Vec<(String, Label, Track)>,
}

impl Media {
    /// Reads what was encoded in `folder`. Files that are not whole, and fragments that do not begin with a keyframe,
    /// are errors.
    pub fn read(folder: &Path, rungs: &[Rung], rate: FrameRate, sounds: &[Label]) -> Result<Self, String> {
        let track = |file: &Path, what: &str| {
            fragments::read(file).map_err(|problem| format!("{what} did not come out right: {problem}"))
        };
        let mut pictures = Vec::new();
        for rung in rungs {
            let Rung { name, width, height, .. } = rung.clone();
            let file = folder.join(format!("{name}.mp4"));
            let track = track(&file, &format!("the {name} rendition"))?;
            if !track.fragments.iter().all(|fragment| fragment.is_sync) {
                return Err(format!("the {name} rendition has a segment that does not begin with a keyframe"));
            }
            pictures.push(Pictures { quality: Quality { name, width, height }, file, track, rate: rate.per_second() });
        }
        let mut heard = Vec::new();
        for (number, label) in sounds.iter().enumerate() {
            let name = sound_file(number);
            let track = track(&folder.join(&name), "its sound")?;
            heard.push((name, label.clone(), track));
        }
        Ok(Self { folder: folder.to_owned(), pictures, sounds: heard })
    }

    /// Seconds, of the longest pictures.
    pub fn duration(&self) -> f64 {
        self.pictures.iter().map(|pictures| pictures.track.duration()).fold(0.0, f64::max)
    }

    /// Seconds of the pictures in each size, highest first, and the longest time that one picture stands.
    pub fn durations(&self) -> impl Iterator<Item = (f64, f64)> {
        self.pictures.iter().map(|pictures| (pictures.track.duration(), pictures.track.longest()))
    }

    pub fn first_sound(&self) -> Option<PathBuf> {
        self.sounds.first().map(|(name, _, _)| self.folder.join(name))
    }

    /// How much earlier than the pictures the first sound ends, in seconds.
    pub fn sound_is_shorter_by(&self) -> f64 {
        self.sounds.first().map_or(0.0, |(_, _, track)| self.duration() - track.duration())
    }

    /// The smallest pictures that have so many pixels on their longer side, or else the largest.
    pub fn at_least(&self, pixels: u32) -> Option<&Pictures> {
        let large = |pictures: &&Pictures| pictures.quality.width.max(pictures.quality.height) >= pixels;
        self.pictures.iter().rev().find(large).or(self.pictures.first())
    }

    /// The whole package.
    pub fn package(
        &self,
        texts: &[Subtitles],
        chapters: &[Chapter],
        previews: Option<Previews>,
    ) -> Result<Package, String> {
        let mut objects = Vec::new();
        let mut playlists = Vec::new();
        // All media playlists have one target duration (RFC 8216bis section 6.2.4).
        let tracks = self.pictures.iter().map(|pictures| &pictures.track);
        let tracks = tracks.chain(self.sounds.iter().map(|(_, _, track)| track));
        let longest = tracks.map(|track| target(&segments(track))).max().unwrap_or(1);
        let mut master = Master { videos: Vec::new(), sounds: Vec::new(), texts: Vec::new(), data: Vec::new() };

        for Pictures { quality, track, rate, .. } in &self.pictures {
            let Quality { name, width, height } = quality;
            let file = format!("{name}.mp4");
            let (parts, frames) = (segments(track), keyframes(track));
            let text = playlist(&file, track.init, longest, &parts, INDEPENDENT);
            let iframes = playlist(&file, track.init, longest.max(target(&frames)), &frames, I_FRAMES_ONLY);
            let measured = |text: &str, parts| -> Result<Bandwidth, String> {
                measure(text, parts).map_err(|error| format!("the {name} rendition did not come out right: {error}"))
            };
            master.videos.push(master::Video {
                name,
                codec: &track.codec,
                width: *width,
                height: *height,
                rate: *rate,
                bandwidth: measured(&text, &parts)?,
                keyframes: measured(&iframes, &frames)?,
            });
            objects.push(Object::file(file, &self.folder, "video/mp4"));
            playlists.push(Object::text(format!("{name}.m3u8"), text, PLAYLIST));
            playlists.push(Object::text(format!("{name}-iframes.m3u8"), iframes, PLAYLIST));
        }
        for (file, label, track) in &self.sounds {
            let parts = segments(track);
            let text = playlist(file, track.init, longest, &parts, INDEPENDENT);
            let bandwidth =
                measure(&text, &parts).map_err(|error| format!("its sound did not come out right: {error}"))?;
            let uri = file.replace(".mp4", ".m3u8");
            let (codec, channels) = (track.codec.as_str(), track.channels);
            master.sounds.push(master::Sound { uri: uri.clone(), label, codec, channels, bandwidth });
            objects.push(Object::file(file.clone(), &self.folder, "audio/mp4"));
            playlists.push(Object::text(uri, text, PLAYLIST));
        }
        let duration = self.duration();
        for (number, text) in texts.iter().enumerate() {
            let (file, uri) = (format!("text-{}.vtt", number + 1), format!("text-{}.m3u8", number + 1));
            playlists.push(Object::text(uri.clone(), text_playlist(&file, duration), PLAYLIST));
            objects.push(Object::text(file, text.vtt.clone(), "text/vtt"));
            master.texts.push(master::Text { uri, label: &text.label, is_forced: text.is_forced });
        }
        if !chapters.is_empty() {
            master.data.push(master::Data { id: "com.apple.hls.chapters", uri: CHAPTERS, is_json: true });
            objects.push(Object::text(CHAPTERS.to_owned(), chapters_json(chapters), "application/json"));
        }
        if let Some(previews) = previews {
            master.data.push(master::Data { id: "edge-gallery.previews", uri: previews::INDEX, is_json: false });
            objects.push(Object::text(previews::INDEX.to_owned(), previews.vtt, "text/vtt"));
            let sheet = |(index, webp)| Object {
                name: previews::sheet(index),
                content: Content::Bytes(webp),
                content_type: "image/webp",
            };
            objects.extend(previews.sheets.into_iter().enumerate().map(sheet));
        }
        let text = master.text();
        objects.append(&mut playlists);
        objects.push(Object::text("master.m3u8".to_owned(), text, PLAYLIST));
        let qualities = self.pictures.iter().map(|pictures| pictures.quality.clone()).collect();
        Ok(Package { qualities, objects })
    }
}

/// Subtitles are one segment that is as long as the film.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // of a film
fn text_playlist(file: &str, duration: f64) -> String {
    let (target, seconds) = ((duration.ceil() as u64).max(1), seconds(duration));
    format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:{seconds},\n\
         {file}\n#EXT-X-ENDLIST\n"
    )
}
