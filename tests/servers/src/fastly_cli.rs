//! The Fastly CLI, by which operators build, serve and deploy. It is installed once from npm, whose package for this
//! platform holds the program.

use std::{
    env::{
        self,
        consts::{ARCH, OS},
    },
    path::PathBuf,
};

use crate::{Failure, cache, npm, on_path};

/// The version that the tests use.
const VERSION: &str = "16.1.0";
/// The environment variable that names the program.
const VARIABLE: &str = "FASTLY_CLI";

/// The path of the CLI: `FASTLY_CLI` names it, or it is where [`install`] puts it, or it is on `PATH`.
///
/// `Err` says how to get the CLI. It is also an error if `FASTLY_CLI` names a file that does not exist.
pub fn find() -> Result<PathBuf, String> {
    if let Some(given) = named() {
        return if given.is_file() { Ok(given) } else { Err(format!("{VARIABLE}={} is no file", given.display())) };
    }
    let ours = program();
    let found = if ours.is_file() { Some(ours) } else { on_path("fastly") };
    found.ok_or_else(missing)
}

/// The path of the version that the tests use, which npm installs if it is missing. If `FASTLY_CLI` is set, the program
/// that it names is used.
pub fn install() -> Result<PathBuf, Failure> {
    if named().is_some() {
        return Ok(find()?);
    }
    let installed = npm::have(&program(), &folder(), &format!("@fastly/cli@{VERSION}"));
    installed.map_err(|failure| format!("{}: {failure}", missing()).into())
}

fn missing() -> String {
    format!(
        "the Fastly CLI is missing: cargo xtask test installs it, or npm install -g @fastly/cli@{VERSION}, or name it \
         with {VARIABLE}="
    )
}

fn named() -> Option<PathBuf> {
    env::var_os(VARIABLE).filter(|given| !given.is_empty()).map(PathBuf::from)
}

fn folder() -> PathBuf {
    cache().join(format!("fastly-cli-{VERSION}"))
}

/// The program itself. The script that npm puts before it would not pass signals on.
fn program() -> PathBuf {
    let os = if OS == "macos" { "darwin" } else { OS };
    let processor = match ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    folder().join(format!("node_modules/@fastly/cli-{os}-{processor}/fastly"))
}
