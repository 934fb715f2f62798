//! The catalogue: one row for each photo or film whose objects are all in the bucket.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gallery::media::{MediaType, SCHEMA, UPSERT};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use crate::facts::Facts;

/// A `media` row, without what the catalogue itself knows (keys of thumbnails, times of writing).
#[derive(Debug)]
pub struct Row<'a> {
    pub key: &'a str,
    pub filename: &'a str,
    pub kind: MediaType,
    /// Bytes of the original.
    pub size: u64,
    pub facts: Facts,
    /// Seconds, films only.
    pub duration: Option<f64>,
    /// The source's video codec, films only.
    pub codec: Option<String>,
    pub width: u32,
    pub height: u32,
    /// Highest first, films only.
    pub hls_qualities: Option<Vec<String>>,
    pub metadata: Metadata,
}

/// The `metadata` column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    pub source: Source,
    pub mime: String,
    /// What is not in the source or was changed, for people: e.g. that HDR was converted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The file a row was made from: how a second run knows it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Lower-case hex.
    pub sha256: String,
    /// RFC 3339, UTC.
    pub modified: String,
}

/// What the catalogue says about a key.
#[derive(Debug, PartialEq, Eq)]
pub struct Known {
    pub size: u64,
    /// Absent for rows others wrote.
    pub source: Option<Source>,
}

/// The catalogue's database. Threads share it; each call is one transaction.
pub struct Catalogue(Mutex<Connection>);

impl Catalogue {
    /// Opens the file, makes it and its tables where they are missing.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // Losing the last rows in a power failure costs a repeated upload, no more.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(Mutex::new(connection)))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a key, nothing if it has no row.
    pub fn known(&self, key: &str) -> rusqlite::Result<Option<Known>> {
        #[derive(Deserialize)]
        struct HasSource {
            source: Source,
        }
        self.connection()
            .prepare_cached("SELECT size, metadata FROM media WHERE key = ?1")?
            .query_row([key], |row| {
                let metadata: Option<String> = row.get(1)?;
                Ok(Known {
                    // SQLite counts in signed numbers; a negative size is no file's.
                    size: u64::try_from(row.get::<_, i64>(0)?).unwrap_or(u64::MAX),
                    source: metadata
                        .and_then(|text| serde_json::from_str::<HasSource>(&text).ok())
                        .map(|metadata| metadata.source),
                })
            })
            .optional()
    }

    /// Notes that a file was touched and is still the same.
    pub fn set_modified(&self, key: &str, modified: &str) -> rusqlite::Result<()> {
        self.connection()
            .prepare_cached("UPDATE media SET metadata = json_set(metadata, '$.source.modified', ?2) WHERE key = ?1")?
            .execute([key, modified])
            .map(drop)
    }

    /// Writes a row; `now` is RFC 3339 in UTC.
    pub fn write(&self, row: &Row, now: &str) -> rusqlite::Result<()> {
        let metadata = serde_json::to_string(&row.metadata).unwrap_or_default();
        let qualities = row.hls_qualities.as_ref().map(|names| serde_json::to_string(names).unwrap_or_default());
        let [small, medium, large] =
            gallery::layout::ThumbnailSize::ALL.map(|size| gallery::layout::thumbnail(size, row.key));
        let facts = &row.facts;
        self.connection()
            .prepare_cached(UPSERT)?
            .execute(rusqlite::params![
                row.key,
                row.filename,
                row.kind.name(),
                i64::try_from(row.size).unwrap_or(i64::MAX),
                now,
                facts.date_taken,
                facts.camera_make,
                facts.camera_model,
                facts.lens,
                facts.focal_length,
                facts.aperture,
                facts.shutter_speed,
                facts.iso,
                facts.latitude,
                facts.longitude,
                facts.altitude,
                row.duration,
                row.codec,
                row.width,
                row.height,
                qualities,
                small,
                medium,
                large,
                metadata,
                now,
                now,
                now,
            ])
            .map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_written_known_again_and_brought_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::open(&folder.path().join("gallery.sqlite")).unwrap();
        assert_eq!(catalogue.known("a.jpg").unwrap(), None);
        let source = Source { sha256: "00ff".into(), modified: "2024-06-15T12:00:00Z".into() };
        let mut row = Row {
            key: "a.jpg",
            filename: "a.jpg",
            kind: MediaType::Image,
            size: 7,
            facts: Facts { latitude: Some(0.0), ..Facts::default() },
            duration: None,
            codec: None,
            width: 4,
            height: 3,
            hls_qualities: None,
            metadata: Metadata { source: source.clone(), mime: "image/jpeg".into(), note: None },
        };
        catalogue.write(&row, "2025-01-01T00:00:00Z").unwrap();
        let known = Known { size: 7, source: Some(source.clone()) };
        assert_eq!(catalogue.known("a.jpg").unwrap(), Some(known));

        row.size = 8;
        catalogue.write(&row, "2025-01-02T00:00:00Z").unwrap();
        catalogue.set_modified("a.jpg", "2024-07-01T00:00:00Z").unwrap();
        let known = catalogue.known("a.jpg").unwrap().unwrap();
        assert_eq!(known.size, 8);
        assert_eq!(known.source.unwrap().modified, "2024-07-01T00:00:00Z");
        let row: (String, String, f64, Option<String>) = catalogue
            .connection()
            .query_row("SELECT uploaded_at, updated_at, latitude, hls_qualities FROM media", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .unwrap();
        assert_eq!(row, ("2025-01-01T00:00:00Z".into(), "2025-01-02T00:00:00Z".into(), 0.0, None));
    }

    #[test]
    fn rows_of_others_are_known_without_their_source() {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::open(&folder.path().join("gallery.sqlite")).unwrap();
        for (key, metadata) in [("a", "NULL"), ("b", "'[object Object]'"), ("c", "'{\"other\":1}'")] {
            catalogue
                .connection()
                .execute_batch(&format!(
                    "INSERT INTO media (key, filename, type, size, uploaded_at, metadata, created_at, updated_at) \
                     VALUES ('{key}', 'x', 'image', 5, '', {metadata}, '', '')"
                ))
                .unwrap();
            let known = catalogue.known(key).unwrap();
            assert_eq!(known, Some(Known { size: 5, source: None }), "{key}");
        }
    }
}
