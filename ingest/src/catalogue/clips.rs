//! The clips of live photos, and the files in which they were found. These files are no places of the item: it is the
//! photo that makes it.

use gallery::rendition::{Rendition, Renditions};
use platform::{Error, Kind, Row, Statement};

use super::{Catalogue, Deletion, Place, deletions, places};

impl Catalogue {
    /// What the row of an item says of its renditions.
    pub fn renditions(&self, key: &str) -> Result<Option<Renditions>, Error> {
        let rows = self.0.query("SELECT renditions FROM media WHERE key = ?1", [key.into()])?;
        let json = rows.first().map_or(Ok(None), |row| row.text(0))?;
        let invalid = |error| Error::because(Kind::Invalid, "catalogue.renditions", error);
        json.map(|json| serde_json::from_str(json).map_err(invalid)).transpose()
    }

    /// The files of a library that are clips of items which still have a clip.
    pub fn clips(&self, library: &str) -> Result<Vec<Place>, Error> {
        let sql = "SELECT clips.path, clips.key, clips.size, clips.modified, clips.changed \
                   FROM clips JOIN media ON media.key = clips.key AND media.renditions LIKE '%\"clip-%' \
                   WHERE clips.library = ?1 ORDER BY clips.path";
        let rows = self.0.query(sql, [library.into()])?;
        rows.iter().map(places::place).collect()
    }

    /// Gives an item a clip, or another one, or takes it away. `file` says where it was found, and `gone` what is to be
    /// deleted.
    pub fn put_clip(
        &self,
        key: &str,
        renditions: &Renditions,
        clip: Vec<Rendition>,
        file: (&str, Option<&Place>),
        due: &str,
    ) -> Result<(), Error> {
        let mut renditions = renditions.clone();
        let mut gone = Vec::new();
        renditions.all.retain(|rendition| {
            let stays = rendition.clip_version().is_none();
            if !stays && !clip.contains(rendition) {
                gone.push(rendition.clone());
            }
            stays
        });
        let gone = gone.iter().map(|rendition| Deletion {
            object: renditions.object(key, rendition),
            key: key.to_owned(),
            due: due.to_owned(),
        });
        let gone: Vec<_> = gone.map(|deletion| deletions::put(&deletion)).collect();
        renditions.all.extend(clip);
        let json = serde_json::to_string(&renditions).unwrap_or_default();
        let (library, place) = file;
        let mut statements = vec![
            Statement::new("UPDATE media SET renditions = ?2 WHERE key = ?1", [key.into(), json.into()]),
            Statement::new("DELETE FROM clips WHERE key = ?1", [key.into()]),
        ];
        statements.extend(place.map(|place| {
            let sql = "INSERT OR REPLACE INTO clips (library, path, key, size, modified, changed) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            Statement::new(sql, places::parameters(library, place))
        }));
        statements.extend(gone);
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
