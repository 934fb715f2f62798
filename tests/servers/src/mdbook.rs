//! mdBook, which makes the handbook. Cargo builds it once.

use std::path::PathBuf;

use crate::{Failure, cargo};

/// The version that the handbook is looked at with.
const VERSION: &str = "0.5.4";

pub fn is_installed() -> bool {
    cargo::program("mdbook", VERSION).is_file()
}

/// The path of mdBook, which is built if it is missing.
pub fn install() -> Result<PathBuf, Failure> {
    cargo::install("mdbook", VERSION)
}
