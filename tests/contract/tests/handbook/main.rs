//! The commands of the first pages of the documents run as they are written: those of the README, of docs/FIRST.md and
//! of docs/GUESTS.md, against the real program in a folder of the test, and those of docs/hosts as far as they can.
//! What does not run is in `listed`, by name and with the reason.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]
#![allow(clippy::print_stdout, reason = "what is not run")]

mod commands;
mod listed;

use std::{
    fmt::Write as _,
    fs,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, ExitCode},
};

use commands::commands;
use harness::free_address;
use libtest_mimic::{Arguments, Failed, Trial};
use listed::{Instead, LISTED, instead};

/// Readers who begin with the README have `.data/gallery.env` by its first command, which builds.
const README: &[&str] = &["README.md"];
/// The guests' page goes on where the first gallery ends.
const FIRST: &[&str] = &["docs/FIRST.md", "docs/GUESTS.md"];
const HOSTS: &[&str] = &[
    "docs/hosts/NATIVE.md",
    "docs/hosts/SPIN.md",
    "docs/hosts/WASI.md",
    "docs/hosts/NODE.md",
    "docs/hosts/WASMCLOUD.md",
    "docs/hosts/FASTLY.md",
];

/// Seconds until the commands must have ended.
const PATIENCE: &str = "180";

/// Fails with the line of the document that failed.
const PRELUDE: &str = "set -Eeuo pipefail\n\
    trap 'echo \"failed at $PLACE: $BASH_COMMAND\" >&2; cat \"$HOME\"/serve.log >&2 || true' ERR\n\
    trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n";

/// What `cargo xtask up` keeps of secrets. A password may have spaces.
const SECRETS: &str = "GALLERY_PASSWORD=correct horse battery staple\n\
    AUTH_SECRET=abcdefghijkmnpqrstuvwxyz23456789abcdefghijkmnpqr\n\
    R2_ACCESS_KEY_ID=abcdefghijkmnpqrstuv\n\
    R2_SECRET_ACCESS_KEY=abcdefghijkmnpqrstuvwxyz23456789abcdefgh\n\
    R2_BUCKET_NAME=gallery\n";

fn main() -> ExitCode {
    let trial = |name, run: fn()| {
        Trial::test(name, move || {
            run();
            Ok::<(), Failed>(())
        })
    };
    let mut trials = vec![
        trial("what_is_listed_stands_in_the_documents", what_is_listed_stands_in_the_documents),
        trial("tasks_that_build_have_flags_that_exist", tasks_that_build_have_flags_that_exist),
        trial("a_flag_that_does_not_exist_is_seen", a_flag_that_does_not_exist_is_seen),
        trial("the_hosts_pages_have_no_other_commands", the_hosts_pages_have_no_other_commands),
    ];
    let is_there = |tool: &&str| servers_have(tool);
    let missing = ["bash", "timeout", "od"].into_iter().find(|tool| !is_there(tool));
    for (name, run) in [
        ("the_commands_of_the_readme_run", the_commands_of_the_readme_run as fn()),
        ("the_commands_of_the_first_gallery_run", the_commands_of_the_first_gallery_run),
    ] {
        let kind = missing.map_or(String::new(), |tool| format!("{tool} is not installed"));
        trials.push(trial(name, run).with_ignored_flag(missing.is_some()).with_kind(kind));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn servers_have(tool: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(tool).is_file())
}

fn the_commands_of_the_readme_run() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("clone");
    fs::create_dir_all(folder.join(".data")).unwrap();
    fs::write(folder.join(".data/gallery.env"), SECRETS).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::copy(root.join("fastly.toml"), folder.join("fastly.toml")).unwrap();
    run(README, home.path(), "cd clone\nwhile IFS= read -r line; do export \"$line\"; done < .data/gallery.env\n");
}

fn the_commands_of_the_first_gallery_run() {
    let home = tempfile::tempdir().unwrap();
    run(FIRST, home.path(), "");
}

/// Runs the commands of documents one after the other, in a home folder with a library.
fn run(documents: &[&str], home: &Path, before: &str) {
    write_library(&home.join("Pictures/wedding"));
    let bin = home.join("bin");
    fs::create_dir(&bin).unwrap();
    symlink(harness::gallery().unwrap(), bin.join("edge-gallery")).unwrap();
    let mut script = format!("{PRELUDE}cd\n{before}");
    for command in documents.iter().flat_map(|document| commands(document)) {
        let text = match instead(&command.text) {
            None => command.text.clone(),
            Some(Instead::Run(text)) => text.to_owned(),
            Some(Instead::Serve) => format!(
                "{} > ~/serve.log 2>&1 &\nfor turn in $(seq 200); do [ -s ~/serve.log ] && break; sleep 0.1; done",
                command.text
            ),
            Some(Instead::Build | Instead::Not(_)) => continue,
        };
        writeln!(script, "PLACE={}\n{text}", command.place).unwrap();
    }
    fs::write(home.join("commands.sh"), script).unwrap();
    let [listen, store] = [free_address().unwrap(), free_address().unwrap()].map(|address| address.to_string());
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut bash = Command::new("timeout");
    bash.arg(PATIENCE).args(["bash", "commands.sh"]).current_dir(home).env_clear();
    bash.env("PATH", path).env("HOME", home);
    // The usual addresses may be in use on this machine.
    bash.env("GALLERY_LISTEN", &listen).env("GALLERY_STORE_LISTEN", store);
    bash.env("GALLERY_URL", format!("http://{listen}"));
    let output = bash.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr));
}

/// The library that the documents' examples name.
fn write_library(folder: &Path) {
    for (name, photo) in [("2024/IMG_0001.JPG", "a b+c.jpg"), ("Wedding/rings.jpg", "% é (1).jpg")] {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, harness::photo(photo).unwrap()).unwrap();
    }
}

fn what_is_listed_stands_in_the_documents() {
    let all: Vec<String> =
        [README, FIRST, HOSTS].concat().into_iter().flat_map(commands).map(|found| found.text).collect();
    assert!(all.len() > 40, "{} commands were found", all.len());
    for (text, instead) in LISTED {
        assert!(all.iter().any(|known| known == text), "no document has the command {text}");
        if let Instead::Not(reason) = instead {
            println!("not run: {text}: {reason}");
        }
    }
}

/// They would run nowhere else.
fn the_hosts_pages_have_no_other_commands() {
    for command in HOSTS.iter().flat_map(|document| commands(document)) {
        assert!(instead(&command.text).is_some(), "{}: {} is not listed", command.place, command.text);
    }
}

/// The sources of `cargo xtask` with its tasks and their flags.
fn sources() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../xtask/src");
    ["main.rs", "up.rs"].map(|name| fs::read_to_string(root.join(name)).unwrap()).concat()
}

/// The words of a command of `cargo xtask` that its sources do not know: the task, flags, hosts.
fn unknown<'a>(command: &'a str, sources: &str) -> Vec<&'a str> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let of_variant = |word: &str| {
        let (first, rest) = word.split_at(1);
        format!("{}{rest}", first.to_uppercase())
    };
    let is_known = |index: usize, word: &str| match index {
        0 | 1 => ["cargo", "xtask"].contains(&word),
        2 => sources.contains(&format!("    {}", of_variant(word))),
        _ if word.starts_with("--") => sources.contains(&format!("    {}: ", word[2..].replace('-', "_"))),
        _ if words[index - 1] == "--on" => sources.contains(&format!("    {},", of_variant(word))),
        _ => true,
    };
    words.iter().enumerate().filter(|(index, word)| !is_known(*index, word)).map(|(_, word)| *word).collect()
}

fn tasks_that_build_have_flags_that_exist() {
    let sources = sources();
    for (text, _) in LISTED.iter().filter(|(_, instead)| matches!(instead, Instead::Build)) {
        assert!(unknown(text, &sources).is_empty(), "{text}: {:?}", unknown(text, &sources));
    }
}

fn a_flag_that_does_not_exist_is_seen() {
    let sources = sources();
    assert_eq!(unknown("cargo xtask up --on moon --librery x", &sources), ["moon", "--librery"]);
    assert_eq!(unknown("cargo xtask upp", &sources), ["upp"]);
}
