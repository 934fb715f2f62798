//! Viceroy, Fastly's local server. Built once by cargo.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{Failure, cache, on_path};

/// Built and tested with.
const VERSION: &str = "0.22.0";

fn folder() -> PathBuf {
    cache().join(format!("viceroy-{VERSION}"))
}

/// Where it is: what `VICEROY` says, else where [`install`] puts it, else on `PATH`.
///
/// `Err` says how to get it. A `VICEROY` that leads nowhere is an error of its own: whoever sets it wants it used.
pub fn find() -> Result<PathBuf, String> {
    if let Some(given) = env::var_os("VICEROY").filter(|given| !given.is_empty()) {
        let given = PathBuf::from(given);
        return if given.is_file() { Ok(given) } else { Err(format!("VICEROY={} is no file", given.display())) };
    }
    let ours = folder().join("bin/viceroy");
    let found = if ours.is_file() { Some(ours) } else { on_path("viceroy") };
    found.ok_or_else(|| {
        format!(
            "Viceroy is missing: cargo xtask test installs it, or cargo install viceroy --version {VERSION} --locked"
        )
    })
}

/// Where the version we test with is; built if it is missing. What `VICEROY` names is taken as it is.
pub fn install() -> Result<PathBuf, Failure> {
    let program = folder().join("bin/viceroy");
    if env::var_os("VICEROY").is_some_and(|given| !given.is_empty()) || program.is_file() {
        return Ok(find()?);
    }
    // The workspace's own settings (its target folder, its lock) are not for it.
    let mut install = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    install.args(["install", "viceroy", "--version", VERSION, "--locked", "--quiet", "--root"]).arg(folder());
    install.current_dir(env::temp_dir()).env_remove("CARGO_TARGET_DIR").stdin(Stdio::null());
    let status = install.status()?;
    if status.success() { Ok(program) } else { Err(format!("installing Viceroy {VERSION}: failed ({status})").into()) }
}
