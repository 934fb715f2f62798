//! Whether the files are those that the index names. A disk that lost bytes, or an index that was brought back from an
//! older copy, leaves rows without their bytes. GET of such an object fails, but HEAD and lists go on as before. Ingest
//! asks these first, and would never upload the object again. So its row goes.
//!
//! It takes time to look at every file. A store that was closed in order, and has the same index since, is taken as it
//! is.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use crate::{
    blobs::{self, FOLDER as BLOBS},
    index::{self, Index, Named},
    lost,
};

/// The file that says that the store was closed in order. It holds the size and the time that the index had then.
const MARK: &str = "closed";
/// A store of so few blobs may have lost most of them. One of more blobs is on a disk that is not mounted.
const FEW: usize = 8;

/// Whether the store was closed in order, and its index is still the one of then. To be asked before the index is
/// opened, which may change its file.
pub fn was_closed(root: &Path) -> bool {
    fs::read_to_string(root.join(MARK)).is_ok_and(|noted| state(root).is_ok_and(|now| now == noted))
}

/// Forgets the objects whose bytes are gone, and returns their keys. What is left of the bytes is no longer named.
///
/// # Errors
/// `InvalidData` if most of the bytes are gone. Nothing is forgotten then.
pub fn check(root: &Path, index: &Index) -> io::Result<Vec<String>> {
    let mut gone = index.named()?;
    let count = gone.len();
    gone.retain(|named| is_gone(root, named));
    if count > FEW && gone.len() > count / 2 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, refusal(root, gone.len(), count)));
    }
    index.forget(&gone)?;
    // A part is not told: whoever completes the upload is told, and sends the part again.
    let keys = gone.into_iter().filter_map(|named| named.key);
    Ok(keys.map(|key| String::from_utf8_lossy(&key).into_owned()).collect())
}

/// Takes the mark away, so that there is none after a crash. When this returns, that is on the disk.
pub fn unmark(root: &Path) -> io::Result<()> {
    match fs::remove_file(root.join(MARK)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => blobs::settle_names(root),
    }
}

/// Marks the store as closed in order when it is dropped, which must be after the index was closed.
pub struct Closing(PathBuf);

impl Closing {
    pub fn new(root: PathBuf) -> Self {
        Self(root)
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        // Without the mark, the next start looks at every file.
        let _ = state(&self.0).and_then(|state| fs::write(self.0.join(MARK), state));
    }
}

/// The size and the time of the index.
fn state(root: &Path) -> io::Result<String> {
    let found = fs::metadata(root.join(index::FILE))?;
    let modified = found.modified()?.duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
    Ok(format!("{} {}", found.len(), modified.as_nanos()))
}

fn is_gone(root: &Path, named: &Named) -> bool {
    match fs::metadata(root.join(BLOBS).join(&named.blob)) {
        Ok(found) => found.len() != named.size,
        // An older index may have set it aside, and the newest one was brought back since.
        Err(error) if error.kind() == io::ErrorKind::NotFound => !lost::bring_back(root, &named.blob, named.size),
        // The disk failed, which says nothing about the file.
        Err(_) => false,
    }
}

fn refusal(root: &Path, gone: usize, count: usize) -> String {
    format!(
        "{gone} of the {count} files that {} names are missing in {}, or have another size: mount their disk or bring \
         them back from a copy, or move the folder {} away to begin with an empty store",
        root.join(index::FILE).display(),
        root.join(BLOBS).display(),
        root.display()
    )
}
