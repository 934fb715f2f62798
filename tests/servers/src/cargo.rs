//! Programs from packages of cargo.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{Failure, cache};

/// The path at which [`install`] puts the program of a package. The program has the name of the package.
pub(crate) fn program(package: &str, version: &str) -> PathBuf {
    cache().join(format!("{package}-{version}/bin/{package}"))
}

/// The path of the package's program, which is built if it is missing.
pub(crate) fn install(package: &str, version: &str) -> Result<PathBuf, Failure> {
    let program = program(package, version);
    if program.is_file() {
        return Ok(program);
    }
    // The settings of this workspace (its target folder, its lock) must not apply to the package.
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
