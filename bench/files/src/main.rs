//! The same bytes served by nginx, by tower-http's `ServeDir` and by the gallery: how many rows of the contract's
//! tables each server passes, and how fast each is.
//!
//! `cargo xtask bench files --against nginx` builds the programs and runs the benchmark. The last line of the output
//! is one line of JSON. The run fails if the gallery fails a row.
#![allow(clippy::print_stdout, clippy::print_stderr)] // printing is what it is for

mod files;
mod load;
mod nginx;
mod process;
mod rows;
mod serve_dir;
mod servers;
mod signed;
mod speed;

use std::{process::ExitCode, time::Duration};

use harness::Failure;
use serde_json::json;

use servers::Servers;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--seconds", seconds] => seconds.parse().map_err(|_| "--seconds wants a whole number".into()).and_then(run),
        ["serve-dir", folder] => serve_dir::serve(folder).map(|()| true),
        _ => Err("usage: bench-files --seconds N".into()),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("bench-files: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the benchmark. Returns whether the gallery passed every row.
fn run(seconds: u64) -> Result<bool, Failure> {
    let servers = Servers::start()?;
    let (ours_keeps_all, kept) = rows::compare(&servers)?;
    let speeds = speed::compare(&servers, Duration::from_secs(seconds))?;
    println!("{}", json!({ "bench": "files", "rows": kept, "speed": speeds }));
    Ok(ours_keeps_all)
}
