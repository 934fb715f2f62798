//! Another database that holds the same catalogue, for hosts that read it there.

use std::collections::BTreeMap;

use gallery::media::{COLUMNS, UPSERT};
use platform::{Error, Statement, Value};

use super::patches::PUT;
use super::{Catalogue, ROWS_AT_ONCE};

impl Catalogue {
    /// Makes `other` the same as this catalogue: writes new and changed rows, and removes rows that are not here. What
    /// only ingest reads is not copied.
    pub fn mirror_to(&self, other: &Self) -> Result<(), Error> {
        let mut there = other.updated()?;
        let mut stale: Vec<String> = Vec::new();
        for (key, updated) in self.updated()? {
            if there.remove(&key) != Some(updated) {
                stale.push(key);
            }
        }
        let columns = COLUMNS.join(", ");
        let row = format!("SELECT {columns}, patches, checksums FROM media WHERE key = ?1");
        // Each row takes two statements.
        for some in stale.chunks(ROWS_AT_ONCE / 2) {
            let rows = self
                .0
                .batch(&some.iter().map(|key| Statement::new(&row, [key.as_str().into()])).collect::<Vec<_>>())?;
            let write = rows.into_iter().flatten().flat_map(|mut row| {
                let checksums = row.0.pop().unwrap_or(Value::Null);
                let patches = row.0.pop().unwrap_or(Value::Null);
                let key = row.0.first().cloned().unwrap_or(Value::Null);
                [Statement::new(UPSERT, row.0), Statement::new(PUT, [key, patches, checksums])]
            });
            other.0.batch(&write.collect::<Vec<_>>())?;
        }
        let gone: Vec<_> =
            there.keys().map(|key| Statement::new("DELETE FROM media WHERE key = ?1", [key.as_str().into()])).collect();
        other.write_all(&gone)
    }

    /// When each row was last written, by key. Patches, renditions and checksums may come later: the last bytes of
    /// patches are their sum and the mark of their object.
    fn updated(&self) -> Result<BTreeMap<String, String>, Error> {
        let rows = self.pages(
            "SELECT key, updated_at || COALESCE(hex(substr(patches, -8)), '') || COALESCE(renditions, '') \
             || COALESCE(thumbhash, '') || COALESCE(checksums, '') FROM media \
             WHERE key > ?1 ORDER BY key LIMIT ?2",
        )?;
        let text = |row: &platform::Row, column| Ok::<_, Error>(row.text(column)?.unwrap_or_default().to_owned());
        rows.iter().map(|row| Ok((text(row, 0)?, text(row, 1)?))).collect()
    }
}
