//! Any text, read as a `Range` header: see `core/gallery/tests/support/ranges.rs`.
//!
//! `cargo +nightly fuzz run range`; `core/gallery/tests/corpus.rs` reruns the kept corpus.
#![no_main]

#[path = "../../core/gallery/tests/support/ranges.rs"]
mod ranges;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        ranges::check(text);
    }
});
