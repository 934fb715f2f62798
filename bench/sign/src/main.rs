//! The cost of a presigned URL and of a signed playlist, in wasm and natively. Also checks that every target signs
//! alike.
//!
//! `cargo run --release -p bench-sign -- sign|playlist [--rounds N]` measures, and `-- check` runs the checks that
//! need no measuring. The last line of the output is one line of JSON.
#![allow(clippy::print_stdout)] // printing is what it is for

mod check;
mod guest;
mod report;

use std::process::ExitCode;

use bench_sign_guest::{measure, playlist};
use guest::{Component2, Module1, Program};
use serde_json::json;

const USAGE: &str = "usage: bench-sign sign|playlist [--rounds N], or bench-sign check";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["check"] => check(),
        ["sign"] => sign("400"),
        ["sign", "--rounds", rounds] => sign(rounds),
        ["playlist"] => playlists("200"),
        ["playlist", "--rounds", rounds] => playlists(rounds),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("bench-sign: {message}");
            ExitCode::FAILURE
        }
    }
}

fn check() -> Result<(), String> {
    let module = Module1::build(Program::Ours);
    let urls = identical(&module)?;
    let pages = memory(&module)?;
    println!("{}", json!({ "bench": "check", "urls": urls, "memory_pages": pages }));
    Ok(())
}

fn sign(rounds: &str) -> Result<(), String> {
    let native = measure::best_of(number(rounds)?);
    identical(&Module1::build(Program::Ours))?;
    let wasm = Module1::build(Program::Contenders).figures(&[rounds]);
    let figures = json!({ "bench": "sign", "wasm": wasm, "native": native });
    report::sign("wasm32-wasip1 in wasmtime", &figures["wasm"]);
    report::sign("native", &figures["native"]);
    println!("{figures}");
    Ok(())
}

fn playlists(rounds: &str) -> Result<(), String> {
    let native = playlist::best_of(number(rounds)?);
    let module = Module1::build(Program::Ours);
    let mut wasm = module.figures(&["playlists", rounds]);
    report::playlists("wasm32-wasip1 in wasmtime", &wasm);
    let pages = memory(&module)?;
    wasm["memory_pages"] = pages.into();
    let figures = json!({ "bench": "playlist", "wasm": wasm, "native": native });
    report::playlists("native", &figures["native"]);
    println!("{figures}");
    Ok(())
}

fn identical(module: &Module1) -> Result<usize, String> {
    let count = check::identical_urls(module, &Component2::build(Program::Ours))?;
    println!("{count} URLs on wasm32-wasip1, wasm32-wasip2 and native, one by one and in batches: identical");
    Ok(count)
}

fn memory(module: &Module1) -> Result<u64, String> {
    let pages = check::memory_of_a_long_film(module)?;
    println!("3000 segments rewritten and signed: {pages} pages of 64 KiB of guest memory, program included");
    Ok(pages)
}

fn number(rounds: &str) -> Result<u32, String> {
    rounds.parse().ok().filter(|rounds| *rounds > 0).ok_or_else(|| "--rounds takes a number above 0".to_owned())
}
