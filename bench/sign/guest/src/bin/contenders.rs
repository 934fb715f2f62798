//! Prints figures of presigning as JSON. The one argument is the number of rounds.
#![allow(clippy::print_stdout)] // printing is all it does

fn main() {
    let rounds = std::env::args().nth(1).and_then(|rounds| rounds.parse().ok()).expect("a number of rounds");
    println!("{}", serde_json::json!(bench_sign_guest::measure::best_of(rounds)));
}
