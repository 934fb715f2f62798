//! The catalogue: only films in the catalogue are played.

use edge::{Failure, catalogue::url_version};
use gallery::{MediaKey, layout};
use platform::{Cx, Platform, Problem};

use crate::VideoEdge;

/// The part of a film's item that playback needs.
pub(crate) struct Film {
    /// A text that changes when the film is encoded anew: `?v=` in URLs.
    pub version: String,
    /// Whether this version is in the names of the film's objects too.
    pub is_versioned: bool,
    /// Where the film's objects lie, ending in `/`.
    pub prefix: String,
    /// Names such as `720p`, in the order of the row.
    pub qualities: Vec<String>,
}

impl Film {
    /// Whether a request asks for this version, or for none. Other answers are not stored, so that a client with
    /// invented versions cannot fill the store.
    pub fn is_asked(&self, asked_version: &str) -> bool {
        asked_version.is_empty() || asked_version == self.version
    }

    /// The object of a quality's playlist.
    pub fn variant(&self, quality: &str) -> String {
        [&self.prefix, quality, ".m3u8"].concat()
    }
}

/// The film with this key, or a 404.
pub(crate) async fn film<P: Platform>(service: &VideoEdge, cx: &Cx<'_, P>, key: &MediaKey) -> Result<Film, Failure> {
    let film = service.catalogue.film(cx, key).await?;
    let film = film.ok_or_else(|| Problem::not_found("There is no such film."))?;
    let version = film.version.as_deref();
    Ok(Film {
        version: url_version(version, &film.updated_at),
        is_versioned: version.is_some(),
        prefix: layout::hls_prefix(key.as_str(), version),
        qualities: film.qualities.unwrap_or_default(),
    })
}
