//! A manifest of which the first bytes were read.

use std::sync::Arc;

use crate::{
    error::Unreadable,
    head::{self, HEAD, Parsed},
};

/// What the first bytes of a manifest say. A clone is another hold on the same.
#[derive(Clone, Debug)]
pub struct Manifest(Arc<Read>);

#[derive(Debug)]
struct Read {
    parsed: Parsed,
    /// At most [`HEAD`] bytes.
    first: Box<[u8]>,
}

impl Manifest {
    /// Reads the first [`HEAD`] bytes of a manifest, or all of one that is shorter.
    pub fn parse(head: &[u8]) -> Result<Self, Unreadable> {
        let parsed = head::parse(head)?;
        let first = head.get(..usize::try_from(HEAD).unwrap_or(usize::MAX)).unwrap_or(head).into();
        Ok(Self(Arc::new(Read { parsed, first })))
    }

    /// The bytes of the ZIP.
    pub fn length(&self) -> u64 {
        self.0.parsed.length
    }

    /// How many entries the ZIP has.
    pub fn count(&self) -> u64 {
        self.0.parsed.directory.count
    }

    /// What [`crate::Builder::new`] was given.
    pub fn note(&self) -> &[u8] {
        &self.0.parsed.note
    }

    /// The bytes of the manifest.
    pub fn size(&self) -> u64 {
        self.0.parsed.size
    }

    pub(crate) fn parsed(&self) -> &Parsed {
        &self.0.parsed
    }

    /// The first bytes of the manifest, as many as are kept.
    pub(crate) fn first(&self) -> &[u8] {
        &self.0.first
    }
}
