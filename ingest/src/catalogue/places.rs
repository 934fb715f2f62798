//! Items, and the files in which they were found.

use platform::{Error, Row, Statement, Value};

use crate::digest::sha256_of_bytes;

use super::{
    Catalogue,
    stored::{SHARING, Stored},
};

/// A file in which an item was found. A file that still has this size and these times is not read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Below the library, with `/` between folders.
    pub path: String,
    /// The key of the item.
    pub key: String,
    pub size: u64,
    /// When the content last changed, and when the file's entry did: RFC 3339 in UTC.
    pub modified: String,
    pub changed: String,
}

impl Place {
    /// The place of an item whose file is gone, while another item has the path. The walk refuses names with control
    /// characters, so it finds no such file.
    pub fn of_lost(&self) -> Self {
        let digits = &sha256_of_bytes(self.key.as_bytes())[..12];
        Self { path: format!("{}\n{digits}", self.path), ..self.clone() }
    }

    /// Whether the item's file was gone when the last run ended.
    pub fn is_lost(&self) -> bool {
        self.path.contains('\n')
    }
}

/// The part of an item's row by which ingest recognises it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub key: String,
    /// SHA-256 in lower-case hex. Absent in rows that another program wrote.
    pub digest: Option<String>,
    pub size: u64,
    pub stored: Stored,
    /// How many files hold the item, in all libraries.
    pub places: u64,
}

impl Catalogue {
    pub fn items(&self) -> Result<Vec<Item>, Error> {
        let rows = self.pages(&format!(
            "SELECT key, digest, size, type, version, json_extract(renditions, '$.version'), {SHARING}, \
             (SELECT COUNT(*) FROM places WHERE places.key = media.key) FROM media WHERE key > ?1 ORDER BY key LIMIT ?2"
        ))?;
        let item = |row: &Row| {
            Ok(Item {
                key: text(row, 0)?,
                digest: row.text(1)?.map(str::to_owned),
                // SQLite has signed numbers. A negative size becomes one that no file has.
                size: count(row, 2)?.unwrap_or(u64::MAX),
                stored: Stored::of(row, [3, 4, 5, 6])?,
                places: count(row, 7)?.unwrap_or_default(),
            })
        };
        rows.iter().map(item).collect()
    }

    /// The places of a library, in the order of their paths.
    pub fn places(&self, library: &str) -> Result<Vec<Place>, Error> {
        let sql = "SELECT path, key, size, modified, changed FROM places WHERE library = ?3 AND path > ?1 \
                   ORDER BY path LIMIT ?2";
        self.pages_with(sql, &[library.into()])?.iter().map(place).collect()
    }

    pub fn put_place(&self, library: &str, place: &Place) -> Result<(), Error> {
        self.0.batch(&[put(library, place)]).map(drop)
    }

    pub fn remove_places<'a>(&self, library: &str, paths: impl Iterator<Item = &'a str>) -> Result<(), Error> {
        let sql = "DELETE FROM places WHERE library = ?1 AND path = ?2";
        let statements: Vec<_> = paths.map(|path| Statement::new(sql, [library.into(), path.into()])).collect();
        self.write_all(&statements)
    }

    /// Whether an item of a library has this digest. Hidden and removed ones count.
    pub fn is_of(&self, library: &str, digest: &str) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM places WHERE library = ?1 AND key IN (SELECT key FROM media WHERE digest = ?2 UNION \
                   SELECT key FROM withdrawn WHERE digest = ?2) LIMIT 1";
        Ok(!self.0.query(sql, [library.into(), digest.into()])?.is_empty())
    }

    /// The files in which an item was found: library and place.
    pub fn places_of(&self, key: &str) -> Result<Vec<(String, Place)>, Error> {
        let sql = "SELECT path, key, size, modified, changed, library FROM places WHERE key = ?1 \
                   ORDER BY library, path";
        let rows = self.0.query(sql, [key.into()])?;
        rows.iter().map(|row| Ok((text(row, 5)?, place(row)?))).collect()
    }

    /// Forgets the places of items that are neither shown nor withdrawn.
    pub fn sweep_places(&self) -> Result<(), Error> {
        let sql = "DELETE FROM places WHERE key NOT IN (SELECT key FROM media UNION SELECT key FROM withdrawn)";
        self.0.query(sql, [])?;
        self.0
            .query("DELETE FROM clips WHERE key NOT IN (SELECT key FROM media UNION SELECT key FROM withdrawn)", [])?;
        Ok(())
    }
}

pub(super) fn put(library: &str, place: &Place) -> Statement<'static> {
    Statement::new(
        "INSERT OR REPLACE INTO places (library, path, key, size, modified, changed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        parameters(library, place),
    )
}

/// A place as the parameters of a statement.
pub(super) fn parameters(library: &str, place: &Place) -> [Value; 6] {
    [
        library.into(),
        place.path.as_str().into(),
        place.key.as_str().into(),
        Value::Integer(i64::try_from(place.size).unwrap_or(i64::MAX)),
        place.modified.as_str().into(),
        place.changed.as_str().into(),
    ]
}

pub(super) fn place(row: &Row) -> Result<Place, Error> {
    Ok(Place {
        path: text(row, 0)?,
        key: text(row, 1)?,
        size: count(row, 2)?.unwrap_or(u64::MAX),
        modified: text(row, 3)?,
        changed: text(row, 4)?,
    })
}

pub(super) fn text(row: &Row, column: usize) -> Result<String, Error> {
    Ok(row.text(column)?.unwrap_or_default().to_owned())
}

fn count(row: &Row, column: usize) -> Result<Option<u64>, Error> {
    Ok(row.integer(column)?.and_then(|count| u64::try_from(count).ok()))
}
