//! Paths of the video service.

use gallery::{MediaKey, playback};
use http::request;
use platform::respond;

/// Parts of a path stay percent-encoded here; each is decoded once, where it is used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    Health,
    /// `/api/hls/playlist?key=:key`
    Master,
    /// `/api/hls/:key/:quality.m3u8`
    Variant {
        film: &'a str,
        quality: &'a str,
    },
    /// `/api/hls/:key/:segment.ts` and its relatives
    Segment {
        film: &'a str,
        file: &'a str,
    },
    Unknown,
}

/// What a segment, an initialisation section or a subtitle is called, and its media type.
pub(crate) const SEGMENTS: [(&str, &str); 6] = [
    ("ts", "video/mp2t"),
    ("m4s", "video/iso.segment"),
    ("mp4", "video/mp4"),
    ("vtt", "text/vtt"),
    ("aac", "audio/aac"),
    ("key", "application/octet-stream"),
];

impl<'a> Route<'a> {
    /// The route, and the playback token before it: `/api/hls/~TOKEN/...`.
    pub fn of(path: &'a str) -> (Self, Option<&'a str>) {
        if path == "/healthz" {
            return (Self::Health, None);
        }
        let Some(rest) = path.strip_prefix("/api/hls/") else { return (Self::Unknown, None) };
        match playback::split(rest) {
            Some((token, rest)) => (Self::below(rest), Some(token)),
            None => (Self::below(rest), None),
        }
    }

    fn below(rest: &'a str) -> Self {
        if rest == "playlist" {
            return Self::Master;
        }
        // The key may hold slashes; the file's name does not.
        let Some((film, file)) = rest.rsplit_once('/') else { return Self::Unknown };
        match file.rsplit_once('.') {
            Some((quality, "m3u8")) => Self::Variant { film, quality },
            Some((_, extension)) if SEGMENTS.iter().any(|(known, _)| *known == extension) => {
                Self::Segment { film, file }
            }
            _ => Self::Unknown,
        }
    }

    /// The film it is about, if it names one.
    pub fn film(&self, head: &request::Parts) -> Option<MediaKey> {
        match self {
            Self::Master => MediaKey::parse(respond::query(head.uri.query(), "key").ok()??).ok(),
            Self::Variant { film, .. } | Self::Segment { film, .. } => MediaKey::from_path(film).ok(),
            Self::Health | Self::Unknown => None,
        }
    }

    /// The pattern for the log, and the methods the route takes.
    pub const fn describe(&self) -> (&'static str, &'static str) {
        let pattern = match self {
            Self::Health => "/healthz",
            Self::Master => "/api/hls/playlist",
            Self::Variant { .. } => "/api/hls/:key/:variant.m3u8",
            Self::Segment { .. } => "/api/hls/:key/:segment",
            Self::Unknown => "/*",
        };
        (pattern, "GET, HEAD")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes() {
        for (path, route) in [
            ("/healthz", Route::Health),
            ("/api/hls/playlist", Route::Master),
            ("/api/hls/a.mp4/720p.m3u8", Route::Variant { film: "a.mp4", quality: "720p" }),
            ("/api/hls/2024/a%20b.mp4/720p_000.ts", Route::Segment { film: "2024/a%20b.mp4", file: "720p_000.ts" }),
            ("/api/hls/a.mp4/init.mp4", Route::Segment { film: "a.mp4", file: "init.mp4" }),
            ("/api/hls/a.mp4", Route::Unknown),
            ("/api/hls/a.mp4/x.exe", Route::Unknown),
            ("/api/hls/", Route::Unknown),
            ("/api/hls", Route::Unknown),
            ("/", Route::Unknown),
        ] {
            assert_eq!(Route::of(path), (route, None), "{path}");
        }
    }

    #[test]
    fn routes_below_a_token() {
        let token = "A".repeat(99);
        for (rest, route) in [
            ("playlist", Route::Master),
            ("a/b.mp4/720p.m3u8", Route::Variant { film: "a/b.mp4", quality: "720p" }),
            ("a.mp4/720p_000.ts", Route::Segment { film: "a.mp4", file: "720p_000.ts" }),
            ("~a/b.mp4/720p_000.ts", Route::Segment { film: "~a/b.mp4", file: "720p_000.ts" }),
            ("healthz", Route::Unknown),
            ("", Route::Unknown),
        ] {
            assert_eq!(Route::of(&format!("/api/hls/~{token}/{rest}")), (route, Some(token.as_str())), "{rest}");
        }
        let film = format!("~{}", "A".repeat(98));
        let (route, none) = (Route::Variant { film: &film, quality: "720p" }, None);
        assert_eq!(Route::of(&format!("/api/hls/{film}/720p.m3u8")), (route, none));
    }
}
