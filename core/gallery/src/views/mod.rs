//! The catalogue as it is read: views, which are ordered lists of items, cut into immutable blocks.
//!
//! Ingest renders all this when the library changes. A request finds bytes and hands them on.
//!
//! - A view is a list of [blocks](cut). A block is the API's own JSON of at most [`cut::MOST`] items, as a piece of raw
//!   DEFLATE that ends in a full flush. Pieces can be joined, so a page of a listing is made of whole blocks.
//! - A [`Directory`] lists the blocks of a view, and says where they lie.
//! - A [timeline] says what is where in a view: days, the shape of each item, the names of the blocks.
//! - [Shards](shards) find one item by its key.
//! - The [`Index`] names all of these. It is the only thing that is ever replaced.
//!
//! Everything but the index is a part: its name is a digest of its content. In a bucket, parts are objects below
//! [`PARTS`]. With SQL, they are rows of the table `catalogue_parts`.

pub mod build;
pub mod cut;
mod directory;
mod head;
mod index;
pub mod item;
mod part;
pub mod shards;
pub mod timeline;

use std::fmt;

use sha2::{Digest as _, Sha256};

pub use directory::{Block, Directory};
pub use head::{Head, Pieces};
pub use index::{Access, Index};
pub use part::Part;

use crate::media::MediaType;

/// The object key of the index, and its name among the parts of a database.
pub const INDEX: &str = "catalogue/index";
/// The prefix of the object keys of parts.
pub const PARTS: &str = "catalogue/parts/";

/// The bytes are none that this version can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the catalogue's index or a part of it is not one that this program can read")
    }
}

impl std::error::Error for Unreadable {}

/// Where films are played: on the origin of the listing, or on another one. The JSON of a film differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// `hls` is a path on the same origin.
    OneOrigin,
    /// `hls` is null: the URL needs a token, and `playback` names the route that gives one.
    Split,
}

impl Edition {
    pub const ALL: [Self; 2] = [Self::OneOrigin, Self::Split];
}

/// The name of a view: `everything`, `photos`, `films`, or `album-` and twelve hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct View(String);

impl View {
    pub const EVERYTHING: &str = "everything";
    pub const PHOTOS: &str = "photos";
    pub const FILMS: &str = "films";

    /// The view of all items, or of those of one type.
    pub fn of(filter: Option<MediaType>) -> Self {
        Self(
            match filter {
                None => Self::EVERYTHING,
                Some(MediaType::Image) => Self::PHOTOS,
                Some(MediaType::Video) => Self::FILMS,
            }
            .to_owned(),
        )
    }

    /// The view of an album. The name stays as long as the library and the title do.
    pub fn album(library: &str, title: &str) -> Self {
        let digest = name_of(&[library.as_bytes(), b"\0", title.as_bytes()]);
        Self(format!("album-{}", &digest[..12]))
    }

    pub fn parse(name: &str) -> Option<Self> {
        let is_known = match name.strip_prefix("album-") {
            Some(digits) => digits.len() == 12 && digits.bytes().all(is_digit),
            None => [Self::EVERYTHING, Self::PHOTOS, Self::FILMS].contains(&name),
        };
        is_known.then(|| Self(name.to_owned()))
    }

    pub fn name(&self) -> &str {
        &self.0
    }

    /// Whether an item is in the view. `albums` are the names of the views of albums in which the item is, with commas
    /// between them.
    pub fn covers(&self, kind: MediaType, albums: &str) -> bool {
        match self.name() {
            Self::EVERYTHING => true,
            Self::PHOTOS => kind == MediaType::Image,
            Self::FILMS => kind == MediaType::Video,
            album => albums.split(',').any(|name| name == album),
        }
    }

    /// Whether the view has the order of the listing: newest first, by [`crate::media::Media::place`].
    pub fn is_ordered_by_place(&self) -> bool {
        !self.0.starts_with("album-")
    }
}

/// The name of a block: `everything.0123456789abcdef`. It carries the view, so that it is clear without a look-up who
/// may see the block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockName {
    pub view: View,
    pub hash: Hash,
}

impl BlockName {
    pub fn parse(name: &str) -> Option<Self> {
        let (view, hash) = name.rsplit_once('.')?;
        Some(Self { view: View::parse(view)?, hash: Hash::parse(hash)? })
    }
}

impl fmt::Display for BlockName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.view.name(), self.hash)
    }
}

/// A digest of the text of a block: the first eight bytes of its SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 8]);

impl Hash {
    pub fn of(text: &[u8]) -> Self {
        let digest = Sha256::digest(text);
        Self(std::array::from_fn(|at| digest[at]))
    }

    pub fn parse(digits: &str) -> Option<Self> {
        if digits.len() != 16 || !digits.bytes().all(is_digit) {
            return None;
        }
        u64::from_str_radix(digits, 16).ok().map(|number| Self(number.to_be_bytes()))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

/// The object key of a part.
pub fn part_key(name: &str) -> String {
    format!("{PARTS}{name}")
}

/// The name of a part with this content: 32 hexadecimal digits.
pub fn name_of(pieces: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for piece in pieces {
        hash.update(piece);
    }
    hash.finalize()[..16].iter().fold(String::with_capacity(32), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether a text can be the name of a part.
pub fn is_part_name(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(is_digit)
}

const fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for name in ["everything", "photos", "films", "album-0123456789ab"] {
            assert_eq!(View::parse(name).unwrap().name(), name);
            let block = format!("{name}.00ff0123456789ab");
            assert_eq!(BlockName::parse(&block).unwrap().to_string(), block);
        }
        let album = View::album("Wedding", "Ceremony");
        assert_eq!(View::parse(album.name()), Some(album.clone()));
        assert_ne!(album, View::album("Wedding", "Party"));
        assert_ne!(View::album("a", "bc"), View::album("ab", "c"));
    }

    #[test]
    fn other_names_are_none() {
        for bad in ["", "all", "Everything", "album-", "album-0123456789aB", "album-0123456789abc", "../films"] {
            assert_eq!(View::parse(bad), None, "{bad}");
        }
        for bad in ["everything", "everything.", "everything.0", "x.0123456789abcdef", "films.0123456789ABCDEF"] {
            assert_eq!(BlockName::parse(bad), None, "{bad}");
        }
        assert!(is_part_name(&name_of(&[b"a"])));
        assert!(!is_part_name("../0123456789abcdef0123456789abcd"));
    }
}
