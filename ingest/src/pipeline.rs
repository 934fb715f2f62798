//! The work of a run: photos on many threads, films one after the other. Each film is uploaded while the next is
//! encoded.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::digest::sums;
use crate::failure::Failure;
use crate::film::{Encoded, Film};
use crate::live::{Filmed, Live};
use crate::old_layout;
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::publish::Publisher;
use crate::register::Claim;
use crate::sniff::{self, Kind};
use crate::tally::Tally;
use crate::turns::{Turn, Turns};
use crate::walk::{Candidate, Library};
use crate::{Options, Stop};

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

pub fn films(options: &Options, publisher: &Publisher, library: &Library, tally: &Tally) {
    let live = match Live::new(publisher, &library.candidates) {
        Ok(live) => live,
        Err(failure) => return tally.settle(Err(failure)),
    };
    let mut films = Vec::new();
    for file in &library.candidates {
        let Kind::Film(kind) = file.kind else { continue };
        match live.known(publisher, file).transpose() {
            Some(result) => tally.count(&file.place, result),
            None => films.push((file, kind)),
        }
    }
    // What is left are films that were put off, and the twins of films that were on their way.
    while !films.is_empty() && !tally.must_stop() {
        films = films_in_turn(options, publisher, &live, films, tally);
    }
}

/// Ingests films one after the other, so that a stop loses no more than the one that is being encoded. Returns those
/// that have to be asked for again. By then all uploads are done: a twin of one is not put off again.
fn films_in_turn<'l>(
    options: &Options,
    publisher: &Publisher,
    live: &Live,
    films: Vec<Filmed<'l>>,
    tally: &Tally,
) -> Vec<Filmed<'l>> {
    let work = |file: &Candidate| if publisher.register.is_unchanged(file) { 0 } else { mebibytes(file.size) };
    let films: Vec<_> = films.into_iter().map(|film| (film, work(film.0))).collect();
    let progress = Progress::mebibytes(options.show, "films", films.iter().map(|(_, work)| work).sum());
    let mut later = Vec::new();
    // The channel has no buffer, so at most two films' renditions are on disk.
    let (sender, receiver) = sync_channel(0);
    thread::scope(|scope| {
        scope.spawn(|| upload(publisher, tally, receiver));
        for ((file, kind), work) in films {
            if tally.must_stop() {
                break;
            }
            progress.now(file.filename());
            let mut done = 0;
            match examine(publisher, live, (file, kind)) {
                Ok(Ok((claim, film))) => match encode(publisher, &progress, (file, kind), &claim, film, &mut done) {
                    Ok(encoded) => {
                        if let Err(unsent) = sender.send((file, kind, claim, encoded)) {
                            let (_, _, _, encoded) = unsent.0;
                            encoded.keep();
                            break;
                        }
                    }
                    Err(failure) => tally.count(&file.place, Err(failure)),
                },
                Ok(Err(Outcome::Later)) => later.push((file, kind)),
                Ok(Err(outcome)) => tally.count(&file.place, Ok(outcome)),
                Err(failure) => tally.count(&file.place, Err(failure)),
            }
            progress.advance(work.saturating_sub(done));
        }
        drop(sender);
    });
    later
}

/// Asks which item a film is, and makes it the clip of its photo if it is one. What is left is to be encoded.
fn examine<'a>(
    publisher: &Publisher<'a>,
    live: &Live,
    (file, kind): Filmed,
) -> Result<Result<(Claim<'a>, Film), Outcome>, Failure> {
    // Without a claim, it is in the gallery, and may be the clip of a photo.
    let claim = match publisher.ask(file, None)? {
        Ok(claim) => Some(claim),
        Err(outcome) if outcome == Outcome::Later || !live.may_join(publisher, file)? => return Ok(Err(outcome)),
        Err(_) => None,
    };
    let encoder = match publisher.films.encoder() {
        Ok(encoder) => encoder.without(&file.excluded),
        Err(_) if claim.is_none() => return Ok(Err(Outcome::Unchanged)),
        Err(reason) => return Err(Failure::Skipped(reason)),
    };
    let film = encoder.probe_whole(&file.path, kind)?;
    let alone = publisher.register.key_at(&file.place).and_then(|key| publisher.register.shown(&key));
    let before = claim.as_ref().map_or(alone, |claim| claim.before.clone());
    let joined = live.join(publisher, &encoder, (file, kind), &film, before.as_ref())?;
    Ok(match (joined, claim) {
        (Some(outcome), _) => Err(outcome),
        (None, Some(claim)) if claim.before.is_none() && live.may_be_edit(file, &film) => Err(Outcome::NameKeptOut),
        (None, Some(claim)) => Ok((claim, film)),
        (None, None) => Err(Outcome::Unchanged),
    })
}

fn upload(publisher: &Publisher, tally: &Tally, films: Receiver<(&Candidate, sniff::Film, Claim, Encoded)>) {
    for (file, kind, claim, encoded) in films {
        if tally.must_stop() {
            encoded.keep();
            break;
        }
        let is_played_there = !publisher.keep_old_layout || old_layout::is_played(&claim.key);
        let digest = claim.source.sha256.clone();
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
            // Other bytes than those of the digest may have been encoded.
            Err(Failure::File(_) | Failure::Skipped(_)) if !still_has(file, &digest, publisher.stop) => {}
            // The next run need not encode it again.
            Err(_) => encoded.keep(),
        }
        tally.count(&file.place, result);
    }
}

/// Whether a file still has the bytes of a digest.
fn still_has(file: &Candidate, digest: &str, stop: &Stop) -> bool {
    sums(&file.path, stop).ok().flatten().is_some_and(|now| now.sha256 == digest)
}

/// Encodes a film. `done` is what was counted as done by then, of the mebibytes of its file.
fn encode(
    publisher: &Publisher,
    progress: &Progress,
    (file, kind): Filmed,
    claim: &Claim,
    film: Film,
    done: &mut u64,
) -> Result<Encoded, Failure> {
    let encoder = publisher.films.encoder().map_err(Failure::Skipped)?.without(&file.excluded);
    let (name, length, work) = (file.filename(), film.duration, mebibytes(file.size));
    progress.milestone(&format!("encoding {} ({length:.0} s)", file.place));
    shielded(|| {
        encoder.encode((&file.path, kind), film, &claim.source.sha256, |seconds| {
            let part = (seconds / length).clamp(0.0, 1.0);
            progress.now(&format!("{name} {:.0} %", part * 100.0));
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // of a size
            let whole = (work as f64 * part) as u64;
            progress.advance(whole.saturating_sub(*done));
            *done = whole.max(*done);
        })
    })
}

/// A film counts for at least one.
fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20).max(1)
}
