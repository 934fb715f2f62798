//! Decoders of formats that are large or young run in a process of their own. What happens to it is the error of its
//! file, and never that of the run.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use ingest_decode::{Format, Picture, wire};

use crate::Stop;
use crate::child::confine::Limits;
use crate::child::process::{self, Failure};

/// What the process may use. A picture of 225 megapixels fits, and a bomb does not.
const LIMITS: Limits = Limits { cpu: Duration::from_mins(2), memory: 3 << 29, file: 0 };
/// How long it may take, however busy the machine is.
const DEADLINE: Duration = Duration::from_mins(5);
/// The process begins its last words with this. Other words are those of an accident.
const SENTENCE: &str = "picture: ";

/// The verb by which a program decodes, for [`decode_stdin`].
pub const DECODE: &str = "decode-picture";

/// The program that decodes, and what stands before the name of the format.
#[derive(Clone, Debug)]
pub struct Decoder {
    program: PathBuf,
    arguments: Vec<OsString>,
}

impl Default for Decoder {
    /// This program, started again: its `main` passes the verb [`DECODE`] to [`decode_stdin`].
    fn default() -> Self {
        // This name is right even after an update has replaced the program.
        let own = PathBuf::from("/proc/self/exe");
        let program = if own.exists() { own } else { std::env::current_exe().unwrap_or(own) };
        Self { program, arguments: vec![DECODE.into()] }
    }
}

impl Decoder {
    /// A program whose first argument is the name of the format.
    pub fn program(path: impl Into<PathBuf>) -> Self {
        Self { program: path.into(), arguments: Vec::new() }
    }

    /// Decodes a file.
    pub(crate) fn decode(&self, path: &Path, format: Format, stop: &Stop) -> Result<Picture, String> {
        let file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).arg(format.name()).env_clear();
        let mut answer = Vec::new();
        let done = process::run_on(Stdio::from(file), &mut command, LIMITS, stop, DEADLINE, |chunk| {
            if (answer.len() + chunk.len()) as u64 <= wire::MAX_ANSWER {
                answer.extend_from_slice(chunk);
            }
            // Nothing that it sends puts the deadline off.
            false
        });
        match done {
            Ok(()) => wire::read(answer).ok_or_else(|| "its decoder gave no picture".to_owned()),
            Err(failure) => Err(explain(failure)),
        }
    }
}

fn explain(failure: Failure) -> String {
    match failure {
        Failure::Exit(said) => match said.strip_prefix(SENTENCE) {
            Some(sentence) => sentence.to_owned(),
            None => "broken: its decoder came to an end".to_owned(),
        },
        Failure::Limit(limit) => format!("decoding it was ended: {limit}"),
        Failure::Stalled => format!("decoding it took longer than {} s", DEADLINE.as_secs()),
        Failure::Start(error) => format!("its decoder did not start: {error}"),
        Failure::Stopped | Failure::NoRoom | Failure::Denied => "its decoder was stopped".to_owned(),
    }
}

/// Decodes the file that standard input is, and writes the picture to standard output. This is what the process does
/// that [`Decoder`] starts.
pub fn decode_stdin(format: &str) -> ExitCode {
    std::panic::set_hook(Box::new(|_| say("broken: reading it failed unexpectedly")));
    match answer(format) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            say(&sentence);
            ExitCode::FAILURE
        }
    }
}

fn answer(format: &str) -> Result<(), String> {
    let format = Format::ALL.into_iter().find(|known| known.name() == format).ok_or("this format is not known")?;
    let unreadable = |error: io::Error| format!("cannot be read: {error}");
    let mut file = File::from(io::stdin().as_fd().try_clone_to_owned().map_err(unreadable)?);
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    let picture = ingest_decode::decode(&bytes, format)?;
    drop(bytes);
    wire::write(&mut io::stdout().lock(), &picture).map_err(|error| format!("could not be passed on: {error}"))
}

fn say(sentence: &str) {
    // Nobody hears it if this fails, and the code of the exit says enough.
    let _ = writeln!(io::stderr(), "{SENTENCE}{}", sentence.replace('\n', " "));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(script: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.heic");
        std::fs::write(&file, "x").unwrap();
        let decoder = Decoder { program: "sh".into(), arguments: vec!["-c".into(), script.into()] };
        decoder.decode(&file, Format::Heif, &Stop::default()).unwrap_err()
    }

    #[test]
    fn whatever_happens_to_it_is_a_sentence() {
        assert_eq!(said("echo 'picture: broken: no boxes' >&2; exit 1"), "broken: no boxes");
        assert_eq!(said("echo 'thread main panicked' >&2; exit 101"), "broken: its decoder came to an end");
        assert_eq!(said("kill -SEGV $$"), "broken: its decoder came to an end");
        assert_eq!(said("echo nonsense"), "its decoder gave no picture");
        let words = said("echo 'memory allocation of 99 bytes failed' >&2; kill -ABRT $$");
        assert!(words.contains("1536 MiB of memory"), "{words}");
        let missing =
            Decoder::program("/nowhere/at/all").decode(Path::new("/dev/null"), Format::Heif, &Stop::default());
        assert!(missing.unwrap_err().contains("did not start"));
    }
}
