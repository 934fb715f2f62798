//! What lies in a bucket that another program has filled, by its names.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::iter::successors;

use gallery::MediaKey;
use gallery::layout::{CATALOGUE, ThumbnailSize};

use crate::bucket::Listed;
use crate::sniff::ENDINGS;
use crate::{made, services};

/// Objects, sorted by what they are.
#[derive(Default)]
pub struct Objects {
    /// What may be an original, by key.
    pub originals: BTreeMap<String, Listed>,
    /// Originals of others in folders where the gallery writes. They are not adopted.
    pub misplaced: BTreeMap<String, Listed>,
    /// What is neither the gallery's nor media by its name. A row may tell of it all the same.
    pub others: BTreeMap<String, Listed>,
    thumbnails: HashMap<String, [Option<u64>; 3]>,
    films: HashMap<String, Film>,
}

/// The playlists and segments of a film without a version.
#[derive(Default)]
struct Film {
    playlists: BTreeSet<String>,
    /// Of the segments, the part of the name before `_`.
    segments: BTreeSet<String>,
    /// What lies beside them and may be an original by its name.
    media: Vec<Listed>,
}

/// Other endings that media may have, besides none at all. In a bucket of media they mean films.
const OF_MEDIA_TOO: [&str; 3] = ["", "ts", "ogg"];

/// Prefixes of what is no original, whatever its name is: the gallery's values, and what the predecessor noted.
const OWN: [&str; 2] = ["kv/", "_metadata/"];
/// Prefixes of which the gallery has some names only.
const RESERVED: [&str; 2] = ["renditions/", CATALOGUE];

impl Objects {
    pub fn sort(listed: Vec<Listed>) -> Self {
        let mut objects = Self::default();
        for object in listed {
            objects.enter(object);
        }
        objects.find_misplaced();
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
            if let Some(playlist) = name.strip_suffix(".m3u8") {
                film.playlists.insert(playlist.to_owned());
            } else {
                film.segments.insert(name.split_once('_').map_or("", |(quality, _)| quality).to_owned());
                let is_made = made::is_ours(&object.key) || made::is_of_old_layout(&object.key);
                if !is_made && is_media(&object.key) {
                    film.media.push(object);
                }
            }
        } else if is_own(&object.key) {
        } else if is_media(&object.key) {
            self.enter_original(object);
        } else {
            self.others.insert(object.key.clone(), object);
        }
    }

    fn enter_original(&mut self, object: Listed) {
        let is_reserved = RESERVED.iter().any(|prefix| object.key.starts_with(prefix));
        if is_reserved || services::is_among_theirs(&object.key) {
            self.misplaced.insert(object.key.clone(), object);
        } else {
            self.originals.insert(object.key.clone(), object);
        }
    }

    /// Where there are playlists, media are parts of a film. Elsewhere below `hls/` they are originals of others.
    fn find_misplaced(&mut self) {
        let has_playlists = |(key, film): (&String, &Film)| (!film.playlists.is_empty()).then(|| key.clone());
        let played: HashSet<String> = self.films.iter().filter_map(has_playlists).collect();
        for (key, film) in &mut self.films {
            let mut folders = successors(Some(key.as_str()), |key| key.rsplit_once('/').map(|(folder, _)| folder));
            if !folders.any(|folder| played.contains(folder)) {
                self.misplaced.extend(film.media.drain(..).map(|object| (object.key.clone(), object)));
            }
        }
    }

    /// Takes the objects of items that are in the gallery for originals, wherever they lie and whatever their names
    /// say: what is in stays in.
    pub fn keep(&mut self, is_in: impl Fn(&str) -> bool) {
        for objects in [&mut self.misplaced, &mut self.others] {
            self.originals.extend(objects.extract_if(.., |key, _| is_in(key) && MediaKey::parse(key).is_ok()));
        }
    }

    /// Takes objects with rows for originals, whatever their names say.
    pub fn admit(&mut self, has_row: impl Fn(&str) -> bool) {
        let can_be_one = |key: &String, _: &mut Listed| has_row(key) && MediaKey::parse(key.as_str()).is_ok();
        let admitted: Vec<_> = self.others.extract_if(.., can_be_one).collect();
        for (_, object) in admitted {
            self.enter_original(object);
        }
    }

    /// Whether something lies there that is not the gallery's.
    pub fn holds(&self, key: &str) -> bool {
        [&self.originals, &self.misplaced, &self.others].into_iter().any(|objects| objects.contains_key(key))
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
    let is_ours = services::is_download(object) || services::is_pack(object) || made::is_ours(object);
    is_ours || OWN.iter().any(|prefix| object.starts_with(prefix))
}

/// Whether a name says that this is a photo or a film.
pub fn is_media(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    let is_ending = [&ENDINGS[..], &OF_MEDIA_TOO].iter().any(|endings| endings.contains(&ending.as_str()));
    !name.is_empty() && !name.starts_with('.') && is_ending && MediaKey::parse(key).is_ok()
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
        assert_eq!(objects.others.len(), 3);
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
        assert_eq!(objects.others.len(), 1);
        objects.keep(|key| key == "downloads/a.jpg");
        assert_eq!(names(&objects.originals), ["downloads/a.jpg"]);
        assert_eq!(names(&objects.misplaced), ["downloads/2024/b.mp4", "packs/c.jpg"]);
    }

    #[test]
    fn originals_below_our_folders_are_named_and_parts_of_films_are_not() {
        let part = format!("catalogue/parts/{}", "0".repeat(32));
        let objects = sorted(&[
            "catalogue/a.jpg",
            "catalogue/index",
            &part,
            "hls/wedding/day1.mov",
            "hls/wedding/day2.mov/0123456789abcdef/720p.mp4",
            "hls/e.mov/main.m3u8",
            "hls/e.mov/init.mp4",
            "hls/e.mov/720p/1.mp4",
            "hls/f.mov/720p_000.ts",
            "kv/CACHE_VERSION/auth_version",
            "renditions/a.jpg",
            "renditions/a.jpg/0123456789abcdef/small.webp",
            "renditions/notes.txt",
        ]);
        let misplaced: Vec<_> = objects.misplaced.keys().map(String::as_str).collect();
        assert_eq!(misplaced, ["catalogue/a.jpg", "hls/wedding/day1.mov", "renditions/a.jpg"]);
        assert_eq!((objects.originals.len(), objects.others.len()), (0, 1));
    }

    #[test]
    fn a_row_or_an_item_makes_an_original_of_any_name() {
        let names = ["WhatsApp at 10.11.12", ".facebook_1.jpg", "packs/a.12", "notes.txt", "bad/../a.12", "a.JFIF"];
        let mut objects = sorted(&names);
        assert_eq!(objects.originals.len(), 1);
        objects.keep(|key| key == names[0]);
        objects.admit(|key| key != names[3]);
        let originals: Vec<_> = objects.originals.keys().map(String::as_str).collect();
        assert_eq!(originals, [".facebook_1.jpg", "WhatsApp at 10.11.12", "a.JFIF"]);
        assert_eq!(objects.misplaced.keys().collect::<Vec<_>>(), ["packs/a.12"]);
        assert_eq!(objects.others.keys().collect::<Vec<_>>(), ["bad/../a.12", "notes.txt"], "no key has such a name");
        assert!(names.iter().all(|name| objects.holds(name)));
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
