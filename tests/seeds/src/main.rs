//! `cargo xtask faults`: seeds by the million.

use std::{io::Write as _, process::ExitCode, rc::Rc, thread, time::Instant};

use clap::Parser;
use seeds::{Library, Tally, run};

#[derive(Parser)]
struct Arguments {
    /// How many seeds to run.
    #[arg(long, default_value_t = 10_000)]
    seeds: u64,
    /// The first one: a failure names its seed, and `--first SEED --seeds 1` shows it again.
    #[arg(long, default_value_t = 0)]
    first: u64,
}

fn main() -> ExitCode {
    let Arguments { seeds, first } = Arguments::parse();
    let started = Instant::now();
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let workers: Vec<_> = (0..threads)
        .map(|worker| {
            let its = (first..first + seeds).filter(move |seed| seed % threads == worker);
            thread::spawn(move || some(its))
        })
        .collect();
    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
    for worker in workers {
        let Ok((its, failures)) = worker.join() else { return ExitCode::FAILURE };
        tally.requests += its.requests;
        tally.full += its.full;
        tally.broken += its.broken;
        tally.failed += its.failed;
        tally.gone += its.gone;
        wrong.extend(failures);
    }
    wrong.sort();
    let mut out = std::io::stdout().lock();
    for (seed, words) in wrong.iter().take(20) {
        let _ = writeln!(out, "seed {seed}: {words}");
    }
    let line = serde_json::json!({
        "faults": { "seeds": seeds, "first": first, "passed": seeds - wrong.len() as u64, "failed": wrong.len(), "ignored": 0 },
        "requests": tally.requests, "full": tally.full, "broken_off": tally.broken, "refused": tally.failed,
        "clients_gone": tally.gone, "seconds": started.elapsed().as_secs(),
    });
    let _ = writeln!(out, "{line}");
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs seeds. Returns the counts, and for each failed seed what was wrong. A panic counts as a failure too.
fn some(seeds: impl Iterator<Item = u64>) -> (Tally, Vec<(u64, String)>) {
    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
    let Ok(library) = Library::new().map(Rc::new) else { return (tally, vec![(0, "no library".to_owned())]) };
    for seed in seeds {
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&library, seed))) {
            Ok(Ok(its)) => {
                tally.requests += its.requests;
                tally.full += its.full;
                tally.broken += its.broken;
                tally.failed += its.failed;
                tally.gone += its.gone;
            }
            Ok(Err(words)) => wrong.push((seed, words)),
            Err(_) => wrong.push((seed, "a panic".to_owned())),
        }
    }
    (tally, wrong)
}
