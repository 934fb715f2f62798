//! The catalogue: one row for each photo or film whose objects are all in the bucket, and what ingest notes beside
//! the rows.

mod access;
mod adopted;
mod checksums;
mod clips;
mod dates;
mod deletions;
mod films;
mod libraries;
mod mirror;
mod packs;
mod parts;
mod patches;
mod places;
mod renditions;
mod stored;
mod withdrawn;

use std::collections::HashMap;

use edge::catalogue::{SELECT, media};
use gallery::media::{Media, MediaType, UPSERT};
use gallery::rendition::Renditions;
use platform::{Error, Statement, Value};
use serde::{Deserialize, Serialize};

use crate::database::Database;
use crate::facts::Facts;
use crate::taken::Columns;

pub use access::StoredLink;
pub use adopted::{Adopted, Before, Refreshed, Shown, quoted};
pub use checksums::Unsummed;
pub use dates::alone;
pub use deletions::Deletion;
pub use films::Film;
pub use libraries::Library;
pub use patches::Kept;
pub use places::{Item, Place};
pub use renditions::{Lack, Lacking};
pub use stored::Stored;
pub use withdrawn::{State, Withdrawn};

/// A `media` row, without the columns that the catalogue fills itself (keys of thumbnails, times of writing).
#[derive(Debug)]
pub struct Row<'a> {
    pub key: &'a str,
    pub filename: &'a str,
    pub kind: MediaType,
    /// The size of the original, in bytes.
    pub size: u64,
    pub facts: Facts,
    pub dated: Columns,
    /// In seconds. Only films have a duration.
    pub duration: Option<f64>,
    /// The video codec of the source. Only films have one.
    pub codec: Option<String>,
    pub width: u32,
    pub height: u32,
    /// The qualities, highest first. Only films have them.
    pub hls_qualities: Option<Vec<String>>,
    /// The version of the item's objects and URLs.
    pub version: &'a str,
    pub renditions: Renditions,
    pub thumbhash: &'a str,
    pub metadata: Metadata,
    /// What is known of the original.
    pub kept: Kept,
    /// The tag of the original, if another program shows the item too.
    pub shared: Option<String>,
}

/// The `metadata` column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    pub source: Source,
    pub mime: String,
    /// A note for people about what differs from the source, for example that HDR was converted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What the item's objects are, for `doctor`. Rows of 0.1.0 do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objects: Option<Objects>,
}

/// The sizes of an item's objects, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objects {
    /// Of the thumbnails of a row without renditions, in the order of `ThumbnailSize::BELOW_THUMBNAILS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnails: Option<[u64; 3]>,
    /// The number of a film's playlists and segments, and their size.
    #[serde(default)]
    pub film: (u64, u64),
}

/// The file from which a row was made. By these facts, a second run recognises the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Lower-case hex.
    pub sha256: String,
    /// RFC 3339, UTC.
    pub modified: String,
}

/// The columns of ours that are not among [`COLUMNS`](gallery::media::COLUMNS): they do not come back with an item that
/// was hidden.
pub const COLUMNS_BESIDE: [&str; 3] = ["albums", "patches", "checksums"];

/// How many rows are read at a time.
const ROWS: i64 = 1000;
/// How many rows are copied in one transaction.
const ROWS_AT_ONCE: usize = 100;

/// The catalogue. Threads share it.
pub struct Catalogue(Database);

impl Catalogue {
    /// The catalogue in a database whose schema is up to date.
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    /// All items, as the services see them.
    pub fn all(&self) -> Result<Vec<Media>, Error> {
        self.pages(&format!("{SELECT} WHERE key > ?1 ORDER BY key LIMIT ?2"))?.into_iter().map(media).collect()
    }

    /// Whether there is an item, one that was taken out, or a link.
    pub fn has_something(&self) -> Result<bool, Error> {
        let sql = "SELECT EXISTS (SELECT 1 FROM media) OR EXISTS (SELECT 1 FROM withdrawn) \
                   OR EXISTS (SELECT 1 FROM links)";
        Ok(self.0.query(sql, [])?.first().map(|row| row.integer(0)).transpose()?.flatten() == Some(1))
    }

    /// The sizes of items' objects, by key, where they were noted.
    pub fn objects(&self) -> Result<HashMap<String, Objects>, Error> {
        let rows = self.pages(
            "SELECT key, json_extract(metadata, '$.objects') FROM media \
             WHERE key > ?1 AND json_valid(metadata) ORDER BY key LIMIT ?2",
        )?;
        let mut all = HashMap::new();
        for row in &rows {
            let objects = row.text(1)?.and_then(|json| serde_json::from_str(json).ok());
            all.extend(objects.map(|objects| (row.text(0).ok().flatten().unwrap_or_default().to_owned(), objects)));
        }
        Ok(all)
    }

    /// All rows of a query in the order of its first column, which is unique text. `?1` is the value to go on after,
    /// and `?2` the most rows to read at a time.
    fn pages(&self, sql: &str) -> Result<Vec<platform::Row>, Error> {
        self.pages_with(sql, &[])
    }

    /// As [`pages`](Self::pages), with values for `?3` and what follows.
    fn pages_with(&self, sql: &str, more: &[Value]) -> Result<Vec<platform::Row>, Error> {
        let mut all: Vec<platform::Row> = Vec::new();
        loop {
            let after = all.last().map_or(Ok(None), |last| last.text(0))?.unwrap_or_default();
            let own = [after.into(), ROWS.into()].into_iter();
            let rows = self.0.query(sql, own.chain(more.iter().cloned()).collect::<Vec<_>>())?;
            let is_last = rows.len() < usize::try_from(ROWS).unwrap_or(usize::MAX);
            all.extend(rows);
            if is_last {
                return Ok(all);
            }
        }
    }

    /// As [`pages`](Self::pages), of a query of one column.
    fn texts(&self, sql: &str) -> Result<Vec<String>, Error> {
        self.pages(sql)?.iter().map(|row| places::text(row, 0)).collect()
    }

    /// Runs many statements, some at a time. Each group is one transaction.
    fn write_all(&self, statements: &[Statement<'_>]) -> Result<(), Error> {
        statements.chunks(ROWS_AT_ONCE).try_for_each(|some| self.0.batch(some).map(drop))
    }

    /// Notes that the objects of a key are about to be uploaded. Until its row is written, nothing says what to blank
    /// in the original, or what its checksums are: patches of the old one would leave places in the new one.
    pub fn begin(&self, key: &str, now: &str) -> Result<(), Error> {
        let sql = "INSERT OR REPLACE INTO uploads (key, since) VALUES (?1, ?2)";
        self.0.batch(&[Statement::new(sql, [key.into(), now.into()]), patches::forget(key)]).map(drop)
    }

    /// The keys whose upload has begun and has not ended.
    pub fn begun(&self) -> Result<Vec<String>, Error> {
        self.texts("SELECT key FROM uploads WHERE key > ?1 ORDER BY key LIMIT ?2")
    }

    /// Forgets that an upload has begun: nothing of it is left in the bucket.
    pub fn forget_upload(&self, key: &str) -> Result<(), Error> {
        self.0.query("DELETE FROM uploads WHERE key = ?1", [key.into()]).map(drop)
    }

    /// Writes the row of an item whose objects are all in the bucket, with the place in which it was found and the
    /// objects that it no longer has. `now` is RFC 3339 in UTC.
    pub fn write(
        &self,
        row: &Row<'_>,
        place: Option<(&str, &Place)>,
        outdated: &[Deletion],
        now: &str,
    ) -> Result<(), Error> {
        let mut statements = vec![
            upsert(row, now),
            patches::put(row.key, &row.kept),
            Statement::new("DELETE FROM uploads WHERE key = ?1", [row.key.into()]),
            Statement::new("DELETE FROM withdrawn WHERE key = ?1", [row.key.into()]),
            deletions::cancel(row.key, &row.stored()),
            adopted::shared(row),
        ];
        statements.extend(place.map(|(library, place)| places::put(library, place)));
        statements.extend(outdated.iter().map(deletions::put));
        self.0.batch(&statements).map(drop)
    }
}

impl Row<'_> {
    pub fn stored(&self) -> Stored {
        Stored {
            is_film: self.kind == MediaType::Video,
            version: Some(self.version.to_owned()),
            renditions: Some(self.renditions.version.clone()),
            is_adopted: self.shared.is_some(),
            is_foreign: false,
        }
    }
}

fn upsert(row: &Row<'_>, now: &str) -> Statement<'static> {
    let metadata = serde_json::to_string(&row.metadata).unwrap_or_default();
    let qualities = row.hls_qualities.as_ref().map(|names| serde_json::to_string(names).unwrap_or_default());
    let renditions = serde_json::to_string(&row.renditions).unwrap_or_default();
    let (facts, dated) = (&row.facts, &row.dated);
    let parameters = [
        row.key.into(),
        row.filename.into(),
        row.kind.name().into(),
        i64::try_from(row.size).unwrap_or(i64::MAX).into(),
        now.into(),
        value(dated.date_taken.as_ref()),
        value(facts.camera_make.as_ref()),
        value(facts.camera_model.as_ref()),
        value(facts.lens.as_ref()),
        real(facts.focal_length),
        real(facts.aperture),
        value(facts.shutter_speed.as_ref()),
        facts.iso.map_or(Value::Null, |iso| i64::from(iso).into()),
        real(facts.latitude),
        real(facts.longitude),
        real(facts.altitude),
        real(row.duration),
        value(row.codec.as_ref()),
        i64::from(row.width).into(),
        i64::from(row.height).into(),
        value(qualities.as_ref()),
        Value::Null,
        Value::Null,
        Value::Null,
        metadata.into(),
        now.into(),
        now.into(),
        now.into(),
        row.metadata.source.sha256.as_str().into(),
        row.version.into(),
        value(dated.taken_source.as_ref()),
        value(dated.taken_offset.as_ref()),
        value(dated.offset_source.as_ref()),
        value(dated.taken_at.as_ref()),
        value(dated.day.as_ref()),
        renditions.into(),
        row.thumbhash.into(),
    ];
    Statement::new(UPSERT, parameters)
}

fn value(text: Option<&String>) -> Value {
    text.map_or(Value::Null, |text| text.as_str().into())
}

/// A number that is not finite is not a measurement, and becomes NULL.
fn real(number: Option<f64>) -> Value {
    number.filter(|number| number.is_finite()).map_or(Value::Null, Value::Real)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
