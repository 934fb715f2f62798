//! An item of the listing, and how its key stands in a path.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

/// An entry of the listing.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    pub key: String,
    pub name: String,
    pub r#type: String,
    pub mime: Option<String>,
    pub size: u64,
    pub uploaded_at: String,
    pub date_taken: Option<String>,
    pub taken: Option<Taken>,
    pub camera: Option<Camera>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub duration: Option<f64>,
    pub file: String,
    pub thumbnails: Thumbnails,
    pub clip: Option<String>,
    pub hls: Option<String>,
    /// The route that gives the URL of a film's playlist.
    pub playback: Option<String>,
}

impl Item {
    /// The date by which the listing is ordered.
    pub fn date(&self) -> &str {
        let moment = self.taken.as_ref().map(|taken| taken.at.as_str());
        moment.or(self.date_taken.as_deref()).unwrap_or(&self.uploaded_at)
    }

    /// The version in the item's URLs.
    pub fn version(&self) -> Result<&str, String> {
        let (_, version) = self.file.split_once("?v=").ok_or_else(|| format!("{} has no version", self.file))?;
        Ok(version)
    }
}

/// The moment by which the listing is ordered, and how it is known.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Taken {
    pub at: String,
    pub day: String,
    pub source: Option<String>,
    pub offset: Option<String>,
    pub offset_source: Option<String>,
    pub guess: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Camera {
    pub make: Option<String>,
    pub model: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Thumbnails {
    pub small: Option<String>,
    pub medium: Option<String>,
    pub large: Option<String>,
    pub screen: Option<String>,
}

impl Thumbnails {
    /// The thumbnails that exist: the size's name, the longest side in pixels, and the URL.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, u32, &str)> {
        let sizes = [
            ("small", 150, &self.small),
            ("medium", 400, &self.medium),
            ("large", 800, &self.large),
            ("screen", 2048, &self.screen),
        ];
        sizes.into_iter().filter_map(|(name, side, url)| Some((name, side, url.as_deref()?)))
    }
}

/// All but RFC 3986 `unreserved` and `/`.
const STRICT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
/// The characters that a path segment must not hold unencoded (RFC 3986 `pchar`). Browsers and lenient clients encode
/// only these.
const LENIENT: &AsciiSet = &STRICT
    .remove(b'!')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'&')
    .remove(b'+')
    .remove(b'=')
    .remove(b'@')
    .remove(b',')
    .remove(b';')
    .remove(b':')
    .remove(b'$');

/// A key in a path or in a query's value, each reserved character encoded.
pub(crate) fn encode(key: &str) -> String {
    utf8_percent_encode(key, STRICT).to_string()
}

/// A key in a path, with every character unencoded that may be.
pub(crate) fn encode_lenient(key: &str) -> String {
    utf8_percent_encode(key, LENIENT).to_string()
}

/// The path of an original.
pub(crate) fn file(key: &str) -> String {
    format!("/api/file/{}", encode(key))
}
