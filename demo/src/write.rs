//! Writes pictures into a folder, several at a time. Each file is written whole or not at all.

use crate::catalogue::{self, PICTURES, Picture};
use crate::encode;
use crate::film::short_film;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::SystemTime;

/// Writes every picture of the library under `out` and returns their paths in catalogue order.
///
/// `progress(done, total)` is called after each picture. A file that is already there with the right dimensions is
/// left alone. A file's modification time is the moment the picture was taken.
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
    // The largest pictures come first, so that at the end no core is left with a large one.
    let mut order = pictures.to_vec();
    order.sort_by_key(|p| std::cmp::Reverse(p.size.0 * p.size.1));
    let order = &order;
    let workers = thread::available_parallelism().map_or(2, usize::from).min(pictures.len());
    let (sender, done) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some(picture) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // A closed channel means that the receiver has met an error and given up.
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
    let bytes = encode::file(picture).map_err(io::Error::other)?;
    put(&path, &bytes, picture.taken_at())
}

/// Writes the short film's original under `out`, unless it is there, and returns its path.
pub fn write_short_film(out: &Path) -> io::Result<PathBuf> {
    let film = short_film();
    let path = out.join(film.key);
    if !fs::metadata(&path).is_ok_and(|m| m.len() == film.original.len() as u64) {
        put(&path, film.original, catalogue::moment(film.taken))?;
    }
    Ok(path)
}

/// Writes a file, whole or not at all, and dates it `when`.
fn put(path: &Path, bytes: &[u8], when: SystemTime) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut partial = path.to_path_buf().into_os_string();
    partial.push(".partial");
    fs::write(&partial, bytes)?;
    fs::File::options().write(true).open(&partial)?.set_modified(when)?;
    fs::rename(&partial, path)
}
