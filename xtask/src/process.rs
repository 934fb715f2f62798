//! Processes we start, and stop again.

use std::{
    io,
    process::{Child, Command, ExitStatus},
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::Failure;

/// How long a process may take to end when asked to.
const GRACE: Duration = Duration::from_secs(15);
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

/// A process that ends when this goes out of scope: asked first, then made to.
pub struct Running {
    child: Child,
    name: &'static str,
}

impl Running {
    pub fn start(command: &mut Command, name: &'static str) -> Result<Self, Failure> {
        let child = command.spawn().map_err(|error| format!("{name}: cannot be started: {error}"))?;
        Ok(Self { child, name })
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// `Some` once it has ended.
    pub fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// Waits for its end, or for someone to ask us to stop, which ends it.
    pub fn wait(mut self) -> Result<Option<ExitStatus>, Failure> {
        while !stopped() {
            if let Some(status) = self.ended()? {
                return Ok(Some(status));
            }
            thread::sleep(POLL);
        }
        Ok(None)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        if let Some(pid) = Pid::from_raw(self.child.id().cast_signed()) {
            let _ = kill_process(pid, Signal::TERM);
        }
        let asked = Instant::now();
        while asked.elapsed() < GRACE {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(POLL);
        }
        let _ = writeln_stderr(&format!("xtask: {} did not end when asked; it is killed", self.name));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn writeln_stderr(text: &str) -> io::Result<()> {
    use io::Write as _;
    writeln!(io::stderr(), "{text}")
}
