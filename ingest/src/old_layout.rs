//! Thumbnails and playlists where the predecessor looks for them, so that both programs may show one bucket.

use gallery::layout::{self, ThumbnailSize};

use crate::bucket::Content;
use crate::failure::Failure;
use crate::publish::Publisher;
use crate::thumbnail::Thumbnails;

/// What is to be said of a film that the predecessor lists and does not play.
pub const NOT_PLAYED: &str = "the program before does not play it: there a film's name may only have a-z, A-Z, 0-9, \
                              spaces and . _ - + /";

/// Whether the predecessor plays a film under a key: it refuses all others.
pub fn is_played(key: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/ +".contains(&byte);
    key.bytes().all(is_plain) && !key.contains("..") && !key.starts_with('/')
}

impl Publisher<'_> {
    /// Uploads the three sizes that the predecessor knows. A picture that is smaller than a size stands for it.
    pub fn old_thumbnails(&self, key: &str, thumbnails: &Thumbnails) -> Result<(), Failure> {
        for size in ThumbnailSize::BELOW_THUMBNAILS {
            // Largest first.
            let picture = thumbnails.pictures.iter().find(|picture| picture.size as usize <= size as usize);
            if let Some(picture) = picture {
                self.put(&layout::thumbnail(size, key), Content::Bytes(&picture.webp), "image/webp")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::is_played;

    #[test]
    fn plain_names_are_played_there() {
        for (key, wanted) in [
            ("a b/IMG_0001-2+3.MOV", true),
            ("Mehndi (1).mp4", false),
            ("\u{e9}.mp4", false),
            ("a..mp4", false),
            ("/a.mp4", false),
        ] {
            assert_eq!(is_played(key), wanted, "{key}");
        }
    }
}
