//! `bench-sign check`: the checks that do not depend on speed, on every target.

#![allow(clippy::unwrap_used)]

use std::process::Command;

#[test]
fn every_target_signs_alike() {
    let output = Command::new(env!("CARGO_BIN_EXE_bench-sign")).arg("check").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
