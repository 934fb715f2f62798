//! Programs that no package client of ours brings: those that are here are used.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::on_path;

const SPIN_MISSING: &str =
    "spin is missing: get Spin 4.1 or newer (https://spinframework.dev/install), or name it with SPIN=";
/// The first that speaks `wasi:http@0.3.0`.
const SPIN_VERSION: (u32, u32) = (4, 1);

/// Spin: what `SPIN` names, else what is on the `PATH`. `Err` says how to get one that is new enough.
pub fn spin() -> Result<PathBuf, String> {
    let spin = find("spin", "SPIN").ok_or(SPIN_MISSING)?;
    match version(&spin) {
        Some(version) if version >= SPIN_VERSION => Ok(spin),
        Some((major, minor)) => Err(format!("{} is Spin {major}.{minor}: 4.1 or newer is needed", spin.display())),
        None => Err(format!("{} does not tell its version: is it Spin?", spin.display())),
    }
}

/// Wasmtime's command line tool: what `WASMTIME` names, else what is on the `PATH`.
pub fn wasmtime() -> Option<PathBuf> {
    find("wasmtime", "WASMTIME")
}

/// Adds what a component for `wasi` (0.3) or `wasi02` needs of `wasmtime serve`: an environment, and nothing else of the machine.
pub fn wasmtime_serve(command: &mut Command, wasi: &str, address: &str, component: &Path) {
    command.args(["serve", "--addr", address, "-S", "cli,inherit-env"]);
    if wasi == "wasi" {
        command.args(["-S", "p3", "-W", "component-model-async"]);
    }
    command.arg(component);
}

fn find(name: &str, variable: &str) -> Option<PathBuf> {
    let given = env::var_os(variable).filter(|given| !given.is_empty()).map(PathBuf::from);
    given.or_else(|| on_path(name))
}

/// Major and minor, of `name 4.1.0-pre0 (...)`.
fn version(program: &Path) -> Option<(u32, u32)> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let mut numbers = said.split_whitespace().nth(1)?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}
