//! What ffprobe says about a film, reduced to the facts that ingest needs.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::ladder::{FrameRate, frame_rate};
use crate::facts::{Facts, clean, rounded};
use crate::taken;

/// A film as it is to be shown and encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Film {
    /// The index of the video stream, and of the audio stream if there is one.
    pub video: u32,
    pub audio: Option<u32>,
    /// In pixels as displayed: after rotation, with square pixels.
    pub width: u32,
    pub height: u32,
    /// Seconds.
    pub duration: f64,
    pub rate: FrameRate,
    pub codec: String,
    pub transfer: Transfer,
    pub interlaced: bool,
    pub facts: Facts,
    /// By which Apple's devices tell the photo to which a film belongs.
    pub content_id: Option<String>,
}

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
}

#[derive(Default, Deserialize)]
struct Format {
    duration: Option<String>,
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
    #[serde(default)]
    disposition: BTreeMap<String, i64>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

#[derive(Deserialize)]
struct SideData {
    rotation: Option<f64>,
}

/// Reads `ffprobe -of json -show_streams -show_format`. `file` says when the film was taken if its tags do not.
pub fn read(json: &[u8], file: &taken::File) -> Result<Film, String> {
    let output: Output = serde_json::from_slice(json).map_err(|_| "ffprobe's answer cannot be read".to_owned())?;
    let is = |stream: &Stream, kind: &str| stream.codec_type.as_deref() == Some(kind) && stream.codec_name.is_some();
    let video = output
        .streams
        .iter()
        .find(|stream| is(stream, "video") && stream.disposition.get("attached_pic").is_none_or(|flag| *flag == 0))
        .ok_or("there is no video in it")?;
    let audio = output.streams.iter().find(|stream| is(stream, "audio"));
    let (Some(width), Some(height)) = (video.width.filter(|w| *w > 0), video.height.filter(|h| *h > 0)) else {
        return Err("its pictures have no size".to_owned());
    };
    let seconds = |text: &Option<String>| {
        let seconds: f64 = text.as_deref()?.parse().ok()?;
        (seconds.is_finite() && seconds > 0.0).then_some(seconds)
    };
    let duration = seconds(&video.duration).or_else(|| seconds(&output.format.duration)).ok_or("it has no duration")?;
    let (width, height) = displayed(width, height, video);
    Ok(Film {
        video: video.index,
        audio: audio.map(|stream| stream.index),
        width,
        height,
        duration,
        rate: frame_rate(rate(video.avg_frame_rate.as_deref()), rate(video.r_frame_rate.as_deref())),
        codec: video.codec_name.clone().unwrap_or_default(),
        transfer: match video.color_transfer.as_deref() {
            Some("arib-std-b67") => Transfer::Hlg,
            Some("smpte2084") => Transfer::Pq,
            _ => Transfer::Sdr,
        },
        interlaced: matches!(video.field_order.as_deref(), Some("tt" | "bb" | "tb" | "bt")),
        content_id: output.format.tags.get(CONTENT_ID).and_then(|id| clean(id)),
        facts: facts(&output.format.tags, &video.tags, duration, file),
    })
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

/// `+47.3769+008.5417+408.000/`: latitude, longitude, altitude (ISO 6709, decimal degrees). A position must have both
/// latitude and longitude.
fn iso6709(text: &str) -> [Option<f64>; 3] {
    let text = text.split('/').next().unwrap_or_default();
    let starts = text.char_indices().filter(|(_, c)| matches!(c, '+' | '-')).map(|(at, _)| at);
    let starts: Vec<usize> = starts.chain([text.len()]).collect();
    let mut parts = starts.windows(2).map(|pair| text[pair[0]..pair[1]].parse::<f64>().ok().map(rounded));
    let mut next = |limit: f64| parts.next().flatten().filter(|value| value.abs() <= limit);
    match (next(90.0), next(180.0)) {
        (Some(latitude), Some(longitude)) => [Some(latitude), Some(longitude), next(100_000.0)],
        _ => [None; 3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taken::{Moment, OffsetSource, Source, Taken};

    /// Reads without a file.
    fn read(json: &[u8], name: &str) -> Result<Film, String> {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        super::read(json, &taken::File { path: std::path::Path::new(name), now })
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
        assert_eq!((film.video, film.audio), (1, Some(0)));
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
    fn anamorphic_pixels_become_square() {
        let film = read(
            br#"{"streams":[{"index":0,"codec_type":"video","codec_name":"h264","width":1440,"height":1080,
                "sample_aspect_ratio":"4:3","field_order":"tt"}],"format":{"duration":"1"}}"#,
            "20240615_140322.mp4",
        )
        .unwrap();
        assert_eq!((film.width, film.height, film.audio, film.interlaced), (1920, 1080, None, true));
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

    #[test]
    fn places() {
        assert_eq!(iso6709("+47.3769+008.5417/"), [Some(47.3769), Some(8.5417), None]);
        for text in ["", "+47.3769/", "+91+008/", "+a+b/", "é+1"] {
            assert_eq!(iso6709(text), [None; 3], "{text}");
        }
    }
}
