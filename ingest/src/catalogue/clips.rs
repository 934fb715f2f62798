//! The clips of live photos, and the files in which they were found. These files are no places of the item: it is the
//! photo that makes it.

use gallery::rendition::{Rendition, Renditions};
use platform::{Error, Kind, Row, Statement};

use super::{Catalogue, Deletion, Place, deletions, places};

impl Catalogue {
    /// What the row of an item says of its renditions.
    pub fn renditions(&self, key: &str) -> Result<Option<Renditions>, Error> {
        self.renditions_by("SELECT renditions FROM media WHERE key = ?1", key)
    }

    /// What the row of an item that is not shown says of its renditions.
    pub fn renditions_of_withdrawn(&self, key: &str) -> Result<Option<Renditions>, Error> {
        self.renditions_by("SELECT json_extract(row, '$.renditions') FROM withdrawn WHERE key = ?1", key)
    }

    fn renditions_by(&self, sql: &str, key: &str) -> Result<Option<Renditions>, Error> {
        let rows = self.0.query(sql, [key.into()])?;
        let json = rows.first().map_or(Ok(None), |row| row.text(0))?;
        let invalid = |error| Error::because(Kind::Invalid, "catalogue.renditions", error);
        json.map(|json| serde_json::from_str(json).map_err(invalid)).transpose()
    }

    /// The files of a library that are clips, in the order of their paths: of items which still have a clip from a
    /// file, and of items that are hidden or removed. The second value says whether the item is withdrawn.
    pub fn clips(&self, library: &str) -> Result<Vec<(Place, bool)>, Error> {
        let sql = "SELECT clips.path, clips.key, clips.size, clips.modified, clips.changed, withdrawn.key IS NOT NULL \
                   FROM clips LEFT JOIN media ON media.key = clips.key AND media.renditions LIKE '%\"source-%' \
                   LEFT JOIN withdrawn ON withdrawn.key = clips.key AND withdrawn.state <> 'pruned' \
                   WHERE clips.library = ?3 AND clips.path > ?1 \
                   AND (media.key IS NOT NULL OR withdrawn.key IS NOT NULL) ORDER BY clips.path LIMIT ?2";
        let rows = self.pages_with(sql, &[library.into()])?;
        rows.iter().map(|row| Ok((places::place(row)?, row.integer(5)? == Some(1)))).collect()
    }

    /// The files in which the clip of an item was found: library and place.
    pub fn clips_of(&self, key: &str) -> Result<Vec<(String, Place)>, Error> {
        let sql = "SELECT path, key, size, modified, changed, library FROM clips WHERE key = ?1 ORDER BY library, path";
        let rows = self.0.query(sql, [key.into()])?;
        rows.iter().map(|row| Ok((places::text(row, 5)?, places::place(row)?))).collect()
    }

    /// The objects of all clips, of items that are shown or hidden.
    pub fn objects_of_clips(&self) -> Result<Vec<String>, Error> {
        let rows = self.pages(
            "SELECT key, renditions FROM (SELECT key, renditions FROM media UNION ALL \
             SELECT key, json_extract(row, '$.renditions') FROM withdrawn WHERE state = 'hidden') \
             WHERE key > ?1 AND renditions LIKE '%\"clip-%' ORDER BY key LIMIT ?2",
        )?;
        let mut objects = Vec::new();
        for row in &rows {
            let key = places::text(row, 0)?;
            if let Some(renditions) = row.text(1)?.and_then(|json| serde_json::from_str::<Renditions>(json).ok()) {
                let clips = renditions.all.iter().filter(|rendition| rendition.clip_version().is_some());
                objects.extend(clips.map(|clip| renditions.object(&key, clip)));
            }
        }
        Ok(objects)
    }

    /// Notes another file with the bytes of a clip that an item has.
    pub fn note_clip(&self, library: &str, place: &Place) -> Result<(), Error> {
        self.0.batch(&[note(library, place)]).map(drop)
    }

    /// Forgets files in which clips were found.
    pub fn remove_clips<'a>(&self, library: &str, paths: impl Iterator<Item = &'a str>) -> Result<(), Error> {
        let sql = "DELETE FROM clips WHERE library = ?1 AND path = ?2";
        let statements: Vec<_> = paths.map(|path| Statement::new(sql, [library.into(), path.into()])).collect();
        self.write_all(&statements)
    }

    /// Gives an item a clip, or another one, or takes it away. `file` is the library and the place where it was found.
    pub fn put_clip(
        &self,
        key: &str,
        renditions: &Renditions,
        clip: Vec<Rendition>,
        file: Option<(&str, &Place)>,
        due: &str,
    ) -> Result<(), Error> {
        let (before, pictures): (Vec<_>, Vec<_>) =
            renditions.all.iter().cloned().partition(|rendition| rendition.clip_version().is_some());
        let is_kept = |old: &Rendition| clip.iter().any(|new| (&new.name, &new.format) == (&old.name, &old.format));
        let gone = before.iter().filter(|old| !is_kept(old)).map(|old| Deletion {
            object: renditions.object(key, old),
            key: key.to_owned(),
            due: due.to_owned(),
        });
        let mut statements: Vec<_> = gone.map(|deletion| deletions::put(&deletion)).collect();
        let has_clip = !clip.is_empty();
        // An object that the item has again was perhaps to be deleted.
        statements.extend(clip.iter().map(|new| {
            let object = renditions.object(key, new);
            Statement::new("DELETE FROM deletions WHERE object = ?1", [object.into()])
        }));
        let all = pictures.into_iter().chain(clip).collect();
        let json = serde_json::to_string(&Renditions { all, ..renditions.clone() }).unwrap_or_default();
        let sql = "UPDATE media SET renditions = ?2 WHERE key = ?1";
        statements.push(Statement::new(sql, [key.into(), json.into()]));
        if !has_clip {
            statements.push(Statement::new("DELETE FROM clips WHERE key = ?1", [key.into()]));
        }
        statements.extend(file.map(|(library, place)| note(library, place)));
        self.0.batch(&statements).map(drop)
    }

    /// When an item was taken by its own clock, and how that was found.
    pub fn taken(&self, key: &str) -> Result<(Option<String>, String), Error> {
        let rows = self.0.query("SELECT date_taken, taken_source FROM media WHERE key = ?1", [key.into()])?;
        let Some(row) = rows.first() else { return Ok(Default::default()) };
        Ok((row.text(0)?.map(str::to_owned), places::text(row, 1)?))
    }

    /// How long a film is that is shown, in seconds.
    pub fn duration(&self, key: &str) -> Result<Option<f64>, Error> {
        let rows = self.0.query("SELECT duration FROM media WHERE key = ?1 AND type = 'video'", [key.into()])?;
        rows.first().map_or(Ok(None), |row: &Row| row.real(0))
    }
}

fn note(library: &str, place: &Place) -> Statement<'static> {
    let sql = "INSERT OR REPLACE INTO clips (library, path, key, size, modified, changed) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    Statement::new(sql, places::parameters(library, place))
}
