//! `cargo xtask dist`: what is given to others. Static programs, all components, what is in them and under which
//! licences, the contexts of images, and checksums.
//!
//! Two builds of one commit give the same bytes, in whatever folders: `--twice` shows it.

mod archive;
mod inside;
mod licences;
mod native;
mod sbom;

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use clap::ValueEnum;

use crate::{
    Failure, page,
    process::succeed,
    wasm,
    workspace::{self, cargo},
};
use archive::Archive;
use inside::Inside;

#[derive(clap::Args)]
pub struct Arguments {
    /// The folder to write. Programs of an earlier run go from it
    #[arg(default_value = "dist")]
    out: PathBuf,
    /// Only these parts, separated by commas
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Build again, from a clone in another folder and into another folder, and compare. Only what is committed is in
    /// the clone
    #[arg(long)]
    twice: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The program for Linux on x86-64
    #[value(name = "x86_64")]
    X86,
    /// The program for Linux on arm64
    #[value(name = "aarch64")]
    Arm,
    /// The programs for Fastly, Spin and WASI hosts
    #[value(name = "wasm")]
    Wasm,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm => "aarch64",
            Self::Wasm => "wasm",
        }
    }
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let parts: Vec<Part> =
        if arguments.only.is_empty() { Part::value_variants().to_vec() } else { arguments.only.clone() };
    let out = env::current_dir()?.join(&arguments.out);
    let moment = moment()?;
    // Asked for before the first build: somebody may commit while it runs.
    let commit = if arguments.twice { Some(commit()?) } else { None };
    build(&parts, &out, moment)?;
    commit.map_or(Ok(()), |commit| again(&parts, &out, &commit, moment))
}

fn build(parts: &[Part], out: &Path, moment: u64) -> Result<(), Failure> {
    fs::create_dir_all(out)?;
    // What an earlier run has written goes, and nothing else: somebody may name a folder with files of their own.
    for entry in fs::read_dir(out)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() && name == "image" {
            fs::remove_dir_all(path)?;
        } else if name.to_string_lossy().starts_with("edge-gallery-") && path.is_file() {
            fs::remove_file(path)?;
        }
    }
    page::build()?;
    let version = env!("CARGO_PKG_VERSION");
    for part in parts {
        let name = match part {
            Part::Wasm => format!("edge-gallery-{version}-wasm"),
            native => format!("edge-gallery-{version}-{}-linux", native.name()),
        };
        say(&format!("== {name}"));
        let archive = Archive::new(out, &name, moment)?;
        let inside = match part {
            Part::Wasm => {
                let built = wasm::all()?;
                for entries in workspace::entries()? {
                    // The others are for tests and benches.
                    let deployed = |name: &&String| {
                        ["viewer-edge", "video-edge", "all-in-one"].iter().any(|it| name.starts_with(it))
                    };
                    for program in entries.programs.iter().filter(deployed) {
                        // Where the manifests look for them.
                        archive.add(&built.path(&entries.host, program), &format!("bin/{program}.wasm"), 0o644)?;
                    }
                }
                for manifest in [
                    "fastly.toml",
                    "fastly.video.toml",
                    "fastly.all.toml",
                    "spin.toml",
                    "spin.all.toml",
                    "spin.02.toml",
                    "spin.02.all.toml",
                ] {
                    archive.add(&workspace::root().join(manifest), manifest, 0o644)?;
                }
                Inside::components()?
            }
            native => {
                let target = format!("{}-unknown-linux-musl", native.name());
                let program = native::build(&target)?;
                archive.add(&program, "edge-gallery", 0o755)?;
                archive.add_folder("deploy")?;
                for document in ["PLATFORM.md", "docs/DEPLOYING.md"] {
                    archive.add(&workspace::root().join(document), document, 0o644)?;
                }
                Inside::native(&target)?
            }
        };
        licences::write(&inside, archive.folder())?;
        fs::write(out.join(format!("{name}.cdx.json")), sbom::json(&name, &inside)?)?;
        if *part != Part::Wasm {
            archive.image(out, if *part == Part::X86 { "amd64" } else { "arm64" })?;
        }
        archive.finish()?;
    }
    archive::sums(out)?;
    succeed(Command::new("cat").arg(out.join(archive::SUMS)), "cat")
}

/// Builds `commit` from a clone, and compares the checksums.
fn again(parts: &[Part], out: &Path, commit: &str, moment: u64) -> Result<(), Failure> {
    let folder = env::temp_dir().join(format!("another-folder-{}", std::process::id()));
    let clone = folder.join("gallery");
    let mut git = Command::new("git");
    git.args(["clone", "--quiet", "--no-hardlinks", "--no-checkout"]).arg(workspace::root()).arg(&clone);
    succeed(&mut git, "git clone")?;
    let mut git = Command::new("git");
    succeed(git.args(["checkout", "--quiet", "--detach", commit]).current_dir(&clone), "git checkout")?;
    let mut build = cargo();
    build.current_dir(&clone).env("CARGO_TARGET_DIR", folder.join("target"));
    build.env("SOURCE_DATE_EPOCH", moment.to_string());
    build.args(["run", "--quiet", "--package", "xtask", "--", "dist", "--only"]);
    build.arg(parts.iter().map(|part| part.name()).collect::<Vec<_>>().join(","));
    succeed(build.arg(folder.join("dist")), "the second build")?;
    let sums = |out: &Path| fs::read_to_string(out.join(archive::SUMS));
    let (one, other) = (sums(out)?, sums(&folder.join("dist"))?);
    if one != other {
        let differ = one.lines().zip(other.lines()).filter(|(one, other)| one != other);
        let names: Vec<&str> = differ.filter_map(|(one, _)| one.split_whitespace().nth(1)).collect();
        return Err(format!("two builds differ in {}; the second is in {}", names.join(", "), folder.display()).into());
    }
    fs::remove_dir_all(&folder)?;
    say("Two builds from two folders gave the same bytes.");
    Ok(())
}

/// The seconds since 1970 that all files in archives get: `SOURCE_DATE_EPOCH`, or the time of the commit
/// (<https://reproducible-builds.org/specs/source-date-epoch/>).
fn moment() -> Result<u64, Failure> {
    if let Ok(given) = env::var("SOURCE_DATE_EPOCH") {
        return Ok(given.parse().map_err(|_| "SOURCE_DATE_EPOCH must be the seconds since 1970")?);
    }
    let seconds = newest_commit("%ct").and_then(|seconds| seconds.parse().ok());
    Ok(seconds.ok_or("git does not tell the time of the commit: set SOURCE_DATE_EPOCH")?)
}

/// The hash of the commit that is built. What is not committed would be in the first build only.
fn commit() -> Result<String, Failure> {
    let git = Command::new("git").args(["status", "--porcelain"]).current_dir(workspace::root()).output()?;
    if !git.stdout.is_empty() {
        return Err("the second build is of a commit, and there are changes that are in none: commit them first".into());
    }
    Ok(newest_commit("%H").ok_or("git does not tell the commit: --twice needs a repository")?)
}

/// What git tells of the newest commit, in one of its formats.
fn newest_commit(format: &str) -> Option<String> {
    let mut git = Command::new("git");
    let output = git.args(["log", "-1", &format!("--format={format}")]).current_dir(workspace::root()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
