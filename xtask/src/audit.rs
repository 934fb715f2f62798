//! `cargo xtask audit`: published vulnerabilities in the dependencies.
//!
//! This is not a part of `test`: its result depends on news from outside, and a commit that passed must pass again.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use crate::{Failure, workspace};

pub fn run() -> Result<(), Failure> {
    if !servers::audit::is_installed() {
        let _ = writeln!(std::io::stdout(), "Installing cargo-audit: some minutes, once.");
    }
    let program = servers::audit::install()?;
    for lock in ["Cargo.lock", "fuzz/Cargo.lock"] {
        let mut audit = Command::new(&program);
        audit.args(["audit", "--file", lock]).current_dir(workspace::root());
        let output = audit.stdout(Stdio::inherit()).stderr(Stdio::piped()).spawn()?.wait_with_output()?;
        if String::from_utf8_lossy(&output.stderr).contains("fetch advisory database") {
            return Err("RustSec's database cannot be fetched from GitHub: nothing was looked up".into());
        }
        std::io::stderr().write_all(&output.stderr)?;
        if !output.status.success() {
            return Err(format!("{lock}: cargo-audit names above what must be replaced").into());
        }
    }
    Ok(())
}
