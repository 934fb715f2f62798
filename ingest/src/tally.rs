//! The outcome of each file, counted by all threads, and whether the run should go on.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::bucket::StoreError;
use crate::failure::Failure;
use crate::publish::Outcome;
use crate::sniff::Kind;
use crate::walk::Library;
use crate::{Named, Report, Stop};

/// After so many files in a row that the store refused, the remaining files are not tried.
const STORE_PATIENCE: u32 = 5;

/// The counts of a run.
pub struct Tally<'a> {
    stop: &'a Stop,
    inner: Mutex<Inner>,
}

struct Inner {
    report: Report,
    fatal: Option<Fatal>,
    store_failures: u32,
}

/// Why no further file can be ingested.
pub enum Fatal {
    Store(StoreError),
    Catalogue(platform::Error),
}

impl<'a> Tally<'a> {
    pub fn new(stop: &'a Stop, library: &Library) -> Self {
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

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn must_stop(&self) -> bool {
        self.stop.is_requested() || self.lock().fatal.is_some()
    }

    pub fn count(&self, key: &str, result: Result<Outcome, Failure>) {
        let mut inner = self.lock();
        let named = |reason| Named { name: key.to_owned(), reason };
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

    pub fn is_fatal(&self) -> bool {
        self.lock().fatal.is_some()
    }

    /// Notes the result of a step that concerns the whole run.
    pub fn settle(&self, result: Result<(), Failure>) {
        let fatal = match result {
            Err(Failure::Store(error)) => Fatal::Store(error),
            Err(Failure::Catalogue(error)) => Fatal::Catalogue(error),
            Ok(()) | Err(Failure::File(_) | Failure::Skipped(_) | Failure::Stopped) => return,
        };
        self.lock().fatal.get_or_insert(fatal);
    }

    pub fn count_demo_film(&self, result: Result<Outcome, Failure>) {
        self.lock().report.films += 1;
        self.count(demo::short_film().key, result);
    }

    /// Adds a note about a file that is in the gallery.
    pub fn note(&self, key: &str, reason: String) {
        self.lock().report.notes.push(Named { name: key.to_owned(), reason });
    }

    pub fn finish(self) -> (Report, Option<Fatal>) {
        let inner = self.inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut report = inner.report;
        report.skipped.sort();
        report.failed.sort();
        (report, inner.fatal)
    }
}
