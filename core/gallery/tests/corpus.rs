//! Runs the kept corpora of the fuzz targets in `cargo test`.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod support {
    pub mod conditionals;
    pub mod keys;
    pub mod ranges;
}

use std::fs;

use gallery::{MediaKey, range};

/// Every text of a target's corpus; like the target, this function skips inputs that are not UTF-8.
fn corpus(target: &str) -> impl Iterator<Item = String> {
    let folder = format!("{}/../../fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let read = |entry: std::io::Result<fs::DirEntry>| String::from_utf8(fs::read(entry.unwrap().path()).unwrap()).ok();
    fs::read_dir(folder).unwrap().filter_map(read)
}

#[test]
fn keys() {
    let (mut accepted, mut refused) = (0, 0);
    for text in corpus("key") {
        support::keys::check(&text);
        *if MediaKey::from_path(&text).is_ok() { &mut accepted } else { &mut refused } += 1;
    }
    assert!(accepted >= 20 && refused >= 20, "{accepted} accepted, {refused} refused");
}

#[test]
fn ranges() {
    let (mut accepted, mut refused) = (0, 0);
    for header in corpus("range") {
        support::ranges::check(&header);
        *if range::parse(&header).is_some() { &mut accepted } else { &mut refused } += 1;
    }
    assert!(accepted >= 20 && refused >= 20, "{accepted} accepted, {refused} refused");
}

#[test]
fn conditionals() {
    let corpus: Vec<String> = corpus("conditional").collect();
    for lines in &corpus {
        support::conditionals::check(lines);
    }
    assert!(corpus.len() >= 40, "only {} texts", corpus.len());
}
