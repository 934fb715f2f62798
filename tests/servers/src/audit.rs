//! cargo-audit, which compares a lock file with RustSec's advisories. Built once by cargo.

use std::path::PathBuf;

use crate::{Failure, cargo};

/// Built and tested with.
const VERSION: &str = "0.22.2";

pub fn is_installed() -> bool {
    cargo::program("cargo-audit", VERSION).is_file()
}

/// Where it is; built if it is missing.
pub fn install() -> Result<PathBuf, Failure> {
    cargo::install("cargo-audit", VERSION)
}
