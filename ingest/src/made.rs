//! What the gallery calls what it makes of originals, by which this is told from what other programs have put beside
//! it.

use gallery::layout::{self, ThumbnailSize};

use crate::views;

/// Whether only this gallery gives an object such a name: one below a version, one that a service has made, or one of
/// the catalogue's.
pub fn is_ours(object: &str) -> bool {
    if let Some((path, name)) = below("renditions/", object) {
        has_version(path) || (path.ends_with("/made") && is_by_a_service(name))
    } else if let Some((path, _)) = below("hls/", object) {
        has_version(path.strip_suffix("/ts").unwrap_or(path))
    } else {
        views::is_object(object)
    }
}

/// Whether 0.1.0 may have given an object such a name, or the program before it, which has the same layout.
pub fn is_of_old_layout(object: &str) -> bool {
    if let Some((_, name)) = below("hls/", object) {
        return name.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending, "m3u8" | "ts"));
    }
    let thumbnail = object.strip_prefix("thumbnails/").and_then(|name| name.split_once('/'));
    thumbnail.is_some_and(|(size, key)| {
        let size = ThumbnailSize::parse(size);
        !key.is_empty() && size.is_some_and(|size| ThumbnailSize::BELOW_THUMBNAILS.contains(&size))
    })
}

/// The path below a prefix, and the name at its end.
fn below<'o>(prefix: &str, object: &'o str) -> Option<(&'o str, &'o str)> {
    let (path, name) = object.strip_prefix(prefix)?.rsplit_once('/')?;
    (!path.is_empty() && !name.is_empty()).then_some((path, name))
}

/// `a.jpg/0123456789abcdef`.
fn has_version(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(key, version)| !key.is_empty() && layout::is_version(version))
}

/// `0123456789abcdef-small.jpg`.
fn is_by_a_service(name: &str) -> bool {
    let name = name.strip_suffix(".jpg").and_then(|name| name.split_once('-'));
    name.is_some_and(|(version, size)| layout::is_version(version) && ThumbnailSize::parse(size).is_some())
}

#[cfg(test)]
mod tests {
    use gallery::views::{INDEX, name_of, part_key};

    use super::*;

    const VERSION: &str = "0123456789abcdef";

    #[test]
    fn names_that_are_made_here_are_ours() {
        for key in ["a.jpg", "2024/% \u{e9} (1).mov"] {
            for object in [
                layout::renditions_prefix(key, VERSION) + "small.webp",
                layout::made(key, VERSION, ThumbnailSize::Screen),
                layout::hls_master(key, Some(VERSION)),
                layout::hls_transport(key, VERSION) + "720p_000.ts",
            ] {
                assert!(is_ours(&object), "{object}");
            }
            let old = ThumbnailSize::BELOW_THUMBNAILS.map(|size| layout::thumbnail(size, key));
            for object in old.into_iter().chain([layout::hls_master(key, None), format!("hls/{key}/720p_000.ts")]) {
                assert!(is_of_old_layout(&object) && !is_ours(&object), "{object}");
            }
        }
        let before = format!("catalogue/{}/shards.jsonl", name_of(&[b"a"]));
        for object in [INDEX, "catalogue/current", "catalogue/libraries", &part_key(&name_of(&[b"a"])), &before] {
            assert!(is_ours(object), "{object}");
        }
    }

    #[test]
    fn other_names_below_our_folders_are_nobodys() {
        for object in [
            "a.jpg",
            "renditions/a.jpg",
            "renditions/2024/a.jpg",
            "renditions/made/a.jpg",
            "renditions/2024/made/a.jpg",
            "renditions/0123456789abcdef/a.jpg",
            "renditions/a.jpg/0123456789abcdef/",
            "hls/wedding/day1.mov",
            "hls/b.mov",
            "hls/a.mov/init.mp4",
            "thumbnails/mine.jpg",
            "thumbnails/screen/a.jpg",
            "thumbnails/small/",
            "catalogue/a.jpg",
            "catalogue/parts/a.jpg",
            "catalogue/2024/all.jsonl",
        ] {
            assert!(!is_ours(object) && !is_of_old_layout(object), "{object}");
        }
    }
}
