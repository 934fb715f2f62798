//! Runs the kept corpus of the fuzz target in `cargo test`.

mod support;

#[test]
fn kept_corpus_holds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/rewrite");
    let (mut accepted, mut refused) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let playlist = std::fs::read(entry.unwrap().path()).unwrap();
        support::check(&playlist);
        match hls::inspect(&playlist, &support::SCOPE) {
            Ok(_) => accepted += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(accepted >= 20 && refused >= 20, "{accepted} accepted, {refused} refused");
}
