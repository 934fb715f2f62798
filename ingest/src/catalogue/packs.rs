//! The packs that lie in the bucket.

use std::collections::HashSet;

use platform::{Error, Row, Statement, Value};

use super::{Catalogue, places::text};

impl Catalogue {
    /// The names of all packs that were written and not deleted.
    pub fn packs(&self) -> Result<HashSet<String>, Error> {
        Ok(self.texts("SELECT id FROM packs WHERE id > ?1 ORDER BY id LIMIT ?2")?.into_iter().collect())
    }

    /// Notes that a pack was written.
    pub fn put_pack(&self, id: &str) -> Result<(), Error> {
        let sql = "INSERT INTO packs (id) VALUES (?1) ON CONFLICT (id) DO UPDATE SET due = NULL";
        self.0.query(sql, [id.into()]).map(drop)
    }

    /// Keeps the packs that are in use, and lets the others go when the time has come.
    pub fn use_packs(&self, used: &HashSet<String>, due: &str) -> Result<(), Error> {
        let changed = |row: &Row| {
            let id = text(row, 0)?;
            let due = match (used.contains(&id), row.text(1)?) {
                (true, Some(_)) => Value::Null,
                (false, None) => due.into(),
                _ => return Ok(None),
            };
            Ok(Some(Statement::new("UPDATE packs SET due = ?2 WHERE id = ?1", [id.into(), due])))
        };
        let rows = self.pages("SELECT id, due FROM packs WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        let changes = rows.iter().filter_map(|row| changed(row).transpose()).collect::<Result<Vec<_>, Error>>()?;
        self.write_all(&changes)
    }

    /// The packs that are due.
    pub fn due_packs(&self, now: &str) -> Result<Vec<String>, Error> {
        let sql = "SELECT id FROM packs WHERE id > ?1 AND due <= ?3 ORDER BY id LIMIT ?2";
        self.pages_with(sql, &[now.into()])?.iter().map(|row| text(row, 0)).collect()
    }

    /// Forgets a pack that was deleted.
    pub fn forget_pack(&self, id: &str) -> Result<(), Error> {
        self.0.query("DELETE FROM packs WHERE id = ?1", [id.into()]).map(drop)
    }
}
