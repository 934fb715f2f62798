//! The catalogue: one row for each photo or film whose objects are all in the bucket.

use std::collections::BTreeMap;

use edge::catalogue::{SELECT, media};
use gallery::media::{COLUMNS, Media, MediaType, UPSERT};
use platform::{Error, Statement, Value};
use serde::{Deserialize, Serialize};

use crate::database::Database;
use crate::facts::Facts;
use crate::taken::Taken;

/// A `media` row, without the columns that the catalogue fills itself (keys of thumbnails, times of writing).
#[derive(Debug)]
pub struct Row<'a> {
    pub key: &'a str,
    pub filename: &'a str,
    pub kind: MediaType,
    /// The size of the original, in bytes.
    pub size: u64,
    pub facts: Facts,
    /// In seconds. Only films have a duration.
    pub duration: Option<f64>,
    /// The video codec of the source. Only films have one.
    pub codec: Option<String>,
    pub width: u32,
    pub height: u32,
    /// The qualities, highest first. Only films have them.
    pub hls_qualities: Option<Vec<String>>,
    /// The version of a film's objects and of the item's URLs.
    pub version: Option<String>,
    pub metadata: Metadata,
}

/// The `metadata` column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    pub source: Source,
    pub mime: String,
    /// A note for people about what differs from the source, for example that HDR was converted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The file from which a row was made. By these facts, a second run recognises the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Lower-case hex.
    pub sha256: String,
    /// RFC 3339, UTC.
    pub modified: String,
}

/// What the catalogue knows about a key.
#[derive(Debug, PartialEq, Eq)]
pub struct Known {
    pub size: u64,
    /// Absent in rows that another program wrote.
    pub source: Option<Source>,
}

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

    /// What is known about a key. `None` if the key has no row.
    pub fn known(&self, key: &str) -> Result<Option<Known>, Error> {
        #[derive(Deserialize)]
        struct HasSource {
            source: Source,
        }
        let rows = self.0.query("SELECT size, metadata FROM media WHERE key = ?1", [key.into()])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let metadata = row.text(1)?.and_then(|text| serde_json::from_str::<HasSource>(text).ok());
        Ok(Some(Known {
            // SQLite has signed numbers. A negative size becomes one that no file has.
            size: row.integer(0)?.and_then(|size| u64::try_from(size).ok()).unwrap_or(u64::MAX),
            source: metadata.map(|metadata| metadata.source),
        }))
    }

    /// Notes the new time of a file whose content has not changed.
    pub fn set_modified(&self, key: &str, modified: &str) -> Result<(), Error> {
        let sql = "UPDATE media SET metadata = json_set(metadata, '$.source.modified', ?2) WHERE key = ?1";
        self.0.query(sql, [key.into(), modified.into()]).map(drop)
    }

    /// All items, as the services see them.
    pub fn all(&self) -> Result<Vec<Media>, Error> {
        let sql = format!("{SELECT} WHERE key > ?1 ORDER BY key LIMIT ?2");
        let mut items: Vec<Media> = Vec::new();
        loop {
            let after = items.last().map_or("", |last| &last.key);
            let rows = self.0.query(&sql, [after.into(), ROWS.into()])?;
            let last = rows.len() < usize::try_from(ROWS).unwrap_or(usize::MAX);
            for row in &rows {
                items.push(media(row)?);
            }
            if last {
                return Ok(items);
            }
        }
    }

    /// Makes `other` the same as this catalogue: writes new and changed rows, and removes rows that are not here. A
    /// new time of an unchanged file is not copied, because no service reads it.
    pub fn mirror_to(&self, other: &Self) -> Result<(), Error> {
        let mut there = other.updated()?;
        let mut stale: Vec<String> = Vec::new();
        for (key, updated) in self.updated()? {
            if there.remove(&key) != Some(updated) {
                stale.push(key);
            }
        }
        let columns = COLUMNS.join(", ");
        let row = format!("SELECT {columns} FROM media WHERE key = ?1");
        for some in stale.chunks(ROWS_AT_ONCE) {
            let rows = self
                .0
                .batch(&some.iter().map(|key| Statement::new(&row, [key.as_str().into()])).collect::<Vec<_>>())?;
            let write = rows.into_iter().flatten().map(|row| Statement::new(UPSERT, row.0));
            other.0.batch(&write.collect::<Vec<_>>())?;
        }
        let gone: Vec<String> = there.into_keys().collect();
        for some in gone.chunks(ROWS_AT_ONCE) {
            let remove =
                some.iter().map(|key| Statement::new("DELETE FROM media WHERE key = ?1", [key.as_str().into()]));
            other.0.batch(&remove.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// When each row was last written, by key.
    fn updated(&self) -> Result<BTreeMap<String, String>, Error> {
        let sql = "SELECT key, updated_at FROM media WHERE key > ?1 ORDER BY key LIMIT ?2";
        let mut all = BTreeMap::new();
        loop {
            let after = all.last_key_value().map_or("", |(key, _): (&String, _)| key.as_str());
            let rows = self.0.query(sql, [after.into(), ROWS.into()])?;
            let last = rows.len() < usize::try_from(ROWS).unwrap_or(usize::MAX);
            for row in &rows {
                let text = |column| Ok::<_, Error>(row.text(column)?.unwrap_or_default().to_owned());
                all.insert(text(0)?, text(1)?);
            }
            if last {
                return Ok(all);
            }
        }
    }

    /// Writes a row. `now` is RFC 3339 in UTC.
    pub fn write(&self, row: &Row, now: &str) -> Result<(), Error> {
        let metadata = serde_json::to_string(&row.metadata).unwrap_or_default();
        let qualities = row.hls_qualities.as_ref().map(|names| serde_json::to_string(names).unwrap_or_default());
        let [small, medium, large] =
            gallery::layout::ThumbnailSize::ALL.map(|size| gallery::layout::thumbnail(size, row.key));
        let facts = &row.facts;
        let taken = facts.taken.map(Taken::to_columns).unwrap_or_default();
        let parameters = [
            row.key.into(),
            row.filename.into(),
            row.kind.name().into(),
            i64::try_from(row.size).unwrap_or(i64::MAX).into(),
            now.into(),
            text(taken.date_taken.as_ref()),
            text(facts.camera_make.as_ref()),
            text(facts.camera_model.as_ref()),
            text(facts.lens.as_ref()),
            real(facts.focal_length),
            real(facts.aperture),
            text(facts.shutter_speed.as_ref()),
            facts.iso.map_or(Value::Null, |iso| i64::from(iso).into()),
            real(facts.latitude),
            real(facts.longitude),
            real(facts.altitude),
            real(row.duration),
            text(row.codec.as_ref()),
            i64::from(row.width).into(),
            i64::from(row.height).into(),
            text(qualities.as_ref()),
            small.into(),
            medium.into(),
            large.into(),
            metadata.into(),
            now.into(),
            now.into(),
            now.into(),
            row.metadata.source.sha256.as_str().into(),
            text(row.version.as_ref()),
            text(taken.taken_source.as_ref()),
            text(taken.taken_offset.as_ref()),
            text(taken.offset_source.as_ref()),
            text(taken.taken_at.as_ref()),
            text(taken.day.as_ref()),
        ];
        self.0.query(UPSERT, parameters).map(drop)
    }
}

fn text(text: Option<&String>) -> Value {
    text.map_or(Value::Null, |text| text.as_str().into())
}

/// A number that is not finite is not a measurement, and becomes NULL.
fn real(number: Option<f64>) -> Value {
    number.filter(|number| number.is_finite()).map_or(Value::Null, Value::Real)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;

    #[test]
    fn a_row_is_written_known_again_and_brought_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::new(Place::File(folder.path().join("gallery.sqlite")).open(&[]).unwrap());
        assert_eq!(catalogue.known("a.jpg").unwrap(), None);
        let source = Source { sha256: "00ff".into(), modified: "2024-06-15T12:00:00Z".into() };
        let mut row = Row {
            key: "a.jpg",
            filename: "a.jpg",
            kind: MediaType::Image,
            size: 7,
            facts: Facts {
                latitude: Some(0.0),
                taken: Taken::of_container("2024-06-15T14:03:22.1+02:00"),
                ..Facts::default()
            },
            duration: None,
            codec: None,
            width: 4,
            height: 3,
            hls_qualities: None,
            version: None,
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
        let rows = catalogue.0.query("SELECT uploaded_at, updated_at, latitude, hls_qualities FROM media", []).unwrap();
        let row = ["2025-01-01T00:00:00Z".into(), "2025-01-02T00:00:00Z".into(), Value::Real(0.0), Value::Null];
        assert_eq!(rows, [platform::Row(row.into())]);
        let taken = "SELECT date_taken, taken_source, taken_offset, offset_source, taken_at, day FROM media";
        let texts = ["2024-06-15T14:03:22.100", "container", "+02:00", "container", "2024-06-15T12:03:22.100Z"];
        let row: Vec<Value> = texts.into_iter().map(Value::from).chain([Value::Null]).collect();
        assert_eq!(catalogue.0.query(taken, []).unwrap(), [platform::Row(row)]);
    }

    #[test]
    fn a_mirror_gets_what_is_new_or_changed_and_loses_what_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let open = |name: &str| Catalogue::new(Place::File(folder.path().join(name)).open(&[]).unwrap());
        let (here, there) = (open("here.sqlite"), open("there.sqlite"));
        let add = |catalogue: &Catalogue, key: &str, size: i64, updated: &str| {
            let sql = "INSERT OR REPLACE INTO media (key, filename, type, size, uploaded_at, latitude, created_at, updated_at) \
                       VALUES (?1, 'f', 'image', ?2, 'u', 0.1, 'c', ?3)";
            catalogue.0.query(sql, [key.into(), size.into(), updated.into()]).unwrap();
        };
        for number in 0..250 {
            add(&here, &format!("{number:03} é.jpg"), number, "1");
        }
        add(&there, "000 é.jpg", 7, "1");
        add(&there, "001 é.jpg", 7, "0");
        add(&there, "gone.jpg", 7, "1");
        here.mirror_to(&there).unwrap();
        let all = |catalogue: &Catalogue| {
            let columns = COLUMNS.join(", ");
            catalogue.0.query(&format!("SELECT {columns} FROM media WHERE key > '001' ORDER BY key"), []).unwrap()
        };
        assert_eq!(all(&here).len(), 249);
        assert_eq!(all(&here), all(&there));
        // The row has not changed, so it was not written again.
        let known = there.known("000 é.jpg").unwrap().unwrap();
        assert_eq!(known.size, 7);
    }

    #[test]
    fn rows_of_others_are_known_without_their_source() {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::new(Place::File(folder.path().join("gallery.sqlite")).open(&[]).unwrap());
        for (key, metadata) in [("a", "NULL"), ("b", "'[object Object]'"), ("c", "'{\"other\":1}'")] {
            let insert = format!(
                "INSERT INTO media (key, filename, type, size, uploaded_at, metadata, created_at, updated_at) \
                 VALUES ('{key}', 'x', 'image', 5, '', {metadata}, '', '')"
            );
            catalogue.0.query(&insert, []).unwrap();
            let known = catalogue.known(key).unwrap();
            assert_eq!(known, Some(Known { size: 5, source: None }), "{key}");
        }
    }

    #[test]
    fn all_is_all_however_many() {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::new(Place::File(folder.path().join("gallery.sqlite")).open(&[]).unwrap());
        for count in [0, 1, ROWS, 2 * ROWS + 1] {
            let fill = format!(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
                 INSERT INTO media (key, filename, type, size, uploaded_at, created_at, updated_at) \
                 SELECT 'k' || i, 'x', 'image', i, '', '', '' FROM n WHERE i <= {count} ON CONFLICT DO NOTHING"
            );
            catalogue.0.query(&fill, []).unwrap();
            let mut sizes: Vec<i64> = catalogue.all().unwrap().into_iter().map(|item| item.size).collect();
            sizes.sort_unstable();
            assert_eq!(sizes, (1..=count).collect::<Vec<_>>());
        }
    }
}
