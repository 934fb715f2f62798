//! A file that is to go into the gallery, and its names.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use gallery::MediaKey;
use gallery::download::{self as downloads, packs};

use crate::catalogue::Place;
use crate::sniff::Kind;
use crate::taken;

use super::Excluded;

/// Top-level folders of the bucket that hold what ingest or the services make; no original may be in these folders.
const RESERVED: [&str; 8] =
    ["renditions/", "thumbnails/", "hls/", "catalogue/", "kv/", "_metadata/", downloads::PREFIX, packs::PREFIX];

/// The longest text around a key in the name of a derived object, where the key has some digits that tell it from
/// another file's. That of a film's segments, `hls/{key}/{version}/1080p_00000.ts`, is shorter.
const LONGEST_AFFIX: usize = "renditions/-012345678901/0123456789abcdef/screen.webp".len();

/// A file that is to go into the gallery.
#[derive(Debug)]
pub struct Candidate {
    pub path: PathBuf,
    /// The path below the library, with `/` between its parts.
    pub place: String,
    pub key: MediaKey,
    pub kind: Kind,
    pub size: u64,
    /// Last change of the content, RFC 3339 in UTC with the file system's precision.
    pub modified: String,
    /// Last change of the file's entry (ctime). Programs can set `modified`, but not this. Where a system does not
    /// keep it, it is `modified`.
    pub changed: String,
    /// What lies in the library and is never opened.
    pub excluded: Arc<Excluded>,
}

impl Candidate {
    pub(super) fn stat(path: &Path, place: String, key: MediaKey, kind: Kind) -> std::io::Result<Self> {
        let metadata = path.metadata()?;
        let modified = timestamp(metadata.modified()?);
        let changed = changed(&metadata).unwrap_or_else(|| modified.clone());
        let excluded = Arc::default();
        Ok(Self { path: path.to_owned(), place, key, kind, size: metadata.len(), modified, changed, excluded })
    }

    /// Whether the file still has the size and the time with which it was found.
    pub fn is_untouched(&self) -> bool {
        let now = self.path.metadata().and_then(|metadata| Ok((metadata.len(), timestamp(metadata.modified()?))));
        now.is_ok_and(|(size, modified)| size == self.size && modified == self.modified)
    }

    /// The file as that of an item which is to be dated.
    pub fn dated(&self) -> taken::File<'_> {
        taken::File { excluded: Some(&self.excluded), ..taken::File::new(&self.path, jiff::Timestamp::now()) }
    }

    /// The file as the place of an item.
    pub fn place_of(&self, key: &str) -> Place {
        Place {
            path: self.place.clone(),
            key: key.to_owned(),
            size: self.size,
            modified: self.modified.clone(),
            changed: self.changed.clone(),
        }
    }

    /// Whether the file is as it was when this place was noted.
    pub fn is_as_in(&self, place: &Place) -> bool {
        self.size == place.size && self.modified == place.modified && self.changed == place.changed
    }

    /// The last part of the key.
    pub fn filename(&self) -> &str {
        let key = self.key.as_str();
        key.rsplit('/').next().unwrap_or(key)
    }
}

/// RFC 3339 in UTC.
pub fn timestamp(time: SystemTime) -> String {
    // No file really has a time outside the years -9999 to 9999.
    jiff::Timestamp::try_from(time).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let nanoseconds = i32::try_from(metadata.ctime_nsec()).ok()?;
    jiff::Timestamp::new(metadata.ctime(), nanoseconds).ok().map(|time| time.to_string())
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> Option<String> {
    None
}

/// The place and the key of a file.
pub(super) fn name(root: &Path, path: &Path) -> Result<(String, MediaKey), String> {
    let mut place = String::new();
    for part in path.strip_prefix(root).unwrap_or(path).components() {
        let part = part.as_os_str().to_str().ok_or("the name is not UTF-8: rename it")?;
        if !place.is_empty() {
            place.push('/');
        }
        place.push_str(part);
    }
    let key = key(&place)?;
    Ok((place, key))
}

fn key(place: &str) -> Result<MediaKey, String> {
    if let Some(prefix) = RESERVED.iter().find(|prefix| place.starts_with(**prefix)) {
        return Err(format!("{prefix} is reserved for what the gallery makes: rename the folder"));
    }
    if place.len() + LONGEST_AFFIX > gallery::key::MAX_KEY_BYTES {
        return Err("the name is too long for an object key: shorten it".to_owned());
    }
    MediaKey::parse(place).map_err(|error| format!("{error}: rename it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_of(path: &str) -> Result<(String, String), String> {
        let names = name(Path::new("/library"), &Path::new("/library").join(path));
        names.map(|(place, key)| (place, key.as_str().to_owned()))
    }

    #[test]
    fn the_key_is_the_path_below_the_library() {
        for name in ["a.jpg", "2024/06/a b+c.jpg", "-dash.jpg", "% é (1).jpg", "hlsx/a.jpg", "a/downloads/a.jpg"] {
            assert_eq!(names_of(name), Ok((name.to_owned(), name.to_owned())));
        }
    }

    #[test]
    fn reserved_and_endless_names_are_refused() {
        for name in [
            "hls/a.jpg",
            "renditions/a.jpg",
            "thumbnails/small/a.jpg",
            "catalogue/a.jpg",
            "kv/a.jpg",
            "_metadata/a.jpg",
            "downloads/a.jpg",
            "packs/2024/a.jpg",
        ] {
            assert!(names_of(name).unwrap_err().contains("reserved"), "{name}");
        }
        assert!(names_of(&"long/".repeat(203)).unwrap_err().contains("too long"));
        assert!(names_of("line\nbreak.jpg").unwrap_err().contains("control character"));
    }

    #[cfg(unix)]
    #[test]
    fn a_change_shows_in_changed_even_if_the_time_is_put_back() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.gif");
        std::fs::write(&path, "one").unwrap();
        let stat = || {
            let (place, key) = name(root.path(), &path).unwrap();
            Candidate::stat(&path, place, key, Kind::Photo(crate::sniff::Photo::Gif)).unwrap()
        };
        let before = stat();
        let modified = path.metadata().unwrap().modified().unwrap();
        // The clock of a file system may tick only every few milliseconds.
        std::thread::sleep(std::time::Duration::from_millis(50));
        std::fs::write(&path, "two").unwrap();
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        let after = stat();
        assert_eq!((before.size, &before.modified), (after.size, &after.modified));
        assert!(before.changed < after.changed, "{} {}", before.changed, after.changed);
        assert!(before.changed.parse::<jiff::Timestamp>().is_ok() && before.changed.ends_with('Z'));
        assert!(before.is_untouched());
        std::fs::write(&path, "three").unwrap();
        assert!(!before.is_untouched());
    }
}
