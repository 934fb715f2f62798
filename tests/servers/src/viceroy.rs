//! Viceroy, Fastly's local server. Built once by cargo.

use std::{env, path::PathBuf};

use crate::{Failure, cargo, on_path};

/// Built and tested with.
const VERSION: &str = "0.22.0";

/// Where it is: what `VICEROY` says, else where [`install`] puts it, else on `PATH`.
///
/// `Err` says how to get it. A `VICEROY` that leads nowhere is an error of its own: whoever sets it wants it used.
pub fn find() -> Result<PathBuf, String> {
    if let Some(given) = env::var_os("VICEROY").filter(|given| !given.is_empty()) {
        let given = PathBuf::from(given);
        return if given.is_file() { Ok(given) } else { Err(format!("VICEROY={} is no file", given.display())) };
    }
    let ours = cargo::program("viceroy", VERSION);
    let found = if ours.is_file() { Some(ours) } else { on_path("viceroy") };
    found.ok_or_else(|| {
        format!(
            "Viceroy is missing: cargo xtask test installs it, or cargo install viceroy --version {VERSION} --locked"
        )
    })
}

/// Where the version we test with is; built if it is missing. What `VICEROY` names is taken as it is.
pub fn install() -> Result<PathBuf, Failure> {
    if env::var_os("VICEROY").is_some_and(|given| !given.is_empty()) {
        return Ok(find()?);
    }
    cargo::install("viceroy", VERSION)
}
