//! The libraries that were ingested, and where they lay.

use platform::{Error, Statement};

use super::{Catalogue, places::text};

/// A library as the last run left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    pub name: String,
    /// The folder at the last run.
    pub root: String,
    /// What its gallery.toml said, as JSON.
    pub settings: Option<String>,
}

impl Catalogue {
    pub fn libraries(&self) -> Result<Vec<Library>, Error> {
        let rows = self.0.query("SELECT name, root, settings FROM libraries ORDER BY name", [])?;
        rows.iter()
            .map(|row| {
                Ok(Library { name: text(row, 0)?, root: text(row, 1)?, settings: row.text(2)?.map(str::to_owned) })
            })
            .collect()
    }

    /// Gives a library another name.
    pub fn rename_library(&self, from: &str, to: &str) -> Result<(), Error> {
        let names = || [from.into(), to.into()];
        self.0
            .batch(&[
                Statement::new("UPDATE OR REPLACE places SET library = ?2 WHERE library = ?1", names()),
                Statement::new("UPDATE OR REPLACE clips SET library = ?2 WHERE library = ?1", names()),
                Statement::new("DELETE FROM libraries WHERE name = ?1", [from.into()]),
            ])
            .map(drop)
    }

    pub fn put_library(&self, library: &Library) -> Result<(), Error> {
        let sql = "INSERT OR REPLACE INTO libraries (name, root, settings) VALUES (?1, ?2, ?3)";
        let settings = library.settings.as_deref().map_or(platform::Value::Null, Into::into);
        self.0.query(sql, [library.name.as_str().into(), library.root.as_str().into(), settings]).map(drop)
    }
}
