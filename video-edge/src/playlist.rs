//! A playlist as a response, and as a cache entry.

use bytes::Bytes;
use edge::{Failure, respond};
use http::{HeaderValue, Response, StatusCode, header, request};
use platform::{Cx, Error, Kind, Platform, Problem};

/// The media type of RFC 8216 section 4.
const CONTENT_TYPE: &str = "application/vnd.apple.mpegurl";
/// The largest playlist that is read from the bucket, in bytes.
pub(crate) const MAX_BYTES: usize = 4 * 1024 * 1024;

/// A finished playlist: sixteen hexadecimal digits that name its content, then the text.
pub(crate) struct Playlist(Bytes);

const TAG: usize = 16;

impl Playlist {
    /// The first sixteen bytes must be the tag. The text is built behind the tag in the same string, so that nothing
    /// is copied.
    pub fn new(tag_and_text: String) -> Self {
        Self(Bytes::from(tag_and_text))
    }

    /// Reads an entry of the cache.
    pub fn from_entry(entry: Bytes) -> Option<Self> {
        let tag = entry.get(..TAG)?;
        tag.iter().all(u8::is_ascii_hexdigit).then_some(Self(entry))
    }

    pub fn entry(&self) -> &[u8] {
        &self.0
    }

    /// 200 with the text, or 304.
    pub fn respond<B: From<Bytes>>(&self, head: &request::Parts, max_age: u64) -> Result<Response<B>, Failure> {
        let tag = format!("\"{}\"", String::from_utf8_lossy(&self.0[..TAG]));
        let mut response = if respond::is_known(&head.headers, &tag)? {
            respond::empty(StatusCode::NOT_MODIFIED)
        } else {
            respond::bytes(StatusCode::OK, CONTENT_TYPE, self.0.slice(TAG..))
        };
        let cache_control = format!("private, max-age={max_age}");
        for (name, text) in [(header::ETAG, tag), (header::CACHE_CONTROL, cache_control)] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                response.headers_mut().insert(name, value);
            }
        }
        Ok(response)
    }
}

/// The refusal of a file in the bucket that is not a playlist, is cut short, or leads out of its film. It is refused
/// as a whole.
pub(crate) fn damaged<P: Platform>(cx: &Cx<'_, P>, error: hls::Error) -> Problem {
    cx.record.note(&Error::because(Kind::Invalid, "playlist.read", error));
    let words = match error {
        hls::Error::Truncated => "The film's playlist in the bucket is cut short, or is one of a live stream.",
        hls::Error::At { fault: hls::Fault::Outside, .. } => {
            "A playlist of the film names files outside of the film's folder. Package it with relative URIs."
        }
        _ => "The film's playlist in the bucket cannot be used. Ingest the film again.",
    };
    Problem::new(StatusCode::BAD_GATEWAY, words).with(header::RETRY_AFTER, HeaderValue::from_static("60"))
}
