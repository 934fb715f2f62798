//! The catalogue: only films that stand in it are played.

use gallery::{MediaKey, key::percent_decode};
use platform::{Cx, Error, Platform, Problem, Sql};
use sha2::{Digest, Sha256};

/// What a film's row says that playing it needs.
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
pub(crate) async fn film<P: Platform>(cx: &Cx<'_, P>, key: &MediaKey) -> Result<Film, Problem> {
    const FILM: &str = "SELECT updated_at, hls_qualities FROM media WHERE key = ?1 AND type = 'video'";
    let read = async {
        let rows = cx.sql()?.query(FILM, &[key.as_str().into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let version = digest(&[row.text(0)?.unwrap_or_default()]);
        let qualities = row.text(1)?.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        Ok::<_, Error>(Some(Film { version, qualities }))
    };
    read.await.map_err(|error| cx.failed(&error))?.ok_or_else(|| Problem::not_found("There is no such film."))
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
