//! Programs that others make: is it here, can it be had, else what to install.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use servers::on_path;

use crate::{Failure, process::succeed};

/// A program we call, and the Debian package that has it.
pub struct Tool {
    /// The names it may have, best first.
    pub names: &'static [&'static str],
    pub debian: &'static str,
    /// How to get it elsewhere, for the line that says so.
    pub otherwise: &'static str,
}

pub const NPM: Tool =
    Tool { names: &["npm"], debian: "npm", otherwise: "install Node.js 20 or newer, which brings npm" };
pub const FFMPEG: Tool = Tool { names: &["ffmpeg"], debian: "ffmpeg", otherwise: "install ffmpeg" };
pub const CHROMIUM: Tool = Tool {
    names: &["chromium", "chromium-browser", "google-chrome"],
    debian: "chromium",
    otherwise: "install Chromium or Chrome",
};
pub const PYTHON: Tool = Tool { names: &["python3"], debian: "python3-venv", otherwise: "install Python 3 with venv" };
/// Debian starts it as a service when it is installed; ours is another process with a configuration of its own.
pub const NGINX: Tool = Tool { names: &["nginx"], debian: "nginx", otherwise: "install nginx" };

impl Tool {
    /// Where it is: on `PATH`, or among what Debian keeps off the `PATH` of all but root.
    pub fn find(&self) -> Option<PathBuf> {
        self.names.iter().find_map(|name| {
            let off_path = || Some(Path::new("/usr/sbin").join(name)).filter(|candidate| candidate.is_file());
            on_path(name).or_else(off_path)
        })
    }

    /// Where it is; installed by apt if it is missing and we may.
    pub fn need(&self) -> Result<PathBuf, Failure> {
        if let Some(path) = self.find() {
            return Ok(path);
        }
        if may_install() {
            apt_install(self.debian)?;
        }
        self.find().ok_or_else(|| self.missing().into())
    }

    /// The line that says what to install.
    pub fn missing(&self) -> String {
        format!("{} is missing: {} (Debian: apt install {})", self.names[0], self.otherwise, self.debian)
    }
}

/// Adds a target to the toolchain if its standard library is missing.
pub fn need_target(target: &str) -> Result<(), Failure> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["--print", "target-libdir", "--target", target]).output()?;
    if Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir() {
        return Ok(());
    }
    succeed(Command::new("rustup").args(["target", "add", target]), &format!("rustup target add {target}"))
}

/// Both forms of WASI that the edges run.
pub fn need_wasm_targets() -> Result<(), Failure> {
    need_target("wasm32-wasip1")?;
    need_target("wasm32-wasip2")
}

/// Whether this is root on a Debian: installing is then ours to do.
fn may_install() -> bool {
    rustix::process::geteuid().is_root() && fs::exists("/usr/bin/apt-get").unwrap_or(false)
}

fn apt_install(package: &str) -> Result<(), Failure> {
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
        command
    };
    let install = || succeed(apt().args(["install", "--yes", "--no-install-recommends", package]), "apt-get install");
    // The package lists may be absent or old; they are fetched only then.
    install().or_else(|_| {
        succeed(apt().arg("update"), "apt-get update")?;
        install()
    })
}
