//! What is known of originals beside their facts: what to blank in them, and their checksums, in the columns `patches`
//! and `checksums`. Other patches make other checksums, so one statement writes both. They are not among the columns
//! that are written with every row.

use gallery::checksums::Checksums;
use platform::{Error, Statement, Value};

use super::Catalogue;

/// Writes the patches and the checksums of a row. `?1` is its key.
pub const PUT: &str = "UPDATE media SET patches = ?2, checksums = ?3 WHERE key = ?1";

/// A row without patches, or with those of another version: their first byte is that of their version, `?4`.
pub const LACKS: &str = "(patches IS NULL OR substr(patches, 1, 1) <> ?4)";

/// The version of the patches that are written now.
pub const VERSION: [u8; 1] = [privacy::VERSION];

/// What a row says of the original in an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What to blank in it, encoded.
    pub patches: Vec<u8>,
    pub checksums: Checksums,
}

impl Kept {
    fn parameters(&self, key: &str) -> [Value; 3] {
        [key.into(), self.patches.clone().into(), self.checksums.to_string().into()]
    }
}

pub fn put(key: &str, kept: &Kept) -> Statement<'static> {
    Statement::new(PUT, kept.parameters(key))
}

pub fn forget(key: &str) -> Statement<'static> {
    Statement::new(PUT, [key.into(), Value::Null, Value::Null])
}

impl Catalogue {
    /// The keys of items of a library that lack patches, in their order, and the checksums of those that have some.
    pub fn without_patches(&self, library: &str) -> Result<Vec<(String, Option<Checksums>)>, Error> {
        let sql = format!(
            "SELECT key, checksums FROM media WHERE key > ?1 AND {LACKS} \
             AND key IN (SELECT key FROM places WHERE library = ?3) ORDER BY key LIMIT ?2"
        );
        let rows = self.pages_with(&sql, &[library.into(), VERSION.to_vec().into()])?;
        rows.iter().map(|row| Ok((super::places::text(row, 0)?, row.text(1)?.and_then(Checksums::parse)))).collect()
    }

    /// Writes what is known of items (by key) that lack patches.
    pub fn fill_patches(&self, all: &[(String, Kept)]) -> Result<(), Error> {
        let sql = format!("{PUT} AND {LACKS}");
        let statement = |(key, kept): &(String, Kept)| {
            let [key, patches, checksums] = kept.parameters(key);
            Statement::new(&sql, [key, patches, checksums, VERSION.to_vec().into()])
        };
        self.write_all(&all.iter().map(statement).collect::<Vec<_>>())
    }
}
