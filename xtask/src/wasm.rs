//! The services as they are deployed: modules for Fastly, components for the others.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Failure, optimise, page, tools,
    workspace::{self, cargo},
};

/// How programs for a host are built.
struct How {
    target: &'static str,
    profile: &'static str,
    /// The level for `wasm-opt`.
    level: &'static str,
    /// The option by which cargo selects programs of this kind.
    kind: &'static str,
}

/// Fastly runs modules, and its size budgets leave room for speed. The other hosts run components.
const FASTLY: How = How { target: "wasm32-wasip1", profile: "fastly", level: "-O2", kind: "--bin" };
const COMPONENTS: How = How { target: "wasm32-wasip2", profile: "wasm", level: "-Oz", kind: "--example" };

fn how(host: &str) -> &'static How {
    if host == "fastly" { &FASTLY } else { &COMPONENTS }
}

/// Builds programs of these packages, and returns the path of each.
fn build_all(packages: &[&str], programs: &[String], how: &How) -> Result<Vec<PathBuf>, Failure> {
    tools::need_target(how.target)?;
    let mut command = cargo();
    command.args(["build", "--quiet", "--profile", how.profile, "--target", how.target]);
    if let Some(remap) = without_home() {
        command.args(["--config", &format!("target.{}.rustflags=[{remap:?}]", how.target)]);
    }
    command.args(packages.iter().flat_map(|package| ["--package", package]));
    command.args(programs.iter().flat_map(|program| [how.kind, program]));
    let built = workspace::programs(&mut command)?;
    let paths = programs.iter().map(|name| Ok((name.clone(), built.path(name)?.to_path_buf())));
    optimise::all(&paths.collect::<Result<Vec<_>, Failure>>()?, how.level)
}

/// The flag that keeps this machine's path of crates out of the messages of panics.
fn without_home() -> Option<String> {
    Some(format!("--remap-path-prefix={}/=", workspace::registry()?.to_str()?))
}

/// Builds a program, such as `viewer-edge-fastly`, and returns its path.
pub fn build(program: &str) -> Result<PathBuf, Failure> {
    let all = workspace::entries()?;
    let Some(entries) = all.iter().find(|entries| entries.programs.iter().any(|known| known == program)) else {
        let known: Vec<_> = all.iter().flat_map(|entries| entries.programs.iter().map(String::as_str)).collect();
        return Err(format!("there is no program {program}; there are {}", known.join(", ")).into());
    };
    let built = build_all(&[&entries.package], &[program.to_owned()], how(&entries.host))?;
    built.into_iter().next().ok_or_else(|| "nothing was built".into())
}

/// Builds all programs for the edges that tests and benches run, and returns their folders: modules for Fastly,
/// components for the other hosts.
pub fn all() -> Result<Programs, Failure> {
    let all = workspace::entries()?;
    let folder = |fastly: bool| -> Result<PathBuf, Failure> {
        let some: Vec<_> = all.iter().filter(|entries| (entries.host == "fastly") == fastly).collect();
        let packages: Vec<&str> = some.iter().map(|entries| entries.package.as_str()).collect();
        let programs: Vec<String> = some.iter().flat_map(|entries| entries.programs.iter().cloned()).collect();
        let built = build_all(&packages, &programs, if fastly { &FASTLY } else { &COMPONENTS })?;
        let folder = built.first().and_then(|program| program.parent());
        Ok(folder.ok_or("nothing was built")?.to_path_buf())
    };
    Ok(Programs { fastly: folder(true)?, wasi: folder(false)? })
}

/// The folders of programs for edges.
pub struct Programs {
    fastly: PathBuf,
    wasi: PathBuf,
}

impl Programs {
    /// The path of a program for this host.
    pub fn path(&self, host: &str, program: &str) -> PathBuf {
        if host == "fastly" { &self.fastly } else { &self.wasi }.join(program).with_extension("wasm")
    }

    /// Tells tests and benches the paths of the folders.
    pub fn tell(&self, command: &mut Command) {
        command.env("FASTLY_PROGRAMS", &self.fastly).env("WASI_COMPONENTS", &self.wasi);
    }

    /// Prints the size of each service on each host, without the page, beside its budget. A service over its budget
    /// is an error.
    pub fn check_sizes(&self) -> Result<(), Failure> {
        /// The host, and the most bytes of viewer-edge and of video-edge.
        const BUDGETS: [(&str, u64, u64); 5] = [
            ("fastly", 1_298_000, 929_000),
            ("wasi", 1_331_000, 682_000),
            ("wasi02", 1_281_000, 631_000),
            ("spin", 1_336_000, 678_000),
            ("spin02", 1_281_000, 631_000),
        ];
        let page = page_bytes()?;
        let mut over = 0;
        for (host, viewer, video) in BUDGETS {
            for (service, budget, page) in [("viewer-edge", viewer, page), ("video-edge", video, 0)] {
                let name = format!("{service}-{host}");
                let size = fs::metadata(self.path(host, &name))?.len().saturating_sub(page);
                let verdict = if size <= budget { "within" } else { "OVER" };
                over += u32::from(size > budget);
                let _ = writeln!(std::io::stdout(), "{name:27} {size:>9} bytes, {verdict} {budget} (page: {page})");
            }
        }
        if over == 0 { Ok(()) } else { Err(format!("{over} services are over their budget").into()) }
    }
}

/// Builds a program that contains the page, and copies it to the path that a host's tool expects.
pub fn write(program: &str, out: &Path) -> Result<(), Failure> {
    page::build()?;
    let built = build(program)?;
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(built, out).map_err(|error| format!("cannot write {}: {error}", out.display()))?;
    Ok(())
}

/// Builds every program in release, and copies it: `edge-gallery`, `fastly/NAME.wasm`, `wasi/NAME.wasm`.
pub fn write_all(out: &Path) -> Result<(), Failure> {
    page::build()?;
    let native = workspace::build(&["edge-gallery"])?;
    let built = all()?;
    for entries in workspace::entries()? {
        let (from, folder) = if entries.host == "fastly" { (&built.fastly, "fastly") } else { (&built.wasi, "wasi") };
        fs::create_dir_all(out.join(folder))?;
        for program in entries.programs {
            let file = Path::new(&program).with_extension("wasm");
            fs::copy(from.join(&file), out.join(folder).join(file))?;
        }
    }
    fs::copy(native.path("edge-gallery")?, out.join("edge-gallery"))?;
    Ok(())
}

/// What the page takes in the program: its files, each with its compressed forms, and the page of problems.
fn page_bytes() -> Result<u64, Failure> {
    fn of(folder: &Path) -> std::io::Result<u64> {
        fs::read_dir(folder)?.try_fold(0, |sum, entry| {
            let entry = entry?;
            Ok(sum + if entry.file_type()?.is_dir() { of(&entry.path())? } else { entry.metadata()?.len() })
        })
    }
    let (dist, problems) = (workspace::root().join("web/dist"), workspace::root().join("viewer-edge/problems.html"));
    let page = if dist.join("index.html").exists() { of(&dist)? } else { 0 };
    Ok(page + fs::metadata(problems)?.len())
}
