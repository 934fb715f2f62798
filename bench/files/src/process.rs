//! Servers as processes, and the CPU time they take.

use std::{
    fs,
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use harness::Failure;
use rustix::process::{Pid, Signal, kill_process};

/// How long a server may take until it listens, and until it ends.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that ends when it is dropped.
pub struct Running {
    child: Child,
    pub address: SocketAddr,
}

impl Running {
    /// Starts a server, and waits until it listens.
    pub fn start(command: &mut Command, address: SocketAddr) -> Result<Self, Failure> {
        let what = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).spawn().map_err(|error| format!("{what}: {error}"))?;
        let mut running = Self { child, address };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            if running.child.try_wait()?.is_some() || started.elapsed() > PATIENCE {
                return Err(format!("{what} does not listen on {address}").into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(running)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The server is asked to end, because the workers of nginx would outlive a master that is killed.
        if let Some(pid) = Pid::from_raw(self.child.id().cast_signed()) {
            let _ = kill_process(pid, Signal::TERM);
        }
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE && matches!(self.child.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The CPU time of a process and its children so far, from Linux's `/proc`. `None` on other systems.
pub fn cpu(process: u32) -> Option<Duration> {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).ok()?;
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    children.chain([process]).map(own_cpu).sum()
}

fn own_cpu(process: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The program's name is in parentheses and may hold anything. After the name, `utime` is the 12th field, and
    // `stime` is the next.
    let (_, fields) = stat.rsplit_once(") ")?;
    let ticks = fields.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().ok()).sum::<Option<u64>>()?;
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    Some(Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64))
}
