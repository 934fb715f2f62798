//! vipsthumbnail, as a person would run it for the same pictures.

use std::{fs, path::Path, process::Command, sync::Mutex, thread, time::Instant};

use gallery::layout::ThumbnailSize;
use harness::Failure;

/// How many processes run at once.
const AT_ONCE: usize = 2;

/// Makes the pictures of all photos of a folder. Returns the seconds.
pub fn thumbnails(photos: &Path, into: &Path) -> Result<f64, Failure> {
    fs::create_dir_all(into)?;
    let mut work = Vec::new();
    for photo in fs::read_dir(photos)? {
        let photo = photo?.path();
        work.extend(ThumbnailSize::ALL.map(|size| (photo.clone(), size)));
    }
    let work = Mutex::new(work);
    let started = Instant::now();
    let failed: Option<Failure> = thread::scope(|scope| {
        let run = || -> Result<(), Failure> {
            loop {
                let next = work.lock().map_err(|_| "a thread has panicked")?.pop();
                let Some((photo, size)) = next else { return Ok(()) };
                let output = into.join(format!("%s_{}.webp[Q=80,effort=4,strip]", size.name()));
                let pixels = size.pixels();
                let status = Command::new("vipsthumbnail")
                    .arg(photo)
                    .args(["--size", &format!("{pixels}x{pixels}>"), "--output"])
                    .arg(output)
                    .env("VIPS_CONCURRENCY", "1")
                    .status()
                    .map_err(|error| format!("vipsthumbnail: {error} (Debian: apt install libvips-tools)"))?;
                if !status.success() {
                    return Err(format!("vipsthumbnail failed ({status})").into());
                }
            }
        };
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(run)).collect();
        threads.into_iter().find_map(|thread| match thread.join() {
            Ok(done) => done.err(),
            Err(_) => Some("a thread has panicked".into()),
        })
    });
    let seconds = started.elapsed().as_secs_f64();
    fs::remove_dir_all(into)?;
    failed.map_or(Ok(seconds), Err)
}
