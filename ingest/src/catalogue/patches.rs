//! What to blank in originals: the column `patches`. It is not among the columns that are written with every row, so
//! that an item that comes back from hiding has none, and gets it with the next run.

use platform::{Error, Row, Statement, Value};

use super::Catalogue;

/// Writes the patches of a row. `?1` is its key.
pub const PUT: &str = "UPDATE media SET patches = ?2 WHERE key = ?1";

/// A row without patches, or with those of another version: their first byte is that of their version.
const LACKS: &str = "(patches IS NULL OR substr(patches, 1, 1) <> ?3)";

/// The version of the patches that are written now.
const VERSION: [u8; 1] = [privacy::VERSION];

pub fn put(key: &str, patches: &[u8]) -> Statement<'static> {
    Statement::new(PUT, [key.into(), patches.to_vec().into()])
}

pub fn forget(key: &str) -> Statement<'static> {
    Statement::new(PUT, [key.into(), Value::Null])
}

impl Catalogue {
    /// The keys of items of a library that lack patches, in their order.
    pub fn without_patches(&self, library: &str) -> Result<Vec<String>, Error> {
        let sql = format!(
            "SELECT key FROM media WHERE key > ?1 AND {LACKS} \
             AND key IN (SELECT key FROM places WHERE library = ?2) ORDER BY key LIMIT ?4"
        );
        let mut all: Vec<String> = Vec::new();
        loop {
            let after = all.last().map_or("", String::as_str);
            let parameters = [after.into(), library.into(), VERSION.to_vec().into(), Value::from(super::ROWS)];
            let rows = self.0.query(&sql, parameters)?;
            let is_last = rows.len() < usize::try_from(super::ROWS).unwrap_or(usize::MAX);
            let keys = rows.iter().map(|row: &Row| super::places::text(row, 0));
            all.extend(keys.collect::<Result<Vec<_>, _>>()?);
            if is_last {
                return Ok(all);
            }
        }
    }

    /// Writes patches of items (key and patches) that lack them.
    pub fn fill_patches(&self, all: &[(String, Vec<u8>)]) -> Result<(), Error> {
        let sql = format!("{PUT} AND {LACKS}");
        let statement = |(key, patches): &(String, Vec<u8>)| {
            Statement::new(&sql, [key.as_str().into(), patches.clone().into(), VERSION.to_vec().into()])
        };
        self.write_all(&all.iter().map(statement).collect::<Vec<_>>())
    }
}
