//! What lies in a bucket that another program has filled, by its names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gallery::MediaKey;
use gallery::layout::ThumbnailSize;

use crate::bucket::Listed;
use crate::services;

/// Objects, sorted by what they are.
#[derive(Default)]
pub struct Objects {
    /// What may be an original, by key.
    pub originals: BTreeMap<String, Listed>,
    /// Originals of others in folders where services write. They are not adopted.
    pub misplaced: BTreeMap<String, Listed>,
    thumbnails: HashMap<String, [Option<u64>; 3]>,
    films: HashMap<String, Film>,
    /// How many are neither the gallery's nor media by their names.
    pub others: u64,
}

/// The playlists and segments of a film without a version.
#[derive(Default)]
struct Film {
    playlists: BTreeSet<String>,
    /// Of the segments, the part of the name before `_`.
    segments: BTreeSet<String>,
}

/// The endings of media, and no ending at all.
const MEDIA: [&str; 40] = [
    "", "jpg", "jpeg", "jpe", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif", "dng", "cr2", "cr3",
    "nef", "arw", "raf", "orf", "rw2", "pef", "srw", "mp4", "m4v", "mov", "qt", "3gp", "3g2", "mkv", "webm", "avi",
    "mts", "m2ts", "mpg", "mpeg", "ts", "wmv", "flv", "asf",
];

/// Prefixes of what is no original: the gallery's own, and those of its predecessor.
const OWN: [&str; 4] = ["renditions/", "catalogue/", "kv/", "_metadata/"];

impl Objects {
    pub fn sort(listed: Vec<Listed>) -> Self {
        let mut objects = Self::default();
        for object in listed {
            objects.enter(object);
        }
        objects
    }

    fn enter(&mut self, object: Listed) {
        if let Some((size, key)) = thumbnail(&object.key) {
            // An empty object is a picture that was never written.
            if object.size > 0
                && let Some(bytes) = self.thumbnails.entry(key.to_owned()).or_default().get_mut(size as usize)
            {
                *bytes = Some(object.size);
            }
        } else if let Some((key, name)) = below_hls(&object.key) {
            let film = self.films.entry(key.to_owned()).or_default();
            match name.strip_suffix(".m3u8") {
                Some(playlist) => film.playlists.insert(playlist.to_owned()),
                None => film.segments.insert(name.split_once('_').map_or("", |(quality, _)| quality).to_owned()),
            };
        } else if is_own(&object.key) {
        } else if is_media(&object.key) && services::is_among_theirs(&object.key) {
            self.misplaced.insert(object.key.clone(), object);
        } else if is_media(&object.key) {
            self.originals.insert(object.key.clone(), object);
        } else {
            self.others += 1;
        }
    }

    /// Takes the misplaced originals of items that are in the gallery for what they are: what is in stays in.
    pub fn keep(&mut self, is_in: impl Fn(&str) -> bool) {
        let (kept, misplaced) = std::mem::take(&mut self.misplaced).into_iter().partition(|(key, _)| is_in(key));
        self.originals.extend::<BTreeMap<_, _>>(kept);
        self.misplaced = misplaced;
    }

    /// Which thumbnails an item has, in the order of [`ThumbnailSize::BELOW_THUMBNAILS`].
    pub fn thumbnails(&self, key: &str) -> [bool; 3] {
        self.sizes(key).map(|bytes| bytes.is_some())
    }

    /// The sizes of these thumbnails, in bytes.
    pub fn sizes(&self, key: &str) -> [Option<u64>; 3] {
        self.thumbnails.get(key).copied().unwrap_or_default()
    }

    /// The qualities of a film that can be played, the highest first. `None` if nobody ever converted it.
    pub fn qualities(&self, key: &str) -> Option<Vec<String>> {
        let film = self.films.get(key)?;
        let height = |name: &str| name.strip_suffix('p').and_then(|digits| digits.parse::<u32>().ok());
        let playable = film.playlists.iter().filter(|name| film.segments.contains(*name));
        let mut qualities: Vec<(u32, String)> =
            playable.filter_map(|name| Some((height(name)?, name.clone()))).collect();
        qualities.sort_by(|a, b| b.cmp(a));
        // The playlists of another program may have any names: the stored master knows them.
        let is_whole = film.playlists.contains("master") && !film.segments.is_empty();
        (!qualities.is_empty() || is_whole).then(|| qualities.into_iter().map(|(_, name)| name).collect())
    }
}

/// `thumbnails/small/a.jpg`.
fn thumbnail(object: &str) -> Option<(ThumbnailSize, &str)> {
    let (size, key) = object.strip_prefix("thumbnails/")?.split_once('/')?;
    ThumbnailSize::parse(size).filter(|_| !key.is_empty()).map(|size| (size, key))
}

/// `hls/a.mp4/720p_000.ts`.
fn below_hls(object: &str) -> Option<(&str, &str)> {
    object.strip_prefix("hls/")?.rsplit_once('/')
}

fn is_own(object: &str) -> bool {
    OWN.iter().any(|prefix| object.starts_with(prefix)) || services::is_download(object) || services::is_pack(object)
}

fn is_media(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    !name.is_empty() && !name.starts_with('.') && MEDIA.contains(&ending.as_str()) && MediaKey::parse(key).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(keys: &[&str]) -> Objects {
        let listed = |key: &&str| Listed { key: (*key).to_owned(), size: 1, etag: None, modified: None };
        Objects::sort(keys.iter().map(listed).collect())
    }

    #[test]
    fn names_say_what_an_object_is() {
        let objects = sorted(&[
            "a.jpg",
            "100 % \u{e9} (1).JPEG",
            "Sangeet/\u{e9}+1.jpeg",
            "without an ending",
            "thumbnails/small/Sangeet/\u{e9}+1.jpeg",
            "thumbnails/large/Sangeet/\u{e9}+1.jpeg",
            "thumbnails/mine.jpg",
            "hls/a.mov/master.m3u8",
            "hls/b.mov",
            "catalogue/index",
            "kv/CACHE_VERSION/auth_version",
            "_metadata/a.json",
            "notes.txt",
            ".hidden.jpg",
            "folder/",
        ]);
        let originals: Vec<_> = objects.originals.keys().map(String::as_str).collect();
        let wanted = [
            "100 % \u{e9} (1).JPEG",
            "Sangeet/\u{e9}+1.jpeg",
            "a.jpg",
            "hls/b.mov",
            "thumbnails/mine.jpg",
            "without an ending",
        ];
        assert_eq!(originals, wanted);
        assert_eq!(objects.others, 3);
        assert_eq!(objects.thumbnails("Sangeet/\u{e9}+1.jpeg"), [true, false, true]);
        assert_eq!(objects.thumbnails("a.jpg"), [false; 3]);
    }

    #[test]
    fn originals_among_what_services_write_are_named_unless_they_are_in() {
        let digits = "0123456789abcdef0123456789abcdef";
        let (manifest, pack) = (format!("downloads/{digits}"), format!("packs/{digits}"));
        let mut objects = sorted(&[
            manifest.as_str(),
            "downloads/check",
            "downloads/a.jpg",
            "downloads/2024/b.mp4",
            "downloads/notes.txt",
            pack.as_str(),
            "packs/c.jpg",
        ]);
        let names = |of: &BTreeMap<String, Listed>| of.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&objects.originals), [""; 0]);
        assert_eq!(names(&objects.misplaced), ["downloads/2024/b.mp4", "downloads/a.jpg", "packs/c.jpg"]);
        assert_eq!(objects.others, 1);
        objects.keep(|key| key == "downloads/a.jpg");
        assert_eq!(names(&objects.originals), ["downloads/a.jpg"]);
        assert_eq!(names(&objects.misplaced), ["downloads/2024/b.mp4", "packs/c.jpg"]);
    }

    #[test]
    fn qualities_are_what_can_be_played() {
        let objects = sorted(&[
            "hls/a b.mov/master.m3u8",
            "hls/a b.mov/720p.m3u8",
            "hls/a b.mov/720p_000.ts",
            "hls/a b.mov/1080p.m3u8",
            "hls/a b.mov/1080p_000.ts",
            "hls/a b.mov/480p.m3u8",
            "hls/a b.mov/360p_000.ts",
            "hls/c.mov/master.m3u8",
            "hls/e.mov/master.m3u8",
            "hls/e.mov/main.m3u8",
            "hls/e.mov/main-1.m4s",
        ]);
        assert_eq!(objects.qualities("a b.mov"), Some(vec!["1080p".to_owned(), "720p".to_owned()]));
        assert_eq!(objects.qualities("c.mov"), None);
        assert_eq!(objects.qualities("d.mov"), None);
        assert_eq!(objects.qualities("e.mov"), Some(Vec::new()));
    }
}
