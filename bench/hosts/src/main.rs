//! How fast the services are on a host, compared in one run with an empty program on the same host and with the
//! native gallery.
//!
//! `cargo xtask bench hosts --on fastly,wasi,wasi02,spin [--seconds N]` builds the programs and runs the benchmark.
//! `bench kv-down` measures the native host without its KV. For each host, the last line of the output is one line of
//! JSON.
#![allow(clippy::print_stdout, clippy::print_stderr)] // printing is what it is for

mod cases;
mod fastly;
mod kv_down;
mod library;
mod load;
mod stream;
mod wasi;

use std::{process::ExitCode, time::Duration};

use harness::{Failure, Wasi};
use serde_json::{Value, json};

use cases::{Case, Place};
use load::Figures;

/// The number of clients with which the throughput is measured.
const CLIENTS: usize = 16;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let parse = |seconds: &str| seconds.parse().map(Duration::from_secs).map_err(|_| "--seconds wants a whole number");
    let usual = Duration::from_secs(3);
    let every = |hosts: &str, time| hosts.split(',').try_for_each(|host| on(host, time));
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--on", hosts] => every(hosts, usual),
        ["--on", hosts, "--seconds", seconds] => {
            parse(seconds).map_err(Failure::from).and_then(|time| every(hosts, time))
        }
        ["--kv-down"] => kv_down::run(usual),
        ["--kv-down", "--seconds", seconds] => parse(seconds).map_err(Failure::from).and_then(kv_down::run),
        _ => Err("usage: bench-hosts --on HOST[,HOST...] | --kv-down [--seconds N]".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bench-hosts: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn on(host: &str, time: Duration) -> Result<(), Failure> {
    match host {
        "fastly" => fastly::run(time),
        "wasi" => wasi::run(Wasi::P3, time),
        "wasi02" => wasi::run(Wasi::P2, time),
        "spin" => wasi::run(Wasi::Spin, time),
        _ => Err(format!("{host} is no host: fastly, wasi, wasi02 or spin").into()),
    }
}

/// Measures every case on the host and on the native gallery, and prints the figures beside those of the empty
/// program at `baseline`.
fn compare(host: &str, baseline: &str, place: &Place, native: &Place, time: Duration) -> Result<Vec<Value>, Failure> {
    println!(
        "\n{host:30} {:>9} {:>8} {:>9} {:>10} {:>8} {:>9}  operations",
        "p50", "to baseline", "to native", "requests/s", "to baseline", "to native"
    );
    let baseline = load::measure(&Case::plain("empty program", baseline), time, CLIENTS)?;
    let mut rows = vec![row(&baseline, &baseline, None)];
    for (case, natively) in cases::all(place)?.iter().zip(&cases::all(native)?) {
        let figures = load::measure(case, time, CLIENTS)?;
        let natively = load::measure(natively, time, CLIENTS)?;
        rows.push(row(&figures, &baseline, Some(&natively)));
    }
    Ok(rows)
}

/// A line of the table, and of the JSON.
fn row(figures: &Figures, baseline: &Figures, native: Option<&Figures>) -> Value {
    let Figures { name, milliseconds, per_second, operations } = figures;
    let to_baseline = (milliseconds / baseline.milliseconds, per_second / baseline.per_second);
    let to_native = native.map(|native| (milliseconds / native.milliseconds, per_second / native.per_second));
    let told = |ratio: Option<f64>| ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
    println!(
        "{name:30} {milliseconds:>6.2} ms {:>8.2} {:>9} {per_second:>10.0} {:>8.2} {:>9}  {operations}",
        to_baseline.0,
        told(to_native.map(|(time, _)| time)),
        to_baseline.1,
        told(to_native.map(|(_, rate)| rate)),
    );
    json!({
        "name": name,
        "p50_ms": milliseconds,
        "p50_to_baseline": to_baseline.0,
        "p50_to_native": to_native.map(|(time, _)| time),
        "per_second": per_second,
        "per_second_to_baseline": to_baseline.1,
        "per_second_to_native": to_native.map(|(_, rate)| rate),
        "operations": operations,
    })
}
