//! Running ffmpeg: arguments are passed as a vector and never through a shell, and frames go to its standard input.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::{self, JoinHandle};

/// The words of a command line without file names, split at spaces.
pub fn words(text: &str) -> Vec<OsString> {
    text.split_whitespace().map(OsString::from).collect()
}

/// Runs ffmpeg to its end.
pub fn run(ffmpeg: &Path, arguments: &[OsString]) -> io::Result<()> {
    Feed::start(ffmpeg, arguments)?.finish()
}

/// A running ffmpeg that reads frames.
pub struct Feed {
    child: Child,
    input: Option<ChildStdin>,
    complaint: JoinHandle<String>,
}

impl Feed {
    pub fn start(ffmpeg: &Path, arguments: &[OsString]) -> io::Result<Self> {
        let mut child = Command::new(ffmpeg)
            .args(["-hide_banner", "-nostdin", "-loglevel", "error", "-y"].map(OsStr::new))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", ffmpeg.display())))?;
        let input = child.stdin.take();
        let stderr = child.stderr.take();
        // The messages are read while ffmpeg runs, because a full pipe would stop it.
        let complaint = thread::spawn(move || {
            let mut text = String::new();
            if let Some(mut stderr) = stderr {
                let _ = stderr.read_to_string(&mut text);
            }
            text
        });
        Ok(Self { child, input, complaint })
    }

    pub fn frame(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.input {
            Some(input) => input.write_all(bytes),
            None => Ok(()),
        }
    }

    /// Closes the input and waits. The error holds the message of ffmpeg.
    pub fn finish(mut self) -> io::Result<()> {
        drop(self.input.take());
        let status = self.child.wait()?;
        let said = self.complaint.join().unwrap_or_default();
        if status.success() {
            return Ok(());
        }
        let last = said.trim().lines().last().unwrap_or("no reason given").to_owned();
        Err(io::Error::other(format!("ffmpeg: {status}: {last}")))
    }
}
