//! Takes over a bucket that another program has filled: rows for what lies in it, without a byte of it being written
//! or moved.
//!
//! What was adopted is known again by the tag of its original, so a later run reads only what is new.

mod again;
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
use platform::StoreName;

pub use report::Adoption;
pub use values::OldValues;

use crate::bucket::{Headers, Listed};
use crate::catalogue::{Adopted, Before, Deletion, State};
use crate::engine::{Session, zone_named};
use crate::failure::Failure;
use crate::film::Found;
use crate::lock::Lock;
use crate::pipeline::shielded;
use crate::progress::Progress;
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
    /// The row that it has, if its original could not be read, and is the same one.
    own: Option<&'a Row>,
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
        let (mut rows, unread) = (by_key(catalogue.foreign()?), by_key(catalogue.unread()?));
        let in_place: HashSet<String> = rows.keys().cloned().collect();
        // What people wrote into the dump is newer than what this database had of it.
        rows.extend(dump.rows);
        objects.admit(|key| rows.contains_key(key));
        self.report(|report| report.misplaced.extend(objects.misplaced.keys().cloned()));
        if !self.options.dry_run {
            let is_foreign = |(name, _): &&(String, String)| !COLUMNS.contains(&name.as_str());
            catalogue.add_columns(&dump.columns.iter().filter(is_foreign).cloned().collect::<Vec<_>>())?;
        }

        let (mut wanted, mut refreshed) = (Vec::new(), Vec::new());
        for object in objects.originals.values() {
            let known = before.get(&object.key);
            if kept_out.contains(&object.key) {
                self.report(|report| report.kept_out += 1);
            } else if let Some(Before { mark, is_unread: false, made_here: false, shown: Some(shown), .. }) = known
                && *mark == mend::mark(object)
            {
                match again::since_then(object, &objects, shown) {
                    Some(more) => refreshed.push(more),
                    None => self.report(|report| report.unchanged += 1),
                }
            } else if known.is_none_or(|known| known.made_here) && ours.contains(&object.key) {
                self.report(|report| report.unchanged += 1);
            } else {
                let is_same = known.is_some_and(|before| again::is_same(before, object));
                let own = unread.get(&object.key).filter(|_| is_same);
                wanted.push(Wanted { object, row: rows.get(&object.key), before: known, own });
            }
        }
        self.report(|report| report.refreshed += refreshed.len() as u64);
        if !self.options.dry_run {
            catalogue.refresh(refreshed, &Timestamp::now().to_string())?;
        }
        let is_gone = |key: &String| !objects.holds(key) && !kept_out.contains(key);
        let was_shown = |key: &String| before.get(key).is_some_and(|before| before.shown.is_some());
        let is_missing = |key: &&String| is_gone(key) && !was_shown(key) && !ours.contains(*key);
        let missing: Vec<String> = rows.keys().filter(is_missing).cloned().collect();
        self.take_out(&missing, &in_place)?;
        let gone = before.keys().filter(|key| is_gone(key) && was_shown(key)).cloned();
        // No item can have their keys.
        let unfit = rows.keys().filter(|key| objects.others.contains_key(*key)).cloned();
        self.report(|report| {
            report.missing.extend(missing);
            report.gone.extend(gone);
            report.unfit.extend(unfit);
            report.others += objects.others.len() as u64;
        });
        self.take_in(&wanted, &objects)?;
        let mut unfit = Vec::new();
        self.report(|report| unfit.clone_from(&report.unfit));
        self.take_out(&unfit, &in_place)
    }

    /// Rows without an original that can be shown. Those in this database are not shown until it comes.
    fn take_out(&self, keys: &[String], in_place: &HashSet<String>) -> Result<(), Failure> {
        for key in keys.iter().filter(|key| in_place.contains(*key) && !self.options.dry_run) {
            self.session.catalogue.withdraw(key, State::Pruned, &[], &Timestamp::now().to_string())?;
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
        let Wanted { object, row: theirs, before, own } = wanted;
        let key = object.key.as_str();
        let ours = own.map(again::as_theirs);
        let row = theirs.or(ours.as_ref());
        let name = row.and_then(|row| row.text("filename")).unwrap_or_else(|| mend::name_of(key).0);
        let is_named = objects::is_media(key);
        let is_whole = |row: &Row| mend::is_whole_film(key, row) && objects.thumbnails(key).contains(&true);
        let is_complete = is_named && row.is_some_and(is_whole);
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
        if look.is_none() && !is_named {
            // A row alone does not make a photo or film of it.
            self.report(|report| report.unfit.extend(is_read.then(|| key.to_owned())));
            return Ok(());
        }
        let picture = self.picture(key, objects.sizes(key))?;
        let thumbnails = objects.thumbnails(key);
        let known = Known { object, row, look, thumbnails, qualities: objects.qualities(key), picture };
        let Mended { mut adopted, filled, is_bare, note } = known.mend(self.zone, Timestamp::now());
        // The next run looks again.
        adopted.is_unread = !is_read || note.is_some();
        if let Some(own) = own {
            again::keep(own, theirs.is_some(), &mut adopted);
        }
        self.report(|report| report.adopted(key, row.is_some(), &filled, is_bare, note));
        if self.options.dry_run {
            return Ok(());
        }
        let full = {
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.push((adopted, again::outdated(key, before.filter(|_| own.is_none()))));
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

fn by_key(rows: Vec<platform::Row>) -> BTreeMap<String, Row> {
    let named = |row: platform::Row| Row(COLUMNS.iter().map(|name| (*name).to_owned()).zip(row.0).collect());
    let keyed = |row: Row| Some((row.text("key")?.to_owned(), row));
    rows.into_iter().map(named).filter_map(keyed).collect()
}
