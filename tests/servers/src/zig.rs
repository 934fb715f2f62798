//! Zig, which PyPI's `ziglang` holds, and cargo-zigbuild, which makes it the linker and the C compiler of cargo: so
//! static programs for another processor are built on a machine without another toolchain.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{Failure, cache, cargo};

/// The versions that the builds use. The bytes of a program change with Zig's.
const ZIG: &str = "0.17.1";
const ZIGBUILD: &str = "0.24.1";

/// The folder of Zig: the program `zig`, and the sources of musl in `lib`.
pub fn zig() -> Result<PathBuf, Failure> {
    let folder = cache().join(format!("ziglang-{ZIG}"));
    let zig = folder.join("ziglang");
    if !zig.join("zig").is_file() {
        install(&folder)?;
    }
    if zig.join("zig").is_file() { Ok(zig) } else { Err(format!("{} holds no Zig", folder.display()).into()) }
}

/// The version of Zig, which brings musl.
pub fn version() -> &'static str {
    ZIG
}

/// The path of cargo-zigbuild, which is built if it is missing.
pub fn zigbuild() -> Result<PathBuf, Failure> {
    cargo::install("cargo-zigbuild", ZIGBUILD)
}

/// Installs into a folder beside the final one, and then renames it, because another process may install at the same
/// time.
fn install(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(cache())?;
    let fresh = TempDir::new_in(cache())?;
    let venv = fresh.path().join("venv");
    let run = |command: &mut Command, what: &str| -> Result<(), Failure> {
        let failed = |why: String| format!("{what}, which fetches Zig from PyPI: {why}");
        let output = command.stdin(Stdio::null()).output().map_err(|error| failed(error.to_string()))?;
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().last().unwrap_or_default().to_owned();
        if output.status.success() { Ok(()) } else { Err(failed(last).into()) }
    };
    run(Command::new("python3").args(["-m", "venv"]).arg(&venv), "python3 -m venv")?;
    let mut pip = Command::new(venv.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target"]);
    run(pip.arg(fresh.path().join("packages")).arg(format!("ziglang=={ZIG}")), "pip")?;
    // Of another process, the folder is there already.
    let _ = fs::rename(fresh.path().join("packages"), folder);
    Ok(())
}
