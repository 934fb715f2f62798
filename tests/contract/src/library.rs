//! The content of the target's library.

use std::{collections::HashMap, sync::LazyLock};

use harness::PHOTOS;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::Target;

/// The photo that is large enough for ranges.
pub(crate) const BIG: &str = "big.png";

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

/// A page of the listing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page {
    pub items: Vec<Item>,
    pub next_cursor: Option<String>,
}

/// A page of the listing, with a query such as `?limit=2`.
pub(crate) fn page(target: &Target, query: &str) -> Result<Page, String> {
    let answer = target.get(&format!("/api/media{query}")).expect(200)?;
    serde_json::from_slice(&answer.body).map_err(|error| format!("{}: {error}", answer.what))
}

/// Everything in the listing.
pub(crate) fn all(target: &Target) -> Result<Vec<Item>, String> {
    let page = page(target, "?limit=1000")?;
    ensure!(page.next_cursor.is_none(), "the test library has more than 1000 items");
    Ok(page.items)
}

/// The item with this key.
pub fn item(target: &Target, key: &str) -> Result<Item, String> {
    let found = all(target)?.into_iter().find(|item| item.key == key);
    found.ok_or_else(|| format!("{key} is not in the listing"))
}

/// The demo film, and the path or URL of its master playlist.
pub(crate) fn film(target: &Target) -> Result<(Item, String), String> {
    let film = item(target, demo::short_film().key)?;
    let master = target.master_of(&film)?;
    Ok((film, master))
}

/// The bytes of a photo of the test library.
pub fn file_bytes(key: &str) -> Result<&'static [u8], String> {
    static MADE: LazyLock<HashMap<&str, Vec<u8>>> =
        LazyLock::new(|| PHOTOS.iter().filter_map(|(key, ..)| Some((*key, harness::photo(key).ok()?))).collect());
    MADE.get(key).map(Vec::as_slice).ok_or_else(|| format!("there is no fixture {key}"))
}

/// The media type of a photo, by its name.
pub(crate) fn media_type(key: &str) -> &'static str {
    match key.rsplit('.').next() {
        Some("png") => "image/png",
        _ => "image/jpeg",
    }
}

/// The keys of the test library's photos.
pub(crate) fn photos() -> impl Iterator<Item = &'static str> {
    PHOTOS.iter().map(|(key, ..)| *key)
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

impl Target {
    /// The path or URL of the master playlist of the library's film.
    pub fn master(&self) -> Result<String, String> {
        let film = page(self, "?type=video")?.items.into_iter().next().ok_or("there is no film")?;
        self.master_of(&film)
    }

    /// The path or URL of a film's master playlist: in its item, or from the route that the item names.
    pub(crate) fn master_of(&self, film: &Item) -> Result<String, String> {
        if let Some(hls) = &film.hls {
            return Ok(hls.clone());
        }
        let route = film.playback.as_ref().ok_or_else(|| format!("{} has no playlist", film.key))?;
        let url = self.get(route).expect(200)?.json()?["url"].as_str().map(str::to_owned);
        url.ok_or_else(|| format!("{route}: no url"))
    }
}
