//! `gallery.toml` in the root of a library: what it is called, its time zone and its albums.

mod album;
mod text;
mod when;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use album::Album;
pub use when::When;

pub const FILE: &str = "gallery.toml";

const MOST_BYTES: u64 = 1 << 20;

/// What a library says about itself. As JSON, it has the names of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The name of the library among others: 1 to 100 characters.
    #[serde(deserialize_with = "text::name", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(deserialize_with = "text::title", skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(deserialize_with = "text::subtitle", skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// The place of a photo.
    #[serde(deserialize_with = "text::cover", skip_serializing_if = "Option::is_none")]
    pub cover: Option<String>,
    /// The IANA name of the time zone in which days begin.
    #[serde(deserialize_with = "text::time_zone", skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The order of albums that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub albums: Vec<Album>,
}

/// The order of the items of an album.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    #[serde(rename = "oldest first")]
    OldestFirst,
    #[default]
    #[serde(rename = "newest first")]
    NewestFirst,
}

impl Settings {
    /// Reads the settings of the library at `root`. Without a file, nothing is set. An error is one line that says
    /// what to mend.
    pub fn read(root: &Path) -> Result<Self, String> {
        let path = root.join(FILE);
        match path.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            _ => {}
        }
        let unreadable = |error: std::io::Error| format!("{FILE} cannot be read: {error}");
        // Opening a FIFO would wait for ever.
        if !path.metadata().map_err(unreadable)?.is_file() {
            return Err(format!("{FILE} is not a file: replace it by one"));
        }
        let mut bytes = Vec::new();
        File::open(&path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(format!("{FILE} is larger than 1 MiB: shorten it"));
        }
        let text = String::from_utf8(bytes).map_err(|_| format!("{FILE} is not UTF-8: save it as UTF-8"))?;
        Self::parse(&text)
    }

    /// Reads the text of a `gallery.toml`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let settings: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(String::new(), |span| {
                let before = text.as_bytes().iter().take(span.start);
                format!(", line {}", before.filter(|byte| **byte == b'\n').count() + 1)
            });
            format!("{FILE}{line}: {}", text::plainly(error.message()))
        })?;
        for (index, album) in settings.albums.iter().enumerate() {
            album.check().map_err(|reason| format!("{FILE}: the album {:?} {reason}", album.title))?;
            if settings.albums[..index].iter().any(|other| other.title == album.title) {
                return Err(format!("{FILE}: two albums are called {:?}: rename one", album.title));
            }
        }
        Ok(settings)
    }

    /// The time zone in which days begin. Where none is set, it is UTC.
    pub fn zone(&self) -> TimeZone {
        let zone = self.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok());
        zone.unwrap_or(TimeZone::UTC)
    }

    /// The albums of items with these places and dates, as titles and indices. The dates are RFC 3339 as in
    /// [`gallery::media::Media::date`].
    ///
    /// The albums are those that are set, in the order of the file, even if nothing is in them. If none is set, the
    /// first level of folders are the albums, by name; items above these folders are then in no album.
    pub fn albums(&self, items: &[(&str, &str)]) -> Vec<(String, Vec<usize>)> {
        let mut albums = if self.albums.is_empty() {
            album::by_folder(items).into_iter().map(|(title, indices)| (title, indices, None)).collect()
        } else {
            let zone = self.zone();
            let with_items = |album: &Album| (album.title.clone(), album.items(items, &zone), album.order);
            self.albums.iter().map(with_items).collect::<Vec<_>>()
        };
        for (_, indices, order) in &mut albums {
            indices.sort_by_key(|index| (items[*index].1, items[*index].0));
            if order.or(self.order).unwrap_or_default() == Order::NewestFirst {
                indices.reverse();
            }
        }
        albums.into_iter().map(|(title, indices, _)| (title, indices)).collect()
    }
}
