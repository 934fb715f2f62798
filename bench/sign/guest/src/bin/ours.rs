//! Prints, as its argument says, URLs to compare, the size of a playlist, or figures of playlists as JSON.
#![allow(clippy::print_stdout)] // printing is all it does

use bench_sign_guest::{playlist, urls};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["one-by-one"] => print!("{}", urls::one_by_one()),
        ["batches"] => print!("{}", urls::batches()),
        ["one-playlist", segments] => {
            let segments = segments.parse().expect("a number of segments");
            println!("{}", playlist::once(segments).len());
        }
        ["playlists", rounds] => {
            let rounds = rounds.parse().expect("a number of rounds");
            println!("{}", serde_json::json!(playlist::best_of(rounds)));
        }
        _ => panic!("usage: one-by-one | batches | one-playlist SEGMENTS | playlists ROUNDS"),
    }
}
