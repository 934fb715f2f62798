//! Viceroy, Fastly's local server. Cargo builds it once.

use std::{env, path::PathBuf};

use crate::{Failure, cargo, on_path};

/// The version that the tests use.
const VERSION: &str = "0.22.0";
/// What compiles a service, as often as a test starts Viceroy.
const OPTIMISED: [&str; 12] = [
    "cranelift-assembler-x64",
    "cranelift-bforest",
    "cranelift-codegen",
    "cranelift-entity",
    "cranelift-frontend",
    "gimli",
    "object",
    "regalloc2",
    "wasmparser",
    "wasmtime",
    "wasmtime-environ",
    "wasmtime-internal-cranelift",
];

/// The path of Viceroy: `VICEROY` names it, or it is where [`install`] or [`install_for_tests`] puts it, or it is on
/// `PATH`.
///
/// `Err` says how to get Viceroy. It is also an error if `VICEROY` names a file that does not exist, because an
/// operator who sets it wants it used.
pub fn find() -> Result<PathBuf, String> {
    if let Some(given) = env::var_os("VICEROY").filter(|given| !given.is_empty()) {
        let given = PathBuf::from(given);
        return if given.is_file() { Ok(given) } else { Err(format!("VICEROY={} is no file", given.display())) };
    }
    let ours = [cargo::program("viceroy", VERSION), cargo::program_of_tests("viceroy", VERSION)];
    ours.into_iter().find(|program| program.is_file()).or_else(|| on_path("viceroy")).ok_or_else(|| {
        format!(
            "Viceroy is missing: cargo xtask test installs it, or cargo install viceroy --version {VERSION} --locked"
        )
    })
}

/// The path of the version that the tests use, which is built if it is missing. If `VICEROY` is set, the program that
/// it names is used.
pub fn install() -> Result<PathBuf, Failure> {
    given().unwrap_or_else(|| cargo::install("viceroy", VERSION))
}

/// The same for tests, which need not wait until all of it is optimised: that takes minutes.
pub fn install_for_tests() -> Result<PathBuf, Failure> {
    let program = cargo::program("viceroy", VERSION);
    let install = || if program.is_file() { Ok(program) } else { cargo::install_soon("viceroy", VERSION, &OPTIMISED) };
    given().unwrap_or_else(install)
}

/// The program that `VICEROY` names.
fn given() -> Option<Result<PathBuf, Failure>> {
    env::var_os("VICEROY").filter(|given| !given.is_empty()).map(|_| Ok(find()?))
}
