//! What ingest makes of an original so that every browser can show it: pictures in several sizes, as data in the row.

use serde::{Deserialize, Serialize};

use crate::layout::{self, ThumbnailSize};

/// The largest source of which a service makes a picture itself, in bytes and in pixels.
pub const MOST_SOURCE: u64 = 32 << 20;
pub const MOST_PIXELS: u64 = 40_000_000;

/// The renditions of an item. They lie below one prefix, see [`layout::renditions_prefix`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renditions {
    /// Changes whenever one of them does: sixteen lower-case hexadecimal digits.
    pub version: String,
    /// Whether every browser shows the original too, upright and in its colours.
    #[serde(default)]
    pub original: bool,
    pub all: Vec<Rendition>,
}

const CLIP: &str = "clip-";
const SOURCE: &str = "source-";

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendition {
    /// For a picture that of its [size](ThumbnailSize::name). For a clip `clip-`, and for the clip as the camera wrote
    /// it `source-`, with twelve digits of the digest of its bytes.
    pub name: String,
    /// The file name's extension: `webp`, `mp4`, `mov`.
    pub format: String,
    /// In pixels.
    pub width: u32,
    pub height: u32,
    /// The size of the object.
    pub bytes: u64,
    /// The CRC-32 of the object. Rows of earlier versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc: Option<u32>,
}

impl Renditions {
    /// The picture to show in a size. A picture that is no larger than a size is not made again for it, so the next
    /// smaller one stands for it.
    pub fn picture(&self, size: ThumbnailSize) -> Option<&Rendition> {
        let mut sizes = ThumbnailSize::ALL.into_iter().rev().filter(|other| *other as usize <= size as usize);
        sizes.find_map(|size| self.all.iter().find(|rendition| rendition.name == size.name()))
    }

    /// The clip of a live photo, as every browser plays it.
    pub fn clip(&self) -> Option<&Rendition> {
        self.all.iter().find(|rendition| rendition.name.starts_with(CLIP))
    }

    /// The clip as the camera wrote it, if that was a file of its own.
    pub fn source_of_clip(&self) -> Option<&Rendition> {
        self.all.iter().find(|rendition| rendition.name.starts_with(SOURCE))
    }

    /// The object of a rendition.
    pub fn object(&self, key: &str, rendition: &Rendition) -> String {
        let mut object = layout::renditions_prefix(key, &self.version);
        object.extend([&rendition.name, ".", &rendition.format]);
        object
    }
}

impl Rendition {
    /// What its bytes are. A film of a container that browsers do not play is only for downloads.
    pub fn content_type(&self) -> &'static str {
        match self.format.as_str() {
            "webp" => "image/webp",
            "mp4" => "video/mp4",
            "mov" => "video/quicktime",
            _ => "application/octet-stream",
        }
    }

    /// The version in the URL of a clip: a part of its digest. A picture has none.
    pub fn clip_version(&self) -> Option<&str> {
        [CLIP, SOURCE].into_iter().find_map(|prefix| self.name.strip_prefix(prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sharpest_picture_stands_for_larger_sizes() {
        let rendition = |name: &str| Rendition {
            name: name.into(),
            format: "webp".into(),
            width: 4,
            height: 3,
            bytes: 9,
            crc: None,
        };
        let renditions = Renditions {
            version: "0123456789abcdef".into(),
            original: true,
            all: vec![rendition("small"), rendition("medium")],
        };
        let shown = |size| renditions.picture(size).map(|it| it.name.as_str());
        assert_eq!(ThumbnailSize::ALL.map(shown), [Some("small"), Some("medium"), Some("medium"), Some("medium")]);
        assert_eq!(
            renditions.object("2024/% é (1).jpg", &renditions.all[1]),
            "renditions/2024/% é (1).jpg/0123456789abcdef/medium.webp"
        );
        assert_eq!(Renditions::default().picture(ThumbnailSize::Screen), None);
    }

    #[test]
    fn a_clip_is_no_picture() {
        let clip = |name: &str| Rendition {
            name: format!("{name}-0123456789ab"),
            format: "mp4".into(),
            width: 4,
            height: 3,
            bytes: 9,
            crc: None,
        };
        let live = Renditions { all: vec![clip("source"), clip("clip")], ..Renditions::default() };
        assert_eq!(live.clip().and_then(Rendition::clip_version), Some("0123456789ab"));
        assert_eq!(live.clip().map(|clip| clip.name.as_str()), Some("clip-0123456789ab"));
        assert_eq!(live.source_of_clip().map(|clip| clip.name.as_str()), Some("source-0123456789ab"));
        assert_eq!(live.picture(ThumbnailSize::Screen), None);
    }
}
