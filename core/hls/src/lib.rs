//! HLS playlists (RFC 8216, draft-pantos-hls-rfc8216bis): a line-preserving rewriter, a master
//! builder and the bandwidth measure. No I/O, no clock, and no knowledge of signing: the closure
//! given to [`rewrite()`] decides what a URI becomes.
//!
//! ```
//! let scope = hls::Scope { prefix: "hls/film/", base: "hls/film/720p.m3u8", public_base: None };
//! let playlist = b"#EXTM3U\r\n#EXT-X-TARGETDURATION:6\r\n#EXTINF:6,\r\nseg%20one.ts\r\n#EXT-X-ENDLIST";
//! let mut out = String::new();
//! let summary = hls::rewrite(playlist, &scope, &mut out, |out, reference| {
//!     assert_eq!(reference.key, "hls/film/seg one.ts");
//!     out.push_str("https://signed.example/1");
//! })?
//! .whole()?;
//! assert_eq!((summary.segments, summary.duration), (1, 6.0));
//! assert_eq!(
//!     out,
//!     "#EXTM3U\r\n#EXT-X-TARGETDURATION:6\r\n#EXTINF:6,\r\nhttps://signed.example/1\r\n#EXT-X-ENDLIST"
//! );
//! # Ok::<(), hls::Error>(())
//! ```

mod attributes;
mod error;
mod locate;
mod master;
pub mod measure;
mod rewrite;
mod scan;
mod seconds;
mod tags;
mod variables;

pub use error::{Error, Fault};
pub use locate::MAX_KEY;
pub use master::{MasterError, Variant, master, quality_order};
pub use rewrite::{inspect, is_safe_uri, rewrite, split};
pub use variables::{MAX_EXPANDED, MAX_VARIABLES};

/// Where in a playlist a URI stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The line after `EXT-X-STREAM-INF`.
    Variant,
    /// The line after `EXTINF`.
    Segment,
    /// `EXT-X-MEDIA`, `URI`.
    Rendition,
    /// `EXT-X-I-FRAME-STREAM-INF` and `EXT-X-IMAGE-STREAM-INF`, `URI`.
    IFrames,
    /// `EXT-X-MAP`, `URI`.
    Map,
    /// `EXT-X-KEY`, `URI`.
    Key,
    /// `EXT-X-SESSION-KEY`, `URI`.
    SessionKey,
    /// `EXT-X-SESSION-DATA`, `URI`.
    SessionData,
    /// `EXT-X-PART`, `URI`.
    Part,
    /// `EXT-X-PRELOAD-HINT`, `URI`.
    PreloadHint,
    /// `EXT-X-RENDITION-REPORT`, `URI`.
    RenditionReport,
    /// `EXT-X-CONTENT-STEERING`, `SERVER-URI`.
    Steering,
    /// `EXT-X-DATERANGE`: `X-ASSET-URI`, `X-ASSET-LIST`, and `X-URI` in Apple's own classes.
    Asset,
}

/// Which objects a playlist may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope<'a> {
    /// The closure never sees an object outside this folder: `hls/<film key>/`, with its `/`.
    pub prefix: &'a str,
    /// Object key of the playlist itself: relative URIs are resolved against its folder.
    pub base: &'a str,
    /// The URL under which the prefix is public. An absolute or scheme-relative URI below this URL names the object
    /// at the same place below the prefix. Any other host is refused, except where [`rewrite()`] says otherwise.
    pub public_base: Option<&'a str>,
}

/// A URI of the playlist that names an object below the scope's prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference<'a> {
    pub kind: Kind,
    /// The object's full key: the prefix and the resolved path, percent-decoded exactly once. At
    /// most [`MAX_KEY`] bytes, no dot segments, no control characters, does not end in `/`.
    pub key: &'a str,
    /// `key` without the prefix. This is a key, not a URI: percent-encode it before writing it into a playlist, and
    /// put `./` before it if its first segment holds a `:`. It never starts with `/`.
    pub relative: &'a str,
    /// The text after the path, from its `?` or `#` on. The suffix is not part of the key.
    pub suffix: &'a str,
    /// The URI as the playlist has it.
    pub raw: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaylistKind {
    /// "Multivariant playlist" in RFC 8216bis.
    Master,
    Media,
}

/// What a playlist says about itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    pub kind: PlaylistKind,
    /// URIs given to the closure.
    pub references: usize,
    /// URI lines announced by an `EXTINF`.
    pub segments: usize,
    /// Seconds: the sum of all `EXTINF`.
    pub duration: f64,
    /// Seconds; `None` when absent or not a whole number.
    pub target_duration: Option<u64>,
    /// `#EXT-X-ENDLIST` was seen. Without this tag, a player takes the playlist for a live one.
    pub ended: bool,
    pub version: Option<u64>,
}

impl Summary {
    /// Refuses a media playlist that has no `#EXT-X-ENDLIST`: the playlist was cut short on its way here. (`ENDLIST`
    /// may legally stand anywhere in a playlist, so compare the `Content-Length` as well where there is one.)
    pub fn whole(self) -> Result<Self, Error> {
        if self.kind == PlaylistKind::Media && !self.ended {
            return Err(Error::Truncated);
        }
        Ok(self)
    }
}
