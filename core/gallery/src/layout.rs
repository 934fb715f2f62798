//! The bucket's layout. What an earlier version wrote stays where it is, so names are added and never changed.
//!
//! `{key}` is the original. `thumbnails/{size}/{key}` holds its WebP thumbnails. `hls/{key}/{version}/` holds a
//! film's playlists and segments, and `hls/{key}/` those that 0.1.0 wrote. `catalogue/` holds the catalogue's
//! [views](crate::views). `kv/` holds the key-value stores of hosts that have no KV.

/// A thumbnail's size: the longest side in pixels is at most [`ThumbnailSize::pixels`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ThumbnailSize {
    Small,
    Medium,
    Large,
}

impl ThumbnailSize {
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// The longest side, in pixels.
    pub const fn pixels(self) -> u32 {
        match self {
            Self::Small => 150,
            Self::Medium => 400,
            Self::Large => 800,
        }
    }

    /// The name in URLs and keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.name() == name)
    }
}

/// The prefix of the catalogue's objects.
pub const CATALOGUE: &str = "catalogue/";

/// The object key of a thumbnail.
pub fn thumbnail(size: ThumbnailSize, key: &str) -> String {
    format!("thumbnails/{}/{key}", size.name())
}

/// Whether a text can be the version of a film's objects: sixteen lower-case hexadecimal digits.
pub fn is_version(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The prefix of a film's playlists and segments, ending in `/`. Films of 0.1.0 have no version.
pub fn hls_prefix(key: &str, version: Option<&str>) -> String {
    match version {
        Some(version) => format!("hls/{key}/{version}/"),
        None => format!("hls/{key}/"),
    }
}

/// The stored, measured master playlist of a film.
pub fn hls_master(key: &str, version: Option<&str>) -> String {
    hls_prefix(key, version) + "master.m3u8"
}

/// A variant's playlist; `quality` is a name such as `720p`.
pub fn hls_variant(key: &str, version: Option<&str>, quality: &str) -> String {
    format!("{}{quality}.m3u8", hls_prefix(key, version))
}

/// The object that stands for a key of a key-value store.
pub fn kv(store: &str, key: &str) -> String {
    format!("kv/{store}/{key}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_sixteen_lower_case_digits() {
        assert!(is_version("0123456789abcdef"));
        for other in
            ["", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF", "0123456789abcde/", "../3456789abcdef"]
        {
            assert!(!is_version(other), "{other}");
        }
    }

    #[test]
    fn a_version_stays_below_the_prefix_of_its_film() {
        let version = "0123456789abcdef";
        for key in ["a.mp4", "a b/c.mp4", "fedcba9876543210", "a.mp4/fedcba9876543210"] {
            assert_eq!(hls_prefix(key, Some(version)), format!("hls/{key}/{version}/"));
            assert!(hls_variant(key, Some(version), "720p").starts_with(&hls_prefix(key, None)), "{key}");
        }
    }
}
