//! Any text, read as an object key and as the path of a URL: see `core/gallery/tests/support/keys.rs`.
//!
//! `cargo +nightly fuzz run key`; `core/gallery/tests/corpus.rs` reruns the kept corpus.
#![no_main]

#[path = "../../core/gallery/tests/support/keys.rs"]
mod keys;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        keys::check(text);
    }
});
