//! Items as an earlier version left them: with thumbnails below `thumbnails/`, and without renditions.

use rusqlite::Connection;

use crate::{Failure, Gallery};

impl Gallery {
    /// Writes an object into the gallery's store, past the gallery.
    pub fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Failure> {
        self.operator().put(key, bytes)
    }

    /// Makes a photo one of an earlier version, with these thumbnails and no others: their sizes, and their bytes.
    /// Clients see it once the catalogue is published.
    pub fn age(&self, key: &str, thumbnails: &[(&str, &[u8])]) -> Result<(), Failure> {
        let database = Connection::open(self.data().join("gallery.db"))?;
        let column = |size: &str| {
            let there = thumbnails.iter().any(|(name, _)| *name == size);
            there.then(|| format!("thumbnails/{size}/{key}"))
        };
        let changed = database.execute(
            "UPDATE media SET renditions = NULL, thumbhash = NULL, version = iif(type = 'video', version, NULL), \
             thumbnail_small = ?2, thumbnail_medium = ?3, thumbnail_large = ?4, \
             metadata = json_remove(metadata, '$.objects') WHERE key = ?1",
            (key, column("small"), column("medium"), column("large")),
        )?;
        if changed != 1 {
            return Err(format!("there is no item {key}").into());
        }
        thumbnails.iter().try_for_each(|(size, bytes)| self.put(&format!("thumbnails/{size}/{key}"), bytes))
    }

    /// Sets the width and the height in the row of an item.
    pub fn resize(&self, key: &str, (width, height): (u32, u32)) -> Result<(), Failure> {
        let database = Connection::open(self.data().join("gallery.db"))?;
        database.execute("UPDATE media SET width = ?2, height = ?3 WHERE key = ?1", (key, width, height))?;
        Ok(())
    }
}
