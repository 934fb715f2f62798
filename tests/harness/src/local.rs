//! A local server of a host, with the gallery's services in it.

use std::{
    fs,
    net::SocketAddr,
    process::Command,
    time::{Duration, Instant},
};

use servers::{Process, to_files};
use tempfile::TempDir;

use crate::Failure;

/// How long the server may take to compile a service, on a machine that is busy with other work too.
const START: Duration = Duration::from_mins(2);

/// A server of Fastly, Spin or Wasmtime. It ends when it is dropped.
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
            let said = fs::read_to_string(&stderr).unwrap_or_default();
            return Err(format!("{name} did not listen within {} s: {}", START.as_secs(), said.trim()).into());
        }
        Ok(Self { process, folder, url: format!("http://{address}") })
    }

    /// All log lines so far: the lines of the service, and those of the server about each request.
    pub fn log(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.folder.path().join("log"))?)
    }

    /// Everything that the server wrote to stderr so far.
    pub fn stderr(&self) -> Result<String, Failure> {
        Ok(fs::read_to_string(self.folder.path().join("stderr"))?)
    }

    /// The process id, by which a test reads the memory.
    pub fn id(&self) -> u32 {
        self.process.id()
    }
}
