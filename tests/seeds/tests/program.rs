//! The program by which `cargo xtask faults` runs seeds.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::process::Command;

/// Its line of JSON counts what clients got. A third of what is asked for comes whole although every part fails often.
#[test]
fn a_few_seeds_are_counted() {
    let output = Command::new(env!("CARGO_BIN_EXE_seeds")).args(["--seeds", "60", "--first", "7"]).output().unwrap();
    let line: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success(), "{line}");
    assert_eq!((line["faults"]["passed"].as_u64(), line["faults"]["failed"].as_u64()), (Some(60), Some(0)));
    let [requests, full] = ["requests", "full"].map(|name| line[name].as_u64().unwrap());
    assert!(requests >= 60 && full * 3 > requests, "{line}");
}
