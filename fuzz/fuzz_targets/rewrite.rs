//! Any bytes, read as a playlist with the two scopes of the ordinary tests. There must be no panic. The playlist is
//! rewritten as a whole or not at all, and the rewrite can be undone. Every key is inside the prefix, and is the key
//! that a browser would fetch.
//!
//! `cargo +nightly fuzz run rewrite`; `core/hls/tests/corpus.rs` reruns the kept corpus.
#![no_main]

#[path = "../../core/hls/tests/support/mod.rs"]
mod support;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|playlist: &[u8]| support::check(playlist));
