//! The catalogue: only films in the catalogue are played.

use edge::{Failure, digest};
use gallery::MediaKey;
use platform::{Cx, Platform, Problem};

use crate::VideoEdge;

/// The part of a film's item that playback needs.
pub(crate) struct Film {
    /// A text that changes when the film is encoded anew.
    pub version: String,
    /// Names such as `720p`, in the order of the row.
    pub qualities: Vec<String>,
}

/// The film with this key, or a 404.
pub(crate) async fn film<P: Platform>(service: &VideoEdge, cx: &Cx<'_, P>, key: &MediaKey) -> Result<Film, Failure> {
    let film = service.catalogue.film(cx, key).await?;
    let film = film.ok_or_else(|| Problem::not_found("There is no such film."))?;
    Ok(Film { version: digest(&[&film.updated_at]), qualities: film.qualities.unwrap_or_default() })
}
