//! Programs from packages of cargo.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{Failure, cache};

/// The folder of a package's program.
fn folder(package: &str, version: &str) -> PathBuf {
    cache().join(format!("{package}-{version}"))
}

/// The path at which [`install`] puts the program of a package. The program has the name of the package.
pub(crate) fn program(package: &str, version: &str) -> PathBuf {
    folder(package, version).join("bin").join(package)
}

/// The path at which [`install_soon`] puts it.
pub(crate) fn program_of_tests(package: &str, version: &str) -> PathBuf {
    folder(package, &format!("{version}-tests")).join("bin").join(package)
}

/// The path of the package's program, which is built if it is missing.
pub(crate) fn install(package: &str, version: &str) -> Result<PathBuf, Failure> {
    build(program(package, version), package, version, &[])
}

/// The same for a program that only tests run. Of its dependencies, only these are optimised: optimising takes most of
/// the time of a build.
pub(crate) fn install_soon(package: &str, version: &str, optimised: &[&str]) -> Result<PathBuf, Failure> {
    let mut settings = vec!["profile.release.package.'*'.opt-level=0".to_owned()];
    settings.extend(optimised.iter().map(|name| format!("profile.release.package.{name}.opt-level=3")));
    build(program_of_tests(package, version), package, version, &settings)
}

fn build(program: PathBuf, package: &str, version: &str, settings: &[String]) -> Result<PathBuf, Failure> {
    if program.is_file() {
        return Ok(program);
    }
    let folder = program.ancestors().nth(2).ok_or("a program has a folder")?;
    // The settings of this workspace (its target folder, its lock) must not apply to the package.
    let mut install = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    install.args(["install", package, "--version", version, "--locked", "--quiet", "--root"]).arg(folder);
    install.args(settings.iter().flat_map(|setting| ["--config", setting]));
    install.current_dir(env::temp_dir()).env_remove("CARGO_TARGET_DIR").stdin(Stdio::null());
    let status = install.status()?;
    if status.success() {
        Ok(program)
    } else {
        Err(format!("installing {package} {version}: failed ({status})").into())
    }
}
