//! The paths of video-edge.

use edge::{answer::Described, respond};
use gallery::{MediaKey, key::percent_decode, playback};
use http::Uri;

use crate::link::{self, FOLDER, LIST};

/// The service's name in the log.
pub(crate) const SERVICE: &str = "video-edge";
/// Where pages report how films play.
pub const REPORT: &str = "/api/playback/report";

/// The route of a URL, with its parts parsed.
#[derive(Debug)]
pub(crate) enum Route<'a> {
    Health,
    Ready,
    /// A route that needs a session, or a playback token before the rest of the path: `/api/hls/~TOKEN/...`.
    Private {
        token: Option<&'a str>,
        to: Private,
    },
}

#[derive(Debug)]
pub(crate) enum Private {
    /// `/api/hls/playlist?key=:key`
    Master {
        film: Parsed<MediaKey>,
    },
    /// `/api/hls/:key/:variant.m3u8`, see [`link`]
    Variant {
        film: Parsed<MediaKey>,
        file: Parsed<MediaKey>,
    },
    /// `/api/hls/:key/:segment`: any other file of the film
    Segment {
        film: Parsed<MediaKey>,
        file: Parsed<MediaKey>,
    },
    /// `/api/playback/report`, and `/api/hls/~TOKEN/report?key=:key` where no cookie reaches
    Report {
        film: Parsed<MediaKey>,
    },
    Unknown,
}

/// A part of the URL, decoded once, or what is wrong with it. Only a client with a session or a token is told.
pub(crate) type Parsed<T> = Result<T, &'static str>;

impl<'a> Route<'a> {
    pub fn of(uri: &'a Uri) -> Self {
        if uri.path() == "/healthz" {
            return Self::Health;
        }
        if uri.path() == "/readyz" {
            return Self::Ready;
        }
        if uri.path() == REPORT {
            return Self::Private { token: None, to: Private::Report { film: Err("There is no film.") } };
        }
        let Some(rest) = uri.path().strip_prefix("/api/hls/") else {
            return Self::Private { token: None, to: Private::Unknown };
        };
        match playback::split(rest) {
            Some((token, "report")) => {
                Self::Private { token: Some(token), to: Private::Report { film: key_in_query(uri.query()) } }
            }
            Some((token, rest)) => Self::Private { token: Some(token), to: Private::below(rest, uri.query()) },
            None => Self::Private { token: None, to: Private::below(rest, uri.query()) },
        }
    }

    pub const fn describe(&self) -> Described {
        let mut allow = "GET, HEAD";
        let pattern = match self {
            Self::Health => "/healthz",
            Self::Ready => "/readyz",
            Self::Private { to, .. } => match to {
                Private::Master { .. } => "/api/hls/playlist",
                Private::Variant { .. } => "/api/hls/:key/:variant.m3u8",
                Private::Segment { .. } => "/api/hls/:key/:segment",
                Private::Report { .. } => {
                    allow = "POST";
                    REPORT
                }
                Private::Unknown => "/*",
            },
        };
        Described { service: SERVICE, pattern, allow }
    }
}

impl Private {
    fn below(rest: &str, query: Option<&str>) -> Self {
        if rest == "playlist" {
            return Self::Master { film: key_in_query(query) };
        }
        // The key may hold slashes. The name of the file does not.
        let Some((film, name)) = rest.rsplit_once('/').filter(|(_, name)| !name.is_empty()) else {
            return Self::Unknown;
        };
        let (film, file) = (key_in_path(film), file_of(name, query));
        let is_list = link::is_list_name(name) || respond::query(query, LIST).is_ok_and(|found| found.is_some());
        if is_list { Self::Variant { film, file } } else { Self::Segment { film, file } }
    }

    /// The film of the route, if the route names one.
    pub fn film(&self) -> Option<&MediaKey> {
        match self {
            Self::Master { film } | Self::Variant { film, .. } | Self::Segment { film, .. } | Self::Report { film } => {
                film.as_ref().ok()
            }
            Self::Unknown => None,
        }
    }
}

impl Private {
    /// Whether the route is that of a file in this folder of the film.
    pub fn is_below(&self, folder: &str) -> bool {
        match self {
            Self::Variant { file: Ok(file), .. } | Self::Segment { file: Ok(file), .. } => {
                file.as_str().starts_with(folder)
            }
            _ => false,
        }
    }
}

fn key_in_query(query: Option<&str>) -> Parsed<MediaKey> {
    let key = respond::query(query, "key").map_err(|problem| problem.detail)?;
    MediaKey::parse(key.ok_or("The query names the film: ?key=...")?).map_err(|_| "The key is not a valid key.")
}

fn key_in_path(encoded: &str) -> Parsed<MediaKey> {
    MediaKey::from_path(encoded).map_err(|_| "The key in the path is not a valid key.")
}

/// The place of a file below its film. A slash in the file's name, however it is written, would lead to another object,
/// and so would a dot segment or a backslash.
fn file_of(encoded: &str, query: Option<&str>) -> Parsed<MediaKey> {
    const WRONG: &str = "The file name in the path is not valid.";
    let name = percent_decode(encoded).map_err(|_| WRONG)?;
    let mut file = respond::query(query, FOLDER).map_err(|problem| problem.detail)?.unwrap_or_default();
    if name.contains('/') || file.starts_with('/') {
        return Err(WRONG);
    }
    if !file.is_empty() {
        file.push('/');
    }
    file.push_str(&name);
    MediaKey::parse(file).ok().filter(|file| !file.as_str().contains('\\')).ok_or(WRONG)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pattern, token, film and file.
    fn route(url: &str) -> (&'static str, Option<String>, Option<String>, Option<String>) {
        let uri: Uri = url.parse().unwrap();
        let route = Route::of(&uri);
        let pattern = route.describe().pattern;
        let Route::Private { token, to } = route else { return (pattern, None, None, None) };
        let film = to.film().map(|film| film.as_str().to_owned());
        let file = match to {
            Private::Variant { file, .. } | Private::Segment { file, .. } => {
                file.ok().map(|file| file.as_str().to_owned())
            }
            _ => None,
        };
        (pattern, token.map(str::to_owned), film, file)
    }

    #[test]
    fn routes() {
        let (variant, segment) = ("/api/hls/:key/:variant.m3u8", "/api/hls/:key/:segment");
        for (url, pattern, film, file) in [
            ("/healthz", "/healthz", None, None),
            ("/readyz", "/readyz", None, None),
            ("/api/hls/playlist", "/api/hls/playlist", None, None),
            ("/api/hls/playlist?key=a+b.mp4", "/api/hls/playlist", Some("a b.mp4"), None),
            ("/api/hls/a.mp4/720p.m3u8", variant, Some("a.mp4"), Some("720p.m3u8")),
            ("/api/hls/a.mp4/V.M3U8?v=1&in=a/b%20c", variant, Some("a.mp4"), Some("a/b c/V.M3U8")),
            ("/api/hls/a.mp4/v.m3u?in=", variant, Some("a.mp4"), Some("v.m3u")),
            ("/api/hls/a.mp4/high?list", variant, Some("a.mp4"), Some("high")),
            ("/api/hls/a.mp4/high?listed&in=list", segment, Some("a.mp4"), Some("list/high")),
            ("/api/hls/2024/a%20b.mp4/720p_000.ts", segment, Some("2024/a b.mp4"), Some("720p_000.ts")),
            ("/api/hls/a.mp4/init.mp4", segment, Some("a.mp4"), Some("init.mp4")),
            ("/api/hls/a.mp4/k.bin?in=a%2Fb", segment, Some("a.mp4"), Some("a/b/k.bin")),
            ("/api/hls/a.mp4/a%2Fb.ts", segment, Some("a.mp4"), None),
            ("/api/hls/a.mp4/a%5Cb.ts", segment, Some("a.mp4"), None),
            ("/api/hls/a.mp4/%2e%2E", segment, Some("a.mp4"), None),
            ("/api/hls/a.mp4/..?in=x", segment, Some("a.mp4"), None),
            ("/api/hls/a.mp4/b.ts?in=..", segment, Some("a.mp4"), None),
            ("/api/hls/a.mp4/b.ts?in=a/../..", segment, Some("a.mp4"), None),
            ("/api/hls/a.mp4/b.ts?in=%2e", segment, Some("a.mp4"), None),
            ("/api/hls/a.mp4/b.ts?in=/a", segment, Some("a.mp4"), None),
            ("/api/hls/a.mp4/b.ts?in=a%5C", segment, Some("a.mp4"), None),
            ("/api/hls/a.mp4/b.ts?in=a%0A", segment, Some("a.mp4"), None),
            ("/api/hls/a.mp4/b.ts?in=%ff", segment, Some("a.mp4"), None),
            ("/api/hls/a.mp4/b.ts?in=a&in=b", segment, Some("a.mp4"), None),
            ("/api/hls/%E0%A4%A/720p.m3u8", variant, None, Some("720p.m3u8")),
            ("/api/hls/a.mp4", "/*", None, None),
            ("/api/hls/a.mp4/x.exe", segment, Some("a.mp4"), Some("x.exe")),
            ("/api/hls/a.mp4/", "/*", None, None),
            ("/api/hls/", "/*", None, None),
            ("/api/hls", "/*", None, None),
            ("/", "/*", None, None),
        ] {
            let wanted = (pattern, None, film.map(str::to_owned), file.map(str::to_owned));
            assert_eq!(route(url), wanted, "{url}");
        }
    }

    #[test]
    fn routes_below_a_token() {
        let token = "A".repeat(99);
        for (rest, film, file) in [
            ("playlist?key=a.mp4", Some("a.mp4"), None),
            ("a/b.mp4/720p.m3u8", Some("a/b.mp4"), Some("720p.m3u8")),
            ("a/b.mp4/x?in=c/d", Some("a/b.mp4"), Some("c/d/x")),
            ("a.mp4/720p_000.ts", Some("a.mp4"), Some("720p_000.ts")),
            ("~a/b.mp4/720p_000.ts", Some("~a/b.mp4"), Some("720p_000.ts")),
            ("healthz", None, None),
            ("", None, None),
        ] {
            let (_, of, to, named) = route(&format!("/api/hls/~{token}/{rest}"));
            assert_eq!((of.as_deref(), to.as_deref(), named.as_deref()), (Some(token.as_str()), film, file), "{rest}");
        }
        // Too short for a token: a film whose key begins with the mark.
        let film = format!("~{}", "A".repeat(98));
        let (_, token, of, _) = route(&format!("/api/hls/{film}/720p.m3u8"));
        assert_eq!((token, of), (None, Some(film)));
    }
}
