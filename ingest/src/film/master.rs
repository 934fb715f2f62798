//! The master playlist of a package with sound and subtitles of their own (RFC 8216bis section 4.4.6).

use std::fmt::Write as _;

use hls::measure::Bandwidth;

use super::tracks::Label;

/// Pictures in one size.
pub struct Video<'a> {
    /// The name of the quality.
    pub name: &'a str,
    pub codec: &'a str,
    pub width: u32,
    pub height: u32,
    /// Frames per second.
    pub rate: f64,
    pub bandwidth: Bandwidth,
    pub keyframes: Bandwidth,
}

/// A sound.
pub struct Sound<'a> {
    pub uri: String,
    pub label: &'a Label,
    pub codec: &'a str,
    pub channels: u16,
    pub bandwidth: Bandwidth,
}

/// Subtitles in one language.
pub struct Text<'a> {
    pub uri: String,
    pub label: &'a Label,
    pub is_forced: bool,
}

/// What belongs to the film besides.
pub struct Data<'a> {
    pub id: &'a str,
    pub uri: &'a str,
    /// What is not said to be something else is JSON (draft-pantos-hls-rfc8216bis, section 4.4.6.4).
    pub is_json: bool,
}

/// What a master playlist is written from.
pub struct Master<'a> {
    pub videos: Vec<Video<'a>>,
    /// The first is the one that plays unless the viewer chooses another.
    pub sounds: Vec<Sound<'a>>,
    pub texts: Vec<Text<'a>>,
    pub data: Vec<Data<'a>>,
}

const SOUND: &str = "sound";
const TEXT: &str = "text";

impl Master<'_> {
    pub fn text(&self) -> String {
        let mut out = String::from("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
        for Data { id, uri, is_json } in &self.data {
            let format = if *is_json { "" } else { ",FORMAT=RAW" };
            let _ = writeln!(out, "#EXT-X-SESSION-DATA:DATA-ID=\"{id}\",URI=\"{uri}\"{format}");
        }
        for (index, sound) in self.sounds.iter().enumerate() {
            let default = if index == 0 { "YES" } else { "NO" };
            let _ = write!(out, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{SOUND}\",");
            label(&mut out, sound.label);
            let Sound { channels, uri, .. } = sound;
            let _ = writeln!(out, "DEFAULT={default},AUTOSELECT=YES,CHANNELS=\"{channels}\",URI=\"{uri}\"");
        }
        for text in &self.texts {
            let forced = if text.is_forced { "YES" } else { "NO" };
            let _ = write!(out, "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"{TEXT}\",");
            label(&mut out, text.label);
            let _ = writeln!(out, "DEFAULT=NO,AUTOSELECT=YES,FORCED={forced},URI=\"{}\"", text.uri);
        }
        // Viewers choose any sound with any pictures: a variant needs what the largest sound needs.
        let most = |of: fn(&Bandwidth) -> u64| self.sounds.iter().map(|sound| of(&sound.bandwidth)).max().unwrap_or(0);
        let (peak, average) = (most(|it| it.peak), most(|it| it.average));
        let mut videos: Vec<_> = self.videos.iter().collect();
        videos.sort_by_key(|video| std::cmp::Reverse(video.bandwidth.peak));
        for video in &videos {
            let mut codecs = vec![video.codec];
            for sound in &self.sounds {
                if !codecs.contains(&sound.codec) {
                    codecs.push(sound.codec);
                }
            }
            let _ = write!(
                out,
                "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\",RESOLUTION={}x{},FRAME-RATE={:.3},\
                 VIDEO-RANGE=SDR,NAME=\"{}\",",
                video.bandwidth.peak + peak,
                video.bandwidth.average + average,
                codecs.join(","),
                video.width,
                video.height,
                video.rate,
                video.name,
            );
            if !self.sounds.is_empty() {
                let _ = write!(out, "AUDIO=\"{SOUND}\",");
            }
            if !self.texts.is_empty() {
                let _ = write!(out, "SUBTITLES=\"{TEXT}\",");
            }
            let _ = writeln!(out, "CLOSED-CAPTIONS=NONE\n{}.m3u8", video.name);
        }
        for video in &videos {
            let _ = writeln!(
                out,
                "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\",RESOLUTION={}x{},\
                 VIDEO-RANGE=SDR,URI=\"{}-iframes.m3u8\"",
                video.keyframes.peak, video.keyframes.average, video.codec, video.width, video.height, video.name,
            );
        }
        out
    }
}

fn label(out: &mut String, label: &Label) {
    let _ = write!(out, "NAME=\"{}\",", label.name);
    if let Some(language) = &label.language {
        let _ = write!(out, "LANGUAGE=\"{language}\",");
    }
}
