//! docs/MIGRATING.md, command by command: those that need no account run here in the document's order, in one shell,
//! against local servers. A bucket with the objects of the old layout stands for R2, a dump made here for D1's export.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod accounts;
mod bucket;
mod document;

use std::{
    fmt::Write as _,
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use bucket::Bucket;
use document::{Block, Kind, blocks};
use harness::{Gallery, Options, free_address};
use libtest_mimic::{Arguments, Failed, Trial};

/// How long all commands may take, in seconds.
const PATIENCE: &str = "300";
/// The part of the contract that `cargo xtask conform` runs here. The suites run all of it on each host.
const PART: &str = "playlists::";

/// Fails with the line of the document that failed.
const PRELUDE: &str = "set -Eeuo pipefail\n\
    trap 'echo \"failed in the block of line $BLOCK: $BASH_COMMAND\" >&2' ERR\n\
    trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n";

/// `cargo xtask conform` starts the program `contract` with these arguments. A deployment that is split is another one
/// here.
const CARGO: &str = r#"#!/bin/bash
set -eu
[ "$1 $2" = "xtask conform" ] || { echo "not expected: cargo $*" >&2; exit 1; }
shift 2
video=""
while [ $# -gt 0 ]; do
  case "$1" in
    --base) base="$2" ;;
    --store) store="$2" ;;
    --video) video="$2" base="$TRIAL_SPLIT" store="$TRIAL_SPLIT_STORE" ;;
    --password) export GALLERY_PASSWORD="$2" ;;
    *) echo "conform has no $1" >&2; exit 1 ;;
  esac
  shift 2
done
exec "$CONTRACT" --base "$base" --store "$store" ${video:+--video "$video"} "$PART"
"#;

fn main() -> ExitCode {
    let trial = |name, run: fn()| {
        Trial::test(name, move || {
            run();
            Ok::<(), Failed>(())
        })
    };
    let commands = trial("every_command_runs_in_the_documents_order", every_command_runs_in_the_documents_order);
    // The document's own tools.
    let missing = ["curl", "bash", "timeout"].into_iter().find(|tool| {
        let asked = Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        !asked.is_ok_and(|status| status.success())
    });
    let commands = match missing {
        Some(tool) => commands.with_kind(format!("{tool} is not installed")).with_ignored_flag(true),
        None => commands,
    };
    let flags = accounts::TESTS.into_iter().map(|(name, run)| trial(name, run));
    libtest_mimic::run(&Arguments::from_args(), flags.chain([commands]).collect()).exit_code()
}

fn every_command_runs_in_the_documents_order() {
    let folder = tempfile::tempdir().unwrap();
    let old = Bucket::with_the_old_gallery(folder.path());
    let [trial, split] = [false, true].map(|split| {
        let gallery = Gallery::start(&Options { split, ..Options::default() });
        gallery.unwrap_or_else(|failure| panic!("{failure}"))
    });
    harness::write_photos(&folder.path().join("library")).unwrap_or_else(|failure| panic!("{failure}"));
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    symlink(harness::gallery().unwrap(), bin.join("edge-gallery")).unwrap();
    fs::write(bin.join("cargo"), CARGO).unwrap();
    fs::set_permissions(bin.join("cargo"), fs::Permissions::from_mode(0o755)).unwrap();

    let mut script = PRELUDE.to_owned();
    for block in blocks() {
        let text = match block.kind {
            Kind::Account => continue,
            Kind::Here => block.text.clone(),
            Kind::Yours => values(&block, &old),
        };
        writeln!(script, "BLOCK={}\n{text}", block.line).unwrap();
    }
    fs::write(folder.path().join("commands.sh"), script).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("timeout");
    command.arg(PATIENCE).args(["bash", "commands.sh"]).current_dir(folder.path()).env_clear();
    command.env("PATH", path).env("HOME", folder.path()).env("CONTRACT", env!("CARGO_BIN_EXE_contract"));
    command.env("PART", PART).env("TRIAL", &trial.url).env("TRIAL_SPLIT", &split.url);
    command.env("TRIAL_VIDEO", &split.video_url).env("TRIAL_PASSWORD", &trial.password);
    command.env("TRIAL_STORE", &trial.store_url).env("TRIAL_SPLIT_STORE", &split.store_url);
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr));
    old.is_untouched();
}

/// The block that everybody changes, with the values of this test. Each name in it has one.
fn values(block: &Block, old: &Bucket) -> String {
    let [new, video] = [free_address().unwrap(), free_address().unwrap()];
    let given = [
        ("R2_BUCKET_NAME", "gallery".to_owned()),
        ("R2_ACCESS_KEY_ID", "test-key-id".to_owned()),
        ("R2_SECRET_ACCESS_KEY", "test-secret-access-key".to_owned()),
        ("GALLERY_PASSWORD", "correct horse battery staple".to_owned()),
        ("AUTH_SECRET", "a secret for tests, of more than thirty-two bytes".to_owned()),
        ("GALLERY_DATA", "new".to_owned()),
        ("NEW_LISTEN", new.to_string()),
        ("NEW", format!("http://{new}")),
        ("FILMS_LISTEN", video.to_string()),
        ("FILMS", format!("http://{video}")),
        ("ORIGIN", "https://gallery.example".to_owned()),
        ("LIBRARY", "library".to_owned()),
        ("TZ", "Asia/Kolkata".to_owned()),
        // A store that is not R2 has an address instead of an account.
        ("R2_ACCOUNT_ID", String::new()),
    ];
    for command in block.commands() {
        let names = command.strip_prefix("export ").unwrap_or_else(|| panic!("{command} is no export"));
        let name_of = |word: &'_ str| word.split_once('=').map(|(name, _)| name.to_owned());
        for name in names.split(' ').filter_map(name_of) {
            assert!(given.iter().any(|(known, _)| *known == name), "line {}: {name} has no value here", block.line);
        }
    }
    let mut text = format!("export S3_ENDPOINT='{}'\n", old.store());
    for (name, value) in given.iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(text, "export {name}='{value}'").unwrap();
    }
    text
}

/// The manifests that the document checks, and what it takes from, lie where its commands run.
pub fn copy_manifests(to: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for name in [
        "fastly.toml",
        "fastly.video.toml",
        "fastly.all.toml",
        "spin.toml",
        "spin.all.toml",
        "spin.02.all.toml",
        "runtime-config.toml",
    ] {
        fs::copy(root.join(name), to.join(name)).unwrap();
    }
}
