//! This library is empty: there is nothing to link. The tests are in `tests/native.rs`.
