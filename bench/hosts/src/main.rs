//! How the services do on a host, held against an empty program on the same host, in one run.
//!
//! `cargo run --release -p bench-hosts -- --on fastly [--seconds N]`, or `--kv-down` for the native host without its KV. The last line printed is one line of JSON.
#![allow(clippy::print_stdout, clippy::print_stderr)] // printing is what it is for

mod cases;
mod kv_down;
mod library;
mod load;

use std::{process::ExitCode, time::Duration};

use harness::{Failure, FastlyGallery, Options, Viceroy, free_address};
use serde_json::{Value, json};

use cases::{Case, Place};
use load::Figures;

/// Measures each thing for so long.
type Bench = fn(Duration) -> Result<(), Failure>;

/// How many clients the throughput is measured with.
const CLIENTS: usize = 16;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let parse = |seconds: &str| seconds.parse().map_err(|_| "--seconds wants a whole number");
    let chosen: Result<(Bench, u64), &str> = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--on", "fastly"] => Ok((fastly, 3)),
        ["--on", "fastly", "--seconds", seconds] => parse(seconds).map(|seconds| (fastly as Bench, seconds)),
        ["--kv-down"] => Ok((kv_down::run, 3)),
        ["--kv-down", "--seconds", seconds] => parse(seconds).map(|seconds| (kv_down::run as Bench, seconds)),
        _ => Err("usage: bench-hosts --on fastly | --kv-down [--seconds N]"),
    };
    match chosen.map_err(Failure::from).and_then(|(run, seconds)| run(Duration::from_secs(seconds))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bench-hosts: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn fastly(time: Duration) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let options =
        Options { database: Some(library::catalogue(folder.path())?), host_arguments: &["-v"], ..Options::default() };
    let gallery = FastlyGallery::start(&options)?;
    library::film(&gallery.native)?;
    let floor = Viceroy::start("floor-fastly", &[], free_address()?)?;
    let place = Place::log_in(&gallery.url, &gallery.video_url, &gallery.native.password)?;

    println!("{:36} {:>9} {:>8} {:>9} {:>8}  operations", "", "p50", "to floor", "requests/s", "to floor");
    let floor = load::measure(&Case::plain("empty program", &floor.url), time, CLIENTS)?;
    line(&floor, &floor);
    let mut rows = vec![row(&floor, &floor)];
    for case in cases::all(&place)? {
        let figures = load::measure(&case, time, CLIENTS)?;
        line(&figures, &floor);
        rows.push(row(&figures, &floor));
    }
    let heap = gallery.services.iter().filter_map(|service| heap(&service.log().ok()?)).max();
    println!("most guest heap of a request: {}", heap.as_deref().unwrap_or("the host did not say"));
    println!("{}", json!({ "bench": "hosts", "on": "fastly", "clients": CLIENTS, "rows": rows, "heap": heap }));
    Ok(())
}

fn line(figures: &Figures, floor: &Figures) {
    println!(
        "{:36} {:>6.2} ms {:>8.1} {:>10.0} {:>8.2}  {}",
        figures.name,
        figures.milliseconds,
        figures.milliseconds / floor.milliseconds,
        figures.per_second,
        figures.per_second / floor.per_second,
        figures.operations
    );
}

fn row(figures: &Figures, floor: &Figures) -> Value {
    json!({
        "name": figures.name,
        "p50_ms": figures.milliseconds,
        "p50_to_floor": figures.milliseconds / floor.milliseconds,
        "per_second": figures.per_second,
        "per_second_to_floor": figures.per_second / floor.per_second,
        "operations": figures.operations,
    })
}

/// What Viceroy says of the guest's memory, at most: `... completed using 1.2MB of WebAssembly heap`.
fn heap(log: &str) -> Option<String> {
    let bytes = |text: &str| -> Option<f64> {
        let digits = text.trim_end_matches(char::is_alphabetic).trim();
        let unit = match text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').trim().chars().next()? {
            'G' => 1e9,
            'M' => 1e6,
            'K' | 'k' => 1e3,
            _ => 1.0,
        };
        Some(digits.parse::<f64>().ok()? * unit)
    };
    let said = log.lines().filter_map(|line| {
        let text = line.split("completed using ").nth(1)?.split(" of WebAssembly").next()?;
        Some((bytes(text)?, text.to_owned()))
    });
    said.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, text)| text)
}
