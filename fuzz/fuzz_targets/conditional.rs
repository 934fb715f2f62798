//! Any lines, read as conditions and validators: see `core/gallery/tests/support/conditionals.rs`.
//!
//! `cargo +nightly fuzz run conditional`; `core/gallery/tests/corpus.rs` reruns the kept corpus.
#![no_main]

#[path = "../../core/gallery/tests/support/conditionals.rs"]
mod conditionals;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        conditionals::check(text);
    }
});
