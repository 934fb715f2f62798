//! Takes over a bucket that another program has filled: rows for what lies in it, without a byte of it being written
//! or moved.
//!
//! What was adopted is known again by the tag of its original, so a later run reads only what is new.

mod item;
mod look;
mod mend;
mod objects;
mod remote;
mod report;
mod rows;
mod values;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use gallery::layout::{self, ThumbnailSize};
use gallery::media::COLUMNS;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use platform::{StoreName, Value};

pub use report::Adoption;
pub use values::OldValues;

use crate::bucket::{Headers, Listed};
use crate::catalogue::{Adopted, Before, Deletion, Refreshed, Shown, State, Stored};
use crate::engine::{Session, zone_named};
use crate::failure::Failure;
use crate::film::Found;
use crate::lock::Lock;
use crate::pipeline::shielded;
use crate::progress::Progress;
use crate::publish::OLD_VERSIONS_STAY;
use crate::{Error, Options, thumbnail};
use look::Looker;
use mend::{Known, Mended, Picture, is_bare};
use objects::Objects;
use rows::{Row, Rows};

/// How many objects are read at once. What is read is little, so most of the time is waiting.
const LANES: usize = 32;
/// How many rows are written in one transaction. What a stopped run has written stays.
const AT_ONCE: usize = 50;
/// The largest thumbnail that is read, in bytes.
const MAX_THUMBNAIL: u64 = 1 << 20;

/// The mark of an original that could not be read. It is no other original the next time.
const UNREAD: &str = "";

/// What is to be adopted beside what the bucket shows.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// D1's SQL, or a SQLite file.
    pub dump: Option<PathBuf>,
}

/// An object that is to get a row, or a new one.
struct Wanted<'a> {
    object: &'a Listed,
    row: Option<&'a Row>,
    /// The row that it has, if its original is another one by now.
    before: Option<&'a Before>,
}

/// Adopts what lies in the bucket. With `options.dry_run`, nothing is written.
pub fn adopt(options: &Options, sources: &Sources) -> Result<Adoption, Error> {
    let started = Instant::now();
    let zone = zone_named(options.time_zone.as_deref())?;
    let dump = sources.dump.as_deref().map(Rows::read).transpose().map_err(Error::Settings)?.unwrap_or_default();
    let session = Session::open_with(options, LANES)?;
    let _lock = if options.dry_run { None } else { Some(Lock::take(&options.database)?) };
    let mut report = Adoption { dry_run: options.dry_run, ..Adoption::default() };
    let done = Run { options, session: &session, zone: &zone, report: Mutex::new(&mut report) }.all(dump);
    done.map_err(|failure| session.failed(options, failure))?;
    if !options.dry_run {
        // An item with a row is in the gallery, also after a request to stop.
        session.catalogue.settle_dates("", &zone).map_err(|error| session.unusable(options, error))?;
        session.publish(options)?;
        report.bare = bare_of(&session, options)?;
    }
    report.interrupted = options.stop.is_requested();
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report.sorted())
}

/// Writes values of the predecessor's namespace to where hosts whose KV store is the bucket read them. What is there
/// already stays: returns the names of what was written.
pub fn keep_values(options: &Options, values: &OldValues) -> Result<Vec<&'static str>, Error> {
    const HEADERS: Headers = Headers { content_type: "application/octet-stream", cache_control: "no-store" };
    let session = Session::open(options)?;
    let mut written = Vec::new();
    for (name, value) in values.all() {
        let object = layout::kv(StoreName::CacheVersion.name(), name);
        let put = || match session.bucket.head(&object)? {
            None => session.bucket.put_aside(&object, value.as_bytes(), HEADERS).map(|()| true),
            Some(_) => Ok(false),
        };
        if put().map_err(|error| Error::Store(error.to_string()))? {
            written.push(name);
        }
    }
    Ok(written)
}

/// The keys of items of which no picture can be shown.
pub fn bare(options: &Options) -> Result<Vec<String>, Error> {
    bare_of(&Session::open(options)?, options)
}

fn bare_of(session: &Session, options: &Options) -> Result<Vec<String>, Error> {
    let items = session.catalogue.all().map_err(|error| session.unusable(options, error))?;
    Ok(items.into_iter().filter(is_bare).map(|item| item.key).collect())
}

/// A row that is to be written, and what goes of an item that was adopted before, and has another original by now.
type Ready = (Adopted, Option<Vec<Deletion>>);

struct Run<'a, 'r> {
    options: &'a Options,
    session: &'a Session,
    zone: &'a TimeZone,
    report: Mutex<&'r mut Adoption>,
}

impl Run<'_, '_> {
    fn report(&self, change: impl FnOnce(&mut Adoption)) {
        change(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn all(&self, dump: Rows) -> Result<(), Failure> {
        let catalogue = &self.session.catalogue;
        let mut objects = Objects::sort(self.session.bucket.list("")?);
        let before = catalogue.adopted()?;
        let (items, withdrawn) = (catalogue.items()?, catalogue.withdrawn()?);
        let in_rows = items.iter().map(|item| &item.key).chain(withdrawn.iter().map(|item| &item.key));
        let known: HashSet<&str> = in_rows.chain(before.keys()).map(String::as_str).collect();
        objects.keep(|key| known.contains(key));
        let ours: HashSet<String> = items.into_iter().filter(|it| it.digest.is_some()).map(|it| it.key).collect();
        self.report(|report| report.misplaced.extend(objects.misplaced.keys().cloned()));
        let mut kept_out: HashSet<String> = catalogue.begun()?.into_iter().collect();
        kept_out.extend(catalogue.deletions(None)?.into_iter().map(|deletion| deletion.object));
        for item in withdrawn {
            // Its original was missing, and has come.
            let is_back = item.state == State::Pruned
                && !kept_out.contains(&item.key)
                && objects.originals.contains_key(&item.key);
            let is_missing = item.state == State::Pruned && !item.is_purged && !kept_out.contains(&item.key);
            if !is_back {
                if is_missing {
                    self.report(|report| report.missing.push(item.key.clone()));
                }
                kept_out.insert(item.key);
            } else if !self.options.dry_run {
                catalogue.put_back(&item, &Timestamp::now().to_string())?;
            }
        }
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        for row in catalogue.foreign()? {
            let row = Row(COLUMNS.iter().map(|name| (*name).to_owned()).zip(row.0).collect());
            rows.extend(row.text("key").map(str::to_owned).map(|key| (key, row)));
        }
        let in_place: HashSet<String> = rows.keys().cloned().collect();
        // What people wrote into the dump is newer than what this database had of it.
        rows.extend(dump.rows);
        if !self.options.dry_run {
            let is_foreign = |(name, _): &&(String, String)| !COLUMNS.contains(&name.as_str());
            catalogue.add_columns(&dump.columns.iter().filter(is_foreign).cloned().collect::<Vec<_>>())?;
        }

        let (mut wanted, mut refreshed) = (Vec::new(), Vec::new());
        for object in objects.originals.values() {
            let known = before.get(&object.key);
            if kept_out.contains(&object.key) {
                self.report(|report| report.kept_out += 1);
            } else if let Some(Before { mark, made_here: false, shown: Some(shown), .. }) = known
                // Who has read the whole original since then need not look again.
                && (*mark == mend::mark(object) || (mark == UNREAD && shown.digest.is_some()))
            {
                match again(object, &objects, shown) {
                    Some(more) => refreshed.push(more),
                    None => self.report(|report| report.unchanged += 1),
                }
            } else if known.is_none_or(|known| known.made_here) && ours.contains(&object.key) {
                self.report(|report| report.unchanged += 1);
            } else {
                wanted.push(Wanted { object, row: rows.get(&object.key), before: known });
            }
        }
        self.report(|report| report.refreshed += refreshed.len() as u64);
        if !self.options.dry_run {
            catalogue.refresh(refreshed, &Timestamp::now().to_string())?;
        }
        let is_there = |key: &String| objects.originals.contains_key(key) || objects.misplaced.contains_key(key);
        let is_gone = |key: &String| !is_there(key) && !kept_out.contains(key);
        let was_shown = |key: &String| before.get(key).is_some_and(|before| before.shown.is_some());
        self.missing(rows.keys().filter(|key| is_gone(key) && !was_shown(key) && !ours.contains(*key)), &in_place)?;
        let gone = before.keys().filter(|key| is_gone(key) && was_shown(key)).cloned();
        self.report(|report| report.gone.extend(gone));
        self.report(|report| report.others += objects.others);
        self.take_in(&wanted, &objects)
    }

    /// Rows whose originals are not in the bucket. One that is in this database is not shown until its original comes.
    fn missing<'k>(&self, keys: impl Iterator<Item = &'k String>, in_place: &HashSet<String>) -> Result<(), Failure> {
        for key in keys {
            if in_place.contains(key) && !self.options.dry_run {
                let now = Timestamp::now().to_string();
                self.session.catalogue.withdraw(key, State::Pruned, &[], &now)?;
            }
            self.report(|report| report.missing.push(key.clone()));
        }
        Ok(())
    }

    fn take_in(&self, wanted: &[Wanted], objects: &Objects) -> Result<(), Failure> {
        let folder = self.options.temp.clone().unwrap_or_else(std::env::temp_dir);
        let unwritable = |error| Failure::Skipped(format!("{} cannot be written: {error}", folder.display()));
        let folder = tempfile::tempdir_in(&folder).map_err(unwritable)?;
        let films = Found::new(self.options);
        let looker = Looker { bucket: &self.session.bucket, films: &films, folder: folder.path() };
        let progress = Progress::files(self.options.show, "originals", wanted.len() as u64);
        let (next, failed) = (AtomicUsize::new(0), Mutex::new(None));
        let done = Mutex::new(Vec::with_capacity(AT_ONCE));
        thread::scope(|scope| {
            for _ in 0..LANES.min(wanted.len()) {
                scope.spawn(|| {
                    while let Some(one) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if self.options.stop.is_requested() {
                            return;
                        }
                        if let Err(failure) = self.one(one, objects, &looker, &done) {
                            if self.options.stop.is_requested() {
                                return;
                            }
                            next.store(wanted.len(), Ordering::Relaxed);
                            failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
                        }
                        progress.advance(1);
                    }
                });
            }
        });
        self.write(&done.into_inner().unwrap_or_else(PoisonError::into_inner))?;
        failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    fn one(
        &self,
        wanted: &Wanted,
        objects: &Objects,
        looker: &Looker,
        done: &Mutex<Vec<Ready>>,
    ) -> Result<(), Failure> {
        let Wanted { object, row, before } = wanted;
        let key = object.key.as_str();
        let name = row.and_then(|row| row.text("filename")).unwrap_or_else(|| mend::name_of(key).0);
        let is_complete =
            row.is_some_and(|row| mend::is_whole_film(key, row) && objects.thumbnails(key).contains(&true));
        let mut is_read = true;
        let look = match shielded(|| {
            if is_complete { Ok(None) } else { looker.look(object, name).map_err(|it| Failure::File(it.to_string())) }
        }) {
            Err(Failure::File(_)) if self.options.stop.is_requested() => return Err(Failure::Stopped),
            Err(Failure::File(reason)) => {
                is_read = false;
                self.report(|report| report.unread.push((key.to_owned(), reason)));
                None
            }
            look => look?,
        };
        if look.is_none() && row.is_none() {
            self.report(|report| report.others += 1);
            return Ok(());
        }
        let picture = self.picture(key, objects.sizes(key))?;
        let thumbnails = objects.thumbnails(key);
        let known = Known { object, row: *row, look, thumbnails, qualities: objects.qualities(key), picture };
        let Mended { mut adopted, filled, is_bare, note } = known.mend(self.zone, Timestamp::now());
        if !is_read || note.is_some() {
            // The next run looks again.
            UNREAD.clone_into(&mut adopted.mark);
        }
        self.report(|report| report.adopted(key, row.is_some(), &filled, is_bare, note));
        if self.options.dry_run {
            return Ok(());
        }
        let full = {
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.push((adopted, outdated(key, *before)));
            if done.len() < AT_ONCE {
                return Ok(());
            }
            std::mem::take(&mut *done)
        };
        self.write(&full)
    }

    fn write(&self, rows: &[Ready]) -> Result<(), Failure> {
        if rows.is_empty() { Ok(()) } else { Ok(self.session.catalogue.adopt(rows)?) }
    }

    /// The smallest thumbnail that is there. One that is no picture is as good as none.
    fn picture(&self, key: &str, thumbnails: [Option<u64>; 3]) -> Result<Option<Picture>, Failure> {
        let sizes = ThumbnailSize::BELOW_THUMBNAILS.into_iter().zip(thumbnails);
        let small = sizes.filter_map(|(size, bytes)| bytes.filter(|bytes| *bytes <= MAX_THUMBNAIL).zip(Some(size)));
        let Some((bytes, size)) = small.min_by_key(|(_, size)| *size as usize) else { return Ok(None) };
        let Some(bytes) = self.session.bucket.range(&layout::thumbnail(size, key), 0, bytes)? else {
            return Ok(None);
        };
        let picture = shielded(|| {
            let picture = image::load_from_memory(&bytes).map_err(|error| Failure::File(error.to_string()))?;
            let size = (picture.width(), picture.height());
            Ok(Picture { thumbhash: thumbnail::thumbhash(picture).map_err(Failure::File)?, size })
        });
        Ok(picture.ok())
    }
}

/// What was made of an item since it was adopted, whose original is as it was.
fn again(object: &Listed, objects: &Objects, shown: &Shown) -> Option<Refreshed> {
    let key = object.key.as_str();
    let (thumbnails, stored) = (objects.thumbnails(key), &shown.stored);
    // Of a film with a version, and of a picture with renditions, newer ones are shown.
    let is_converted_here = stored.is_film && stored.version.is_some();
    let qualities = objects.qualities(key).filter(|_| stored.is_film);
    let qualities = qualities.map(|names| serde_json::to_string(&names).unwrap_or_default());
    let qualities = if is_converted_here { shown.qualities.clone() } else { qualities };
    let is_pictured_here = stored.renditions.is_some();
    if (is_pictured_here || shown.thumbnails == thumbnails) && shown.qualities == qualities {
        return None;
    }
    let thumbnails = ThumbnailSize::BELOW_THUMBNAILS.map(|size| {
        let is_there = thumbnails[size as usize] && !is_pictured_here;
        is_there.then(|| layout::thumbnail(size, key)).map_or(Value::Null, Value::from)
    });
    Some(Refreshed { key: key.to_owned(), thumbnails, qualities })
}

/// What was made of another original under the same key.
fn outdated(key: &str, before: Option<&Before>) -> Option<Vec<Deletion>> {
    let shown = before.filter(|before| before.mark != UNREAD)?.shown.as_ref()?;
    let due = (Timestamp::now() + OLD_VERSIONS_STAY).to_string();
    let now = Stored { version: None, renditions: None, ..shown.stored.clone() };
    Some(Deletion::of_outdated(key, &shown.stored, &now, &due))
}
