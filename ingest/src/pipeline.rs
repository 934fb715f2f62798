//! The work of a run: photos on many threads, films one after the other. Each film is uploaded while the next is
//! encoded.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::Options;
use crate::catalogue::Source;
use crate::failure::Failure;
use crate::film::{Encoded, Encoder, Film, Tools};
use crate::progress::Progress;
use crate::publish::{Outcome, Publisher};
use crate::scratch;
use crate::sniff::{self, Kind};
use crate::tally::Tally;
use crate::walk::{Candidate, Library};

pub fn photos(options: &Options, publisher: &Publisher, library: &Library, tally: &Tally, threads: usize) {
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
                    tally.count(file.key.as_str(), shielded(|| publisher.photo(file, kind)));
                    progress.advance(1);
                }
            });
        }
    });
}

/// A decoder that panics on a broken file must not end the run.
fn shielded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Failure::File("broken: reading it failed unexpectedly".into())))
}

/// A film that is to be ingested.
struct Job<'a> {
    file: &'a Candidate,
    kind: sniff::Film,
    source: Source,
    film: Film,
}

pub fn films(options: &Options, publisher: &Publisher, library: &Library, tally: &Tally) {
    scratch::sweep(options.temp.as_deref());
    let new = new_films(publisher, library, tally);
    if new.is_empty() {
        return;
    }
    let tools = match Tools::find(options.ffmpeg.as_deref(), &options.stop) {
        Ok(tools) => tools,
        Err(reason) => {
            for (file, _, _) in new {
                tally.count(file.key.as_str(), Err(Failure::Skipped(reason.clone())));
            }
            return;
        }
    };
    let encoder =
        Encoder { tools: &tools, preset: &options.preset, temp: options.temp.as_deref(), stop: &options.stop };
    let mut jobs = Vec::new();
    for (file, kind, source) in new {
        if tally.must_stop() {
            return;
        }
        match encoder.probe(&file.path) {
            Ok(film) => jobs.push(Job { file, kind, source, film }),
            Err(failure) => tally.count(file.key.as_str(), Err(failure)),
        }
    }
    let progress =
        Progress::seconds(options.show, "films", jobs.iter().map(|job| whole_seconds(job.film.duration)).sum());
    // The channel has no buffer, so at most two films' renditions are on disk.
    let (sender, receiver) = sync_channel(0);
    thread::scope(|scope| {
        scope.spawn(|| upload(publisher, tally, receiver));
        for job in jobs {
            if tally.must_stop() {
                break;
            }
            let Job { file, kind, source, film } = job;
            match encode(&encoder, &progress, file, &source.sha256, film) {
                Ok(encoded) => {
                    if sender.send((file, kind, source, encoded)).is_err() {
                        break;
                    }
                }
                Err(failure) => tally.count(file.key.as_str(), Err(failure)),
            }
        }
        drop(sender);
    });
}

/// Films that are new, or have changed since they were ingested.
fn new_films<'a>(
    publisher: &Publisher,
    library: &'a Library,
    tally: &Tally,
) -> Vec<(&'a Candidate, sniff::Film, Source)> {
    let mut new = Vec::new();
    for file in &library.candidates {
        let Kind::Film(kind) = file.kind else { continue };
        if tally.must_stop() {
            return Vec::new();
        }
        match publisher.is_new(file) {
            Ok(Some(source)) => new.push((file, kind, source)),
            Ok(None) => tally.count(file.key.as_str(), Ok(Outcome::Unchanged)),
            Err(failure) => tally.count(file.key.as_str(), Err(failure)),
        }
    }
    new
}

fn upload(publisher: &Publisher, tally: &Tally, films: Receiver<(&Candidate, sniff::Film, Source, Encoded)>) {
    for (file, kind, source, encoded) in films {
        if tally.must_stop() {
            break;
        }
        let note = encoded.note.clone();
        let result = shielded(|| publisher.film(file, kind, source, encoded));
        if let (Ok(Outcome::Added), Some(note)) = (&result, note) {
            tally.note(file.key.as_str(), note);
        }
        tally.count(file.key.as_str(), result);
    }
}

fn encode(
    encoder: &Encoder,
    progress: &Progress,
    file: &Candidate,
    sha256: &str,
    film: Film,
) -> Result<Encoded, Failure> {
    let (name, total) = (file.filename(), film.duration);
    progress.milestone(&format!("encoding {} ({total:.0} s)", file.key.as_str()));
    progress.now(name);
    let mut counted = 0;
    let result = shielded(|| {
        encoder.encode(&file.path, film, sha256, |seconds| {
            let done = seconds.min(total);
            progress.now(&format!("{name} {:.0} %", done / total * 100.0));
            let whole = whole_seconds(done).min(whole_seconds(total));
            progress.advance(whole.saturating_sub(counted));
            counted = counted.max(whole);
        })
    });
    progress.advance(whole_seconds(total).saturating_sub(counted));
    result
}

/// A film counts for at least a second.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a duration
fn whole_seconds(seconds: f64) -> u64 {
    seconds.ceil().max(1.0) as u64
}
