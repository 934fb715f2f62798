//! The commands that this program runs, and whether it was asked to stop.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    process::{Command, ExitStatus, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use servers::Process;

use crate::Failure;

const POLL: Duration = Duration::from_millis(50);

static STOP: AtomicBool = AtomicBool::new(false);

/// From now on, Ctrl-C and SIGTERM are only noted and do not end this program, so that it can end the programs that
/// it started.
pub fn catch_stop() -> Result<(), Failure> {
    static CAUGHT: OnceLock<()> = OnceLock::new();
    if CAUGHT.set(()).is_ok() {
        ctrlc::set_handler(|| STOP.store(true, Ordering::SeqCst))?;
    }
    Ok(())
}

/// Whether this program was asked to stop.
pub fn stopped() -> bool {
    STOP.load(Ordering::SeqCst)
}

/// Runs a command to its end. An error if the command fails.
pub fn succeed(command: &mut Command, what: &str) -> Result<(), Failure> {
    let status = command.status().map_err(|error| format!("{what}: cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{what}: failed ({status})").into()) }
}

/// How many lines of a failed test are told again.
const TOLD_AGAIN: usize = 12;

/// Runs test programs to their end. If some fail, says last of all which, and the first lines of what each said: these
/// may stand thousands of lines above.
pub fn pass(command: &mut Command, what: &str) -> Result<(), Failure> {
    let started = command.stdout(Stdio::piped()).spawn();
    let mut child = started.map_err(|error| format!("{what}: cannot be started: {error}"))?;
    let (mut out, mut failed, mut left) = (io::stdout().lock(), Vec::new(), 0);
    for line in child.stdout.take().map(|stdout| BufReader::new(stdout).split(b'\n')).into_iter().flatten() {
        let line = line?;
        let _ = out.write_all(&line).and_then(|()| out.write_all(b"\n"));
        // As libtest and libtest-mimic head what a failed test said.
        if line.starts_with(b"---- ") {
            left = TOLD_AGAIN;
        } else if line.starts_with(b"failures:") {
            left = 0;
        }
        if left > 0 {
            left -= 1;
            failed.push(line);
        }
    }
    let status = child.wait()?;
    if status.success() {
        return Ok(());
    }
    let _ = writeln!(out, "\n== failed");
    for line in failed {
        let _ = out.write_all(&line).and_then(|()| out.write_all(b"\n"));
    }
    Err(format!("{what}: failed ({status})").into())
}

/// Does both at the same time: each uses one core for much of its time.
pub fn both<A, B: Send>(
    one: impl FnOnce() -> Result<A, Failure>,
    other: impl FnOnce() -> Result<B, Failure> + Send,
) -> Result<(A, B), Failure> {
    thread::scope(|scope| {
        let other = scope.spawn(|| other().map_err(|failure| failure.to_string()));
        let one = one();
        let other = other.join().map_err(|_| "a thread panicked")??;
        Ok((one?, other))
    })
}

/// Runs a command to its end. `None` if this program is asked to stop, which ends the command.
pub fn unless_stopped(command: &mut Command, name: &str) -> Result<Option<ExitStatus>, Failure> {
    let mut process = Process::start(command, name)?;
    while !stopped() {
        if let Some(status) = process.ended()? {
            return Ok(Some(status));
        }
        thread::sleep(POLL);
    }
    Ok(None)
}
