//! Programs made by others: finds them, installs them if it can, and otherwise says what to install.

use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use servers::on_path;

use crate::{Failure, process::succeed};

/// A program that the tasks call, and the Debian package that contains it.
pub struct Tool {
    /// The names that the program may have, best first.
    pub names: &'static [&'static str],
    pub debian: &'static str,
    /// How to get the program on other systems, as words for a message.
    pub otherwise: &'static str,
}

pub const NPM: Tool =
    Tool { names: &["npm"], debian: "npm", otherwise: "install Node.js 20 or newer, which brings npm" };
pub const NODE: Tool = Tool { names: &["node"], debian: "nodejs", otherwise: "install Node.js 20 or newer" };
pub const FFMPEG: Tool = Tool { names: &["ffmpeg"], debian: "ffmpeg", otherwise: "install ffmpeg" };
pub const CURL: Tool = Tool { names: &["curl"], debian: "curl", otherwise: "install curl" };
pub const CHROMIUM: Tool = Tool {
    names: &["chromium", "chromium-browser", "google-chrome"],
    debian: "chromium",
    otherwise: "install Chromium or Chrome",
};
pub const PYTHON: Tool = Tool { names: &["python3"], debian: "python3-venv", otherwise: "install Python 3 with venv" };
/// Reads what a file tells of a place, for the tests of `privacy`.
pub const EXIFTOOL: Tool =
    Tool { names: &["exiftool"], debian: "libimage-exiftool-perl", otherwise: "install exiftool" };
/// Decodes HEIC and AVIF, for the tests of `ingest-decode`.
pub const LIBHEIF: Tool =
    Tool { names: &["heif-convert"], debian: "libheif-examples", otherwise: "install the examples of libheif" };
/// Readers of ZIPs, which the tests of `stored-zip` ask.
pub const ZIP_READERS: [Tool; 3] = [
    Tool { names: &["unzip"], debian: "unzip", otherwise: "install Info-ZIP's unzip" },
    Tool { names: &["7z"], debian: "p7zip-full", otherwise: "install 7-Zip" },
    Tool { names: &["bsdtar"], debian: "libarchive-tools", otherwise: "install libarchive's bsdtar" },
];
/// Debian starts nginx as a service when it is installed. The benchmark starts another process with a configuration
/// of its own.
pub const NGINX: Tool = Tool { names: &["nginx"], debian: "nginx", otherwise: "install nginx" };

/// Debian's packages of the other engines in which a guest's walk is tested, and of what they need to play films.
const ENGINES: [&str; 5] =
    ["firefox-esr", "webkit2gtk-driver", "xvfb", "gstreamer1.0-libav", "gstreamer1.0-plugins-bad"];

impl Tool {
    /// The path of the program: on `PATH`, or in the folder that Debian puts on the `PATH` of root only.
    pub fn find(&self) -> Option<PathBuf> {
        self.names.iter().find_map(|name| {
            let off_path = || Some(Path::new("/usr/sbin").join(name)).filter(|candidate| candidate.is_file());
            on_path(name).or_else(off_path)
        })
    }

    /// The path of the program. If it is missing and installing is allowed, apt installs it.
    pub fn need(&self) -> Result<PathBuf, Failure> {
        if let Some(path) = self.find() {
            return Ok(path);
        }
        if may_install() {
            apt_install(&[self.debian])?;
        }
        self.find().ok_or_else(|| self.missing().into())
    }

    /// The message that says what to install.
    pub fn missing(&self) -> String {
        format!("{} is missing: {} (Debian: apt install {})", self.names[0], self.otherwise, self.debian)
    }
}

/// Installs the other engines if it may. The tests leave out what is missing, and a line says what that is.
pub fn want_engines() {
    let missing: Vec<_> = ENGINES.into_iter().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() || (may_install() && apt_install(&missing).is_ok()) {
        return;
    }
    let line = format!("Walks in Firefox or WebKit may be left out (Debian: apt install {})", missing.join(" "));
    let _ = writeln!(io::stdout(), "{line}");
}

fn is_installed(package: &str) -> bool {
    let output = Command::new("dpkg-query").args(["--show", "--showformat=${db:Status-Status}", package]).output();
    output.is_ok_and(|output| output.stdout == b"installed")
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

/// Whether this program runs as root on Debian. Only then it may install packages.
fn may_install() -> bool {
    rustix::process::geteuid().is_root() && fs::exists("/usr/bin/apt-get").unwrap_or(false)
}

fn apt_install(packages: &[&str]) -> Result<(), Failure> {
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
        command
    };
    let install =
        || succeed(apt().args(["install", "--yes", "--no-install-recommends"]).args(packages), "apt-get install");
    // The package lists may be absent or old. They are fetched only if the first try fails.
    install().or_else(|_| {
        succeed(apt().arg("update"), "apt-get update")?;
        install()
    })
}
