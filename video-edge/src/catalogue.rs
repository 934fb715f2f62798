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

/// The most folders between a film's own folder and a file. Each may cost a query.
const DEEPEST: usize = 16;

/// Refuses an object below a film's prefix that belongs to another film. `hls/a/` begins the objects of the film `a`,
/// and also those of a film `a/b`, whose folder a client could name.
pub(crate) async fn owns<P: Platform>(
    service: &VideoEdge,
    cx: &Cx<'_, P>,
    key: &MediaKey,
    film: &Film,
    object: &str,
) -> Result<(), Failure> {
    let all = layout::hls_prefix(key.as_str(), None);
    let below = object.get(all.len()..).unwrap_or_default();
    for (depth, (end, _)) in below.match_indices('/').enumerate() {
        if depth > DEEPEST {
            return Err(Problem::not_found("The file lies in too many folders.").into());
        }
        // The folder of the film's own version, which holds most requests' files, costs no query.
        if film.is_versioned && below[..end] == film.version && !below[end + 1..].contains('/') {
            continue;
        }
        let Ok(other) = MediaKey::parse([key.as_str(), "/", &below[..end]].concat()) else { continue };
        if service.catalogue.film(cx, &other).await?.is_some() {
            return Err(Problem::not_found("The film has no such file.").into());
        }
    }
    Ok(())
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
