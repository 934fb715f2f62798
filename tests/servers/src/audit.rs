//! cargo-audit, which compares a lock file with RustSec's advisories. Cargo builds it once.

use std::path::PathBuf;

use crate::{Failure, cargo};

/// The version that the tests use.
const VERSION: &str = "0.22.2";

pub fn is_installed() -> bool {
    cargo::program("cargo-audit", VERSION).is_file()
}

/// The path of cargo-audit, which is built if it is missing.
pub fn install() -> Result<PathBuf, Failure> {
    cargo::install("cargo-audit", VERSION)
}
