//! A run from start to end: look, then photos on many threads, then films one after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use crate::bucket::{Bucket, StoreError};
use crate::catalogue::Catalogue;
use crate::permits::Permits;
use crate::progress::Progress;
use crate::publish::{Failure, Outcome, Publisher};
use crate::sniff::Kind;
use crate::walk::{Candidate, Library, walk};
use crate::{Error, Named, Options, Report, Stop};

/// After so many files in a row that the store would not take, the rest is not tried.
const STORE_PATIENCE: u32 = 5;

/// Takes a library in. See the crate's documentation for what that means.
pub fn run(options: &Options) -> Result<Report, Error> {
    let started = Instant::now();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    // Decoding is bounded by permits; the rest of the threads wait for the network.
    let threads = (cores * 2).max(4);

    let library = match &options.library {
        Some(folder) => {
            std::fs::read_dir(folder).map_err(|error| Error::Library(folder.clone(), error))?;
            walk(folder)
        }
        None => Library::default(),
    };
    let catalogue =
        Catalogue::open(&options.database).map_err(|error| Error::Database(options.database.clone(), error))?;
    let bucket = Bucket::new(&options.store, threads, options.stop.clone())
        .and_then(|bucket| bucket.check().map(|()| bucket))
        .map_err(|error| Error::Store(error.to_string()))?;
    let permits = Permits::new(cores as u64);

    let tally = Tally::new(&options.stop, &library);
    let publisher = Publisher {
        bucket: &bucket,
        catalogue: &catalogue,
        permits: &permits,
        force: options.force,
        stop: &options.stop,
    };
    photos(options, &publisher, &library, &tally, threads);

    let (mut report, fatal) = tally.finish();
    match fatal {
        Some(Fatal::Store(error)) => return Err(Error::Store(error.to_string())),
        Some(Fatal::Catalogue(error)) => {
            return Err(Error::Database(options.database.clone(), error));
        }
        None => {}
    }
    report.interrupted = options.stop.is_requested();
    (report.objects, report.bytes) = bucket.uploaded();
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

fn photos(options: &Options, publisher: &Publisher, library: &Library, tally: &Tally, threads: usize) {
    let photos: Vec<_> = library
        .candidates
        .iter()
        .filter_map(|file| match file.kind {
            Kind::Photo(kind) => Some((file, kind)),
            _ => None,
        })
        .collect();
    let progress = Progress::files(options.show, "photos", photos.len() as u64);
    let queue = Mutex::new(photos.into_iter());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !tally.must_stop() {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((file, kind)) = next else { break };
                    tally.count(file, shielded(|| publisher.photo(file, kind)));
                    progress.advance(1);
                }
            });
        }
    });
}

/// A decoder that panics on a broken file must not end the run.
fn shielded(work: impl FnOnce() -> Result<Outcome, Failure>) -> Result<Outcome, Failure> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Failure::File("broken: reading it failed unexpectedly".into())))
}

/// What is being counted, by all threads.
struct Tally<'a> {
    stop: &'a Stop,
    inner: Mutex<Inner>,
}

struct Inner {
    report: Report,
    fatal: Option<Fatal>,
    store_failures: u32,
}

enum Fatal {
    Store(StoreError),
    Catalogue(rusqlite::Error),
}

impl<'a> Tally<'a> {
    fn new(stop: &'a Stop, library: &Library) -> Self {
        let named = |list: &[(String, String)]| {
            let named = list.iter().map(|(name, reason)| Named { name: name.clone(), reason: reason.clone() });
            named.collect()
        };
        let count = |wanted: fn(&Kind) -> bool| {
            let found = library.candidates.iter().filter(|file| wanted(&file.kind));
            found.count() as u64
        };
        let report = Report {
            photos: count(|kind| matches!(kind, Kind::Photo(_))),
            films: count(|kind| matches!(kind, Kind::Film(_))),
            skipped: named(&library.skipped),
            failed: named(&library.failed),
            ignored: library.ignored,
            ..Report::default()
        };
        Self { stop, inner: Mutex::new(Inner { report, fatal: None, store_failures: 0 }) }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn must_stop(&self) -> bool {
        self.stop.is_requested() || self.lock().fatal.is_some()
    }

    fn count(&self, file: &Candidate, result: Result<Outcome, Failure>) {
        let mut inner = self.lock();
        let named = |reason| Named { name: file.key.as_str().to_owned(), reason };
        match result {
            Ok(outcome) => {
                inner.store_failures = 0;
                match outcome {
                    Outcome::Added => inner.report.added += 1,
                    Outcome::Unchanged => inner.report.unchanged += 1,
                }
            }
            Err(Failure::File(reason)) => inner.report.failed.push(named(reason)),
            Err(Failure::Skipped(reason)) => inner.report.skipped.push(named(reason)),
            Err(Failure::Store(error)) => {
                inner.report.failed.push(named(error.to_string()));
                inner.store_failures += 1;
                if error.fatal || inner.store_failures >= STORE_PATIENCE {
                    inner.fatal.get_or_insert(Fatal::Store(error));
                }
            }
            Err(Failure::Catalogue(error)) => {
                inner.fatal.get_or_insert(Fatal::Catalogue(error));
            }
            Err(Failure::Stopped) => {}
        }
    }

    fn finish(self) -> (Report, Option<Fatal>) {
        let inner = self.inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut report = inner.report;
        report.skipped.sort();
        report.failed.sort();
        (report, inner.fatal)
    }
}
