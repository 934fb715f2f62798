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
    /// Whether another program shows the item too. What that program made is kept beside what we make.
    pub is_adopted: bool,
    /// Whether that program had put the original there. It is only deleted when a person asks for it, and never
    /// overwritten.
    pub is_foreign: bool,
}

/// Whose an item is, for a statement in which `key` is that of the item: 0 if it is ours alone, 1 if another program
/// shows it too, and 2 if that program had put it there.
pub const SHARING: &str =
    "((key IN (SELECT key FROM adopted)) + (key IN (SELECT key FROM adopted WHERE made_here = 0)))";

impl Stored {
    /// Reads the columns of a type, of the two versions, and of [`SHARING`].
    pub fn of(row: &Row, [kind, version, renditions, sharing]: [usize; 4]) -> Result<Self, Error> {
        let owned = |column| Ok::<_, Error>(row.text(column)?.map(str::to_owned));
        Ok(Self {
            is_film: row.text(kind)? == Some("video"),
            version: owned(version)?,
            renditions: owned(renditions)?,
            is_adopted: row.integer(sharing)?.is_some_and(|sharing| sharing > 0),
            is_foreign: row.integer(sharing)? == Some(2),
        })
    }

    /// The names of all that the item with a key has. One that ends in `/` stands for the objects directly below it.
    pub fn objects(&self, key: &str) -> Vec<String> {
        let mut objects = vec![key.to_owned()];
        objects.extend(self.renditions.as_ref().map(|version| layout::renditions_prefix(key, version)));
        if self.renditions.is_none() || self.is_adopted {
            objects.extend(layout::ThumbnailSize::BELOW_THUMBNAILS.map(|size| layout::thumbnail(size, key)));
        }
        // A service may have made some of an item without renditions, and tells nobody.
        objects.extend(self.renditions.is_none().then(|| layout::made_prefix(key)));
        if self.is_film {
            objects.push(layout::hls_prefix(key, self.version.as_deref()));
            objects.extend(self.version.as_ref().map(|version| layout::hls_transport(key, version)));
            objects.extend((self.is_adopted && self.version.is_some()).then(|| layout::hls_prefix(key, None)));
        }
        objects
    }
}
