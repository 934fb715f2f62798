//! An empty library, because cargo wants one. The tests are in `tests/native.rs`.
