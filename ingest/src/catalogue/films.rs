//! Films as they are packaged.

use platform::{Error, Row, Statement};

use super::{
    Catalogue, Deletion, deletions,
    places::text,
    stored::{SHARING, Stored},
};
use crate::film::Package;

/// A film that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Film {
    pub key: String,
    pub stored: Stored,
    /// Highest first.
    pub qualities: Vec<String>,
}

const REPACKAGED: &str = "UPDATE media SET version = ?2, updated_at = ?3, \
    metadata = CASE WHEN json_type(metadata, '$.objects') = 'object' \
    THEN json_set(metadata, '$.objects.film', json(?4)) ELSE metadata END \
    WHERE key = ?1 AND version IS ?5";

impl Catalogue {
    pub fn films(&self) -> Result<Vec<Film>, Error> {
        let rows = self.pages(&format!(
            "SELECT key, type, version, json_extract(renditions, '$.version'), {SHARING}, \
             CASE WHEN json_valid(hls_qualities) THEN hls_qualities ELSE '[]' END \
             FROM media WHERE key > ?1 AND type = 'video' ORDER BY key LIMIT ?2"
        ))?;
        let film = |row: &Row| {
            let qualities = row.text(5)?.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
            Ok(Film { key: text(row, 0)?, stored: Stored::of(row, [1, 2, 3, 4])?, qualities })
        };
        rows.iter().map(film).collect()
    }

    /// Notes that a film has another package. The old one goes when it is due. Returns whether the film was still
    /// there.
    pub fn repackaged(&self, film: &Film, version: &str, package: &Package, due: &str) -> Result<bool, Error> {
        let stored = Stored { version: Some(version.to_owned()), ..film.stored.clone() };
        let counts = (package.objects.len(), package.objects.iter().map(crate::film::Object::bytes).sum::<u64>());
        let counts = serde_json::to_string(&counts).unwrap_or_default();
        let before = film.stored.version.as_deref().map_or(platform::Value::Null, Into::into);
        let now = jiff::Timestamp::now().to_string();
        let key = film.key.as_str();
        let update = Statement::new(REPACKAGED, [key.into(), version.into(), now.into(), counts.into(), before]);
        self.0.batch(&[update])?;
        // Somebody may have taken the film out meanwhile, or replaced it. What is planned for it stays then.
        let sql = "SELECT key FROM media WHERE key = ?1 AND version = ?2";
        if self.0.query(sql, [key.into(), version.into()])?.is_empty() {
            return Ok(false);
        }
        let mut statements = vec![deletions::cancel(key, &stored)];
        statements.extend(Deletion::of_outdated(key, &film.stored, &stored, due).iter().map(deletions::put));
        self.0.batch(&statements).map(|_| true)
    }
}
