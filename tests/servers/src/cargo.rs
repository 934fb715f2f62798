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

/// The path of the package's program, which is built if it is missing. If `optimised` names packages, the others of its
/// dependencies are not optimised, which takes most of the time of a build.
pub(crate) fn install(package: &str, version: &str, optimised: &[&str]) -> Result<PathBuf, Failure> {
    let program = program(package, version);
    if program.is_file() {
        return Ok(program);
    }
    // The settings of this workspace (its target folder, its lock) must not apply to the package.
    let mut install = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    install.args(["install", package, "--version", version, "--locked", "--quiet", "--root"]);
    install.arg(cache().join(format!("{package}-{version}")));
    if !optimised.is_empty() {
        install.args(["--config", "profile.release.package.'*'.opt-level=0"]);
        for name in optimised {
            install.arg("--config").arg(format!("profile.release.package.{name}.opt-level=3"));
        }
    }
    install.current_dir(env::temp_dir()).env_remove("CARGO_TARGET_DIR").stdin(Stdio::null());
    let status = install.status()?;
    if status.success() {
        Ok(program)
    } else {
        Err(format!("installing {package} {version}: failed ({status})").into())
    }
}
