//! The bucket's layout. What an earlier version wrote stays where it is, so names are added and never changed.
//!
//! `{key}` is the original. `renditions/{key}/{version}/` holds its [renditions](crate::rendition), and
//! `thumbnails/{size}/{key}` the WebP thumbnails of items that have none. `renditions/{key}/made/` holds the pictures
//! that a service has made of such an item where a size was missing. `hls/{key}/{version}/` holds a film's
//! playlists and segments, and `hls/{key}/` those that 0.1.0 wrote. `catalogue/` holds the catalogue's
//! [views](crate::views). `kv/` holds the key-value stores of hosts that have no KV.

/// A thumbnail's size, see [`ThumbnailSize::fit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ThumbnailSize {
    Small,
    Medium,
    Large,
    /// What fills a screen.
    Screen,
}

impl ThumbnailSize {
    pub const ALL: [Self; 4] = [Self::Small, Self::Medium, Self::Large, Self::Screen];

    /// The sizes below `thumbnails/`.
    pub const BELOW_THUMBNAILS: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// The longest side, in pixels.
    pub const fn pixels(self) -> u32 {
        match self {
            Self::Small => 150,
            Self::Medium => 400,
            Self::Large => 800,
            Self::Screen => 2048,
        }
    }

    /// The width and height of a picture in this size. The longest side has at most [`Self::pixels`]. A picture more
    /// than twice as long as it is wide is shown by its shorter side, which then has half of that, until the longest
    /// side has four times as much. No picture is enlarged.
    pub fn fit(self, (width, height): (u32, u32)) -> (u32, u32) {
        let (long, short) = (u64::from(width.max(height)).max(1), u64::from(width.min(height)).max(1));
        let pixels = u64::from(self.pixels());
        let longest = (long * pixels / 2 / short).clamp(pixels, 4 * pixels);
        if long <= longest {
            return (width, height);
        }
        let fit = |side: u32| {
            let side = (u64::from(side) * longest + long / 2) / long;
            u32::try_from(side.max(1)).unwrap_or(u32::MAX)
        };
        (fit(width), fit(height))
    }

    /// The name in URLs and keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
            Self::Screen => "screen",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.name() == name)
    }
}

/// The prefix of the catalogue's objects.
pub const CATALOGUE: &str = "catalogue/";

/// The object key of a thumbnail of an item without renditions.
pub fn thumbnail(size: ThumbnailSize, key: &str) -> String {
    format!("thumbnails/{}/{key}", size.name())
}

/// The prefix of an item's renditions of a version, ending in `/`.
pub fn renditions_prefix(key: &str, version: &str) -> String {
    format!("renditions/{key}/{version}/")
}

/// The prefix of the pictures that services have made of an item without renditions, ending in `/`. It is no prefix of
/// [renditions](renditions_prefix): it is no version.
pub fn made_prefix(key: &str) -> String {
    format!("renditions/{key}/made/")
}

/// The object of such a picture. `version` is that of the URL.
pub fn made(key: &str, version: &str, size: ThumbnailSize) -> String {
    format!("{}{version}-{}.jpg", made_prefix(key), size.name())
}

/// Whether a text can be the version of an item's objects: sixteen lower-case hexadecimal digits.
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

/// The prefix of a film's package of transport streams beside its usual one, ending in `/`.
pub fn hls_transport(key: &str, version: &str) -> String {
    format!("hls/{key}/{version}/ts/")
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
        assert!(is_version("0123456789abcdef") && !is_version("made"));
        for other in
            ["", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF", "0123456789abcde/", "../3456789abcdef"]
        {
            assert!(!is_version(other), "{other}");
        }
    }

    #[test]
    fn long_pictures_are_fitted_by_their_shorter_side() {
        let large = |width, height| ThumbnailSize::Large.fit((width, height));
        for (picture, fitted) in [
            ((4000, 3000), (800, 600)),
            ((3000, 4000), (600, 800)),
            ((801, 801), (800, 800)),
            ((600, 400), (600, 400)),
            ((4000, 2000), (800, 400)),
            ((6000, 2000), (1200, 400)),
            ((2000, 6000), (400, 1200)),
            ((16_000, 1500), (3200, 300)),
            ((1000, 100), (1000, 100)),
            ((100_000, 1), (3200, 1)),
            ((0, 0), (0, 0)),
        ] {
            assert_eq!(large(picture.0, picture.1), fitted, "{picture:?}");
        }
        assert_eq!(ThumbnailSize::Screen.fit((16_000, 1500)), (8192, 768));
    }

    #[test]
    fn a_version_stays_below_the_prefix_of_its_film() {
        let version = "0123456789abcdef";
        for key in ["a.mp4", "a b/c.mp4", "fedcba9876543210", "a.mp4/fedcba9876543210"] {
            assert_eq!(hls_prefix(key, Some(version)), format!("hls/{key}/{version}/"));
            assert!(hls_variant(key, Some(version), "720p").starts_with(&hls_prefix(key, None)), "{key}");
            assert_eq!(renditions_prefix(key, version), format!("renditions/{key}/{version}/"));
            let made = made(key, version, ThumbnailSize::Large);
            assert_eq!(made, format!("renditions/{key}/made/{version}-large.jpg"));
            assert!(made.strip_prefix(&made_prefix(key)).is_some_and(|name| !name.contains('/')));
        }
    }
}
