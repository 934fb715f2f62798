//! The commands that this program runs, and whether it was asked to stop.

use std::{
    process::{Command, ExitStatus},
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
