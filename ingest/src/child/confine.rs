//! What a child process may use, and that it ends when we do.

use std::process::{Command, ExitStatus};
use std::time::Duration;

/// What a process may use at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Processor time, of all its threads.
    pub cpu: Duration,
    /// Address space, in bytes.
    pub memory: u64,
    /// The size of one file that it writes, in bytes.
    pub file: u64,
}

impl Limits {
    /// Enough for programs that only look at a file.
    pub const TOOL: Self = Self { cpu: Duration::from_mins(1), memory: 2 << 30, file: 1 << 20 };
}

/// Sets the limits, and binds the child to us.
///
/// On Linux the kernel kills the child when the *thread* that started it ends. That is right here: this thread waits
/// for the child. A child that a script in ffmpeg's place starts is not bound. On other systems nothing binds the
/// child: its group is killed when we end in order, and after a `kill -9` it runs to its end or its limits.
#[cfg(unix)]
#[allow(unsafe_code, reason = "there is no other way to set limits between fork and exec")]
pub fn apply(command: &mut Command, limits: Limits) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    use std::os::unix::process::CommandExt;

    #[cfg(target_os = "linux")]
    let parent = rustix::process::getpid();
    let cpu = limits.cpu.as_secs().max(1);
    let limits = [
        // The first is a signal that can be told from others, the second kills.
        (Resource::Cpu, cpu, cpu + 10),
        (Resource::As, limits.memory, limits.memory),
        (Resource::Fsize, limits.file, limits.file),
        (Resource::Core, 0, 0),
    ];
    let prepare = move || {
        #[cfg(target_os = "linux")]
        {
            use rustix::process::{Signal, getppid, set_parent_process_death_signal};
            set_parent_process_death_signal(Some(Signal::KILL))?;
            // If we ended before the call, nobody sends the signal.
            if getppid() != Some(parent) {
                return Err(rustix::io::Errno::SRCH.into());
            }
        }
        for (resource, soft, hard) in limits {
            // A limit that is set already can only be lowered.
            let most = getrlimit(resource).maximum.unwrap_or(u64::MAX);
            let set = setrlimit(resource, Rlimit { current: Some(soft.min(most)), maximum: Some(hard.min(most)) });
            // Not every system knows every limit.
            if cfg!(target_os = "linux") {
                set?;
            }
        }
        Ok(())
    };
    // SAFETY: `prepare` runs in the child between fork and exec. It only makes system calls that are async-signal-safe
    // (prctl, getppid, getrlimit, setrlimit), on values that it owns. It allocates nothing, takes no lock, and its
    // errors are plain numbers.
    unsafe { command.pre_exec(prepare) };
}

#[cfg(not(unix))]
pub fn apply(_: &mut Command, _: Limits) {}

/// The limit that ended a process with these words, if that can be told.
#[cfg(unix)]
pub fn reached(status: ExitStatus, limits: Limits, said: &str) -> Option<String> {
    use rustix::process::Signal;
    use std::os::unix::process::ExitStatusExt;

    let seconds = limits.cpu.as_secs();
    let signal = status.signal().and_then(Signal::from_named_raw);
    // ffmpeg handles the signal as it handles SIGTERM, and gives up when it has got it, once a second, a few times.
    let is_worn_out = status.code() == Some(123) && said.contains("system signals");
    if signal == Some(Signal::XCPU) || is_worn_out {
        Some(format!("it took more than {seconds} s of processor time"))
    } else if signal == Some(Signal::XFSZ) {
        Some(format!("it wrote more than {} MiB in one file", limits.file >> 20))
    } else if signal == Some(Signal::KILL) {
        Some("it was killed from outside: the machine may have too little memory".to_owned())
    } else if status.code() == Some(255) && said.trim().is_empty() {
        Some(format!("it was told to end, or took more than {seconds} s of processor time"))
    } else {
        None
    }
}

#[cfg(not(unix))]
pub fn reached(_: ExitStatus, _: Limits, _: &str) -> Option<String> {
    None
}
