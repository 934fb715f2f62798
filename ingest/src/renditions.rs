//! Gives items of earlier versions what newer ones have: renditions and a ThumbHash. Originals stay as they are.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use gallery::layout::{ThumbnailSize, thumbnail as thumbnail_object};
use image::ImageFormat;

use crate::Options;
use crate::blank::{self, Examination};
use crate::catalogue::{Lack, Lacking};
use crate::digest::sums;
use crate::failure::Failure;
use crate::film::Encoded;
use crate::motion::{self, InPhoto};
use crate::photo;
use crate::pipeline::shielded;
use crate::progress::Progress;
use crate::publish::{OLD_VERSIONS_STAY, Publisher};
use crate::register::new_version;
use crate::sniff::{self, Kind};
use crate::taken;
use crate::tally::Tally;
use crate::thumbnail;
use crate::walk::Candidate;

/// How much of an original is in memory at once, in bytes.
const AT_ONCE: u64 = 16 << 20;
/// The largest thumbnail that is read, in bytes.
const MAX_THUMBNAIL: u64 = 16 << 20;

/// Fills all rows that lack something. What a stopped run has done stays done.
pub fn fill(
    options: &Options,
    publisher: &Publisher,
    files: &[Candidate],
    tally: &Tally,
    threads: usize,
) -> Result<(), Failure> {
    let lacking = publisher.catalogue.without_renditions()?;
    let files = unchanged(publisher, files)?;
    let progress = Progress::files(options.show, "renditions", lacking.len() as u64);
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..threads.min(lacking.len()) {
            scope.spawn(|| {
                while let Some(item) = lacking.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if tally.must_stop() {
                        return;
                    }
                    let file = files.get(item.key.as_str()).copied();
                    let result = shielded(|| one(options, publisher, item, file));
                    if result.is_ok() && item.what != Lack::Examination {
                        tally.renewed();
                    }
                    tally.fill(&item.key, "no new pictures", result);
                    progress.advance(1);
                }
            });
        }
    });
    Ok(())
}

/// The files of the library that hold items as they are in the gallery, by key.
fn unchanged<'f>(publisher: &Publisher, files: &'f [Candidate]) -> Result<HashMap<String, &'f Candidate>, Failure> {
    let files: HashMap<&str, &Candidate> = files.iter().map(|file| (file.place.as_str(), file)).collect();
    let places = publisher.catalogue.places(publisher.register.library)?;
    let mut known = HashMap::new();
    for place in places {
        let file = files.get(place.path.as_str()).filter(|file| file.is_as_in(&place));
        known.extend(file.map(|file| (place.key, *file)));
    }
    Ok(known)
}

fn one(options: &Options, publisher: &Publisher, item: &Lacking, file: Option<&Candidate>) -> Result<(), Failure> {
    if item.what == Lack::Film {
        return film(options, publisher, item);
    }
    if item.what == Lack::Thumbhash {
        let object = thumbnail_object(ThumbnailSize::Small, &item.key);
        let webp = publisher.bucket.get(&object, MAX_THUMBNAIL)?.ok_or_else(|| gone(&object))?;
        let picture = image::load_from_memory_with_format(&webp, ImageFormat::WebP);
        let picture = picture.map_err(|error| Failure::File(format!("{object} is broken: {error}")))?;
        let thumbhash = thumbnail::thumbhash(picture).map_err(Failure::File)?;
        return Ok(publisher.catalogue.fill_thumbhash(&item.key, &thumbhash)?);
    }
    let fetched;
    let path = if let Some(file) = file {
        file.path.as_path()
    } else {
        fetched = fetch(options, publisher, &item.key)?;
        &fetched
    };
    if item.what == Lack::Examination {
        return examined(publisher, &item.key, path);
    }
    let Kind::Photo(kind) = sniff::file(path).map_err(|error| Failure::File(photo::unreadable(error)))? else {
        return Err(Failure::File("its original is no picture that this version can read".to_owned()));
    };
    let dated = file.map_or_else(|| taken::File::new(path, jiff::Timestamp::now()), Candidate::dated);
    let made = photo::read(&dated, kind, publisher.means).map_err(Failure::File)?.thumbnails;
    let version = new_version(&item.key, true);
    let mut renditions = publisher.thumbnails(&item.key, &version, &made)?;
    if let InPhoto::Clip(clip) = motion::clip_of(path, kind, publisher.films, publisher.means.permits)? {
        publisher.clip(&item.key, &mut renditions, &clip)?;
    }
    let due = (jiff::Timestamp::now() + OLD_VERSIONS_STAY).to_string();
    publisher.catalogue.fill_renditions(item, &renditions, &made.thumbhash, &due)?;
    if item.stored.is_foreign { examined(publisher, &item.key, path) } else { Ok(()) }
}

/// Notes what only the whole original says: its digest, what to blank in it, and its checksums.
fn examined(publisher: &Publisher, key: &str, path: &Path) -> Result<(), Failure> {
    let unreadable = |error| Failure::File(photo::unreadable(error));
    let sums = sums(path, publisher.stop).map_err(unreadable)?.ok_or(Failure::Stopped)?;
    publisher.catalogue.fill_digest(key, &sums.sha256)?;
    let examination = Examination::of_file(path, sums.crc).map_err(unreadable)?;
    let size = path.metadata().map_err(unreadable)?.len();
    let kept = blank::kept(publisher.bucket, key, size, &examination)?.map(|kept| (key.to_owned(), kept));
    Ok(publisher.catalogue.fill_patches(kept.as_slice())?)
}

/// Converts a film that the program before never converted.
fn film(options: &Options, publisher: &Publisher, item: &Lacking) -> Result<(), Failure> {
    // An encoder takes all cores, and a film that waits for it would only take room.
    static ONE: Mutex<()> = Mutex::new(());
    let encoder = publisher.films.encoder().map_err(Failure::File)?;
    let alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let path = fetch(options, publisher, &item.key)?;
    let Kind::Film(kind) = sniff::file(&path).map_err(|error| Failure::File(photo::unreadable(error)))? else {
        return Err(Failure::File("its original is no film that this version can read".to_owned()));
    };
    let sums = sums(&path, publisher.stop).map_err(|error| Failure::File(photo::unreadable(error)))?;
    let digest = sums.ok_or(Failure::Stopped)?.sha256;
    let probed = encoder.probe_whole(&path, kind)?;
    let encoded = encoder.encode((&path, kind), probed, &digest, |_| {})?;
    drop(alone);
    if let Err(failure) = put_film(publisher, item, &new_version(&digest, true), &encoded) {
        // The next run need not encode it again.
        encoded.keep();
        return Err(failure);
    }
    examined(publisher, &item.key, &path)
}

/// Uploads what was made of a film, and writes it into the film's row.
fn put_film(publisher: &Publisher, item: &Lacking, version: &str, encoded: &Encoded) -> Result<(), Failure> {
    publisher.film_objects(&item.key, version, encoded, false)?;
    let pictures = publisher.thumbnails(&item.key, version, &encoded.thumbnails)?;
    Ok(publisher.catalogue.fill_film(item, version, encoded, &pictures)?)
}

/// The original out of the bucket, in a file that goes when it is dropped.
fn fetch(options: &Options, publisher: &Publisher, key: &str) -> Result<tempfile::TempPath, Failure> {
    let size = publisher.bucket.head(key)?.ok_or_else(|| gone(key))?.size;
    let folder: PathBuf = options.temp.clone().unwrap_or_else(std::env::temp_dir);
    let unwritable =
        |error: std::io::Error| Failure::Skipped(format!("{} cannot be written: {error}", folder.display()));
    let mut file = tempfile::NamedTempFile::new_in(&folder).map_err(unwritable)?;
    for start in (0..size).step_by(usize::try_from(AT_ONCE).unwrap_or(usize::MAX)) {
        if publisher.stop.is_requested() {
            return Err(Failure::Stopped);
        }
        let count = AT_ONCE.min(size - start);
        let bytes = publisher.bucket.range(key, start, count)?.filter(|bytes| bytes.len() as u64 == count);
        let bytes = bytes.ok_or_else(|| Failure::File("it changed while it was read: run again".to_owned()))?;
        file.write_all(&bytes).map_err(unwritable)?;
    }
    Ok(file.into_temp_path())
}

fn gone(object: &str) -> Failure {
    Failure::File(format!("{object} is not in the bucket"))
}
