//! Commands we run, and whether someone asked us to stop.

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

/// From now on Ctrl-C and SIGTERM are noted instead of ending us, so that we can end what we started.
pub fn catch_stop() -> Result<(), Failure> {
    static CAUGHT: OnceLock<()> = OnceLock::new();
    if CAUGHT.set(()).is_ok() {
        ctrlc::set_handler(|| STOP.store(true, Ordering::SeqCst))?;
    }
    Ok(())
}

/// Whether someone asked us to stop.
pub fn stopped() -> bool {
    STOP.load(Ordering::SeqCst)
}

/// Runs a command to its end; an error if it fails.
pub fn succeed(command: &mut Command, what: &str) -> Result<(), Failure> {
    let status = command.status().map_err(|error| format!("{what}: cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{what}: failed ({status})").into()) }
}

/// Runs a command to its end. `None` if someone asks us to stop, which ends it.
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
