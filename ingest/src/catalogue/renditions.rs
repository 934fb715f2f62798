//! Items of earlier versions, which lack renditions or a ThumbHash.

use gallery::rendition::Renditions;
use platform::{Error, Row, Statement};

use super::{
    Catalogue, Deletion, deletions,
    places::text,
    stored::{IS_ADOPTED, Stored},
};

/// An item that lacks something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    pub key: String,
    pub stored: Stored,
}

const FILL: &str = "UPDATE media SET renditions = ?2, thumbhash = ?3, thumbnail_small = NULL, thumbnail_medium = NULL, \
                    thumbnail_large = NULL WHERE key = ?1 AND renditions IS NULL";

impl Catalogue {
    /// Photos without renditions, and films without a ThumbHash that have a picture.
    pub fn without_renditions(&self) -> Result<Vec<Lacking>, Error> {
        let rows = self.pages(&format!(
            "SELECT key, type, version, json_extract(renditions, '$.version'), {IS_ADOPTED} FROM media WHERE key > ?1 \
             AND ((type = 'image' AND renditions IS NULL) OR (thumbhash IS NULL AND thumbnail_small IS NOT NULL)) \
             ORDER BY key LIMIT ?2"
        ))?;
        let lacking = |row: &Row| Ok(Lacking { key: text(row, 0)?, stored: Stored::of(row, [1, 2, 3, 4])? });
        rows.iter().map(lacking).collect()
    }

    /// Gives an item its renditions. The thumbnails that it had go when they are due.
    pub fn fill_renditions(
        &self,
        lacking: &Lacking,
        renditions: &Renditions,
        thumbhash: &str,
        due: &str,
    ) -> Result<(), Error> {
        let json = serde_json::to_string(renditions).unwrap_or_default();
        let stored = Stored { renditions: Some(renditions.version.clone()), ..lacking.stored.clone() };
        let key = lacking.key.as_str();
        let mut statements =
            vec![Statement::new(FILL, [key.into(), json.into(), thumbhash.into()]), deletions::cancel(key, &stored)];
        statements.extend(Deletion::of_outdated(key, &lacking.stored, &stored, due).iter().map(deletions::put));
        self.0.batch(&statements).map(drop)
    }

    pub fn fill_thumbhash(&self, key: &str, thumbhash: &str) -> Result<(), Error> {
        self.0.query("UPDATE media SET thumbhash = ?2 WHERE key = ?1", [key.into(), thumbhash.into()]).map(drop)
    }
}
