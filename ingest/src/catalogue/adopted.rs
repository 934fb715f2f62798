//! Items whose originals another program had put into the bucket.

use std::collections::{HashMap, HashSet};

use gallery::media::{COLUMNS, UPSERT};
use platform::{Error, Row, Statement, Value};

use super::{Catalogue, Deletion, deletions, patches, places::text, stored::Stored};

/// Before the mark of an original that could not be read: another look may tell more. Earlier versions wrote no mark
/// then.
const UNREAD: &str = "unread ";

/// The row of such an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Adopted {
    pub key: String,
    /// By what its original is known again.
    pub mark: String,
    /// Whether the original could not be read.
    pub is_unread: bool,
    /// Whether the original is the one before: what was noted of it stays.
    pub is_same: bool,
    pub size: u64,
    /// The values of [`COLUMNS`].
    pub values: Vec<Value>,
    /// Columns that only the other program knows.
    pub others: Vec<(String, Value)>,
}

/// What the row of an item says that was adopted before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// Empty if an earlier version could not read the original.
    pub mark: String,
    pub is_unread: bool,
    pub size: u64,
    /// Whether the other program did not have it before.
    pub made_here: bool,
    /// Absent if the item is not shown any more.
    pub shown: Option<Shown>,
}

/// What has come to an item since it was adopted.
#[derive(Debug)]
pub struct Refreshed {
    pub key: String,
    /// The values of the columns of thumbnails.
    pub thumbnails: [Value; 3],
    pub qualities: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub stored: Stored,
    pub digest: Option<String>,
    pub thumbnails: [bool; 3],
    pub qualities: Option<String>,
}

impl Catalogue {
    /// Items that were adopted, by key.
    pub fn adopted(&self) -> Result<HashMap<String, Before>, Error> {
        let rows = self.pages(
            "SELECT a.key, mark, m.key IS NOT NULL, thumbnail_small IS NOT NULL, thumbnail_medium IS NOT NULL, \
             thumbnail_large IS NOT NULL, hls_qualities, type, version, json_extract(renditions, '$.version'), 2 - made_here, \
             digest, a.size, made_here FROM adopted a LEFT JOIN media m ON m.key = a.key WHERE a.key > ?1 ORDER BY a.key LIMIT ?2",
        )?;
        let mut all = HashMap::with_capacity(rows.len());
        for row in &rows {
            let is = |column| Ok::<_, Error>(row.integer(column)? == Some(1));
            let shown = Shown {
                stored: Stored::of(row, [7, 8, 9, 10])?,
                digest: row.text(11)?.map(str::to_owned),
                thumbnails: [is(3)?, is(4)?, is(5)?],
                qualities: row.text(6)?.map(str::to_owned),
            };
            let size = row.integer(12)?.and_then(|size| u64::try_from(size).ok()).unwrap_or(u64::MAX);
            let mark = text(row, 1)?;
            let unread = mark.strip_prefix(UNREAD).or_else(|| mark.is_empty().then_some(""));
            let before = Before {
                mark: unread.unwrap_or(&mark).to_owned(),
                is_unread: unread.is_some(),
                size,
                made_here: is(13)?,
                shown: is(2)?.then_some(shown),
            };
            all.insert(text(row, 0)?, before);
        }
        Ok(all)
    }

    /// The keys of adopted items: what the other program made of them stays.
    pub fn adopted_keys(&self) -> Result<HashSet<String>, Error> {
        Ok(self.texts("SELECT key FROM adopted WHERE key > ?1 ORDER BY key LIMIT ?2")?.into_iter().collect())
    }

    /// Whether another program had put originals there, and may still show them.
    pub fn has_foreign(&self) -> Result<bool, Error> {
        let rows = self.0.query("SELECT 1 FROM adopted WHERE made_here = 0 LIMIT 1", [])?;
        Ok(!rows.is_empty())
    }

    /// Rows that another program wrote into this database, with the values of [`COLUMNS`].
    pub fn foreign(&self) -> Result<Vec<Row>, Error> {
        let columns = COLUMNS.join(", ");
        self.pages(&format!(
            "SELECT {columns} FROM media WHERE key > ?1 AND digest IS NULL \
             AND key NOT IN (SELECT key FROM adopted) ORDER BY key LIMIT ?2"
        ))
    }

    /// The rows of items whose originals could not be read, with the values of [`COLUMNS`].
    pub fn unread(&self) -> Result<Vec<Row>, Error> {
        let columns = COLUMNS.join(", ");
        self.pages(&format!(
            "SELECT {columns} FROM media WHERE key > ?1 AND key IN \
             (SELECT key FROM adopted WHERE made_here = 0 AND (mark = '' OR mark GLOB '{UNREAD}*')) \
             ORDER BY key LIMIT ?2"
        ))
    }

    /// The rows of items that the other program did not have before, with the values of [`COLUMNS`], and the keys of
    /// those among such items that are not shown any more.
    pub fn shared(&self) -> Result<(Vec<Row>, Vec<String>), Error> {
        let columns = COLUMNS.join(", ");
        let rows = self.pages(&format!(
            "SELECT {columns} FROM media WHERE key > ?1 AND key IN (SELECT key FROM adopted WHERE made_here = 1) \
             ORDER BY key LIMIT ?2"
        ))?;
        let gone = "SELECT key FROM adopted WHERE key > ?1 AND made_here = 1 AND key NOT IN (SELECT key FROM media) \
                    ORDER BY key LIMIT ?2";
        Ok((rows, self.texts(gone)?))
    }

    /// Adds columns that only the other program knows, as far as they are missing.
    pub fn add_columns(&self, columns: &[(String, String)]) -> Result<(), Error> {
        let there = self.0.texts("SELECT lower(name) FROM pragma_table_info('media')")?;
        for (name, kind) in columns.iter().filter(|(name, _)| !there.contains(&name.to_ascii_lowercase())) {
            let kinds = ["TEXT", "INTEGER", "REAL", "NUMERIC"];
            let kind = kinds.into_iter().find(|known| known.eq_ignore_ascii_case(kind)).unwrap_or_default();
            self.0.query(&format!("ALTER TABLE media ADD COLUMN {} {kind}", quoted(name)), [])?;
        }
        Ok(())
    }

    /// Writes rows, with what they had before and have no longer.
    ///
    /// The deletions are those of an item that was adopted before, and has another original by now.
    pub fn adopt(&self, all: &[(Adopted, Option<Vec<Deletion>>)]) -> Result<(), Error> {
        let others: Vec<Vec<String>> = all.iter().map(|(row, _)| row.others.iter().map(update).collect()).collect();
        let mut statements: Vec<Statement<'_>> = Vec::new();
        for ((row, outdated), updates) in all.iter().zip(&others) {
            let key = || Value::from(row.key.as_str());
            statements.push(Statement::new(UPSERT, row.values.clone()));
            // The row of another program may hold something else than a moment, and the statement before keeps it.
            statements.push(Statement::new(
                "UPDATE media SET uploaded_at = ?2, created_at = ?3 WHERE key = ?1",
                [key(), value(row, "uploaded_at"), value(row, "created_at")],
            ));
            statements.extend((!row.is_same).then(|| patches::forget(&row.key)));
            if outdated.is_some() {
                // The files in which the original before was found hold something else.
                statements.push(Statement::new("DELETE FROM places WHERE key = ?1", [key()]));
            }
            let size = Value::Integer(i64::try_from(row.size).unwrap_or(i64::MAX));
            statements.push(Statement::new(
                "INSERT OR REPLACE INTO adopted (key, mark, size, made_here) VALUES (?1, ?2, ?3, 0)",
                [key(), format!("{}{}", if row.is_unread { UNREAD } else { "" }, row.mark).into(), size],
            ));
            for (sql, (_, value)) in updates.iter().zip(&row.others) {
                statements.push(Statement::new(sql, [key(), value.clone()]));
            }
            for deletion in outdated.iter().flatten() {
                statements.push(deletions::put(deletion));
            }
        }
        self.0.batch(&statements).map(drop)
    }

    /// Writes what the bucket has of items by now.
    pub fn refresh(&self, all: Vec<Refreshed>, now: &str) -> Result<(), Error> {
        let sql = "UPDATE media SET thumbnail_small = ?2, thumbnail_medium = ?3, thumbnail_large = ?4, \
                   hls_qualities = ?5, updated_at = ?6 WHERE key = ?1";
        let statement = |Refreshed { key, thumbnails: [small, medium, large], qualities }| {
            let qualities = qualities.map_or(Value::Null, Value::Text);
            Statement::new(sql, [Value::Text(key), small, medium, large, qualities, now.into()])
        };
        self.write_all(&all.into_iter().map(statement).collect::<Vec<_>>())
    }

    /// Notes the digest of an original that was found to be a file of a library.
    pub fn fill_digest(&self, key: &str, digest: &str) -> Result<(), Error> {
        let sql = ["media", "withdrawn"]
            .map(|table| format!("UPDATE {table} SET digest = ?2 WHERE key = ?1 AND digest IS NULL"));
        let statements = sql.each_ref().map(|sql| Statement::new(sql, [key.into(), digest.into()]));
        self.0.batch(&statements).map(drop)
    }
}

fn value(row: &Adopted, column: &str) -> Value {
    COLUMNS.iter().position(|name| *name == column).and_then(|at| row.values.get(at)).cloned().unwrap_or(Value::Null)
}

fn update((name, _): &(String, Value)) -> String {
    format!("UPDATE media SET {} = ?2 WHERE key = ?1", quoted(name))
}

/// A name as SQL writes it.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// An item that is ingested as a whole is ours from then on. It may be shared all the same.
pub(super) fn shared(row: &super::Row) -> Statement<'static> {
    let Some(mark) = &row.shared else {
        return Statement::new("DELETE FROM adopted WHERE key = ?1", [row.key.into()]);
    };
    let size = Value::Integer(i64::try_from(row.size).unwrap_or(i64::MAX));
    Statement::new(
        "INSERT INTO adopted (key, mark, size, made_here) VALUES (?1, ?2, ?3, 1) \
         ON CONFLICT (key) DO UPDATE SET mark = excluded.mark, size = excluded.size",
        [row.key.into(), mark.as_str().into(), size],
    )
}
