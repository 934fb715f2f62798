//! `measure ROUNDS` prints figures as JSON, `urls` prints every URL of the comparison.
#![allow(clippy::print_stdout)] // printing is all it does

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["urls"] => print!("{}", bench_sign_guest::urls::all()),
        ["measure", rounds] => {
            let rounds = rounds.parse().expect("a number of rounds");
            println!("{}", serde_json::json!(bench_sign_guest::measure::best_of(rounds)));
        }
        _ => panic!("usage: measure ROUNDS | urls"),
    }
}
