//! The tests are in `tests/native.rs`; there is nothing to link.
