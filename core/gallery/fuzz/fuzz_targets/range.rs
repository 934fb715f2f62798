//! Any text as a `Range` header: see `tests/support/ranges.rs`.
//!
//! `cargo +nightly fuzz run range` in `core/gallery`; `tests/corpus.rs` reruns the kept corpus.
#![no_main]

#[path = "../../tests/support/ranges.rs"]
mod ranges;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        ranges::check(text);
    }
});
