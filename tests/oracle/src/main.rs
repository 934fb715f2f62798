//! Random object keys, dates, expiries, styles and credentials, signed here and by botocore, and compared byte for
//! byte.
//!
//! `cargo run --release -p oracle -- --count N [--seed S]`. The exit code is 1 on any difference. The last line of
//! the output is one line of JSON.
#![allow(clippy::print_stdout)] // printing is what it is for

mod cases;
mod ours;
mod python;
mod random;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Instant;

use cases::Group;
use random::Random;

/// The number of Python processes. Each has its own share of the cases.
const PROCESSES: u64 = 2;

/// How many groups are sent ahead of the answers. This is enough to keep Python busy.
const AHEAD: usize = 64;

/// How many differences are printed in full.
const SHOWN: usize = 5;

#[derive(Default)]
struct Outcome {
    compared: u64,
    differences: u64,
    examples: Vec<String>,
}

fn main() -> ExitCode {
    let (count, seed) = match arguments() {
        Ok(arguments) => arguments,
        Err(message) => return fail(&message),
    };
    let python = match python::with_botocore() {
        Ok(python) => python,
        Err(message) => return fail(&message),
    };
    let start = Instant::now();
    let workers: Vec<_> = (0..PROCESSES)
        .map(|worker| {
            let python = python.clone();
            let share = count / PROCESSES + u64::from(worker < count % PROCESSES);
            thread::spawn(move || compare(&python, share, Random::new(seed.wrapping_add(worker << 56))))
        })
        .collect();
    let mut all = Outcome::default();
    for worker in workers {
        match worker.join() {
            Ok(Ok(outcome)) => {
                all.compared += outcome.compared;
                all.differences += outcome.differences;
                all.examples.extend(outcome.examples);
            }
            Ok(Err(message)) => return fail(&message),
            Err(_) => return fail("signing panicked"),
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    for example in all.examples.iter().take(SHOWN) {
        println!("{example}\n");
    }
    println!(
        "{} signatures compared with botocore in {seconds:.1} s, seed {seed}: {} differences",
        all.compared, all.differences
    );
    println!(
        "{}",
        serde_json::json!({ "oracle": "botocore", "count": all.compared, "differences": all.differences, "seed": seed, "seconds": seconds })
    );
    if all.differences == 0 && all.compared == count { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("oracle: {message}");
    ExitCode::FAILURE
}

/// The count and the seed. The seed defaults to the time and is printed. Every run therefore tries other cases, and
/// can be repeated.
fn arguments() -> Result<(u64, u64), String> {
    let (mut count, mut seed) = (20_000, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().and_then(|value| value.parse().ok());
        match (name.as_str(), value) {
            ("--count", Some(value)) => count = value,
            ("--seed", Some(value)) => seed = Some(value),
            _ => return Err("usage: oracle [--count N] [--seed S]".to_owned()),
        }
    }
    let clock = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.as_secs());
    Ok((count, seed.unwrap_or_else(clock)))
}

/// Signs `count` random requests on both sides.
fn compare(python: &Path, count: u64, mut random: Random) -> Result<Outcome, String> {
    let mut child = python::start(python).map_err(|error| format!("{} does not start: {error}", python.display()))?;
    let (mut questions, answers) = child.stdin.take().zip(child.stdout.take()).ok_or("no pipes")?;
    let (sender, receiver) = sync_channel::<(Group, Vec<String>)>(AHEAD);

    let asking = thread::spawn(move || -> Result<(), String> {
        let mut left = count;
        while left > 0 {
            let group = cases::group(&mut random, left);
            let ours = ours::signed(&group).map_err(|error| format!("{error}: {group:?}"))?;
            left -= ours.len() as u64;
            let line = serde_json::to_string(&group).map_err(|error| error.to_string())?;
            if sender.send((group, ours)).is_err() || writeln!(questions, "{line}").is_err() {
                break; // the other side has stopped, and reports the reason
            }
        }
        Ok(())
    });

    let mut outcome = Outcome::default();
    let mut answers = BufReader::new(answers).lines();
    for (mut group, ours) in receiver {
        for (key, ours) in std::mem::take(&mut group.keys).iter().zip(ours) {
            let Some(Ok(theirs)) = answers.next() else {
                return Err(format!("botocore stopped at key {key:?} of {group:?}"));
            };
            outcome.compared += 1;
            if ours != theirs {
                outcome.differences += 1;
                if outcome.examples.len() < SHOWN {
                    outcome.examples.push(format!("key {key:?} of {group:?}\n  ours     {ours}\n  botocore {theirs}"));
                }
            }
        }
    }
    asking.join().map_err(|_| "signing panicked".to_owned())??;
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() { Ok(outcome) } else { Err("botocore failed at the end".to_owned()) }
}
