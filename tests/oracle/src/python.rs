//! A Python with botocore, made once and kept outside the tree.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The version is pinned, so that a difference comes from this code and not from a new release.
const BOTOCORE: &str = "1.44.5";
const DRIVER: &str = include_str!("driver.py");

/// The Python interpreter of a virtual environment that has botocore. `Err` says in one line what to install.
pub fn with_botocore() -> Result<PathBuf, String> {
    let folder = cache().join(format!("botocore-{BOTOCORE}"));
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let done = folder.join("installed");
    if done.exists() {
        return Ok(python);
    }
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{} cannot be written: {error}", folder.display()))?;
    let system = if cfg!(windows) { "python" } else { "python3" };
    run(Command::new(system).args(["-m", "venv"]).arg(&folder)).map_err(|error| {
        format!("install Python 3.10 or later with venv (Debian: apt install python3-venv): {error}")
    })?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .arg(format!("botocore=={BOTOCORE}")))
    .map_err(|error| format!("pip could not install botocore {BOTOCORE}; it needs a network once: {error}"))?;
    fs::write(&done, "").map_err(|error| error.to_string())?;
    Ok(python)
}

/// Starts a driver which answers on its standard output.
pub fn start(python: &Path) -> std::io::Result<Child> {
    Command::new(python).args(["-I", "-c", DRIVER]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()
}

fn cache() -> PathBuf {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let user = || -> Option<OsString> {
        if cfg!(windows) {
            return set("LOCALAPPDATA");
        }
        let home = PathBuf::from(set("HOME")?);
        if cfg!(target_os = "macos") {
            Some(home.join("Library/Caches").into())
        } else {
            Some(home.join(".cache").into())
        }
    };
    match set("EDGE_GALLERY_CACHE") {
        Some(folder) => folder.into(),
        None => PathBuf::from(set("XDG_CACHE_HOME").or_else(user).unwrap_or_else(|| env::temp_dir().into()))
            .join("edge-gallery"),
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    Err(text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it failed").to_owned())
}
