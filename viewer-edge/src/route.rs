//! The paths of viewer-edge.

use edge::answer::Described;
use gallery::{MediaKey, playback, views::BlockName};
use platform::Problem;

use crate::moved::Moved;

/// The service's name in the log.
pub(crate) const SERVICE: &str = "viewer-edge";

/// The route of a path, with its parts parsed.
pub(crate) enum Route<'a> {
    Public(Public<'a>),
    /// A route that needs a session.
    Private(Private),
}

pub(crate) enum Public<'a> {
    Health,
    Ready,
    Login,
    Logout,
    /// The secret part of a link's URL.
    Link(&'a str),
    /// The picture of a link's card.
    Cover(&'a str),
    /// What a browser needs to install the page.
    Manifest,
    /// `/api/hls/...`: video-edge checks the session itself.
    Films,
    /// To begin a download, and with its token to take it.
    Download(Option<&'a str>),
    /// How a film played, for video-edge.
    Report,
    /// An address of the gallery that was there before.
    Moved(Moved<'a>),
    Page(&'a str),
}

pub(crate) enum Private {
    Session,
    Listing,
    Timeline,
    Block(Option<BlockName>),
    Item(Key),
    Playback,
    CacheVersion,
    Original(Key),
    Thumbnail(Key),
    Clip(Key),
}

/// A key from the path, decoded once. Only a client with a session is told that a key is not valid.
pub(crate) type Key = Result<MediaKey, Problem>;

impl<'a> Route<'a> {
    pub fn of(path: &'a str) -> Self {
        let key = |encoded| {
            MediaKey::from_path(encoded).map_err(|_| Problem::bad_request("The key in the path is not a valid key."))
        };
        match path {
            "/healthz" => Self::Public(Public::Health),
            "/readyz" => Self::Public(Public::Ready),
            "/login" | "/login/" => Self::Public(Public::Login),
            "/logout" => Self::Public(Public::Logout),
            "/manifest.webmanifest" => Self::Public(Public::Manifest),
            "/auth" => Self::Private(Private::Session),
            "/api/media" => Self::Private(Private::Listing),
            "/api/timeline" => Self::Private(Private::Timeline),
            "/api/download" => Self::Public(Public::Download(None)),
            "/api/playback/report" => Self::Public(Public::Report),
            "/api/playback" => Self::Private(Private::Playback),
            "/api/cache-version" => Self::Private(Private::CacheVersion),
            _ => {
                if let Some(below) = path.strip_prefix("/api/hls/") {
                    match playback::split(below) {
                        Some((_, "report")) => Self::Public(Public::Report),
                        _ => Self::Public(Public::Films),
                    }
                } else if let Some((token, _)) = path.strip_prefix("/api/download/").and_then(playback::split) {
                    Self::Public(Public::Download(Some(token)))
                } else if let Some(encoded) = path.strip_prefix("/api/file/") {
                    Self::Private(Private::Original(key(encoded)))
                } else if let Some(encoded) = path.strip_prefix("/api/thumbnail/") {
                    Self::Private(Private::Thumbnail(key(encoded)))
                } else if let Some(encoded) = path.strip_prefix("/api/clip/") {
                    Self::Private(Private::Clip(key(encoded)))
                } else if let Some(encoded) = path.strip_prefix("/api/media/") {
                    Self::Private(Private::Item(key(encoded)))
                } else if let Some(token) = path.strip_prefix("/l/") {
                    match token.strip_suffix("/cover") {
                        Some(token) => Self::Public(Public::Cover(token)),
                        None => Self::Public(Public::Link(token)),
                    }
                } else if let Some(name) = path.strip_prefix("/api/blocks/") {
                    Self::Private(Private::Block(BlockName::parse(name)))
                } else if let Some(moved) = Moved::of(path) {
                    Self::Public(Public::Moved(moved))
                } else {
                    Self::Public(Public::Page(path))
                }
            }
        }
    }

    pub const fn describe(&self) -> Described {
        let (pattern, allow) = match self {
            Self::Public(Public::Health) => ("/healthz", "GET, HEAD"),
            Self::Public(Public::Ready) => ("/readyz", "GET, HEAD"),
            Self::Public(Public::Login) => ("/login", "GET, HEAD, POST"),
            Self::Public(Public::Logout) => ("/logout", "POST"),
            Self::Public(Public::Link(_)) => ("/l/:link", "GET, HEAD"),
            Self::Public(Public::Cover(_)) => ("/l/:link/cover", "GET, HEAD"),
            Self::Public(Public::Manifest) => ("/manifest.webmanifest", "GET, HEAD"),
            Self::Public(Public::Download(None)) => ("/api/download", "POST"),
            Self::Public(Public::Download(Some(_))) => ("/api/download/:token/:name", "GET, HEAD"),
            Self::Public(Public::Report) => ("/api/playback/report", "POST"),
            Self::Public(Public::Films) => ("/api/hls/*", "GET, HEAD"),
            Self::Public(Public::Moved(moved)) => (moved.pattern, moved.allow()),
            Self::Public(Public::Page(_)) => ("/*", "GET, HEAD"),
            Self::Private(Private::Session) => ("/auth", "GET, HEAD"),
            Self::Private(Private::Listing) => ("/api/media", "GET, HEAD"),
            Self::Private(Private::Timeline) => ("/api/timeline", "GET, HEAD"),
            Self::Private(Private::Block(_)) => ("/api/blocks/:name", "GET, HEAD"),
            Self::Private(Private::Item(_)) => ("/api/media/:key", "GET, HEAD"),
            Self::Private(Private::Playback) => ("/api/playback", "GET, HEAD"),
            Self::Private(Private::CacheVersion) => ("/api/cache-version", "GET, HEAD"),
            Self::Private(Private::Original(_)) => ("/api/file/:key", "GET, HEAD"),
            Self::Private(Private::Thumbnail(_)) => ("/api/thumbnail/:key", "GET, HEAD"),
            Self::Private(Private::Clip(_)) => ("/api/clip/:key", "GET, HEAD"),
        };
        Described { service: SERVICE, pattern, allow }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_decoded_once_and_one_that_is_none_is_a_problem() {
        let key = |path| match Route::of(path) {
            Route::Private(Private::Original(key) | Private::Thumbnail(key)) => key.map(|key| key.as_str().to_owned()),
            _ => panic!("{path} leads elsewhere"),
        };
        assert_eq!(key("/api/file/a%20b%2525.jpg").unwrap(), "a b%25.jpg");
        assert_eq!(key("/api/thumbnail/2024/a.jpg").unwrap(), "2024/a.jpg");
        for bad in ["/api/file/", "/api/file/%E0%A4%A", "/api/thumbnail/../a"] {
            assert!(key(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn patterns_hold_no_key() {
        for (path, pattern) in [
            ("/healthz", "/healthz"),
            ("/readyz", "/readyz"),
            ("/api/media", "/api/media"),
            ("/api/media/secret.jpg", "/api/media/:key"),
            ("/api/timeline", "/api/timeline"),
            ("/api/timeline/x", "/*"),
            ("/api/blocks/secret", "/api/blocks/:name"),
            ("/api/playback", "/api/playback"),
            ("/api/download", "/api/download"),
            ("/api/download/secret/a.zip", "/*"),
            ("/api/file/secret.jpg", "/api/file/:key"),
            ("/api/thumbnail/secret.jpg", "/api/thumbnail/:key"),
            ("/api/clip/secret.jpg", "/api/clip/:key"),
            ("/api/hls/secret.mp4/720p.m3u8", "/api/hls/*"),
            ("/photo/secret.jpg", "/*"),
            ("/l/secret", "/l/:link"),
            ("/l/secret/cover", "/l/:link/cover"),
            ("/manifest.webmanifest", "/manifest.webmanifest"),
            ("/image/secret.jpg", "/image/:key"),
            ("/video/secret.mp4", "/video/:key"),
            ("/private/images/", "/private/images"),
            ("/api/hls-segment/secret", "/api/hls-segment/*"),
        ] {
            assert_eq!(Route::of(path).describe().pattern, pattern);
        }
    }
}
