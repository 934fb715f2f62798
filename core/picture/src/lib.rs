//! Makes a smaller JPEG of a picture: bytes in, bytes out.
//!
//! A service does this for a size that nobody has made before, next to other requests and perhaps in a guest with
//! little memory. So what cannot be made within [`MOST_MEMORY`] is refused before anything is decoded. A JPEG is
//! decoded at the scale that is needed, a PNG row by row.
//!
//! The picture is turned upright. Its colours stay coded as they are, and its ICC profile goes with them: browsers
//! convert them, as they do for the original. Everything else that the source says of itself is left out.

mod encode;
mod header;
mod jpeg;
mod limits;
mod png;
mod profile;
mod refusal;
mod rows;
mod turn;
mod webp;

use bytes::Bytes;
use gallery::{layout::ThumbnailSize, rendition::MOST_SOURCE};

pub use limits::MOST_MEMORY;
pub use refusal::Refusal;

/// Makes the picture of a size. A source that is no larger than the size keeps its width and height.
///
/// Of a JPEG it may be up to a sixteenth smaller than the size, where that lets the decoder leave out three quarters of
/// the pixels. A JPEG that would not fit into memory at the scale that the size needs is decoded at the next coarser
/// one: the picture has at least half of the width then.
pub fn make(source: Bytes, size: ThumbnailSize) -> Result<Vec<u8>, Refusal> {
    if source.len() as u64 > MOST_SOURCE {
        return Err(Refusal::TooLarge);
    }
    match source.get(..12).unwrap_or_default() {
        [0xff, 0xd8, 0xff, ..] => jpeg::make(source, size),
        [0x89, b'P', b'N', b'G', ..] => png::make(&source, size),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P'] => webp::make(source, size),
        _ => Err(Refusal::Unknown),
    }
}
