//! Items of earlier versions, which lack renditions or a ThumbHash.

use gallery::rendition::Renditions;
use platform::{Error, Row, Statement, Value};

use crate::film::Encoded;

use super::{
    Catalogue, Deletion, deletions,
    patches::{LACKS, VERSION},
    places::text,
    stored::{SHARING, Stored},
};

/// An item that lacks something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    pub key: String,
    pub stored: Stored,
    pub what: Lack,
}

/// What an item lacks. Whatever is made of the whole original examines it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// A photo without renditions.
    Pictures,
    Thumbhash,
    /// A film that nobody ever converted, or of which there is no picture.
    Film,
    /// Nobody has read the whole original.
    Examination,
}

const FILL: &str = "UPDATE media SET renditions = ?2, thumbhash = ?3, thumbnail_small = NULL, thumbnail_medium = NULL, \
                    thumbnail_large = NULL WHERE key = ?1 AND renditions IS NULL";

const FILL_FILM: &str = "UPDATE media SET version = ?2, hls_qualities = ?3, renditions = ?4, thumbhash = ?5, \
                         width = ?6, height = ?7, duration = ?8, codec = ?9, updated_at = ?10, \
                         thumbnail_small = NULL, thumbnail_medium = NULL, thumbnail_large = NULL \
                         WHERE key = ?1 AND renditions IS NULL";

impl Catalogue {
    /// Items that lack something.
    pub fn without_renditions(&self) -> Result<Vec<Lacking>, Error> {
        let is_unconverted = format!(
            "(type = 'video' AND {SHARING} = 2 AND (hls_qualities IS NULL OR (renditions IS NULL AND \
             COALESCE(thumbnail_small, thumbnail_medium, thumbnail_large) IS NULL)))"
        );
        // The files of all others are examined when their library is ingested.
        let has_no_file = "NOT EXISTS (SELECT 1 FROM places WHERE places.key = media.key)";
        let is_unexamined = format!("(({SHARING} = 2 OR {has_no_file}) AND {LACKS})");
        let sql = format!(
            "SELECT key, type, version, json_extract(renditions, '$.version'), {SHARING}, {is_unconverted} \
             , (type = 'image' AND renditions IS NULL), thumbhash IS NULL AND thumbnail_small IS NOT NULL \
             FROM media WHERE key > ?1 AND ((type = 'image' AND renditions IS NULL) OR {is_unconverted} \
             OR {is_unexamined} OR (thumbhash IS NULL AND thumbnail_small IS NOT NULL)) ORDER BY key LIMIT ?2"
        );
        let rows = self.pages_with(&sql, &[Value::Null, VERSION.to_vec().into()])?;
        let lacking = |row: &Row| {
            let is = |column| Ok::<_, Error>(row.integer(column)? == Some(1));
            let what = match (is(5)?, is(6)?, is(7)?) {
                (true, ..) => Lack::Film,
                (_, true, _) => Lack::Pictures,
                (.., true) => Lack::Thumbhash,
                _ => Lack::Examination,
            };
            Ok(Lacking { key: text(row, 0)?, stored: Stored::of(row, [1, 2, 3, 4])?, what })
        };
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

    /// Gives a film what was made of it.
    pub fn fill_film(
        &self,
        lacking: &Lacking,
        version: &str,
        encoded: &Encoded,
        pictures: &Renditions,
    ) -> Result<(), Error> {
        let names: Vec<_> = encoded.package.qualities.iter().map(|quality| &quality.name).collect();
        let json = |value: serde_json::Result<String>| Value::from(value.unwrap_or_default());
        self.0
            .query(
                FILL_FILM,
                [
                    lacking.key.as_str().into(),
                    version.into(),
                    json(serde_json::to_string(&names)),
                    json(serde_json::to_string(pictures)),
                    encoded.thumbnails.thumbhash.as_str().into(),
                    i64::from(encoded.film.width).into(),
                    i64::from(encoded.film.height).into(),
                    Value::Real((encoded.film.duration * 1000.0).round() / 1000.0),
                    encoded.film.codec.as_str().into(),
                    jiff::Timestamp::now().to_string().into(),
                ],
            )
            .map(drop)
    }

    pub fn fill_thumbhash(&self, key: &str, thumbhash: &str) -> Result<(), Error> {
        self.0.query("UPDATE media SET thumbhash = ?2 WHERE key = ?1", [key.into(), thumbhash.into()]).map(drop)
    }
}
