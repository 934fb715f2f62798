//! The work of a run: photos on many threads, films one after the other. Each film is uploaded while the next is
//! encoded.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::Options;
use crate::failure::Failure;
use crate::film::{Encoded, Encoder, Film};
use crate::live::Live;
use crate::old_layout;
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::publish::Publisher;
use crate::register::Claim;
use crate::sniff::{self, Kind};
use crate::tally::Tally;
use crate::turns::{Turn, Turns};
use crate::walk::{Candidate, Library};

/// A photo of the library.
type Photographed<'l> = (&'l Candidate, sniff::Photo);

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
    // Those that were put off are known when all were asked, and then twins of what was on its way.
    let later = photos_in_turn(publisher, &progress, tally, photos, threads);
    for (file, kind) in photos_in_turn(publisher, &progress, tally, later, threads) {
        if !tally.must_stop() {
            photo(publisher, tally, file, kind, None);
            progress.advance(1);
        }
    }
}

/// Ingests photos on many threads. Returns those that have to be asked for again.
fn photos_in_turn<'l>(
    publisher: &Publisher,
    progress: &Progress,
    tally: &Tally,
    photos: Vec<Photographed<'l>>,
    threads: usize,
) -> Vec<Photographed<'l>> {
    let later = Mutex::new(Vec::new());
    let (queue, turns) = (Mutex::new(photos.into_iter().enumerate()), Turns::default());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !tally.must_stop() {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((number, (file, kind))) = next else { break };
                    let turn = turns.turn(number);
                    if photo(publisher, tally, file, kind, Some(turn)) == Some(Outcome::Later) {
                        later.lock().unwrap_or_else(PoisonError::into_inner).push((file, kind));
                    } else {
                        progress.advance(1);
                    }
                }
            });
        }
    });
    let mut later = later.into_inner().unwrap_or_else(PoisonError::into_inner);
    later.sort_by(|(a, _), (b, _)| a.place.cmp(&b.place));
    later
}

/// Ingests a photo, and counts what became of it.
fn photo(
    publisher: &Publisher,
    tally: &Tally,
    file: &Candidate,
    kind: sniff::Photo,
    turn: Option<Turn>,
) -> Option<Outcome> {
    let result = shielded(|| publisher.photo(file, kind, turn));
    let outcome = result.as_ref().ok().map(|(outcome, _)| *outcome);
    if let Ok((_, Some(note))) = &result {
        tally.note(&file.place, note.clone());
    }
    tally.count(&file.place, result.map(|(outcome, _)| outcome));
    outcome
}

/// A decoder that panics on a broken file must not end the run.
pub fn shielded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Failure::File("broken: reading it failed unexpectedly".into())))
}

/// A film that is to be ingested.
struct Job<'a> {
    file: &'a Candidate,
    kind: sniff::Film,
    claim: Claim<'a>,
    film: Film,
}

pub fn films<'a>(options: &Options, publisher: &Publisher<'a>, library: &'a Library, tally: &Tally) {
    let live = match Live::new(publisher, &library.candidates) {
        Ok(live) => live,
        Err(failure) => return tally.settle(Err(failure)),
    };
    let mut films = Vec::new();
    for file in &library.candidates {
        let Kind::Film(kind) = file.kind else { continue };
        match live.known(file) {
            Some(outcome) => tally.count(&file.place, Ok(outcome)),
            None => films.push((file, kind)),
        }
    }
    // What is left are films that were put off, and the twins of films that were on their way.
    while !films.is_empty() && !tally.must_stop() {
        let (new, later) = new_films(publisher, &live, films, tally);
        ingest_films(options, publisher, &live, new, tally);
        films = later;
    }
}

fn ingest_films(options: &Options, publisher: &Publisher, live: &Live, new: Vec<NewFilm>, tally: &Tally) {
    if new.is_empty() {
        return;
    }
    let encoder = match publisher.films.encoder() {
        Ok(encoder) => encoder,
        Err(reason) => {
            for (file, _, claim) in new {
                let is_in = claim.is_none();
                let outcome = if is_in { Ok(Outcome::Unchanged) } else { Err(Failure::Skipped(reason.clone())) };
                tally.count(&file.place, outcome);
            }
            return;
        }
    };
    let mut jobs = Vec::new();
    for (file, kind, claim) in new {
        if tally.must_stop() {
            return;
        }
        let probed = encoder.probe(&file.path, kind).and_then(|film| {
            let alone = publisher.register.key_at(&file.place).and_then(|key| publisher.register.shown(&key));
            let before = claim.as_ref().map_or(alone, |claim| claim.before.clone());
            let joined = live.join(publisher, &encoder, (file, kind), &film, before.as_ref())?;
            Ok((film, joined))
        });
        match (probed, claim) {
            (Ok((_, Some(outcome))), _) => tally.count(&file.place, Ok(outcome)),
            (Ok((film, None)), Some(claim)) => jobs.push(Job { file, kind, claim, film }),
            (Ok((_, None)), None) => tally.count(&file.place, Ok(Outcome::Unchanged)),
            (Err(failure), _) => tally.count(&file.place, Err(failure)),
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
            let Job { file, kind, claim, film } = job;
            match encode(&encoder, &progress, (file, kind), &claim, film) {
                Ok(encoded) => {
                    if sender.send((file, kind, claim, encoded)).is_err() {
                        break;
                    }
                }
                Err(failure) => tally.count(&file.place, Err(failure)),
            }
        }
        drop(sender);
    });
}

/// A film that is to be ingested, before it was examined.
/// It has no claim if it is in the gallery, and may be the clip of a photo.
type NewFilm<'l, 'a> = (&'l Candidate, sniff::Film, Option<Claim<'a>>);

/// Films that are new, or have changed since they were ingested, and those that have to be asked for again.
fn new_films<'l, 'a>(
    publisher: &Publisher<'a>,
    live: &Live,
    films: Vec<(&'l Candidate, sniff::Film)>,
    tally: &Tally,
) -> (Vec<NewFilm<'l, 'a>>, Vec<(&'l Candidate, sniff::Film)>) {
    let (mut new, mut later) = (Vec::new(), Vec::new());
    for (file, kind) in films {
        if tally.must_stop() {
            return Default::default();
        }
        match publisher.ask(file, None) {
            Ok(Ok(claim)) => new.push((file, kind, Some(claim))),
            Ok(Err(Outcome::Later)) => later.push((file, kind)),
            Ok(Err(outcome)) => match live.may_join(publisher, file) {
                Ok(true) => new.push((file, kind, None)),
                Ok(false) => tally.count(&file.place, Ok(outcome)),
                Err(failure) => tally.count(&file.place, Err(failure)),
            },
            Err(failure) => tally.count(&file.place, Err(failure)),
        }
    }
    (new, later)
}

fn upload(publisher: &Publisher, tally: &Tally, films: Receiver<(&Candidate, sniff::Film, Claim, Encoded)>) {
    for (file, kind, claim, encoded) in films {
        if tally.must_stop() {
            encoded.keep();
            break;
        }
        let is_played_there = !publisher.keep_old_layout || old_layout::is_played(&claim.key);
        let result = shielded(|| publisher.film(file, kind, claim, &encoded));
        match &result {
            Ok(_) => {
                if let Some(note) = &encoded.note {
                    tally.note(&file.place, note.clone());
                }
                if !is_played_there {
                    tally.note(&file.place, old_layout::NOT_PLAYED.to_owned());
                }
            }
            // The next run need not encode it again.
            Err(Failure::Store(_) | Failure::Catalogue(_) | Failure::Stopped) => encoded.keep(),
            Err(Failure::File(_) | Failure::Skipped(_)) => {}
        }
        tally.count(&file.place, result);
    }
}

fn encode(
    encoder: &Encoder,
    progress: &Progress,
    (file, kind): (&Candidate, sniff::Film),
    claim: &Claim,
    film: Film,
) -> Result<Encoded, Failure> {
    let (name, total) = (file.filename(), film.duration);
    progress.milestone(&format!("encoding {} ({total:.0} s)", file.place));
    progress.now(name);
    let mut counted = 0;
    let result = shielded(|| {
        encoder.encode((&file.path, kind), film, &claim.source.sha256, |seconds| {
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
