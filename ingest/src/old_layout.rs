//! Thumbnails and playlists where the predecessor looks for them, so that both programs may show one bucket.

use gallery::layout::{self, ThumbnailSize};

use crate::bucket::Content;
use crate::failure::Failure;
use crate::film::Package;
use crate::publish::Publisher;
use crate::thumbnail::Thumbnails;

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

    /// Uploads a film to where its objects lay before they had versions.
    pub fn old_film(&self, key: &str, package: &Package) -> Result<(), Failure> {
        self.package(&layout::hls_prefix(key, None), package)
    }
}
