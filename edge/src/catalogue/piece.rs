//! A piece of a part.

use std::ops::Range;

use bytes::Bytes;
use platform::{Error, Kind};

/// The bytes of a part that are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub part: String,
    pub range: Range<u64>,
}

/// The bytes, if they are as many as asked for.
pub(super) fn whole(bytes: Bytes, length: usize) -> Result<Bytes, Error> {
    if bytes.len() == length {
        return Ok(bytes);
    }
    Err(Error::because(Kind::Unavailable, "catalogue.part", "the part is shorter than asked for"))
}
