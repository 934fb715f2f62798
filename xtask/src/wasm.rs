//! The services as they are deployed: modules for Fastly, components for the others.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Failure, optimise, page, tools,
    workspace::{self, cargo},
};

/// Builds entry crates of one kind of host, and tells where each is.
pub fn build_all(packages: &[String]) -> Result<Vec<PathBuf>, Failure> {
    let fastly = packages.iter().any(|package| package.ends_with("-fastly"));
    // Fastly's budgets leave room for speed.
    let (target, profile, level) =
        if fastly { ("wasm32-wasip1", "fastly", "-O2") } else { ("wasm32-wasip2", "wasm", "-Oz") };
    tools::need_target(target)?;
    let mut command = cargo();
    command.args(["build", "--quiet", "--profile", profile, "--target", target]);
    if let Some(remap) = without_home() {
        command.args(["--config", &format!("target.{target}.rustflags=[{remap:?}]")]);
    }
    command.args(packages.iter().flat_map(|package| ["--package", package]));
    let built = workspace::programs(&mut command)?;
    let paths = packages.iter().map(|package| Ok(built.path(package)?.to_path_buf()));
    optimise::all(&paths.collect::<Result<Vec<_>, Failure>>()?, level)
}

/// The flag that keeps where this machine has its crates out of the messages of panics.
fn without_home() -> Option<String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))?;
    Some(format!("--remap-path-prefix={}/registry/src/=", home.to_str()?))
}

/// Builds an entry crate, and tells where it is.
pub fn build(package: &str) -> Result<PathBuf, Failure> {
    build_all(&[package.to_owned()])?.pop().ok_or_else(|| "nothing was built".into())
}

/// Builds all that tests and benches run, and tells the folders they are in: modules for Fastly, components for WASI hosts.
pub fn all() -> Result<Programs, Failure> {
    const SERVICES: [&str; 4] = ["viewer-edge", "video-edge", "all-in-one", "conformance"];
    let folder = |hosts: &[&str], more: &[&str]| -> Result<PathBuf, Failure> {
        let entries = hosts.iter().flat_map(|host| SERVICES.map(|service| format!("{service}-{host}")));
        let packages: Vec<_> = entries.chain(more.iter().map(|name| (*name).to_owned())).collect();
        let built = build_all(&packages)?;
        let folder = built.first().and_then(|program| program.parent());
        Ok(folder.ok_or("nothing was built")?.to_path_buf())
    };
    Ok(Programs {
        fastly: folder(&["fastly"], &["floor-fastly"])?,
        wasi: folder(&["wasi", "wasi02", "wasi02-keyvalue", "spin"], &["floor-wasi", "floor-wasi02"])?,
    })
}

/// The folders of programs for edges.
pub struct Programs {
    fastly: PathBuf,
    wasi: PathBuf,
}

impl Programs {
    /// Tells tests and benches where they are.
    pub fn tell(&self, command: &mut Command) {
        command.env("FASTLY_PROGRAMS", &self.fastly).env("WASI_COMPONENTS", &self.wasi);
    }

    /// Prints the size of each service on each host, the page left out, beside its budget. One that is over is an error.
    pub fn check_sizes(&self) -> Result<(), Failure> {
        /// The host, and bytes for the viewer and for video.
        const BUDGETS: [(&str, u64, u64); 5] = [
            ("fastly", 1_100_000, 900_000),
            ("wasi", 700_000, 550_000),
            ("wasi02", 700_000, 550_000),
            ("wasi02-keyvalue", 700_000, 550_000),
            ("spin", 700_000, 550_000),
        ];
        let page = page_bytes()?;
        let mut over = 0;
        for (host, viewer, video) in BUDGETS {
            for (service, budget, page) in [("viewer-edge", viewer, page), ("video-edge", video, 0)] {
                let name = format!("{service}-{host}");
                let file = match host {
                    "fastly" => self.fastly.join(&name),
                    _ => self.wasi.join(name.replace('-', "_")),
                };
                let size = fs::metadata(file.with_extension("wasm"))?.len().saturating_sub(page);
                let verdict = if size <= budget { "within" } else { "OVER" };
                over += u32::from(size > budget);
                let _ = writeln!(std::io::stdout(), "{name:27} {size:>9} bytes, {verdict} {budget} (page: {page})");
            }
        }
        if over == 0 { Ok(()) } else { Err(format!("{over} services are over their budget").into()) }
    }
}

/// Builds an entry crate, the page in it, and copies it to where a host's tool wants it.
pub fn write(package: &str, out: &Path) -> Result<(), Failure> {
    page::build()?;
    let built = build(package)?;
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(built, out).map_err(|error| format!("cannot write {}: {error}", out.display()))?;
    Ok(())
}

/// What the page takes in the program: its files, each with its compressed forms.
fn page_bytes() -> Result<u64, Failure> {
    fn of(folder: &Path) -> std::io::Result<u64> {
        fs::read_dir(folder)?.try_fold(0, |sum, entry| {
            let entry = entry?;
            Ok(sum + if entry.file_type()?.is_dir() { of(&entry.path())? } else { entry.metadata()?.len() })
        })
    }
    let dist = workspace::root().join("web/dist");
    if dist.join("index.html").exists() { Ok(of(&dist)?) } else { Ok(0) }
}
