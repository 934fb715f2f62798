//! Objects that are deleted later, when no cache shows them any more.

use platform::{Error, Row, Statement};

use super::{Catalogue, places::text, stored::Stored};

/// An object that is to go once `due` has passed. A name that ends in `/` stands for the objects directly below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    pub object: String,
    /// The item that had the object.
    pub key: String,
    /// RFC 3339 in UTC.
    pub due: String,
}

impl Deletion {
    /// Everything that an item has in the bucket.
    pub fn of_item(key: &str, stored: &Stored, due: &str) -> Vec<Self> {
        let one = |object| Self { object, key: key.to_owned(), due: due.to_owned() };
        stored.objects(key).into_iter().map(one).collect()
    }

    /// What an item had, and has no longer.
    pub fn of_outdated(key: &str, before: &Stored, now: &Stored, due: &str) -> Vec<Self> {
        let kept = now.objects(key);
        let mut outdated = Self::of_item(key, before, due);
        outdated.retain(|one| !kept.contains(&one.object));
        outdated
    }
}

impl Catalogue {
    /// What is to be deleted. With `until`, only what is due by then.
    pub fn deletions(&self, until: Option<&str>) -> Result<Vec<Deletion>, Error> {
        let sql = "SELECT object, key, due FROM deletions WHERE object > ?1 AND (?3 IS NULL OR due <= ?3) \
                   ORDER BY object LIMIT ?2";
        let rows = self.pages_with(sql, &[until.map_or(platform::Value::Null, Into::into)])?;
        let deletion = |row: &Row| Ok(Deletion { object: text(row, 0)?, key: text(row, 1)?, due: text(row, 2)? });
        rows.iter().map(deletion).collect()
    }

    /// Notes that the originals among these objects are about to go. A withdrawn item without one cannot be put back.
    pub fn purge(&self, due: &[Deletion], now: &str) -> Result<(), Error> {
        let sql = "UPDATE withdrawn SET purged_at = ?2 WHERE key = ?1 AND state <> 'hidden' AND purged_at IS NULL";
        let originals = due.iter().filter(|one| one.object == one.key);
        let statements: Vec<_> =
            originals.map(|one| Statement::new(sql, [one.key.as_str().into(), now.into()])).collect();
        self.write_all(&statements)
    }

    /// Keeps what was to be deleted of an item.
    pub fn keep_objects(&self, key: &str, stored: &Stored) -> Result<(), Error> {
        self.0.batch(&[cancel(key, stored)]).map(drop)
    }

    /// Forgets what was deleted.
    pub fn deleted(&self, gone: &[Deletion]) -> Result<(), Error> {
        let remove: Vec<_> = gone
            .iter()
            .map(|one| Statement::new("DELETE FROM deletions WHERE object = ?1", [one.object.as_str().into()]))
            .collect();
        self.write_all(&remove)
    }
}

pub(super) fn put(deletion: &Deletion) -> Statement<'static> {
    Statement::new(
        "INSERT OR REPLACE INTO deletions (object, key, due) VALUES (?1, ?2, ?3)",
        [deletion.object.as_str().into(), deletion.key.as_str().into(), deletion.due.as_str().into()],
    )
}

/// Keeps the objects that an item has from now on. Those of its other versions go as planned.
pub(super) fn cancel(key: &str, stored: &Stored) -> Statement<'static> {
    let objects = serde_json::to_string(&stored.objects(key)).unwrap_or_default();
    Statement::new(
        "DELETE FROM deletions WHERE key = ?1 AND object IN (SELECT value FROM json_each(?2))",
        [key.into(), objects.into()],
    )
}
