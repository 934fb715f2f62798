//! ZIPs of random plans, read by Python's zipfile, Info-ZIP's unzip and zipinfo, 7-Zip and libarchive's bsdtar. Without
//! one of these programs its cases show as ignored. If `CI` is set, they must be there.
//!
//! `ZIP_PLANS=10000 cargo test --release -p stored-zip --test tools` is the long run. With `ZIP_LARGE=1`,
//! zipfile, unzip and 7-Zip read the zeros of files of 5 GiB to the end.

#![allow(clippy::unwrap_used)] // a failed unwrap is a failed test

mod support;

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use fastrand::Rng;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};
use support::{Content, File, Plan, plans};

/// How many plans are on disk at once.
const BATCH: u64 = 50;
/// A file of fewer bytes is read always.
const SMALL: u64 = 1 << 20;
/// Prints, for each archive that is named, what zipfile says of its entries. Their bytes are read, and their CRC-32 is
/// checked, if they are not too many.
const LIST: &str = r"
import json, sys, zipfile
most = int(sys.argv[1])
for path in sys.argv[2:]:
    with zipfile.ZipFile(path) as archive:
        entries = []
        for info in archive.infolist():
            if info.file_size <= most:
                with archive.open(info) as file:
                    while file.read(1 << 20):
                        pass
            entries.append([info.filename, info.file_size, info.CRC, info.date_time, info.external_attr >> 16,
                info.create_system, info.create_version, info.flag_bits, info.compress_type])
        print(json.dumps([archive.start_dir, archive.comment.decode(), entries]))
";

/// A program, and how it is asked whether it is there.
const PROGRAMS: [(&str, &str); 5] =
    [("python3", "--version"), ("unzip", "-v"), ("zipinfo", "-h"), ("7z", "i"), ("bsdtar", "--version")];

fn main() {
    let runs = |(program, option): &(&str, &str)| {
        let quiet = Command::new(program).arg(option).stdout(Stdio::null()).stderr(Stdio::null()).status();
        quiet.is_ok_and(|status| status.success())
    };
    let missing: Vec<&str> = PROGRAMS.iter().filter(|program| !runs(program)).map(|(name, _)| *name).collect();
    assert!(
        missing.is_empty() || std::env::var_os("CI").is_none(),
        "install python3, unzip, p7zip-full and libarchive-tools: the tests of stored-zip need them"
    );
    let is_missing = |program: &str| missing.contains(&program);
    let mut trials = Vec::new();
    for (reader, needed, read) in READERS {
        for (kind, case) in KINDS {
            let run = move || {
                case(read);
                Ok::<(), Failed>(())
            };
            let is_ignored = is_missing(needed);
            let why = if is_ignored { format!("needs {needed}") } else { String::new() };
            trials.push(Trial::test(format!("{reader}::{kind}"), run).with_kind(why).with_ignored_flag(is_ignored));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Reads archives, and asserts that they are what was planned.
type Reader = fn(&[(PathBuf, Plan)]);

const READERS: [(&str, &str, Reader); 5] = [
    ("zipfile", "python3", zipfile),
    ("unzip", "unzip", unzip),
    ("zipinfo", "zipinfo", zipinfo),
    ("seven_zip", "7z", seven_zip),
    ("libarchive", "bsdtar", libarchive),
];
/// Gives archives to a reader.
type Case = fn(Reader);
const KINDS: [(&str, Case); 4] = [
    ("reads_random_plans", random_plans),
    ("reads_an_empty_zip", |reader| with(vec![Plan::new(Vec::new())], reader)),
    ("reads_more_than_4_gib", large_plans),
    ("reads_seventy_thousand_entries", |reader| {
        with(vec![Plan::new(plans::many_files(&mut Rng::with_seed(1), 70_000))], reader);
    }),
];

fn with(plans: Vec<Plan>, reader: Reader) {
    let folder = tempfile::tempdir().unwrap();
    let write = |(index, plan): (usize, Plan)| {
        let path = folder.path().join(format!("{index}.zip"));
        plan.write(&path);
        (path, plan)
    };
    let archives: Vec<_> = plans.into_iter().enumerate().map(write).collect();
    reader(&archives);
}

fn random_plans(reader: Reader) {
    let count: u64 = std::env::var("ZIP_PLANS").map_or(40, |count| count.parse().unwrap());
    for first in (0..count).step_by(usize::try_from(BATCH).unwrap()) {
        let plan = |seed| {
            let mut random = Rng::with_seed(seed);
            let count = plans::count(&mut random).max(1);
            Plan::new(plans::files(&mut random, count))
        };
        with((first..count.min(first + BATCH)).map(plan).collect(), reader);
    }
}

fn large_plans(reader: Reader) {
    let plan = |seed| {
        // Behind a file of 2^32 - 1 bytes, Info-ZIP 6.0 misreads the extra field of the next one: it takes the size of
        // the former for the sign that the size of the latter is elsewhere.
        let sizes = &plans::LARGE[..plans::LARGE.len() - 1];
        let count = if is_everything_read() { 3 } else { 12 };
        let mut files = plans::large_files(&mut Rng::with_seed(seed), count, sizes);
        // The last ones are small, beyond 4 GiB and with ZIP64.
        files.insert(count / 2, File::new("five.mp4", Content::Zeros(5 << 30)));
        files.push(File::new("last.txt", Content::Bytes(b"last".to_vec())));
        Plan::new(files)
    };
    with((0..if is_everything_read() { 1 } else { 4 }).map(plan).collect(), reader);
}

/// Whether the zeros of large files are read too.
fn is_everything_read() -> bool {
    std::env::var_os("ZIP_LARGE").is_some()
}

fn is_large(plan: &Plan) -> bool {
    plan.files.iter().any(|file| matches!(file.content, Content::Zeros(_)))
}

/// What a program prints. Its texts are UTF-8, and its times UTC.
fn output(command: &mut Command) -> String {
    let output = command.env("LC_ALL", "C.UTF-8").env("TZ", "UTC").output().unwrap();
    let [out, error] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
    assert!(output.status.success(), "{command:?}: {out}{error}");
    assert_eq!(error, "", "{command:?}: {out}");
    out
}

fn zipfile(archives: &[(PathBuf, Plan)]) {
    let most = if is_everything_read() { u64::MAX } else { SMALL };
    let paths = archives.iter().map(|(path, _)| path);
    let listed = output(Command::new("python3").args(["-c", LIST, &most.to_string()]).args(paths));
    assert_eq!(listed.lines().count(), archives.len());
    for (line, (_, plan)) in listed.lines().zip(archives) {
        let entry = |file: &File| {
            let time = file.told_wall_clock();
            json!([file.name, file.content.size(), file.crc, time, 0o100_644, 3, 30, 0x800, 0])
        };
        let found: Value = serde_json::from_str(line).unwrap();
        let entries: Vec<Value> = plan.files.iter().map(entry).collect();
        assert_eq!(found, json!([plan.directory_at(), "", entries]));
    }
}

fn unzip(archives: &[(PathBuf, Plan)]) {
    for (path, plan) in archives {
        let mut command = Command::new("unzip");
        command.arg("-tq").arg(path);
        if plan.files.is_empty() {
            // Its status says that there is nothing to test.
            let output = command.output().unwrap();
            assert_eq!(output.status.code(), Some(1));
            assert!(String::from_utf8_lossy(&output.stdout).contains("zipfile is empty"), "{output:?}");
            continue;
        }
        if is_large(plan) && !is_everything_read() {
            command.args(plan.files.iter().filter(|file| file.content.size() < SMALL).map(|file| &file.name));
        }
        let said = output(&mut command);
        assert!(said.starts_with("No errors detected") || said.contains("tested"), "{said}");
    }
}

fn zipinfo(archives: &[(PathBuf, Plan)]) {
    for (path, plan) in archives {
        if plan.files.is_empty() {
            continue;
        }
        let names = output(Command::new("zipinfo").arg("-1").arg(path));
        assert_eq!(names.lines().count(), plan.files.len());
        for (found, file) in names.lines().zip(&plan.files).filter(|(_, file)| file.name.is_ascii()) {
            assert_eq!(found, file.name);
        }
        // "-rw-r--r--  3.0 unx        5 b- stor 24-Jun-15 14:00 name"
        let lines = output(Command::new("zipinfo").args(["-m"]).arg(path));
        let entries: Vec<&str> = lines.lines().filter(|line| line.starts_with("-rw-r--r--  3.0 unx ")).collect();
        assert_eq!(entries.len(), plan.files.len(), "{lines}");
        for (entry, file) in entries.iter().zip(&plan.files) {
            let size = entry.split_whitespace().nth(3).unwrap();
            assert_eq!(size, file.content.size().to_string());
            assert!(entry.contains(" stor "));
        }
    }
}

fn seven_zip(archives: &[(PathBuf, Plan)]) {
    for (path, plan) in archives {
        let listed = output(Command::new("7z").args(["l", "-slt", "-sccUTF-8"]).arg(path));
        let (head, entries) = listed.split_once("----------\n").unwrap_or((&listed, ""));
        for bad in ["Warning", "Error", "Tail Size", "Offset ="] {
            assert!(!head.lines().any(|line| line.starts_with(bad)), "{head}");
        }
        assert!(head.contains(&format!("Physical Size = {}\n", plan.length())), "{head}");
        let values = |name: &str| -> Vec<String> {
            let start = format!("{name} = ");
            entries.lines().filter_map(|line| line.strip_prefix(&start)).map(str::to_owned).collect()
        };
        let sizes: Vec<String> = plan.files.iter().map(|file| file.content.size().to_string()).collect();
        assert_eq!((values("Size"), values("Packed Size")), (sizes.clone(), sizes));
        let times: Vec<String> = plan.files.iter().map(|file| printed(told(file))).collect();
        assert_eq!(values("Modified"), times);
        let paths = values("Path");
        assert_eq!(paths.len(), plan.files.len());
        for (path, file) in paths.iter().zip(&plan.files) {
            // It keeps bytes that are not UTF-8 as characters for private use, and those have no other form then.
            let is_plain = !file.name.chars().any(|char| ('\u{e000}'..='\u{f8ff}').contains(&char));
            assert!(!is_plain || *path == file.name, "{path:?} {:?}", file.name);
        }
        if !is_large(plan) || is_everything_read() {
            let said = output(Command::new("7z").args(["t", "-bd"]).arg(path));
            let is_good = said.contains("Everything is Ok") || (plan.files.is_empty() && said.contains("No files"));
            assert!(is_good && !said.contains("Warning"), "{said}");
        }
    }
}

/// The time that a reader shows: the moment if the ZIP has it, and else the wall clock.
fn told(file: &File) -> [u16; 6] {
    let Some(moment) = file.told_moment() else { return file.told_wall_clock() };
    let days_of = |year: i32| if year % 4 == 0 { 366 } else { 365 };
    let (mut days, seconds, mut year) = (moment / 86_400, moment % 86_400, 1970);
    // From 1970 to 2038, each fourth year is a leap year.
    while days >= days_of(year) {
        days -= days_of(year);
        year += 1;
    }
    let lengths = [31, days_of(year) - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    let month = i32::try_from(month + 1).unwrap();
    [year, month, days + 1, seconds / 3600, seconds / 60 % 60, seconds % 60]
        .map(|number| u16::try_from(number).unwrap())
}

fn printed([year, month, day, hour, minute, second]: [u16; 6]) -> String {
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

fn libarchive(archives: &[(PathBuf, Plan)]) {
    for (path, plan) in archives {
        let names = output(Command::new("bsdtar").arg("-tf").arg(path));
        let names: Vec<&str> = names.lines().collect();
        assert_eq!(names.len(), plan.files.len());
        for (name, file) in names.iter().zip(&plan.files) {
            // Other characters are told with backslashes.
            let is_plain = file.name.chars().all(|char| char.is_alphanumeric() || " ._-()".contains(char));
            assert!(!is_plain || *name == file.name || name.contains('\\'), "{name:?} {:?}", file.name);
        }
        if plan.files.is_empty() {
            continue;
        }
        // All that is small, behind each other. What is extracted is never a hole.
        let small = |file: &&File| file.content.size() < SMALL;
        let mut command = Command::new("bsdtar");
        command.arg("-xOf").arg(path).env("LC_ALL", "C.UTF-8");
        if is_large(plan) {
            command.args(plan.files.iter().filter(small).map(|file| &file.name));
        }
        let output = command.output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{command:?}: {output:?}");
        let contents: Vec<Vec<u8>> = plan.files.iter().filter(small).map(|file| file.content.bytes()).collect();
        assert!(output.stdout == contents.concat(), "{command:?}");
    }
}
