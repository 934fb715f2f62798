//! A local server of a host's, with our services in it.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::Failure;

/// How long it may take to compile a service, on a machine that does other things too.
const START: Duration = Duration::from_mins(2);
/// How long it may take to end when asked.
const END: Duration = Duration::from_secs(5);

/// A server of Fastly's, Spin's or Wasmtime's own. Ends when dropped.
pub struct Local {
    child: Child,
    folder: TempDir,
    /// `http://127.0.0.1:port`.
    pub url: String,
}

impl Local {
    /// Starts `command` and waits until it listens at `address`. Its files go into `folder`.
    pub(crate) fn start(command: &mut Command, folder: TempDir, address: SocketAddr) -> Result<Self, Failure> {
        let child = command
            .stdin(Stdio::null())
            .stdout(File::create(folder.path().join("log"))?)
            .stderr(File::create(folder.path().join("stderr"))?)
            .spawn()?;
        let mut local = Self { child, folder, url: format!("http://{address}") };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            if local.child.try_wait()?.is_some() || started.elapsed() > START {
                let program = command.get_program().to_string_lossy();
                return Err(format!("{program} did not start: {}", local.stderr()?.trim()).into());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(local)
    }

    /// All log lines so far: what the service wrote, and what the server says of each request.
    pub fn log(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.folder.path().join("log"))?)
    }

    /// All it wrote to stderr so far.
    pub fn stderr(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.folder.path().join("stderr"))?)
    }

    /// The process, for its memory.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Local {
    /// Asks first: Spin has a process of its own to end.
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        }
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && asked.elapsed() < END {
            thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address nobody listens on just now.
pub fn free_address() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}
