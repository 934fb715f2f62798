//! The commands that this program runs, and whether it was asked to stop.

use std::{
    io::{self, BufRead, BufReader, Write as _},
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

/// Runs test programs to their end, and those of `beside` at the same time, whose lines come after all others. If some
/// fail, says last of all which, and the first lines of what each said: these may stand thousands of lines above.
pub fn pass(command: &mut Command, beside: &mut Command, what: &str) -> Result<(), Failure> {
    let start = |command: &mut Command| {
        let started = command.stdout(Stdio::piped()).spawn();
        started.map_err(|error| format!("{what}: cannot be started: {error}"))
    };
    let other = start(beside)?;
    let other = thread::spawn(|| other.wait_with_output());
    let mut child = start(command)?;
    let mut failed = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        repeat(BufReader::new(stdout), &mut failed)?;
    }
    let end = child.wait()?;
    let other = other.join().map_err(|_| "a thread panicked")??;
    repeat(other.stdout.as_slice(), &mut failed)?;
    let Some(end) = [end, other.status].into_iter().find(|end| !end.success()) else { return Ok(()) };
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "\n== failed");
    for line in failed {
        let _ = out.write_all(&line).and_then(|()| out.write_all(b"\n"));
    }
    Err(format!("{what}: failed ({end})").into())
}

/// Prints what test programs say, and keeps what they say of failures.
fn repeat(said: impl BufRead, failed: &mut Vec<Vec<u8>>) -> io::Result<()> {
    let (mut out, mut left) = (io::stdout().lock(), 0);
    for line in said.split(b'\n') {
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
    Ok(())
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
