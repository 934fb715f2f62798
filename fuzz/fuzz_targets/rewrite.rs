//! Any bytes as a playlist, below the two scopes of the ordinary tests: no panic, whole or nothing,
//! the rewrite can be undone, and every key is inside the prefix and the one a browser would fetch.
//!
//! `cargo +nightly fuzz run rewrite`; `core/hls/tests/corpus.rs` reruns the kept corpus.
#![no_main]

#[path = "../../core/hls/tests/support/mod.rs"]
mod support;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|playlist: &[u8]| support::check(playlist));
