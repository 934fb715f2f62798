//! Programs in packages of cargo's.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{Failure, cache};

/// Where [`install`] puts a package's program of the same name.
pub(crate) fn program(package: &str, version: &str) -> PathBuf {
    cache().join(format!("{package}-{version}/bin/{package}"))
}

/// The package's program; built if it is missing.
pub(crate) fn install(package: &str, version: &str) -> Result<PathBuf, Failure> {
    let program = program(package, version);
    if program.is_file() {
        return Ok(program);
    }
    // The workspace's own settings (its target folder, its lock) are not for it.
    let mut install = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    install.args(["install", package, "--version", version, "--locked", "--quiet", "--root"]);
    install.arg(cache().join(format!("{package}-{version}")));
    install.current_dir(env::temp_dir()).env_remove("CARGO_TARGET_DIR").stdin(Stdio::null());
    let status = install.status()?;
    if status.success() {
        Ok(program)
    } else {
        Err(format!("installing {package} {version}: failed ({status})").into())
    }
}
