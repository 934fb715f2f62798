//! The import rules are in `tests/layering.rs`; there is nothing to link.
