//! Viceroy, Fastly's local server. Cargo builds it once.

use std::{env, path::PathBuf};

use crate::{Failure, cargo, on_path};

/// The version that the tests use.
const VERSION: &str = "0.22.0";
/// What compiles a service and carries its requests. The rest of Viceroy is optimised for nobody.
const OPTIMISED: [&str; 21] = [
    "bytes",
    "cranelift-assembler-x64",
    "cranelift-bforest",
    "cranelift-codegen",
    "cranelift-entity",
    "cranelift-frontend",
    "gimli",
    "http",
    "httparse",
    "hyper",
    "object",
    "regalloc2",
    "sha2",
    "tokio",
    "viceroy-lib",
    "wasmparser",
    "wasmtime",
    "wasmtime-environ",
    "wasmtime-internal-core",
    "wasmtime-internal-cranelift",
    "wasmtime-internal-fiber",
];

/// The path of Viceroy: `VICEROY` names it, or it is where [`install`] puts it, or it is on `PATH`.
///
/// `Err` says how to get Viceroy. It is also an error if `VICEROY` names a file that does not exist, because an
/// operator who sets it wants it used.
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

/// The path of the version that the tests use, which is built if it is missing. If `VICEROY` is set, the program that
/// it names is used.
pub fn install() -> Result<PathBuf, Failure> {
    if env::var_os("VICEROY").is_some_and(|given| !given.is_empty()) {
        return Ok(find()?);
    }
    cargo::install("viceroy", VERSION, &OPTIMISED)
}
