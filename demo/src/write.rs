//! Pictures into a folder: several at a time, each whole or not at all.

use crate::catalogue::{PICTURES, Picture};
use crate::encode;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Writes every picture of the library under `out` and returns their paths in catalogue order.
///
/// `progress(done, total)` is called after each. A file that is already there with the right
/// dimensions is left alone. A file's modification time is the moment the picture was taken.
pub fn write_pictures(out: &Path, progress: impl FnMut(usize, usize)) -> io::Result<Vec<PathBuf>> {
    write_some(&PICTURES.iter().collect::<Vec<_>>(), out, progress)
}

/// Like [`write_pictures`], for some of the pictures.
pub fn write_some(
    pictures: &[&Picture],
    out: &Path,
    mut progress: impl FnMut(usize, usize),
) -> io::Result<Vec<PathBuf>> {
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(2, usize::from).min(pictures.len());
    let (sender, done) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some(picture) = pictures.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // A closed channel means the receiver has met an error and given up.
                    if sender.send(write_one(picture, out)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (count, result) in done.into_iter().enumerate() {
            result?;
            progress(count + 1, pictures.len());
        }
        Ok(pictures.iter().map(|p| out.join(p.key)).collect())
    })
}

fn write_one(picture: &Picture, out: &Path) -> io::Result<()> {
    let path = out.join(picture.key);
    if image::image_dimensions(&path).is_ok_and(|size| size == picture.stored_size()) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let bytes = encode::file(picture).map_err(io::Error::other)?;
    let mut partial = path.clone().into_os_string();
    partial.push(".partial");
    fs::write(&partial, bytes)?;
    let file = fs::File::options().write(true).open(&partial)?;
    file.set_modified(picture.taken_at())?;
    drop(file);
    fs::rename(&partial, &path)
}
