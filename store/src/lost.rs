//! Blobs that the index does not name. A crash leaves one between a write and its row. An index that was brought back
//! from an older copy does not name what came since, and these may be somebody's only originals. The two cannot be told
//! apart, so nothing is deleted at once. What is left of an object that lost bytes comes here, too: see `intact`. What
//! a write had not finished lies elsewhere, under the names of `s3s-fs` for temporary files.

use std::{
    collections::HashSet,
    fmt, fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use crate::{blobs::FOLDER as BLOBS, index};

/// The folder beside that of the blobs.
const FOLDER: &str = "lost";
/// How long they are kept there.
const KEPT: Duration = Duration::from_hours(30 * 24);
/// How many keys the operator is told.
const TOLD: usize = 8;

/// Blobs that were moved out of the way, and objects that are no longer there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    pub folder: PathBuf,
    /// How many blobs were moved into the folder.
    pub count: usize,
    /// The keys of the objects whose bytes are gone.
    pub gone: Vec<String>,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { folder, count, gone } = self;
        if !gone.is_empty() {
            let objects = if gone.len() == 1 { "1 object has" } else { &format!("{} objects have", gone.len()) };
            // In quotes, so that a key with a line feed is one line.
            let keys: Vec<_> = gone.iter().take(TOLD).map(|key| format!("{key:?}")).collect();
            let keys = keys.join(", ");
            write!(f, "{objects} lost bytes and must be stored again: {keys}")?;
            if gone.len() > TOLD {
                write!(f, " and {} more", gone.len() - TOLD)?;
            }
            if *count == 0 {
                return Ok(());
            }
            f.write_str("; ")?;
        }
        let files = if *count == 1 { "1 file is" } else { &format!("{count} files are") };
        write!(
            f,
            "{files} not in the store's {}: moved to {}, and deleted there after {} days. If the index is an older \
             copy, stop, move them back, and bring back the newest one",
            index::FILE,
            folder.display(),
            KEPT.as_secs() / 86_400
        )
    }
}

/// Refuses a folder with blobs, because there is no index for them.
///
/// # Errors
/// `InvalidData` if there is a blob.
pub fn refuse_blobs(root: &Path) -> io::Result<()> {
    let count = blobs(&root.join(BLOBS))?.len();
    if count == 0 {
        return Ok(());
    }
    let files = if count == 1 { "1 file" } else { &format!("{count} files") };
    let words = format!(
        "{} is missing or empty, and only it knows the names of {files} in {}: bring it back from a copy, or move the \
         folder {} away to begin with an empty store",
        root.join(index::FILE).display(),
        root.join(BLOBS).display(),
        root.display()
    );
    Err(io::Error::new(io::ErrorKind::InvalidData, words))
}

/// Moves the blobs that are not in use out of the way, and removes those that were moved long ago. `gone` are the keys
/// of the objects whose bytes are gone, for the operator to be told with it.
pub fn set_aside(root: &Path, in_use: &HashSet<String>, gone: Vec<String>) -> io::Result<Option<Lost>> {
    let folder = root.join(FOLDER);
    let now = SystemTime::now();
    for path in blobs(&folder)? {
        let moved = path.metadata().and_then(|found| found.modified());
        if moved.is_ok_and(|moved| now.duration_since(moved).is_ok_and(|age| age > KEPT)) {
            let _ = fs::remove_file(path);
        }
    }
    let mut count = 0;
    for path in blobs(&root.join(BLOBS))? {
        let Some(name) = path.file_name() else { continue };
        if name.to_str().is_some_and(|id| in_use.contains(id)) {
            continue;
        }
        let _ = fs::create_dir_all(&folder);
        // Its time is that of the move. What cannot be moved stays, and harms nothing.
        let is_dated = fs::File::options().append(true).open(&path).and_then(|file| file.set_modified(now));
        count += usize::from(is_dated.and_then(|()| fs::rename(&path, folder.join(name))).is_ok());
    }
    // Only if nothing is in it.
    let _ = fs::remove_dir(&folder);
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        // Notes of `s3s-fs` about blobs. The index has what they say.
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(".bucket-")) && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok((count > 0 || !gone.is_empty()).then_some(Lost { folder, count, gone }))
}

/// Moves a blob of `size` bytes back that was set aside. Returns whether it is there again.
pub fn bring_back(root: &Path, id: &str, size: u64) -> bool {
    let aside = root.join(FOLDER).join(id);
    aside.metadata().is_ok_and(|found| found.len() == size) && fs::rename(aside, root.join(BLOBS).join(id)).is_ok()
}

/// The files in a folder that have the name of a blob. What else lies there, such as `@eaDir`, is not the store's.
fn blobs(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let is_id = |name: &str| name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if entry.file_name().to_str().is_some_and(is_id) && entry.file_type()?.is_file() {
            found.push(entry.path());
        }
    }
    Ok(found)
}
