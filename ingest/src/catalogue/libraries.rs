//! The libraries that were ingested, and where they lay.

use platform::{Error, Row, Statement, Value};

use super::{Catalogue, places::text};

/// A library as the last run left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    pub name: String,
    /// The folder at the last run.
    pub root: String,
    /// What its gallery.toml said, as JSON.
    pub settings: Option<String>,
    /// The name by which links know its albums, if it had another one when the first was made.
    pub known_as: Option<String>,
}

impl Library {
    /// The name by which links know its albums.
    pub fn name_of_albums(&self) -> &str {
        self.known_as.as_deref().unwrap_or(&self.name)
    }
}

impl Catalogue {
    pub fn libraries(&self) -> Result<Vec<Library>, Error> {
        // What gallery.toml cannot say is kept beside what it says.
        let sql = "SELECT name, root, json_remove(settings, '$.known_as'), json_extract(settings, '$.known_as') \
                   FROM libraries ORDER BY name";
        let library = |row: &Row| {
            let [settings, known_as] = [row.text(2)?, row.text(3)?].map(|text| text.map(str::to_owned));
            Ok(Library { name: text(row, 0)?, root: text(row, 1)?, settings, known_as })
        };
        self.0.query(sql, [])?.iter().map(library).collect()
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
        let sql = "INSERT OR REPLACE INTO libraries (name, root, settings) VALUES (?1, ?2, \
                   CASE WHEN ?4 IS NULL THEN ?3 ELSE json_set(COALESCE(?3, '{}'), '$.known_as', ?4) END)";
        let [settings, known_as] =
            [&library.settings, &library.known_as].map(|text| text.as_deref().map_or(Value::Null, Into::into));
        self.0.query(sql, [library.name.as_str().into(), library.root.as_str().into(), settings, known_as]).map(drop)
    }
}
