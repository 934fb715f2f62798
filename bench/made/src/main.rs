//! What it takes to make a size that is missing, of an original of 12 megapixels: by the code alone, beside `image`,
//! which decodes all pixels and scales them; and by each host, from the request to the head of the answer.
//!
//! A host reads the original from the store, makes the picture and writes it there. The last line of the output is
//! one line of JSON.
#![allow(clippy::print_stdout, clippy::print_stderr)] // printing is what it is for

mod code;
mod hosts;
mod photos;

use std::process::ExitCode;

use harness::Failure;
use serde_json::json;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--on", on, "--rounds", rounds] => {
            rounds.parse().map_err(Failure::from).and_then(|rounds: usize| run(on, rounds.max(1)))
        }
        _ => Err("usage: bench-made --on HOSTS --rounds N".into()),
    };
    if let Err(failure) = result {
        eprintln!("bench-made: {failure}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn run(on: &str, rounds: usize) -> Result<(), Failure> {
    let mut result = json!({ "bench": "made", "rounds": rounds, "megapixels": photos::MEGAPIXELS });
    result["code"] = code::measure(rounds)?;
    for host in on.split(',') {
        result[host] = hosts::measure(host, rounds)?;
    }
    println!("{result}");
    Ok(())
}

/// The one in the middle.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// To a hundredth.
fn rounded(figure: f64) -> f64 {
    (figure * 100.0).round() / 100.0
}
