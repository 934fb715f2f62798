//! Runs ffmpeg, ffprobe and our own decoder. Arguments are always passed as a vector, a process that makes no progress
//! is ended, and none outlives us.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::confine::{self, Limits};
use crate::Stop;

/// How often a waiting thread checks whether the run is to stop.
const TICK: Duration = Duration::from_millis(100);
/// How many bytes of the error output are kept, from its end.
const KEPT: usize = 4096;

#[derive(Debug)]
pub enum Failure {
    Start(std::io::Error),
    /// The run is to stop. The process has been ended.
    Stopped,
    /// The process made no progress, and has been ended.
    Stalled,
    /// A limit was reached. This says which.
    Limit(String),
    /// There is no room where the process writes.
    NoRoom,
    /// A file may not be read.
    Denied,
    /// The process ended with an error. This is its last message.
    Exit(String),
}

/// A process that is ended when this value is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Ok(None) = self.0.try_wait() {
            // Whatever is named `ffmpeg` may be a script with a child of its own.
            let group = i32::try_from(self.0.id()).ok().and_then(rustix::process::Pid::from_raw);
            let _ = group.map(|group| rustix::process::kill_process_group(group, rustix::process::Signal::KILL));
        }
        // An error means that the process has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a command to its end, and passes its output to `progressed` as it arrives. `progressed` returns whether the
/// output shows progress. A process without progress for `patience` is killed.
pub fn run(
    command: &mut Command,
    limits: Limits,
    stop: &Stop,
    patience: Duration,
    progressed: impl FnMut(&[u8]) -> bool,
) -> Result<(), Failure> {
    run_on(Stdio::null(), command, limits, stop, patience, progressed)
}

/// As [`run`], for a command that reads `input`.
pub fn run_on(
    input: Stdio,
    command: &mut Command,
    limits: Limits,
    stop: &Stop,
    patience: Duration,
    mut progressed: impl FnMut(&[u8]) -> bool,
) -> Result<(), Failure> {
    // Ctrl-C in a terminal goes to the whole process group. In the same group, ffmpeg would end too, and look as if
    // it had failed.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    confine::apply(command, limits);
    let mut process = command
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map(Running)
        .map_err(Failure::Start)?;
    let output = chunks(process.0.stdout.take());
    let errors = chunks(process.0.stderr.take());
    let mut said = Vec::new();
    let mut alive = Instant::now();
    loop {
        if stop.is_requested() {
            return Err(Failure::Stopped);
        }
        let next = output.recv_timeout(TICK);
        // The error output is drained all the time, because a full pipe would block the process.
        while let Ok(chunk) = errors.try_recv() {
            keep(&mut said, &chunk);
        }
        match next {
            Ok(chunk) if progressed(&chunk) => alive = Instant::now(),
            Err(RecvTimeoutError::Disconnected) => break,
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
        }
        if alive.elapsed() > patience {
            return Err(Failure::Stalled);
        }
    }
    let status = wait(&mut process.0, stop, patience)?;
    if status.success() {
        return Ok(());
    }
    while let Ok(chunk) = errors.recv_timeout(TICK) {
        keep(&mut said, &chunk);
    }
    Err(judge(status, &said, limits))
}

/// Why a process failed, from how it ended and what it said.
fn judge(status: ExitStatus, said: &[u8], limits: Limits) -> Failure {
    let text = String::from_utf8_lossy(said);
    let says = |words: &[&str]| text.lines().any(|line| words.iter().any(|words| line.trim_end().ends_with(words)));
    if let Some(limit) = confine::reached(status, limits, &text) {
        Failure::Limit(limit)
    } else if says(&["No space left on device", "Disk quota exceeded"]) {
        Failure::NoRoom
    } else if says(&["Cannot allocate memory"])
        || ["malloc of size", "memory allocation of"].iter().any(|words| text.contains(words))
    {
        Failure::Limit(format!("it needs more than {} MiB of memory", limits.memory >> 20))
    } else if says(&["Permission denied"]) {
        Failure::Denied
    } else {
        Failure::Exit(last_line(said).unwrap_or_else(|| status.to_string()))
    }
}

/// The whole output of a command that is expected to be short.
pub fn output(command: &mut Command, limits: Limits, stop: &Stop, patience: Duration) -> Result<Vec<u8>, Failure> {
    let mut all = Vec::new();
    run(command, limits, stop, patience, |chunk| {
        all.extend_from_slice(chunk);
        true
    })?;
    Ok(all)
}

fn wait(process: &mut Child, stop: &Stop, patience: Duration) -> Result<ExitStatus, Failure> {
    let closed = Instant::now();
    loop {
        match process.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if stop.is_requested() => return Err(Failure::Stopped),
            Ok(None) if closed.elapsed() > patience => return Err(Failure::Stalled),
            Ok(None) => thread::sleep(Duration::from_millis(5)),
            Err(error) => return Err(Failure::Start(error)),
        }
    }
}

/// Reads a pipe on a thread of its own, which ends with the pipe.
fn chunks(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let Some(mut pipe) = pipe else { return };
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}

fn keep(said: &mut Vec<u8>, chunk: &[u8]) {
    said.extend_from_slice(chunk);
    if said.len() > KEPT {
        said.drain(..said.len() - KEPT);
    }
}

fn last_line(said: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(said);
    let line = text.lines().rev().find(|line| !line.trim().is_empty())?;
    Some(line.trim().chars().take(300).collect())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(20);
    const LIMITS: Limits = Limits::TOOL;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn output_and_the_last_words() {
        let stop = Stop::default();
        assert_eq!(output(&mut shell("printf hello"), LIMITS, &stop, LONG).unwrap(), b"hello");
        let failure = output(&mut shell("echo first >&2; echo last >&2; echo >&2; exit 3"), LIMITS, &stop, LONG);
        assert!(matches!(failure, Err(Failure::Exit(said)) if said == "last"));
        let silent = output(&mut shell("exit 3"), LIMITS, &stop, LONG);
        assert!(matches!(silent, Err(Failure::Exit(said)) if said.contains('3')));
        let missing = output(&mut Command::new("no-such-program-here"), LIMITS, &stop, LONG);
        assert!(matches!(missing, Err(Failure::Start(_))));
    }

    #[test]
    fn much_error_output_holds_nothing_up() {
        let noisy = "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789012345678901234567890123456789 >&2; i=$((i+1)); done; printf done";
        assert_eq!(output(&mut shell(noisy), LIMITS, &Stop::default(), LONG).unwrap(), b"done");
    }

    #[test]
    fn a_process_that_does_not_get_on_is_killed() {
        let started = Instant::now();
        let chatty = run(
            &mut shell("while :; do echo same; sleep 0.05; done"),
            LIMITS,
            &Stop::default(),
            Duration::from_millis(400),
            |_| false,
        );
        assert!(matches!(chatty, Err(Failure::Stalled)));
        assert!(started.elapsed() < LONG);
    }

    #[test]
    fn a_stop_kills() {
        let stop = Stop::default();
        let request = stop.clone();
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(200));
            request.request();
        });
        let started = Instant::now();
        assert!(matches!(output(&mut shell("exec sleep 30"), LIMITS, &stop, LONG), Err(Failure::Stopped)));
        assert!(started.elapsed() < LONG);
    }

    #[test]
    fn the_words_say_what_was_wrong() {
        let said = |words: &str| {
            let script = format!("echo '{words}' >&2; echo 'Conversion failed!' >&2; exit 1");
            output(&mut shell(&script), LIMITS, &Stop::default(), LONG).unwrap_err()
        };
        assert!(matches!(said("av_interleaved_write_frame(): No space left on device"), Failure::NoRoom));
        assert!(matches!(said("file:/a.mp4: Permission denied"), Failure::Denied));
        assert!(matches!(said("x264 [error]: malloc of size 99 failed"), Failure::Limit(_)));
        assert!(matches!(said("Invalid data"), Failure::Exit(last) if last == "Conversion failed!"));
    }

    #[test]
    fn a_limit_that_is_reached_is_named() {
        let run = |script: &str, limits| output(&mut shell(script), limits, &Stop::default(), LONG);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("large").display().to_string();
        let short = Limits { cpu: Duration::from_secs(1), ..LIMITS };
        let words = |result: Result<Vec<u8>, Failure>| match result {
            Err(Failure::Limit(words)) => words,
            other => panic!("{other:?}"),
        };
        assert!(words(run("while :; do :; done", short)).contains("1 s of processor time"));
        let ffmpeg = "echo 'Received > 3 system signals, hard exiting' >&2; exit 123";
        assert!(words(run(ffmpeg, LIMITS)).contains("60 s of processor time"));
        let script = format!("exec head -c 3000000 /dev/zero > '{file}'");
        assert!(words(run(&script, Limits { file: 1 << 20, ..LIMITS })).contains("1 MiB in one file"));
        // The shell says its limits: of memory in KiB, and of core dumps.
        let limits = run("ulimit -v; ulimit -c", LIMITS).unwrap();
        assert_eq!(limits, format!("{}\n0\n", LIMITS.memory >> 10).as_bytes());
    }

    #[test]
    fn a_stop_ends_the_children_of_a_script_too() {
        let folder = tempfile::tempdir().unwrap();
        let pid = folder.path().join("pid");
        let script = format!("sleep 77 & echo $! > '{}'; wait", pid.display());
        let stalled = run(&mut shell(&script), LIMITS, &Stop::default(), Duration::from_millis(500), |_| false);
        assert!(matches!(stalled, Err(Failure::Stalled)));
        let pid: i32 = std::fs::read_to_string(pid).unwrap().trim().parse().unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        let gone = || rustix::process::test_kill_process(pid).is_err() || is_zombie(pid);
        let started = Instant::now();
        while !gone() {
            assert!(started.elapsed() < LONG, "the child lives on");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Where nobody reaps orphans, a killed one still has its number.
    fn is_zombie(pid: rustix::process::Pid) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
        stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z'))
    }
}
