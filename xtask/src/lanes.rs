//! Runs test programs, some at a time: most of them wait for what they have started, and leave a core idle.

use std::{
    collections::VecDeque,
    io::{self, BufRead as _, BufReader, Write},
    process::Command,
    sync::{Mutex, PoisonError},
    thread,
    time::Instant,
};

use crate::Failure;

/// How many lines of a failed test are told again.
const TOLD_AGAIN: usize = 12;

/// A test program, ready to run.
pub struct Test {
    pub name: String,
    pub command: Command,
}

/// What a failed program said of its failed tests, below the program's name.
type Failed = Vec<String>;

/// Where programs are reported, one at a time.
type Out = Mutex<dyn Write + Send>;

/// Runs all programs to their ends: `at_once` of `beside` at a time, then one of `alone` after the other. If some
/// fail, says last of all which, and the first lines of what each failed test said: these may stand thousands of lines
/// above.
pub fn pass(beside: Vec<Test>, at_once: usize, alone: Vec<Test>, out: &Out) -> Result<(), Failure> {
    let mut failed = run(beside, at_once, out);
    failed.extend(run(alone, 1, out));
    if failed.is_empty() {
        return Ok(());
    }
    say(out, "\n== failed", failed.iter().flatten());
    Err(format!("{} test programs failed", failed.len()).into())
}

fn say<'l>(out: &Out, head: &str, lines: impl IntoIterator<Item = &'l String>) {
    let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = writeln!(out, "{head}");
    for line in lines {
        let _ = writeln!(out, "{line}");
    }
}

fn run(tests: Vec<Test>, at_once: usize, out: &Out) -> Vec<Failed> {
    let (queue, failed) = (Mutex::new(VecDeque::from(tests)), Mutex::new(Vec::new()));
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(test) = next() {
                    if let Some(one) = one(test, out) {
                        failed.lock().unwrap_or_else(PoisonError::into_inner).push(one);
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a program, and then prints what it said, so that programs do not talk at once.
fn one(Test { name, command }: Test, out: &Out) -> Option<Failed> {
    let started = Instant::now();
    let (said, passed) = output(command).unwrap_or_else(|error| (vec![error.to_string()], false));
    say(out, &format!("\n     Running {name}: {:.1} s", started.elapsed().as_secs_f64()), &said);
    (!passed).then(|| failures(name, &said))
}

/// The lines that a program says, and whether it succeeds.
fn output(mut command: Command) -> io::Result<(Vec<String>, bool)> {
    let (reader, writer) = io::pipe()?;
    let mut child = command.stdout(writer.try_clone()?).stderr(writer).spawn()?;
    // The command holds the pipe open too.
    drop(command);
    let lines = BufReader::new(reader).split(b'\n').map(|line| Ok(String::from_utf8_lossy(&line?).into_owned()));
    Ok((lines.collect::<io::Result<_>>()?, child.wait()?.success()))
}

/// The name of a program, and the first lines of what each of its failed tests said. If no test failed, the last lines
/// of all.
fn failures(name: String, said: &[String]) -> Failed {
    let (mut told, mut left) = (Vec::new(), 0);
    for line in said {
        // As libtest and libtest-mimic head what a failed test said.
        if line.starts_with("---- ") {
            left = TOLD_AGAIN;
        } else if line.starts_with("failures:") {
            left = 0;
        }
        if left > 0 {
            left -= 1;
            told.push(line.clone());
        }
    }
    if told.is_empty() {
        told = said[said.len().saturating_sub(TOLD_AGAIN)..].to_vec();
    }
    told.insert(0, name);
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(name: &str, script: &str) -> Test {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Test { name: name.to_owned(), command }
    }

    #[test]
    fn all_run_and_the_failed_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let touch = |name: &str| format!("touch {}", folder.path().join(name).display());
        let fails = "echo '---- host::case stdout ----'; echo 'no answer' >&2; echo; echo failures:; exit 101";
        let beside = vec![test("one", fails), test("two", &touch("two")), test("three", &touch("three"))];
        let alone = vec![test("four", &format!("{}; kill -9 $$", touch("four")))];
        let out = Mutex::new(Vec::new());
        assert_eq!(pass(beside, 2, alone, &out).unwrap_err().to_string(), "2 test programs failed");
        let said = String::from_utf8(out.into_inner().unwrap()).unwrap();
        let (_, failed) = said.split_once("\n== failed\n").unwrap();
        assert_eq!(failed, "one\n---- host::case stdout ----\nno answer\n\nfour\n");
        let mut files: Vec<_> = folder.path().read_dir().unwrap().map(|file| file.unwrap().file_name()).collect();
        files.sort();
        assert_eq!(files, ["four", "three", "two"]);
    }

    #[test]
    fn of_a_failed_program_the_failed_tests_are_told() {
        let told = |script: &str| one(test("one", script), &Mutex::new(Vec::new()));
        let failed = told("echo ok; echo '---- a'; echo why; echo failures:; exit 1").unwrap();
        assert_eq!(failed, ["one", "---- a", "why"]);
        assert_eq!(told("echo usage; exit 1").unwrap(), ["one", "usage"]);
        assert!(told("echo '---- a'").is_none());
    }

    #[test]
    fn two_run_at_once() {
        // Each waits for the other's file.
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let wait = |mine: &str, other: &str| {
            let (mine, other) = (path(mine), path(other));
            format!("touch {mine}; for i in $(seq 600); do [ -e {other} ] && exit 0; sleep 0.1; done; exit 1")
        };
        pass(vec![test("one", &wait("a", "b")), test("two", &wait("b", "a"))], 2, Vec::new(), &Mutex::new(Vec::new()))
            .unwrap();
    }
}
