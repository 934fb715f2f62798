//! The program as a person starts and stops it.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::{
    io::{BufRead as _, BufReader, Read as _},
    net::TcpListener,
    process::{Child, Command, Output, Stdio},
};

const SECRET: &str = "a secret for tests, of more than thirty-two bytes";

/// The program with an environment of its own and free ports.
fn program(data: &std::path::Path, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    command.env_clear().envs(environment.iter().copied());
    command.args(["serve", "--listen", "127.0.0.1:0", "--store-listen", "127.0.0.1:0", "--data"]).arg(data);
    command
}

const COMPLETE: [(&str, &str); 5] = [
    ("GALLERY_PASSWORD", "correct horse battery staple"),
    ("AUTH_SECRET", SECRET),
    ("R2_ACCESS_KEY_ID", "test-key-id"),
    ("R2_SECRET_ACCESS_KEY", "test-secret-access-key"),
    ("R2_BUCKET_NAME", "gallery"),
];

/// The message of a start that must fail. It is one line, and holds no secret.
fn refusal(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(stdout.is_empty());
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("edge-gallery: "), "{said}");
    assert!(!said.contains(SECRET) && !said.contains("test-secret-access-key"), "{said}");
    said
}

#[test]
fn what_is_missing_is_named() {
    let data = tempfile::tempdir().unwrap();
    for (name, _) in COMPLETE {
        let rest: Vec<_> = COMPLETE.into_iter().filter(|(other, _)| *other != name).collect();
        let said = refusal(&mut program(data.path(), &rest));
        assert!(said.contains(&format!("{name} is not set")), "{said}");
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let data = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let _held = TcpListener::bind(taken).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    command
        .env_clear()
        .envs(COMPLETE)
        .args(["serve", "--listen"])
        .arg(taken.to_string())
        .arg("--data")
        .arg(data.path());
    let said = refusal(&mut command);
    assert!(said.contains(&taken.to_string()) && said.contains("choose another port"), "{said}");
}

#[test]
fn sigterm_ends_it_cleanly_and_the_next_start_finds_its_data() {
    let data = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let mut child = program(data.path(), &COMPLETE).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut ready = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut ready).unwrap();
        let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
        assert_eq!(ready["event"], "ready");
        for name in ["gallery", "store"] {
            assert!(ready[name].as_str().unwrap().starts_with("http://127.0.0.1:"), "{ready}");
        }
        terminate(&child);
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert!(child.wait().unwrap().success(), "{rest}");
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(said, "");
    }
}

fn terminate(child: &Child) {
    let status = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(status.success());
}
