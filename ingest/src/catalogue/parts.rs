//! The catalogue's index and its parts, for services that read them from the database.

use std::collections::HashSet;

use gallery::views::INDEX;
use platform::{Error, Statement};

use super::Catalogue;

/// The most bytes of parts in one transaction. A server takes a transaction as one request.
const BYTES_AT_ONCE: usize = 2 << 20;

impl Catalogue {
    /// A part by its name, or the index.
    pub fn part(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let mut rows = self.0.query("SELECT bytes FROM catalogue_parts WHERE name = ?1", [name.into()])?;
        rows.first_mut().map_or(Ok(None), |row| row.take_blob(0))
    }

    /// Stores parts.
    pub fn put_parts(&self, parts: &[(&str, &[u8])]) -> Result<(), Error> {
        let mut some: Vec<Statement<'_>> = Vec::new();
        let mut bytes = 0;
        for (at, (name, content)) in parts.iter().enumerate() {
            some.push(put(name, content));
            bytes += content.len();
            if bytes >= BYTES_AT_ONCE || at + 1 == parts.len() {
                self.0.batch(&std::mem::take(&mut some))?;
                bytes = 0;
            }
        }
        Ok(())
    }

    /// The names of all parts, and of the index.
    pub fn part_names(&self) -> Result<Vec<String>, Error> {
        self.texts("SELECT name FROM catalogue_parts WHERE name > ?1 ORDER BY name LIMIT ?2")
    }

    /// Replaces the index and removes parts, in one transaction.
    pub fn swap_index(&self, index: &[u8], gone: &HashSet<String>) -> Result<(), Error> {
        let mut statements = vec![put(INDEX, index)];
        let remove =
            |name: &String| Statement::new("DELETE FROM catalogue_parts WHERE name = ?1", [name.as_str().into()]);
        statements.extend(gone.iter().map(remove));
        self.0.batch(&statements).map(drop)
    }

    /// Writes the first index. Where there is one already, which another program has just written, it stays.
    pub fn put_first_index(&self, index: &[u8]) -> Result<(), Error> {
        let sql = "INSERT INTO catalogue_parts (name, bytes) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
        self.0.query(sql, [INDEX.into(), index.to_vec().into()]).map(drop)
    }
}

fn put(name: &str, content: &[u8]) -> Statement<'static> {
    let sql = "INSERT INTO catalogue_parts (name, bytes) VALUES (?1, ?2) \
               ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes";
    Statement::new(sql, [name.into(), content.to_vec().into()])
}
