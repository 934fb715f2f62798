//! How fast the services are on a host, compared in one run with an empty program on the same host and with the
//! native gallery.
//!
//! `cargo xtask bench hosts --on fastly,wasi,wasi02,spin,spin02 [--seconds N]` builds what this needs and runs it. With
//! `--against FOLDER` an earlier version is measured beside this one. `bench kv-down` measures the native host without
//! its KV. For each host the last line printed is one line of JSON.
#![allow(clippy::print_stdout, clippy::print_stderr)] // printing is what it is for

mod cases;
mod earlier;
mod fastly;
mod kv_down;
mod library;
mod load;
mod stream;
mod wasi;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use harness::{Failure, Wasi};
use serde_json::{Value, json};

use cases::{Case, Place};
use load::Figures;

/// The number of clients with which the throughput is measured.
const CLIENTS: usize = 16;

#[derive(Parser)]
struct Arguments {
    /// The hosts, by commas: fastly, wasi, wasi02, spin, spin02; with --against, native too.
    #[arg(long, value_delimiter = ',', default_value = "fastly")]
    on: Vec<String>,
    /// How long each case runs, twice.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// An earlier version's programs: a folder with `edge-gallery`, `fastly/NAME.wasm` and `wasi/NAME.wasm`.
    #[arg(long, value_name = "FOLDER")]
    against: Option<PathBuf>,
    /// The native host while its KV store is down, instead.
    #[arg(long)]
    kv_down: bool,
    /// Starts a gallery on this host and keeps it until standard input ends. For `--against`.
    #[arg(long, hide = true)]
    hold: Option<String>,
}

fn main() -> ExitCode {
    let result = match Arguments::parse() {
        Arguments { hold: Some(host), .. } => earlier::hold(&host),
        Arguments { kv_down: true, seconds, .. } => kv_down::run(Duration::from_secs(seconds)),
        Arguments { on, against, seconds, .. } => on.iter().try_for_each(|host| {
            let time = Duration::from_secs(seconds);
            against.as_ref().map_or_else(|| self::on(host, time), |folder| earlier::run(host, folder, time))
        }),
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
        "spin02" => wasi::run(Wasi::Spin02, time),
        _ => Err(format!("{host} is no host: fastly, wasi, wasi02, spin or spin02").into()),
    }
}

/// Measures every case on the host and on the native gallery, and prints the figures beside those of the empty
/// program at `baseline`.
fn compare(host: &str, baseline: &str, place: &Place, native: &Place, time: Duration) -> Result<Vec<Value>, Failure> {
    println!(
        "\n{host:20} {:>9} {:>10} {:>8} {:>9} {:>8} {:>10} {:>8} {:>9}  operations",
        "p50", "to healthz", "to base", "to native", "bytes", "requests/s", "to base", "to native"
    );
    let baseline = load::measure(&Case::plain("empty program", baseline), time, CLIENTS)?;
    let mut rows = vec![row(&baseline, &baseline, None, None)];
    let (here, there) = (cases::all(place)?, cases::all(native)?);
    let health = here.first().ok_or("there is no case")?;
    for (case, natively) in here.iter().zip(&there) {
        let figures = load::measure(case, time, CLIENTS)?;
        let natively = load::measure(natively, time, CLIENTS)?;
        let to_health = load::paired(case, health, time)?;
        rows.push(row(&figures, &baseline, Some(to_health), Some(&natively)));
    }
    Ok(rows)
}

/// A line of the table, and of the JSON.
fn row(figures: &Figures, baseline: &Figures, to_health: Option<f64>, native: Option<&Figures>) -> Value {
    let Figures { name, milliseconds, per_second, bytes, operations } = figures;
    let to_baseline = (milliseconds / baseline.milliseconds, per_second / baseline.per_second);
    let to_native = native.map(|native| (milliseconds / native.milliseconds, per_second / native.per_second));
    let told = |ratio: Option<f64>| ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
    println!(
        "{name:20} {milliseconds:>6.2} ms {:>10} {:>8.2} {:>9} {bytes:>8} {per_second:>10.0} {:>8.2} {:>9}  {operations}",
        told(to_health),
        to_baseline.0,
        told(to_native.map(|(time, _)| time)),
        to_baseline.1,
        told(to_native.map(|(_, rate)| rate)),
    );
    json!({
        "name": name,
        "p50_ms": milliseconds,
        "p50_to_healthz": to_health,
        "bytes": bytes,
        "p50_to_baseline": to_baseline.0,
        "p50_to_native": to_native.map(|(time, _)| time),
        "per_second": per_second,
        "per_second_to_baseline": to_baseline.1,
        "per_second_to_native": to_native.map(|(_, rate)| rate),
        "operations": operations,
    })
}
