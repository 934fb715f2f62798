//! Programs that run until they are dropped.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, getpgid, kill_process, kill_process_group};

use crate::{
    Failure,
    rotating::{MAX_LOG_BYTES, keep},
};

/// How long a program may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(5);

/// A program that ends when this value is dropped. It is asked to end first, because it may have programs of its own
/// to end. If it was started as the leader of a process group, everything in the group ends with it.
pub struct Process {
    child: Child,
    name: String,
    leads: bool,
}

impl Process {
    pub fn start(command: &mut Command, name: impl Into<String>) -> Result<Self, Failure> {
        let name = name.into();
        let child = command.spawn().map_err(|error| format!("{name}: cannot be started: {error}"))?;
        let id = Pid::from_child(&child);
        Ok(Self { leads: getpgid(Some(id)).is_ok_and(|group| group == id), child, name })
    }

    /// Starts a server, and waits until it listens at `address`. `give_up` is called from time to time.
    ///
    /// The error holds the end of the file `said`, to which the server writes its standard error.
    pub fn listening(
        command: &mut Command,
        name: impl Into<String>,
        address: SocketAddr,
        said: &Path,
        give_up: impl Fn() -> bool,
    ) -> Result<Self, Failure> {
        let mut process = Self::start(command, name)?;
        while TcpStream::connect(address).is_err() && !give_up() {
            if let Some(status) = process.ended()? {
                let words = std::fs::read_to_string(said).unwrap_or_default();
                let words = words.trim().lines().rev().take(20).collect::<Vec<_>>();
                let words = words.into_iter().rev().collect::<Vec<_>>().join("\n");
                return Err(format!("{} ended by itself ({status}): {words}", process.name).into());
            }
            thread::sleep(POLL * 10);
        }
        Ok(process)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// `Some` once the program has ended.
    pub fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// The first line of the program's standard output, which must be piped. All further output is appended to `log`.
    /// `None` if the program ended without a line, or printed nothing for half a minute.
    pub fn first_line(&mut self, log: &Path) -> io::Result<Option<String>> {
        let Some(output) = self.child.stdout.take() else { return Ok(None) };
        let log = log.to_owned();
        drop(File::options().create(true).append(true).open(&log)?);
        let (send, receive) = mpsc::channel();
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut first = String::new();
            if output.read_line(&mut first).is_ok_and(|length| length > 0) {
                let _ = send.send(first);
            }
            // The dropped sender tells the receiver that there was no line.
            drop(send);
            if keep(&mut output, &log, MAX_LOG_BYTES).is_err() {
                // A full disk must not stop the program, which waits for whoever reads its pipe.
                let _ = io::copy(&mut output, &mut io::sink());
            }
        });
        Ok(receive.recv_timeout(Duration::from_secs(30)).ok())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        }
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && asked.elapsed() < GRACE {
            thread::sleep(POLL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        if self.leads {
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        }
    }
}

/// Sends a command's standard output and error to files, and gives it no input.
pub fn to_files(command: &mut Command, output: &Path, error: &Path) -> io::Result<()> {
    let open = |path: &Path| File::options().create(true).append(true).open(path);
    command.stdin(Stdio::null()).stdout(open(output)?).stderr(open(error)?);
    Ok(())
}
