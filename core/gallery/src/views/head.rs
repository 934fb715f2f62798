//! Views, as an index names them.

use serde::{Deserialize, Serialize};

use super::{Edition, Unreadable, View, part::Part};

/// What there is of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub name: String,
    /// The title of an album.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    pub count: usize,
    /// For [`Edition::OneOrigin`].
    pub(super) one: Pieces,
    /// For [`Edition::Split`], if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    split: Option<Pieces>,
}

/// An edition of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pieces {
    /// A gzip member with a [`super::Directory`].
    pub directory: Part,
    /// A piece of raw DEFLATE with the timeline, without the first field.
    pub timeline: Part,
    /// The length of the timeline's text in bytes, and its CRC-32.
    pub text: (u32, u32),
}

impl Head {
    /// A view with the pieces of both editions, which may be the same.
    pub fn new(view: &View, title: Option<String>, count: usize, [one, split]: [Pieces; 2]) -> Self {
        let split = Some(split).filter(|split| *split != one);
        Self { name: view.name().to_owned(), title, count, one, split }
    }

    pub fn edition(&self, edition: Edition) -> &Pieces {
        match (edition, &self.split) {
            (Edition::Split, Some(split)) => split,
            _ => &self.one,
        }
    }

    /// Every edition, once.
    pub fn editions(&self) -> impl Iterator<Item = &Pieces> {
        std::iter::once(&self.one).chain(&self.split)
    }

    pub(super) fn editions_mut(&mut self) -> impl Iterator<Item = &mut Pieces> {
        std::iter::once(&mut self.one).chain(&mut self.split)
    }

    /// A JSON list of heads.
    pub fn parse_all(json: &[u8]) -> Result<Vec<Self>, Unreadable> {
        let heads: Vec<Self> = serde_json::from_slice(json).map_err(|_| Unreadable)?;
        if heads.iter().all(Self::is_sound) { Ok(heads) } else { Err(Unreadable) }
    }

    pub(super) fn is_sound(&self) -> bool {
        View::parse(&self.name).is_some()
            && self.editions().all(|pieces| pieces.directory.is_sound() && pieces.timeline.is_sound())
    }
}
