//! The test programs, and the programs that they run: each is built once.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Failure,
    process::both,
    wasm,
    workspace::{self, Programs, cargo},
};

pub struct Suites {
    programs: Programs,
    edges: wasm::Programs,
    viceroy: PathBuf,
    fastly_cli: PathBuf,
}

/// The package of the tests in browsers.
const BROWSER: &str = "browser";

/// Adds the arguments for all tests that run on this machine, built together. If only a part were built, it would have
/// other features, and wasmtime would be built a second time.
fn test(mut cargo: Command) -> Command {
    cargo.args(["test", "--no-fail-fast"]);
    cargo
}

impl Suites {
    /// Builds all test programs and the services on the edges, for this Viceroy and this Fastly CLI.
    pub fn build(viceroy: PathBuf, fastly_cli: PathBuf) -> Result<Self, Failure> {
        let (edges, programs) = both(wasm::all, || workspace::programs(test(cargo()).arg("--no-run")))?;
        Ok(Self { programs, edges, viceroy, fastly_cli })
    }

    /// Prints the sizes of the services. A service over its budget is an error.
    pub fn check_sizes(&self) -> Result<(), Failure> {
        self.edges.check_sizes()
    }

    /// The commands that run all tests: those in browsers, and all others, which leave browsers the processor whenever
    /// these want it. The waits of browsers are those of a person.
    pub fn all(&self) -> Result<(Command, Command), Failure> {
        let mut others = test(workspace::patient_cargo());
        for package in workspace::default_members()?.iter().filter(|package| *package != BROWSER) {
            others.args(["--package", package]);
        }
        self.tell(&mut others)?;
        Ok((self.command(BROWSER, "native")?, others))
    }

    /// Tells `command` the paths of all programs. With these, no host is left out, and each must pass.
    pub fn tell(&self, command: &mut Command) -> Result<(), Failure> {
        for (name, program) in [("GALLERY_PROGRAM", "edge-gallery"), ("WASI_HOST_PROGRAM", "wasi-host")] {
            command.env(name, self.programs.path(program)?);
        }
        self.edges.tell(command);
        command.env("VICEROY", &self.viceroy).env("FASTLY_CLI", &self.fastly_cli);
        Ok(())
    }

    /// One of the test programs below `tests`, to be run alone.
    pub fn command(&self, folder: &str, test: &str) -> Result<Command, Failure> {
        let mut command = Command::new(self.programs.path(&format!("{folder}/{test}"))?);
        command.current_dir(workspace::root().join(Path::new("tests").join(folder)));
        self.tell(&mut command)?;
        Ok(command)
    }
}
