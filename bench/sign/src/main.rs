//! What a presigned URL costs, in wasm and natively, beside other crates; and that every target signs alike.
//!
//! `cargo run --release -p bench-sign [-- --rounds N]`. The last line printed is one line of JSON.
#![allow(clippy::print_stdout)] // printing is what it is for

mod guest;

use bench_sign_guest::{measure, urls};
use serde_json::{Value, json};

/// Compressions a URL needs when everything constant is done beforehand: six for the canonical request, two for the
/// inner and one for the outer HMAC hash.
const FLOOR: f64 = 9.0;

fn main() {
    let rounds = rounds();
    let wasm = guest::build("wasm32-wasip1");
    let component = guest::build("wasm32-wasip2");

    let native_urls = urls::all();
    let same = guest::run_module(&wasm, &["urls"]) == native_urls
        && guest::run_component(&component, &["urls"]) == native_urls;
    let count = native_urls.lines().count();
    println!(
        "{count} URLs on wasm32-wasip1, wasm32-wasip2 and native: {}",
        if same { "identical" } else { "DIFFERENT" }
    );

    let figures = guest::run_module(&wasm, &["measure", &rounds.to_string()]);
    let wasm: Value = serde_json::from_str(&figures).expect("the guest prints JSON");
    let native = json!(measure::best_of(rounds));
    for (target, figures) in [("wasm32-wasip1 in wasmtime", &wasm), ("native", &native)] {
        print_table(target, figures);
    }
    println!("{}", json!({ "bench": "sign", "wasm": wasm, "native": native }));
    std::process::exit(i32::from(!same));
}

fn rounds() -> u32 {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => 400,
        ["--rounds", rounds] => rounds.parse().expect("--rounds takes a number"),
        _ => panic!("usage: bench-sign [--rounds N]"),
    }
}

fn print_table(target: &str, figures: &Value) {
    let of = |name: &str| figures[name].as_f64().unwrap_or(f64::NAN);
    let floor = FLOOR * of("compression_ns");
    println!(
        "\n{target}: one SHA-256 compression {:.1} ns, floor of {FLOOR} per URL {floor:.0} ns",
        of("compression_ns")
    );
    println!("{:<22} {:>10} {:>10} {:>12}", "", "ns per URL", "of floor", "URLs a ms");
    for (label, name) in [
        ("ours, one by one", "scalar_ns"),
        ("ours, batch", "batch_ns"),
        ("rusty-s3", "rusty_s3_ns"),
        ("aws-sigv4", "aws_sigv4_ns"),
    ] {
        let each = of(name);
        println!("{label:<22} {each:>10.0} {:>10.2} {:>12.0}", each / floor, 1e6 / each);
    }
    println!("batch against rusty-s3: {:.1} x", of("rusty_s3_ns") / of("batch_ns"));
}
