//! The outcome of each file, counted by all threads, and whether the run should go on.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::bucket::StoreError;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::sniff::Kind;
use crate::walk::Library;
use crate::{Files, Named, Report, Stop};

/// After so many files in a row that the store refused, the remaining files are not tried.
const STORE_PATIENCE: u32 = 5;

/// Stands for the name of a file where the words are about all of them.
pub const LIBRARY: &str = "the library";

/// Why new bytes are kept out, and what to do.
const NAME_KEPT_OUT: &str =
    "kept out, because an item that was hidden or removed had this name: if it is another picture, rename it";

/// The counts of a run.
pub struct Tally<'a> {
    stop: &'a Stop,
    files: Option<&'a Files>,
    inner: Mutex<Inner>,
}

struct Inner {
    report: Report,
    fatal: Option<Fatal>,
    store_failures: u32,
}

impl Inner {
    /// Counts a failure of the store. Enough of them in a row end the run.
    fn refused(&mut self, error: StoreError) {
        self.store_failures += u32::from(!error.is_of_object);
        if error.fatal || self.store_failures >= STORE_PATIENCE {
            self.fatal.get_or_insert(Fatal::Store(error));
        }
    }
}

/// Why no further file can be ingested.
pub enum Fatal {
    Store(StoreError),
    Catalogue(platform::Error),
}

impl<'a> Tally<'a> {
    pub fn new(stop: &'a Stop, files: Option<&'a Files>, library: &Library) -> Self {
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
            notes: named(&library.notes),
            ignored: library.ignored,
            left_out: library.left_out + library.ignored_by_rule,
            ..Report::default()
        };
        if let Some(files) = files {
            for (outcome, list) in [("skipped", &report.skipped), ("failed", &report.failed)] {
                for Named { name, reason } in list {
                    files.tell(name, outcome, Some(reason.as_str()));
                }
            }
        }
        Self { stop, files, inner: Mutex::new(Inner { report, fatal: None, store_failures: 0 }) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn must_stop(&self) -> bool {
        self.stop.is_requested() || self.lock().fatal.is_some()
    }

    /// Counts what became of a file. `name` is its path below the library.
    pub fn count(&self, name: &str, result: Result<Outcome, Failure>) {
        let tell = |outcome, reason: Option<&str>| {
            if let Some(files) = self.files {
                files.tell(name, outcome, reason);
            }
        };
        let mut inner = self.lock();
        let named = |reason| Named { name: name.to_owned(), reason };
        match result {
            Ok(outcome) => {
                inner.store_failures = 0;
                let report = &mut inner.report;
                let (count, word, reason) = match outcome {
                    Outcome::Added => (&mut report.added, "added", None),
                    Outcome::Replaced => (&mut report.replaced, "replaced", None),
                    Outcome::Unchanged => (&mut report.unchanged, "unchanged", None),
                    Outcome::KeptOut => (&mut report.kept_out, "kept out", None),
                    Outcome::NameKeptOut => (&mut report.kept_out, "kept out", Some(NAME_KEPT_OUT)),
                    // It is asked for again when the others are done.
                    Outcome::Later => return,
                };
                *count += 1;
                tell(word, reason);
                report.notes.extend(reason.map(|reason| named(reason.to_owned())));
            }
            Err(Failure::File(reason)) => {
                tell("failed", Some(&reason));
                inner.report.failed.push(named(reason));
            }
            Err(Failure::Skipped(reason)) => {
                tell("skipped", Some(&reason));
                inner.report.skipped.push(named(reason));
            }
            Err(Failure::Store(error)) => {
                let reason = error.to_string();
                tell("failed", Some(&reason));
                inner.report.failed.push(named(reason));
                inner.refused(error);
            }
            Err(Failure::Catalogue(error)) => {
                inner.fatal.get_or_insert(Fatal::Catalogue(error));
            }
            Err(Failure::Stopped) => {}
        }
    }

    /// Counts what became of an item that lacked something. What the store says of one object is said of that item,
    /// and the others go on.
    pub fn fill(&self, key: &str, lack: &str, result: Result<(), Failure>) {
        match result {
            Ok(()) => self.lock().store_failures = 0,
            Err(Failure::File(reason)) => self.note(key, format!("{lack}: {reason}")),
            // Nothing is wrong with what was asked for when the run was to stop.
            Err(Failure::Store(_)) if self.stop.is_requested() => {}
            Err(Failure::Store(error)) => {
                self.note(key, format!("{lack}: {error}"));
                self.lock().refused(error);
            }
            failed => self.settle(failed),
        }
    }

    /// Counts an item that got renditions.
    pub fn renewed(&self) {
        self.lock().report.renewed += 1;
    }

    /// Counts an item that got checksums.
    pub fn summed(&self) {
        self.lock().report.summed += 1;
    }

    /// Counts a pack that was laid into the bucket.
    pub fn packed(&self) {
        self.lock().report.packs += 1;
    }

    /// Counts a film that got the newest kind of package.
    pub fn repackaged(&self) {
        self.lock().report.repackaged += 1;
    }

    /// Counts an item that was taken out because its files are gone.
    pub fn pruned(&self, key: &str) {
        if let Some(files) = self.files {
            files.tell(key, "pruned", None);
        }
        self.lock().report.pruned.push(key.to_owned());
    }

    pub fn is_fatal(&self) -> bool {
        self.lock().fatal.is_some()
    }

    /// Notes the result of a step that concerns the whole run.
    pub fn settle(&self, result: Result<(), Failure>) {
        let fatal = match result {
            Err(Failure::Store(error)) => Fatal::Store(error),
            Err(Failure::Catalogue(error)) => Fatal::Catalogue(error),
            // The words are about the library, and not about one of its files.
            Err(Failure::File(reason) | Failure::Skipped(reason)) => {
                return self.lock().report.skipped.push(Named { name: LIBRARY.to_owned(), reason });
            }
            Ok(()) | Err(Failure::Stopped) => return,
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
