//! The test programs, and the programs that they run: each is built once.

use std::{io, path::PathBuf, process::Command, sync::Mutex};

use tempfile::TempDir;

use crate::{
    Failure, lanes, lints,
    process::both,
    wasm,
    workspace::{self, Programs, cargo},
};

/// How many test programs run at once. Each waits much for what it has started.
const AT_ONCE: usize = 2;
/// The test programs that take longest. They begin first, so that no core is idle at the end.
const LONG: [&str; 5] = ["contract/wasi", "contract/fastly", "native/serve", "ingest/films", "contract/faults"];
/// The programs whose waits are those of a person, or that measure: each has the machine for itself.
const ALONE: [&str; 2] = ["contract/machines", "browser/native"];
/// Files in memory. The tests write thousands of small files, and on a disk they wait until each has reached it.
const IN_MEMORY: &str = "/dev/shm";
/// How many bytes must be free there. The tests have some 200 MB there at once.
const ROOM: u64 = 2 << 30;

pub struct Suites {
    programs: Programs,
    edges: wasm::Programs,
    viceroy: PathBuf,
    fastly_cli: PathBuf,
    /// Where the tests' own files are, if not where files for a time are otherwise.
    files: Option<TempDir>,
}

impl Suites {
    /// Builds and lints all test programs and the services on the edges, for this Viceroy and this Fastly CLI.
    pub fn build(viceroy: PathBuf, fastly_cli: PathBuf) -> Result<Self, Failure> {
        // If only a part of the tests were built, it would have other features, and wasmtime would be built twice.
        let mut tests = cargo();
        tests.args(["test", "--no-run"]);
        lints::with(&mut tests)?;
        let build = || workspace::programs(&mut tests);
        let (edges, programs) = both(wasm::all, build)?;
        Ok(Self { programs, edges, viceroy, fastly_cli, files: in_memory() })
    }

    /// Prints the sizes of the services. A service over its budget is an error.
    pub fn check_sizes(&self) -> Result<(), Failure> {
        self.edges.check_sizes()
    }

    /// Tells `command` the paths of all programs. With these, no host is left out, and each must pass.
    pub fn tell(&self, command: &mut Command) -> Result<(), Failure> {
        for (name, program) in [("GALLERY_PROGRAM", "edge-gallery"), ("WASI_HOST_PROGRAM", "wasi-host")] {
            command.env(name, self.programs.path(program)?);
        }
        self.edges.tell(command);
        command.env("VICEROY", &self.viceroy).env("FASTLY_CLI", &self.fastly_cli);
        command.envs(self.files.iter().map(|files| ("TMPDIR", files.path())));
        Ok(())
    }

    /// One of the test programs, to be run alone.
    pub fn command(&self, name: &str) -> Result<Command, Failure> {
        let test = self.programs.tests.iter().find(|test| test.name == name);
        let test = test.ok_or_else(|| format!("cargo built no test program {name}"))?;
        let mut command = Command::new(&test.path);
        // As cargo runs it.
        command.current_dir(&test.folder).env("CARGO_MANIFEST_DIR", &test.folder);
        self.tell(&mut command)?;
        Ok(command)
    }

    /// The program that tries so many seeds of faults.
    pub fn seeds(&self, count: u64) -> Result<Command, Failure> {
        let mut command = Command::new(self.programs.path("seeds")?);
        command.args(["--seeds", &count.to_string()]);
        Ok(command)
    }

    /// Runs all test programs, and the examples in the documentation of crates.
    pub fn pass(&self, no_browser: bool) -> Result<(), Failure> {
        let test = |name: &str| {
            let mut command = self.command(name)?;
            if no_browser {
                command.env("NO_BROWSER", "1");
            }
            Ok::<_, Failure>(lanes::Test { name: name.to_owned(), command })
        };
        let tests = self.programs.tests.iter().map(|test| test.name.as_str());
        let others = tests.filter(|name| !LONG.contains(name) && !ALONE.contains(name));
        let mut beside = LONG.into_iter().chain(others).map(test).collect::<Result<Vec<_>, _>>()?;
        let mut command = cargo();
        lints::with(command.args(["test", "--doc", "--no-fail-fast"]))?;
        beside.push(lanes::Test { name: "examples in the documentation".to_owned(), command });
        let alone = ALONE.into_iter().map(test).collect::<Result<_, _>>()?;
        lanes::pass(beside, AT_ONCE, alone, &Mutex::new(io::stdout()))
    }
}

/// A folder in memory, where there is room for it. It goes with everything in it when it is dropped.
fn in_memory() -> Option<TempDir> {
    let space = rustix::fs::statvfs(IN_MEMORY).ok()?;
    if space.f_bavail.saturating_mul(space.f_frsize) < ROOM {
        return None;
    }
    tempfile::Builder::new().prefix("edge-gallery-").tempdir_in(IN_MEMORY).ok()
}
