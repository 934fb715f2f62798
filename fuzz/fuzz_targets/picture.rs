//! Any bytes, made into a small picture. There must be no panic, and what is made is a JPEG.
//!
//! `cargo +nightly fuzz run picture`; `core/picture/tests/mutations.rs` damages whole pictures.
#![no_main]

use bytes::Bytes;
use gallery::layout::ThumbnailSize;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(made) = picture::make(Bytes::copy_from_slice(bytes), ThumbnailSize::Small) {
        assert!(made.starts_with(b"\xff\xd8\xff"));
    }
});
