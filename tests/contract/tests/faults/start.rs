//! The host does not start with a bad configuration. It prints one line that names what is wrong, and never shows a
//! value.

use std::{
    net::TcpListener,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use contract::{Outcome, ensure, ensure_eq};
use harness::ENVIRONMENT;
use tempfile::TempDir;

use crate::fixture::Fixtures;

crate::tests!(start: missing_value, unreadable_value, taken_port);

const PATIENCE: Duration = Duration::from_secs(20);

/// Starts the program with the usual environment and a change. The program must end by itself. Returns its message.
fn refuses(change: &[(&str, Option<&str>)], listen: &str) -> Result<String, String> {
    let run = || -> Result<(Option<i32>, String, String), harness::Failure> {
        let data = TempDir::new()?;
        let mut command = harness::command("serve")?;
        command.args(["--listen", listen, "--store-listen", "127.0.0.1:0", "--data"]).arg(data.path());
        command.envs(ENVIRONMENT);
        for (name, value) in change {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let ended = ends(&mut child);
        let output = child.wait_with_output()?;
        ended?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok((output.status.code(), text(output.stdout), text(output.stderr)))
    };
    let (code, stdout, stderr) = run().map_err(|failure| format!("{change:?}: {failure}"))?;
    ensure_eq!(code, Some(1), "{change:?}: the exit code");
    ensure_eq!(stdout, "", "{change:?}: stdout");
    ensure_eq!(stderr.lines().count(), 1, "{change:?}: lines on stderr, which is {stderr:?}");
    Ok(stderr)
}

/// Waits for the program to end. A program that does not end is killed.
fn ends(child: &mut Child) -> Result<(), harness::Failure> {
    let since = Instant::now();
    while child.try_wait()?.is_none() {
        if since.elapsed() > PATIENCE {
            child.kill()?;
            return Err("it started".into());
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn missing_value(_: &Fixtures) -> Outcome {
    for (name, _) in ENVIRONMENT {
        for value in [None, Some(""), Some("  ")] {
            let said = refuses(&[(name, value)], "127.0.0.1:0")?;
            ensure!(said.contains(name), "without {name} it says {said:?}");
            for (_, other) in ENVIRONMENT.iter().filter(|(_, other)| *other != "gallery") {
                ensure!(!said.contains(other), "without {name} it shows {other:?}: {said:?}");
            }
        }
    }
    Ok(())
}

fn unreadable_value(_: &Fixtures) -> Outcome {
    for (name, value) in [
        ("AUTH_SECRET", "short-hunter2"),
        ("S3_ENDPOINT", "hunter2"),
        ("S3_ENDPOINT", "ftp://hunter2.example"),
        ("R2_ACCOUNT_ID", "hunter2/../x"),
        ("ALLOWED_ORIGINS", "https://hunter2.example/path"),
        ("BASE_PATH", "hunter2"),
        ("VIDEO_API_BASE", "hunter2"),
        ("VIDEO_ORIGIN", "https://hunter2/path"),
        ("MAX_BODY_BYTES", "hunter2"),
        ("VIDEO_DELIVERY", "hunter2"),
        ("VIDEO_EXPERIMENT", "hunter2:10"),
        ("PLAYBACK_REPORTS", "hunter2"),
        ("KV_MAX_VALUE_BYTES", "hunter2"),
        ("S3_URL_STYLE", "hunter2"),
        ("CATALOGUE", "hunter2"),
        ("SQL_URL", "hunter2"),
        ("SQL_URL", "https://user:hunter2@db.example"),
    ] {
        let said = refuses(&[(name, Some(value))], "127.0.0.1:0")?;
        ensure!(said.contains(name), "with a bad {name} it says {said:?}");
        ensure!(!said.contains("hunter2"), "it shows the value of {name}: {said:?}");
    }
    Ok(())
}

fn taken_port(_: &Fixtures) -> Outcome {
    let taken = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = taken.local_addr().map_err(|error| error.to_string())?.to_string();
    let said = refuses(&[], &address)?;
    ensure!(said.contains(&address), "it does not say which address is taken: {said:?}");
    Ok(())
}
