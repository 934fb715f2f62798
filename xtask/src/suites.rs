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

/// The command for all tests that run on this machine, built together. If only a part were built, it would have other
/// features, and wasmtime would be built a second time.
pub fn cargo_test() -> Command {
    let mut command = cargo();
    command.args(["test", "--no-fail-fast"]);
    command
}

impl Suites {
    /// Builds all test programs and the services on the edges, for this Viceroy and this Fastly CLI.
    pub fn build(viceroy: PathBuf, fastly_cli: PathBuf) -> Result<Self, Failure> {
        let (edges, programs) = both(wasm::all, || workspace::programs(cargo_test().arg("--no-run")))?;
        Ok(Self { programs, edges, viceroy, fastly_cli })
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
