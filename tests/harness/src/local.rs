//! A local server of a host's, with our services in it.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    process::Command,
    time::{Duration, Instant},
};

use servers::{Process, to_files};
use tempfile::TempDir;

use crate::Failure;

/// How long it may take to compile a service, on a machine that does other things too.
const START: Duration = Duration::from_mins(2);

/// A server of Fastly's, Spin's or Wasmtime's own. Ends when dropped.
pub struct Local {
    process: Process,
    folder: TempDir,
    /// `http://127.0.0.1:port`.
    pub url: String,
}

impl Local {
    /// Starts `command` and waits until it listens at `address`. Its files go into `folder`.
    pub(crate) fn start(command: &mut Command, folder: TempDir, address: SocketAddr) -> Result<Self, Failure> {
        let [log, stderr] = ["log", "stderr"].map(|name| folder.path().join(name));
        to_files(command, &log, &stderr)?;
        let name = command.get_program().to_string_lossy().into_owned();
        let started = Instant::now();
        let process = Process::listening(command, &name, address, &stderr, || started.elapsed() > START)?;
        if started.elapsed() > START {
            return Err(format!("{name} did not listen within {} s", START.as_secs()).into());
        }
        Ok(Self { process, folder, url: format!("http://{address}") })
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
        self.process.id()
    }
}

/// An address nobody listens on just now.
pub fn free_address() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}
