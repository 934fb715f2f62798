//! The catalogue: only films that stand in it are played.

use gallery::{MediaKey, key::percent_decode};
use platform::{Cx, Platform, Problem};
use sha2::{Digest, Sha256};

use crate::VideoEdge;

/// What the catalogue says of a film that playing it needs.
pub(crate) struct Film {
    /// Changes when the film is encoded anew.
    pub version: String,
    /// Names such as `720p`, in the row's order.
    pub qualities: Vec<String>,
}

/// Sixteen hexadecimal digits of a SHA-256 over parts.
pub(crate) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize()[..8].iter().fold(String::with_capacity(16), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The film with this key, or a 404.
pub(crate) async fn film<P: Platform>(service: &VideoEdge, cx: &Cx<'_, P>, key: &MediaKey) -> Result<Film, Problem> {
    let film = service.catalogue.film(cx, &service.objects, key).await.map_err(|error| cx.failed(&error))?;
    let film = film.ok_or_else(|| Problem::not_found("There is no such film."))?;
    Ok(Film { version: digest(&[&film.updated_at]), qualities: film.qualities.unwrap_or_default() })
}

/// The key in a path, decoded once.
pub(crate) fn key_in_path(encoded: &str) -> Result<MediaKey, Problem> {
    MediaKey::from_path(encoded).map_err(|_| Problem::bad_request("The key in the path is not a valid key."))
}

/// A file's name in a path, decoded once. A slash in it, however written, would lead elsewhere.
pub(crate) fn file_in_path(encoded: &str) -> Result<String, Problem> {
    percent_decode(encoded)
        .ok()
        .filter(|name| !name.is_empty() && !name.chars().any(|c| c == '/' || c.is_control()))
        .ok_or_else(|| Problem::bad_request("The file name in the path is not valid."))
}
