//! What a picture says of itself.

use gallery::layout::ThumbnailSize;

use crate::turn::Turn;

/// What is known of a picture before its pixels are decoded.
pub struct Header {
    pub width: u32,
    pub height: u32,
    pub turn: Turn,
    /// An ICC profile for the samples.
    pub profile: Option<Vec<u8>>,
}

impl Header {
    /// The size of the picture that is made, before it is turned.
    pub fn fit(&self, size: ThumbnailSize) -> (u32, u32) {
        size.fit((self.width, self.height))
    }
}
