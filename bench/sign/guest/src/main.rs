//! Prints what it is asked for: figures as JSON, or the URLs of the comparison.
#![allow(clippy::print_stdout)] // printing is all it does

use bench_sign_guest::{measure, playlist, urls};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["one-by-one"] => print!("{}", urls::one_by_one()),
        ["batches"] => print!("{}", urls::batches()),
        ["sign", rounds] => println!("{}", serde_json::json!(measure::best_of(number(rounds)))),
        ["playlist", rounds] => println!("{}", serde_json::json!(playlist::best_of(number(rounds)))),
        ["one-playlist", segments] => println!("{}", playlist::once(number(segments)).len()),
        _ => panic!("usage: one-by-one | batches | sign ROUNDS | playlist ROUNDS | one-playlist SEGMENTS"),
    }
}

fn number<N: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> N {
    text.parse().expect("a number")
}
