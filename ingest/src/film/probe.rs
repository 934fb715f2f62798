//! What ffprobe says about a film, reduced to the facts that ingest needs.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::ladder::{FrameRate, frame_rate};
use super::place::iso6709;
use super::tracks::{self, Chapter, Label, Sound, Text};
use crate::facts::{Facts, clean};
use crate::taken;

/// A film as it is to be shown and encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Film {
    /// The index of the video stream.
    pub video: u32,
    /// The first is the one that plays unless the viewer chooses another.
    pub sounds: Vec<Sound>,
    pub texts: Vec<Text>,
    pub chapters: Vec<Chapter>,
    /// What of the film is left out, for the report.
    pub left_out: Vec<&'static str>,
    /// In pixels as displayed: after rotation, with square pixels.
    pub width: u32,
    pub height: u32,
    /// Seconds, of the pictures or of the sound, whichever is longer.
    pub duration: f64,
    /// Seconds of the pictures alone.
    pub pictures: f64,
    pub rate: FrameRate,
    /// The rate that all time stamps fit, if the average differs so much from it that only the pictures tell.
    pub doubtful: Option<FrameRate>,
    pub codec: String,
    pub transfer: Transfer,
    pub interlaced: bool,
    pub facts: Facts,
    /// By which Apple's devices tell the photo to which a film belongs.
    pub content_id: Option<String>,
}

/// How long the last picture may stand under a sound that is longer than all pictures, in seconds.
const LONGEST_HELD: f64 = 600.0;

const CONTENT_ID: &str = "com.apple.quicktime.content.identifier";

/// How light is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transfer {
    Sdr,
    /// ARIB STD-B67, as phones record it.
    Hlg,
    /// SMPTE ST 2084, as in HDR10.
    Pq,
}

#[derive(Deserialize)]
struct Output {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
    #[serde(default)]
    chapters: Vec<Stretch>,
}

#[derive(Deserialize)]
struct Stretch {
    start_time: Option<String>,
    end_time: Option<String>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
struct Format {
    duration: Option<String>,
    start_time: Option<String>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Stream {
    index: u32,
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    sample_aspect_ratio: Option<String>,
    avg_frame_rate: Option<String>,
    r_frame_rate: Option<String>,
    color_transfer: Option<String>,
    field_order: Option<String>,
    duration: Option<String>,
    start_time: Option<String>,
    #[serde(default)]
    disposition: BTreeMap<String, i64>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

impl Stream {
    /// Whether it is a stream of a kind, and one that ffmpeg knows.
    fn is(&self, kind: &str) -> bool {
        self.codec_type.as_deref() == Some(kind) && self.codec_name.is_some()
    }

    /// Whether it holds the pictures of a film, and not a cover.
    fn is_shown(&self) -> bool {
        self.is("video") && !is_set(self, "attached_pic")
    }
}

#[derive(Deserialize)]
struct SideData {
    rotation: Option<f64>,
}

/// The stream of the pictures, and the moment at which the film begins, of a film that does not say how long it is:
/// what recorders write that do not go back to the head of the file.
pub fn without_length(json: &[u8]) -> Option<(u32, f64)> {
    let output: Output = serde_json::from_slice(json).ok()?;
    let video = output.streams.iter().find(|stream| stream.is_shown())?;
    let is_said = length(video, &output.format).or(seconds(output.format.duration.as_deref())).is_some();
    let start = output.format.start_time.as_deref().and_then(moment).unwrap_or_default();
    (!is_said).then_some((video.index, start))
}

/// Reads `ffprobe -of json -show_streams -show_format -show_chapters`. `file` says when the film was taken if its tags
/// do not, and `measured` how many seconds of pictures it has if it does not say that.
pub fn read(json: &[u8], measured: Option<f64>, file: &taken::File) -> Result<Film, String> {
    let output: Output = serde_json::from_slice(json).map_err(|_| "ffprobe's answer cannot be read".to_owned())?;
    let video = output.streams.iter().find(|stream| stream.is_shown()).ok_or("there is no video in it")?;
    let (Some(width), Some(height)) = (video.width.filter(|w| *w > 0), video.height.filter(|h| *h > 0)) else {
        return Err("its pictures have no size".to_owned());
    };
    let format = seconds(output.format.duration.as_deref());
    let of_video = length(video, &output.format);
    let pictures = of_video.or(format).or(measured).ok_or("it has no duration")?;
    let (sounds, more_sounds) = sounds(&output);
    let (texts, more_texts) = texts(&output.streams);
    // Of a file that does not say how long its pictures are, the whole is known.
    let sound = sounds.first().and_then(|sound| sound.duration).filter(|_| of_video.is_some());
    let sound = sound.map(|sound| format.map_or(sound, |format| sound.min(format))).unwrap_or_default();
    let longest = pictures + pictures.max(LONGEST_HELD);
    let duration = pictures.max(sound.min(longest));
    let cut = (sound > longest).then_some("its sound is far longer than its pictures, and is cut");
    let (average, base) = (rate(video.avg_frame_rate.as_deref()), rate(video.r_frame_rate.as_deref()));
    let interlaced = matches!(video.field_order.as_deref(), Some("tt" | "bb" | "tb" | "bt"));
    let (width, height) = displayed(width, height, video);
    Ok(Film {
        video: video.index,
        sounds,
        texts,
        chapters: chapters(&output.chapters, duration),
        left_out: [more_sounds, more_texts, cut].into_iter().flatten().collect(),
        width,
        height,
        duration,
        pictures,
        rate: frame_rate(average, base),
        doubtful: base.filter(|base| !interlaced && average.is_none_or(|average| differ(average, *base))),
        codec: video.codec_name.clone().unwrap_or_default(),
        transfer: match video.color_transfer.as_deref() {
            Some("arib-std-b67") => Transfer::Hlg,
            Some("smpte2084") => Transfer::Pq,
            _ => Transfer::Sdr,
        },
        interlaced,
        content_id: output.format.tags.get(CONTENT_ID).and_then(|id| clean(id)),
        facts: facts(&output.format.tags, &video.tags, duration, file),
    })
}

/// What is to be known of encoded pictures.
pub struct Encoded {
    pub codec: String,
    pub size: (u32, u32),
    pub rate: Option<FrameRate>,
    /// The moment of the first, in seconds.
    pub start: f64,
    pub has_sound: bool,
}

/// Reads the same of a film that is encoded already.
pub fn pictures(json: &[u8]) -> Result<Encoded, String> {
    let output: Output = serde_json::from_slice(json).map_err(|_| "ffprobe's answer cannot be read".to_owned())?;
    let video = output.streams.iter().find(|stream| stream.is("video")).ok_or("there are no pictures in it")?;
    Ok(Encoded {
        codec: video.codec_name.clone().unwrap_or_default(),
        size: (video.width.unwrap_or_default(), video.height.unwrap_or_default()),
        rate: rate(video.r_frame_rate.as_deref()),
        start: video.start_time.as_deref().and_then(moment).unwrap_or_default(),
        has_sound: output.streams.iter().any(|stream| stream.codec_type.as_deref() == Some("audio")),
    })
}

fn seconds(text: Option<&str>) -> Option<f64> {
    let seconds: f64 = text?.parse().ok()?;
    (seconds.is_finite() && seconds > 0.0).then_some(seconds)
}

fn moment(text: &str) -> Option<f64> {
    text.parse().ok().filter(|moment: &f64| moment.is_finite())
}

/// The seconds from the beginning of a file to the end of a stream. Matroska has them in a tag, as
/// `00:01:02.500000000`. Other files say how long a stream is, which may begin later than the file.
fn length(stream: &Stream, format: &Format) -> Option<f64> {
    if let Some(length) = seconds(stream.duration.as_deref()) {
        let [own, first] = [&stream.start_time, &format.start_time].map(|text| text.as_deref().and_then(moment));
        let late = own.zip(first).map_or(0.0, |(own, first)| (own - first).max(0.0));
        // A start that cannot be makes no film longer than its file.
        let most = seconds(format.duration.as_deref()).map_or(length, |format| format.max(length));
        return Some((length + late).min(most));
    }
    let tag = stream.tags.iter().find(|(key, _)| key.eq_ignore_ascii_case("DURATION"))?.1;
    let parts: Vec<f64> = tag.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hours, minutes, rest] = parts[..] else { return None };
    let length = hours.mul_add(3600.0, minutes.mul_add(60.0, rest));
    (length.is_finite() && length > 0.0).then_some(length)
}

fn differ(average: FrameRate, base: FrameRate) -> bool {
    (base.per_second() / average.per_second() - 1.0).abs() > 0.02
}

fn is_set(stream: &Stream, disposition: &str) -> bool {
    stream.disposition.get(disposition).is_some_and(|flag| *flag != 0)
}

/// The sounds, with the one first that the file wants to be heard, and what is said of those that are left out.
fn sounds(output: &Output) -> (Vec<Sound>, Option<&'static str>) {
    let mut found: Vec<_> = output.streams.iter().filter(|stream| stream.is("audio")).collect();
    found.sort_by_key(|stream| !is_set(stream, "default"));
    let more = (found.len() > tracks::MOST).then_some("it has more sounds than are taken in");
    let sound = |stream: &&Stream| Sound {
        index: stream.index,
        label: Label::of(&stream.tags),
        duration: length(stream, &output.format),
    };
    let mut sounds: Vec<_> = found.iter().take(tracks::MOST).map(sound).collect();
    tracks::tell_apart(sounds.iter_mut().map(|sound| &mut sound.label), "Sound");
    (sounds, more)
}

/// The subtitles that are text, and what is said of those that are left out.
fn texts(streams: &[Stream]) -> (Vec<Text>, Option<&'static str>) {
    const CODECS: [&str; 7] = ["subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"];
    let found: Vec<_> = streams.iter().filter(|stream| stream.is("subtitle")).collect();
    let text = |stream: &&&Stream| stream.codec_name.as_deref().is_some_and(|codec| CODECS.contains(&codec));
    let texts: Vec<_> = found
        .iter()
        .filter(text)
        .take(tracks::MOST)
        .map(|stream| Text { index: stream.index, label: Label::of(&stream.tags), is_forced: is_set(stream, "forced") })
        .collect();
    let more = (texts.len() < found.len())
        .then_some("some of its subtitles are left out: they are pictures, or of an unknown kind, or too many");
    (texts, more)
}

/// The chapters, if there are several. A last one that is open ends with the film.
fn chapters(stretches: &[Stretch], duration: f64) -> Vec<Chapter> {
    const MOST: usize = 500;
    let moment = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<f64>().ok());
    let chapter = |(index, stretch): (usize, &Stretch)| {
        let start = moment(&stretch.start_time)?.max(0.0);
        let end = moment(&stretch.end_time).unwrap_or(duration).min(duration);
        let title = stretch.tags.get("title").and_then(|title| clean(title));
        let title = title.unwrap_or_else(|| format!("Chapter {}", index + 1));
        (start < end).then_some(Chapter { start, end, title })
    };
    let mut chapters: Vec<_> = stretches.iter().take(MOST).enumerate().filter_map(chapter).collect();
    chapters.sort_by(|a, b| a.start.total_cmp(&b.start));
    if chapters.len() < 2 { Vec::new() } else { chapters }
}

/// The size on screen: pixels are made square, and the picture is then turned as the display matrix says.
fn displayed(width: u32, height: u32, video: &Stream) -> (u32, u32) {
    let aspect = video.sample_aspect_ratio.as_deref().and_then(|text| fraction(text, ':'));
    let width = match aspect {
        Some((num, den)) => {
            let square = (u64::from(width) * u64::from(num) + u64::from(den) / 2) / u64::from(den);
            u32::try_from(square.max(1)).unwrap_or(width)
        }
        None => width,
    };
    let turned = video
        .side_data_list
        .iter()
        .find_map(|data| data.rotation)
        .is_some_and(|degrees| (degrees.abs() % 180.0 - 90.0).abs() < 1.0);
    if turned { (height, width) } else { (width, height) }
}

fn rate(text: Option<&str>) -> Option<FrameRate> {
    let (num, den) = fraction(text?, '/')?;
    Some(FrameRate { num, den })
}

/// Two whole numbers above zero.
fn fraction(text: &str, between: char) -> Option<(u32, u32)> {
    let (num, den) = text.split_once(between)?;
    let (num, den) = (num.parse().ok()?, den.parse().ok()?);
    (num > 0 && den > 0).then_some((num, den))
}

fn facts(
    format: &BTreeMap<String, String>,
    stream: &BTreeMap<String, String>,
    duration: f64,
    file: &taken::File,
) -> Facts {
    let tag = |names: &[&str]| {
        names.iter().find_map(|name| {
            let found = format.iter().chain(stream).find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.and_then(|(_, value)| clean(value))
        })
    };
    let place = tag(&["com.apple.quicktime.location.ISO6709", "location", "location-eng"]);
    let [latitude, longitude, altitude] = place.as_deref().map(iso6709).unwrap_or_default();
    Facts {
        taken: Some(taken::of_film(|name| tag(&[name]), duration, file)),
        camera_make: tag(&["com.apple.quicktime.make", "com.android.manufacturer", "make"]),
        camera_model: tag(&["com.apple.quicktime.model", "com.android.model", "model"]),
        latitude,
        longitude,
        altitude,
        ..Facts::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taken::{Moment, OffsetSource, Source, Taken};

    /// Reads without a file.
    fn read(json: &[u8], name: &str) -> Result<Film, String> {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        super::read(json, None, &taken::File::new(std::path::Path::new(name), now))
    }

    fn wall(text: &str, source: Source, offset: Option<(jiff::tz::Offset, OffsetSource)>) -> Taken {
        Taken { moment: Moment::Wall(text.parse().unwrap()), source, offset }
    }

    #[test]
    fn a_phone_film() {
        let film = read(
            br#"{"streams":[
                {"index":0,"codec_type":"audio","codec_name":"aac"},
                {"index":1,"codec_type":"video","codec_name":"hevc","width":1920,"height":1080,
                 "sample_aspect_ratio":"1:1","avg_frame_rate":"30/1","r_frame_rate":"30/1","color_transfer":"arib-std-b67",
                 "duration":"9.5","disposition":{"attached_pic":0},
                 "side_data_list":[{"side_data_type":"DOVI configuration record"},{"side_data_type":"Display Matrix","rotation":-90}]},
                {"index":2,"codec_type":"audio"},{"index":3,"codec_type":"data"}],
              "format":{"duration":"9.6","tags":{"creation_time":"2024-06-15T12:03:22.000000Z",
                "com.apple.quicktime.creationdate":"2024-06-15T14:03:22+0200","com.apple.quicktime.make":"Apple",
                "com.apple.quicktime.model":"iPhone 15","com.apple.quicktime.location.ISO6709":"+00.0000-008.5417-1.5/"}}}"#,
            "IMG_1.MOV",
        )
        .unwrap();
        assert_eq!((film.width, film.height), (1080, 1920));
        assert_eq!((film.video, film.sounds.len(), film.sounds[0].index), (1, 1, 0));
        assert_eq!(film.transfer, Transfer::Hlg);
        assert!((film.duration - 9.5).abs() < 1e-9);
        let two_hours = (jiff::tz::offset(2), OffsetSource::Container);
        let facts = Facts {
            taken: Some(wall("2024-06-15T14:03:22", Source::Container, Some(two_hours))),
            camera_make: Some("Apple".into()),
            camera_model: Some("iPhone 15".into()),
            latitude: Some(0.0),
            longitude: Some(-8.5417),
            altitude: Some(-1.5),
            ..Facts::default()
        };
        assert_eq!(film.facts, facts);
    }

    #[test]
    fn a_track_that_begins_later_ends_later() {
        let lengths = |of_file: &str, pictures: &str, sound: &str| {
            let json = format!(
                r#"{{"streams":[
                    {{"index":0,"codec_type":"video","codec_name":"h264","width":9,"height":9,{pictures}}},
                    {{"index":1,"codec_type":"audio","codec_name":"aac",{sound}}}],
                  "format":{{{of_file}}}}}"#
            );
            let film = read(json.as_bytes(), "a.mp4").unwrap();
            (film.pictures, film.duration)
        };
        let near = |(a, b): (f64, f64), (c, d): (f64, f64)| (a - c).abs() < 1e-9 && (b - d).abs() < 1e-9;
        let first = r#""start_time":"1.4","duration":"10.0""#;
        let second = r#""start_time":"3.4","duration":"10.0""#;
        let file = r#""start_time":"1.4","duration":"12.0""#;
        assert!(near(lengths(file, second, first), (12.0, 12.0)));
        assert!(near(lengths(file, first, second), (10.0, 12.0)));
        // Matroska names the end, and counts from the beginning.
        let tag = r#""start_time":"2.0","tags":{"DURATION":"00:00:12.000000000"}"#;
        assert!(near(lengths(r#""start_time":"0.0","duration":"14.0""#, tag, first), (12.0, 12.0)));
        let absurd = r#""start_time":"90000.0","duration":"10.0""#;
        assert!(near(lengths(file, absurd, first), (12.0, 12.0)));
        assert!(near(lengths(r#""duration":"12.0""#, second, r#""duration":"3""#), (10.0, 10.0)));
    }

    #[test]
    fn anamorphic_pixels_become_square() {
        let film = read(
            br#"{"streams":[{"index":0,"codec_type":"video","codec_name":"h264","width":1440,"height":1080,
                "sample_aspect_ratio":"4:3","field_order":"tt"}],"format":{"duration":"1"}}"#,
            "20240615_140322.mp4",
        )
        .unwrap();
        assert_eq!((film.width, film.height, film.sounds.len(), film.interlaced), (1920, 1080, 0, true));
        assert_eq!(film.facts.taken, Some(wall("2024-06-15T14:03:22", Source::Name, None)));
    }

    #[test]
    fn what_is_no_film_is_refused() {
        let cover = r#"{"streams":[{"index":0,"codec_type":"video","codec_name":"mjpeg","width":9,"height":9,
            "disposition":{"attached_pic":1}},{"index":1,"codec_type":"audio","codec_name":"aac"}],"format":{"duration":"3"}}"#;
        let no_duration = r#"{"streams":[{"index":0,"codec_type":"video","codec_name":"h264","width":9,"height":9,"duration":"0.0"}]}"#;
        let no_size = r#"{"streams":[{"index":0,"codec_type":"video","codec_name":"h264","width":0,"height":9}]}"#;
        for (json, reason) in [
            (cover, "no video"),
            (no_duration, "no duration"),
            (no_size, "no size"),
            ("{}", "no video"),
            ("", "cannot be read"),
        ] {
            let error = read(json.as_bytes(), "a.mp4").unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
