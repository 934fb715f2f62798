//! The program's answer to wrong arguments. The contract tests what the program does with components.

#![allow(clippy::unwrap_used)]

use std::process::Command;

#[test]
fn what_is_no_component_is_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_wasi-host")).arg(file!()).output().unwrap();
    assert!(!output.status.success());
    assert!(output.stdout.is_empty(), "it says where it listens");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("wasi-host: "), "{said}");
}
