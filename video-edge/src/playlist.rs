//! A playlist as a response, and as a cache entry.

use bytes::Bytes;
use deflate::Gzip;
use edge::{
    Failure,
    respond::{self, Gzipped},
};
use http::{HeaderValue, Response, header, request};
use platform::{Cx, Error, Kind, Platform, Problem, ProblemType};

/// The media type of RFC 8216 section 4.
const CONTENT_TYPE: &str = "application/vnd.apple.mpegurl";
/// The largest playlist that is read from the bucket, in bytes.
pub(crate) const MAX_BYTES: usize = 4 * 1024 * 1024;

/// A finished playlist: a gzip member, then sixteen hexadecimal digits that name its content.
pub(crate) struct Playlist(Bytes);

const TAG: usize = 16;
/// How every gzip member begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

impl Playlist {
    /// `tag` is a [`digest`](edge::digest).
    pub fn new(tag: &str, mut gzip: Vec<u8>) -> Self {
        gzip.extend_from_slice(tag.as_bytes());
        Self(Bytes::from(gzip))
    }

    pub fn of_text(tag: &str, text: &[u8]) -> Self {
        let mut gzip = Gzip::new(text.len() / 4);
        gzip.text(text);
        Self::new(tag, gzip.finish())
    }

    /// Reads an entry of the cache.
    pub fn from_entry(entry: Bytes) -> Option<Self> {
        let tag = entry.last_chunk::<TAG>()?;
        (entry.starts_with(&GZIP) && tag.iter().all(u8::is_ascii_hexdigit)).then_some(Self(entry))
    }

    pub fn entry(&self) -> &[u8] {
        &self.0
    }

    /// 200 with the playlist in the coding that the client wants, or 304.
    pub async fn respond<B: From<Bytes>>(&self, head: &request::Parts, max_age: u64) -> Result<Response<B>, Failure> {
        let (gzip, tag) = self.0.split_at(self.0.len() - TAG);
        let content = String::from_utf8_lossy(tag).into_owned();
        let made = async { Ok(Gzipped { content: content.clone(), gzip: self.0.slice_ref(gzip) }) };
        let mut response = respond::coded(head, CONTENT_TYPE, &content, made).await?;
        if let Ok(value) = HeaderValue::from_str(&format!("private, max-age={max_age}")) {
            response.headers_mut().insert(header::CACHE_CONTROL, value);
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
    Problem::of(ProblemType::FilmDamaged, words).with(header::RETRY_AFTER, HeaderValue::from_static("60"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: &str = "0123456789abcdef";

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let playlist = Playlist::of_text(MARK, b"#EXTM3U\n");
        let read = Playlist::from_entry(Bytes::copy_from_slice(playlist.entry())).unwrap();
        assert_eq!(read.entry(), playlist.entry());
    }

    /// The entries of 0.1.0 had the tag first, and then the text.
    #[test]
    fn other_entries_are_none() {
        let gzip = Playlist::of_text("", b"#EXTM3U\n");
        for other in [
            b"".as_slice(),
            b"0123456789abcdef#EXTM3U\n#EXT-X-ENDLIST\n",
            b"0123456789abcdef#EXTM3U\n#0123456789abcdef",
            b"0123456789abcdef",
            gzip.entry(),
        ] {
            assert!(Playlist::from_entry(Bytes::copy_from_slice(other)).is_none());
        }
    }
}
