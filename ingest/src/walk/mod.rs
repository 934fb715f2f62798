//! Finds the files of a library. What is left out, by name or by a `.galleryignore`, is counted and never opened.

mod candidate;
mod leftovers;
mod links;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

pub use candidate::{Candidate, timestamp};
use links::{Links, Target};
pub use rules::FILE as RULES;
use rules::{Rules, Verdict};

use crate::photo::unreadable;
use crate::settings;
use crate::sniff::{self, Kind};

/// The number of files and folders that are looked at below left-out folders, in all. A NAS may keep a hundred
/// snapshots of a whole library.
const MOST_COUNTED: u64 = 1_000_000;

/// The files and folders that a `.galleryignore` names, of the folders that were walked.
pub type Excluded = HashSet<PathBuf>;

/// What a walk found.
#[derive(Debug, Default)]
pub struct Library {
    pub root: PathBuf,
    /// Photos and films, by path.
    pub candidates: Vec<Candidate>,
    /// Media that is left out, and why: `(path relative to the library, reason)`.
    pub skipped: Vec<(String, String)>,
    /// Files that could not be read: `(path relative to the library, reason)`.
    pub failed: Vec<(String, String)>,
    /// What a person should know, and need not mend: `(path relative to the library, reason)`.
    pub notes: Vec<(String, String)>,
    /// Files that are not media, and whose names do not say that they are.
    pub ignored: u64,
    /// Files that are left out because of where they lie or what they are called. Below left-out folders, this and
    /// `ignored_by_rule` count up to a million files.
    pub left_out: u64,
    /// Files that a `.galleryignore` names.
    pub ignored_by_rule: u64,
    pub excluded: Arc<Excluded>,
    /// Links that lead out of the library and were not followed, as paths below it.
    pub not_followed: Vec<String>,
}

impl Library {
    /// Whether a `.galleryignore` names a file, or a folder above it.
    pub fn excludes(&self, place: &str) -> bool {
        let path = self.root.join(place);
        path.ancestors().take_while(|path| *path != self.root).any(|path| self.excluded.contains(path))
    }
}

/// Walks `root` in the order of names. Links that lead out of the library are followed only with `follow_links`.
/// Loops end.
pub fn walk(root: &Path, follow_links: bool) -> Library {
    walk_counting(root, follow_links, MOST_COUNTED)
}

fn walk_counting(root: &Path, follow_links: bool, to_count: u64) -> Library {
    let links = match Links::new(root, follow_links) {
        Ok(links) => links,
        Err(error) => {
            let failed = vec![(root.display().to_string(), format!("cannot be read: {error}"))];
            return Library { failed, ..Library::default() };
        }
    };
    let mut walk = Walk {
        root,
        links,
        rules: Rules::default(),
        excluded: Excluded::new(),
        to_count,
        seen: BTreeSet::new(),
        library: Library { root: root.to_owned(), ..Library::default() },
    };
    walk.run();
    let mut library = walk.library;
    library.excluded = Arc::new(walk.excluded);
    for file in &mut library.candidates {
        file.excluded = Arc::clone(&library.excluded);
    }
    library
}

struct Walk<'a> {
    root: &'a Path,
    links: Links,
    rules: Rules,
    excluded: Excluded,
    /// What is left of [`MOST_COUNTED`].
    to_count: u64,
    seen: BTreeSet<String>,
    library: Library,
}

/// A folder that is being walked.
struct Level {
    entries: std::vec::IntoIter<walkdir::Result<DirEntry>>,
    through_link: bool,
}

impl Walk<'_> {
    /// The levels are a list, because a tree may be deeper than the stack of a thread.
    fn run(&mut self) {
        let mut levels: Vec<Level> = self.enter(self.root, false).into_iter().collect();
        while let Some(level) = levels.last_mut() {
            match level.entries.next() {
                Some(Ok(entry)) => levels.extend(self.entry(&entry)),
                Some(Err(error)) => self.unreadable(&error),
                None => {
                    self.rules.leave();
                    if level.through_link {
                        self.links.leave();
                    }
                    levels.pop();
                }
            }
        }
        if let Some((first, others)) = self.library.not_followed.split_first() {
            let reason = match others.len() {
                0 => "this link leads out of the library and is left out: --follow-links follows it".to_owned(),
                1 => "this link and another one lead out of the library and are left out: --follow-links follows them"
                    .to_owned(),
                more => format!(
                    "this link and {more} others lead out of the library and are left out: --follow-links follows them"
                ),
            };
            self.library.notes.push((first.clone(), reason));
        }
    }

    fn enter(&mut self, folder: &Path, through_link: bool) -> Option<Level> {
        match self.rules.enter(folder) {
            Ok(mistakes) => {
                let name = relative(self.root, &folder.join(rules::FILE));
                self.library.skipped.extend(mistakes.into_iter().map(|mistake| (name.clone(), mistake)));
            }
            // Nobody knows what was to be kept out of the gallery.
            Err(reason) => {
                let name = relative(self.root, &folder.join(rules::FILE));
                self.library.failed.push((name, format!("{reason}; until that is mended, its folder is left out")));
                if through_link {
                    self.links.leave();
                }
                return None;
            }
        }
        let entries = WalkDir::new(folder).min_depth(1).max_depth(1).sort_by_file_name();
        Some(Level { entries: entries.into_iter().collect::<Vec<_>>().into_iter(), through_link })
    }

    /// Takes in one name of a folder. Returns the folder that is to be walked next.
    fn entry(&mut self, entry: &DirEntry) -> Option<Level> {
        let (path, kind) = (entry.path(), entry.file_type());
        let is_folder = kind.is_dir() || kind.is_symlink() && path.is_dir();
        if !is_folder && self.is_ours(entry) {
            return None;
        }
        match self.rules.verdict(path, is_folder) {
            Verdict::LeftOut => self.library.left_out += self.count(entry),
            Verdict::Ignored => {
                self.library.ignored_by_rule += self.count(entry);
                self.excluded.insert(path.to_owned());
            }
            Verdict::Taken if kind.is_symlink() => return self.link(path),
            Verdict::Taken if is_folder => return self.enter(path, false),
            Verdict::Taken if kind.is_file() => self.add(path),
            // A socket, a FIFO or a device. Opening it could wait for ever.
            Verdict::Taken => self.library.ignored += 1,
        }
        None
    }

    /// Whether the file is one of those that say how the library is to be read.
    fn is_ours(&self, entry: &DirEntry) -> bool {
        let name = entry.file_name();
        name == rules::FILE || name == settings::FILE && entry.path().parent() == Some(self.root)
    }

    fn link(&mut self, path: &Path) -> Option<Level> {
        match self.links.target(path) {
            Ok(Target::Folder(hop)) => {
                self.links.enter(hop);
                return self.enter(path, true);
            }
            Ok(Target::File) => self.add(path),
            Ok(Target::Other) => self.library.ignored += 1,
            // The files of the folder are found in their own place.
            Ok(Target::Loop) => {}
            Ok(Target::Outside) => {
                self.library.left_out += 1;
                self.library.not_followed.push(relative(self.root, path));
            }
            Err(error) => self.library.failed.push((relative(self.root, path), unreadable(error))),
        }
        None
    }

    /// The number of files of which an entry consists. Below folders, it is what can be listed and counted soon.
    fn count(&mut self, entry: &DirEntry) -> u64 {
        if !entry.file_type().is_dir() {
            return 1;
        }
        let mut files = 0;
        let mut below = WalkDir::new(entry.path()).min_depth(1).into_iter();
        while self.to_count > 0 {
            let Some(entry) = below.next() else { break };
            self.to_count -= 1;
            files += u64::from(entry.is_ok_and(|entry| !entry.file_type().is_dir()));
        }
        files
    }

    fn unreadable(&mut self, error: &walkdir::Error) {
        let path = error.path().unwrap_or(self.root);
        let reason =
            error.io_error().map_or_else(|| "cannot be read".to_owned(), |error| format!("cannot be read: {error}"));
        self.library.failed.push((relative(self.root, path), reason));
    }

    fn add(&mut self, path: &Path) {
        let name = relative(self.root, path);
        let library = &mut self.library;
        let kind = match sniff::file(path) {
            Ok(kind) => kind,
            Err(error) => return library.failed.push((name, unreadable(error))),
        };
        match kind {
            Kind::Other => {
                library.ignored += 1;
                return;
            }
            Kind::Unsupported(format) => {
                return library.skipped.push((name, format!("{format} is not yet supported")));
            }
            Kind::Misnamed(reason) => return library.failed.push((name, reason.to_owned())),
            Kind::Photo(_) | Kind::Film(_) => {}
        }
        let (place, key) = match candidate::name(self.root, path) {
            Ok(names) => names,
            Err(reason) => return library.skipped.push((name, reason)),
        };
        if !self.seen.insert(key.as_str().to_owned()) {
            return library.skipped.push((name, "another file has the same name in the gallery".into()));
        }
        match Candidate::stat(path, place, key, kind) {
            Ok(candidate) => library.candidates.push(candidate),
            Err(error) => library.failed.push((name, unreadable(error))),
        }
    }
}

/// The path as a person reads it, below the library.
fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}
