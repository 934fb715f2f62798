//! Finds the files of a library and gives each its object key.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use gallery::MediaKey;
use walkdir::{DirEntry, WalkDir};

use crate::sniff::{self, Kind};

/// Top-level folders of the bucket that hold what ingest or the services make; no original may be in these folders.
const RESERVED: [&str; 5] = ["thumbnails/", "hls/", "catalogue/", "kv/", "_metadata/"];

/// The longest text around a key in the name of a derived object: `hls/{key}/1080p_00000.ts`.
const LONGEST_AFFIX: usize = "hls//1080p_00000.ts".len();

/// A file that is to go into the gallery.
#[derive(Debug)]
pub struct Candidate {
    pub path: PathBuf,
    pub key: MediaKey,
    pub kind: Kind,
    pub size: u64,
    /// Last change, RFC 3339 in UTC with the file system's precision.
    pub modified: String,
}

/// What a walk found.
#[derive(Debug, Default)]
pub struct Library {
    /// Photos and films, by path.
    pub candidates: Vec<Candidate>,
    /// Media that is left out, and why: `(path relative to the library, reason)`.
    pub skipped: Vec<(String, String)>,
    /// Files that could not be read: `(path relative to the library, reason)`.
    pub failed: Vec<(String, String)>,
    /// Files that are not media, and whose names do not say that they are.
    pub ignored: u64,
}

/// Walks `root` in the order of names. Hidden files and folders are left out; links are followed, loops are not.
pub fn walk(root: &Path) -> Library {
    let mut library = Library::default();
    let mut seen = BTreeSet::new();
    let entries = WalkDir::new(root)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry));
    for entry in entries {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                library.add(root, entry.path(), &mut seen);
            }
            Ok(_) => {}
            // The link leads back to a folder above. The files of this folder are found in their own place.
            Err(error) if error.loop_ancestor().is_some() => {}
            Err(error) => {
                let path = error.path().unwrap_or(root);
                let reason = error
                    .io_error()
                    .map_or_else(|| "cannot be read".to_owned(), |error| format!("cannot be read: {error}"));
                library.failed.push((relative(root, path), reason));
            }
        }
    }
    library
}

impl Library {
    fn add(&mut self, root: &Path, path: &Path, seen: &mut BTreeSet<String>) {
        let name = relative(root, path);
        let kind = match sniff::file(path) {
            Ok(kind) => kind,
            Err(error) => return self.failed.push((name, format!("cannot be read: {error}"))),
        };
        match kind {
            Kind::Other => {
                self.ignored += 1;
                return;
            }
            Kind::Unsupported(format) => {
                return self.skipped.push((name, format!("{format} is not yet supported")));
            }
            Kind::Misnamed(reason) => return self.failed.push((name, reason.to_owned())),
            Kind::Photo(_) | Kind::Film(_) => {}
        }
        let key = match key(root, path) {
            Ok(key) => key,
            Err(reason) => return self.skipped.push((name, reason)),
        };
        if !seen.insert(key.as_str().to_owned()) {
            return self.skipped.push((name, "another file has the same name in the gallery".into()));
        }
        match Candidate::stat(path, key, kind) {
            Ok(candidate) => self.candidates.push(candidate),
            Err(error) => self.failed.push((name, format!("cannot be read: {error}"))),
        }
    }
}

impl Candidate {
    fn stat(path: &Path, key: MediaKey, kind: Kind) -> std::io::Result<Self> {
        let (size, modified) = stat(path)?;
        Ok(Self { path: path.to_owned(), key, kind, size, modified })
    }

    /// Whether the file still has the size and the time with which it was found.
    pub fn is_untouched(&self) -> bool {
        stat(&self.path).is_ok_and(|(size, modified)| size == self.size && modified == self.modified)
    }

    /// The last part of the key.
    pub fn filename(&self) -> &str {
        let key = self.key.as_str();
        key.rsplit('/').next().unwrap_or(key)
    }
}

fn stat(path: &Path) -> std::io::Result<(u64, String)> {
    let metadata = path.metadata()?;
    Ok((metadata.len(), timestamp(metadata.modified()?)))
}

/// RFC 3339 in UTC.
pub fn timestamp(time: SystemTime) -> String {
    // No file really has a time outside the years -9999 to 9999.
    jiff::Timestamp::try_from(time).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// The path as a person reads it, below the library.
fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

fn key(root: &Path, path: &Path) -> Result<MediaKey, String> {
    let mut text = String::new();
    for part in path.strip_prefix(root).unwrap_or(path).components() {
        let part = part.as_os_str().to_str().ok_or("the name is not UTF-8: rename it")?;
        if !text.is_empty() {
            text.push('/');
        }
        text.push_str(part);
    }
    if let Some(prefix) = RESERVED.iter().find(|prefix| text.starts_with(**prefix)) {
        return Err(format!("{prefix} is reserved for what the gallery makes: rename the folder"));
    }
    if text.len() + LONGEST_AFFIX.max("thumbnails/medium/".len()) > gallery::key::MAX_KEY_BYTES {
        return Err("the name is too long for an object key: shorten it".to_owned());
    }
    MediaKey::parse(text).map_err(|error| format!("{error}: rename it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_of(path: &str) -> Result<String, String> {
        key(Path::new("/library"), &Path::new("/library").join(path)).map(|key| key.as_str().to_owned())
    }

    #[test]
    fn the_key_is_the_path_below_the_library() {
        for name in ["a.jpg", "2024/06/a b+c.jpg", "-dash.jpg", "% é (1).jpg", "hlsx/a.jpg"] {
            assert_eq!(key_of(name).as_deref(), Ok(name));
        }
    }

    #[test]
    fn reserved_and_endless_names_are_refused() {
        for name in ["hls/a.jpg", "thumbnails/small/a.jpg", "catalogue/a.jpg", "kv/a.jpg", "_metadata/a.jpg"] {
            assert!(key_of(name).unwrap_err().contains("reserved"), "{name}");
        }
        assert!(key_of(&"long/".repeat(203)).unwrap_err().contains("too long"));
        assert!(key_of("line\nbreak.jpg").unwrap_err().contains("control character"));
    }

    #[cfg(unix)]
    #[test]
    fn hidden_files_are_left_out_and_link_loops_end() {
        let root = tempfile::tempdir().unwrap();
        let gif = b"GIF89a rest".as_slice();
        for name in ["b.gif", ".hidden.gif", ".folder/c.gif", "sub/a.gif"] {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, gif).unwrap();
        }
        std::fs::write(root.path().join("notes.txt"), "hello").unwrap();
        std::os::unix::fs::symlink(root.path(), root.path().join("sub/loop")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.path().join("broken.gif")).unwrap();
        let library = walk(root.path());
        let keys: Vec<_> = library.candidates.iter().map(|c| c.key.as_str()).collect();
        assert_eq!(keys, ["b.gif", "sub/a.gif"]);
        assert_eq!(library.ignored, 1);
        assert_eq!(library.failed.len(), 1, "{:?}", library.failed);
        assert_eq!(library.failed[0].0, "broken.gif");
    }
}
