//! The catalogue: only films in the catalogue are played.

use edge::{Failure, catalogue::url_version};
use gallery::{MediaKey, layout};
use platform::{Cx, Platform, Problem};

use crate::VideoEdge;

/// The part of a film's item that playback needs, for one version of its objects.
pub(crate) struct Film {
    /// A text that is another one for each version: `?v=` in URLs.
    pub version: String,
    /// Whether this version is in the names of the film's objects too.
    pub is_versioned: bool,
    /// Where the film's objects lie, ending in `/`.
    pub prefix: String,
    /// Names such as `720p`, in the order of the row. They are those of the current version.
    pub qualities: Vec<String>,
}

impl Film {
    /// Whether a request asks for this version, or for none. Other answers are not stored, so that a client with
    /// invented versions cannot fill the store.
    pub fn is_asked(&self, asked_version: &str) -> bool {
        asked_version.is_empty() || asked_version == self.version
    }

    /// The object of a quality's playlist. The folder is one below the film's, and ends in `/` if it is not empty.
    pub fn variant(&self, folder: &str, quality: &str) -> String {
        [&self.prefix, folder, quality, ".m3u8"].concat()
    }
}

/// The version of a film to which a file belongs.
#[derive(Clone, Copy)]
pub(crate) enum Version<'a> {
    Current,
    /// `None` for the files of 0.1.0.
    Asked(Option<&'a str>),
}

/// The most folders between a film and a file of it. Each may cost a query.
const DEEPEST: usize = 16;

pub(crate) fn missing() -> Problem {
    Problem::not_found("There is no such film, or it has no such file.")
}

/// The film with this key, or a 404. `file` is a place below the prefix of this version.
///
/// `hls/a/` begins the objects of the film `a`, and also those of a film `a/b`, whose folder a client could name. So it
/// is a 404 too if a folder of the file is another film's.
pub(crate) async fn film<P: Platform>(
    service: &VideoEdge,
    cx: &Cx<'_, P>,
    key: &MediaKey,
    version: Version<'_>,
    file: &str,
) -> Result<Film, Failure> {
    // The film itself is asked for first, and then every folder.
    let (mut own, mut path, mut end) = (None, key.as_str().to_owned(), key.as_str().len());
    for _ in 0..=DEEPEST + 1 {
        // A text that is no key is no film's.
        let film = match MediaKey::parse(path[..end].to_owned()) {
            Ok(key) => service.catalogue.film(cx, &key).await?,
            Err(_) => None,
        };
        let mut is_flat = false;
        match (film, &own) {
            (Some(film), None) => {
                let current = film.version.as_deref();
                let version = match version {
                    Version::Current => current,
                    Version::Asked(version) => version,
                };
                // The folder of the film's own version, which holds most requests' files, costs no query.
                is_flat = version == current && !file.contains('/');
                for part in version.into_iter().chain([file]) {
                    path.push('/');
                    path.push_str(part);
                }
                own = Some(Film {
                    version: url_version(version, &film.updated_at),
                    is_versioned: version.is_some(),
                    prefix: layout::hls_prefix(key.as_str(), version),
                    qualities: film.qualities.unwrap_or_default(),
                });
            }
            (None, Some(_)) => {}
            _ => break,
        }
        match path[end + 1..].find('/').filter(|_| !is_flat) {
            Some(next) => end += 1 + next,
            None => return own.ok_or_else(|| missing().into()),
        }
    }
    Err(missing().into())
}
