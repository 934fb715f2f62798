//! Which objects an item has in the bucket.

use gallery::layout;
use platform::{Error, Row};

/// By what the objects of an item are found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    pub is_film: bool,
    /// That of the film's objects.
    pub version: Option<String>,
    /// That of the renditions. Without one, the item has thumbnails where earlier versions wrote them.
    pub renditions: Option<String>,
}

impl Stored {
    /// Reads the columns of a type and of the two versions.
    pub fn of(row: &Row, [kind, version, renditions]: [usize; 3]) -> Result<Self, Error> {
        let owned = |column| Ok::<_, Error>(row.text(column)?.map(str::to_owned));
        Ok(Self { is_film: row.text(kind)? == Some("video"), version: owned(version)?, renditions: owned(renditions)? })
    }

    /// The names of all that the item with a key has. One that ends in `/` stands for the objects directly below it.
    pub fn objects(&self, key: &str) -> Vec<String> {
        let mut objects = vec![key.to_owned()];
        match &self.renditions {
            Some(version) => objects.push(layout::renditions_prefix(key, version)),
            None => {
                objects.extend(layout::ThumbnailSize::BELOW_THUMBNAILS.map(|size| layout::thumbnail(size, key)));
            }
        }
        objects.extend(self.is_film.then(|| layout::hls_prefix(key, self.version.as_deref())));
        objects
    }
}
