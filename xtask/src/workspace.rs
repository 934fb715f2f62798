//! The workspace: its path, its programs, and how they are built.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{Failure, process::succeed};

/// The workspace's root.
pub fn root() -> PathBuf {
    // Cargo tells a program in which package it runs. Clones that share a build folder share the program, and it may
    // have been built in another clone.
    let here = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).parent().unwrap_or_else(|| Path::new(".")).to_path_buf()
}

/// A command for the cargo that runs this program.
pub fn cargo() -> Command {
    command(&env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A command for a program that runs cargo.
pub fn command(program: &OsStr) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    // The variables that cargo set for this program would make cargo build some dependencies (ring) anew.
    for (name, _) in env::vars_os() {
        let about_us = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_NAME", "CARGO_CRATE_NAME"];
        if name.to_str().is_some_and(|name| about_us.iter().any(|prefix| name.starts_with(prefix))) {
            command.env_remove(name);
        }
    }
    command
}

/// The folder of crates from the registry, which cargo downloads.
pub fn registry() -> Option<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    Some(home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))?.join("registry/src"))
}

/// The paths of this machine that compilers would write into programs, and what they write instead.
pub fn remapped() -> Result<Vec<(String, String)>, Failure> {
    let output = cargo().args(["metadata", "--format-version", "1", "--no-deps", "--offline"]).output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let target = metadata["target_directory"].as_str().ok_or("cargo metadata names no folder of builds")?;
    let text = |path: PathBuf| path.to_str().map(str::to_owned).ok_or("a path that is not UTF-8");
    let registry = text(registry().ok_or("neither CARGO_HOME nor HOME is set")?)?;
    // Of several that fit, compilers take the last: the folder of builds may be in the workspace.
    let paths = [(registry + "/", ""), (text(root())? + "/", ""), (target.to_owned(), "target")];
    Ok(paths.map(|(from, to)| (from, to.to_owned())).into())
}

/// A package of programs for one host, below `entries/`.
pub struct Entries {
    pub package: String,
    /// The name of the host, which is also the package's folder.
    pub host: String,
    /// The programs' names, such as `viewer-edge-fastly`.
    pub programs: Vec<String>,
}

/// The programs for the edge hosts, as cargo knows them.
pub fn entries() -> Result<Vec<Entries>, Failure> {
    let output = cargo().args(["metadata", "--format-version", "1", "--no-deps", "--offline"]).output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim()))?;
    let entries = |package: &serde_json::Value| -> Option<Entries> {
        let folder = Path::new(package["manifest_path"].as_str()?).parent()?;
        if folder.parent()?.file_name()? != "entries" {
            return None;
        }
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        let targets = package["targets"].as_array()?.iter();
        let programs = targets.filter(|target| target["kind"][0] != "lib").filter_map(|target| text(&target["name"]));
        Some(Entries {
            package: text(&package["name"])?,
            host: folder.file_name()?.to_str()?.to_owned(),
            programs: programs.collect(),
        })
    };
    Ok(metadata["packages"].as_array().into_iter().flatten().filter_map(entries).collect())
}

/// Programs that have been built.
#[derive(Default)]
pub struct Programs {
    programs: Vec<(String, PathBuf)>,
    pub tests: Vec<Test>,
}

/// A test program.
pub struct Test {
    /// The package's folder, and the name of the test or of the crate whose unit tests these are: `contract/native`.
    pub name: String,
    /// The package's folder, in which the program expects to run.
    pub folder: PathBuf,
    pub path: PathBuf,
}

impl Programs {
    pub fn path(&self, name: &str) -> Result<&Path, Failure> {
        let found = self.programs.iter().find(|(program, _)| program == name);
        found.map(|(_, path)| path.as_path()).ok_or_else(|| format!("cargo built no program {name}").into())
    }

    /// Keeps what a message of cargo tells of a program. `None` if the message is of something else.
    fn add(&mut self, message: &serde_json::Value) -> Option<()> {
        let name = message["target"]["name"].as_str()?;
        let kind = message["target"]["kind"][0].as_str()?;
        if message["profile"]["test"] == true {
            let folder = Path::new(message["manifest_path"].as_str()?).parent()?;
            let path = PathBuf::from(message["executable"].as_str()?);
            // Two packages may have tests of the same name.
            let name = format!("{}/{name}", folder.file_name()?.to_str()?);
            self.tests.push(Test { name, folder: folder.to_owned(), path });
            return Some(());
        }
        let path = match kind {
            "bin" => &message["executable"],
            // The components are examples.
            "example" => &message["filenames"][0],
            _ => return None,
        };
        self.programs.push((name.to_owned(), PathBuf::from(path.as_str()?)));
        Some(())
    }
}

/// Builds programs in release mode, and returns their paths.
pub fn build(packages: &[&str]) -> Result<Programs, Failure> {
    build_as("release", packages)
}

/// The same in the profile of `up`, which is soon done.
pub fn build_soon(packages: &[&str]) -> Result<Programs, Failure> {
    build_as("up", packages)
}

fn build_as(profile: &str, packages: &[&str]) -> Result<Programs, Failure> {
    let mut command = cargo();
    command.args(["build", "--bins", "--profile", profile]);
    for package in packages {
        command.args(["--package", package]);
    }
    programs(&mut command)
}

/// Runs a cargo command that builds, and returns the paths of the programs.
pub fn programs(command: &mut Command) -> Result<Programs, Failure> {
    command.arg("--message-format=json-render-diagnostics");
    let output = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("the build failed; cargo says why above".into());
    }
    let mut programs = Programs::default();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if let Ok(message) = serde_json::from_str(line) {
            programs.add(&message);
        }
    }
    Ok(programs)
}

/// Builds one program in release mode, and runs it.
pub fn run_release(package: &str, arguments: &[&str]) -> Result<(), Failure> {
    let mut command = cargo();
    command.args(["run", "--quiet", "--release", "--package", package, "--"]).args(arguments);
    succeed(&mut command, package)
}
