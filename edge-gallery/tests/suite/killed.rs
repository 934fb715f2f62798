//! `kill -9` while a film is encoded or uploaded: nothing goes on without us, and the next run cleans up and goes on.

#![cfg(target_os = "linux")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::common::sink::{Answer, Sink};
use crate::common::{Gallery, Store};

const PATIENCE: Duration = Duration::from_mins(2);

/// Without ffmpeg there is nothing to kill. If `CI` is set, ffmpeg must be there.
fn has_ffmpeg() -> bool {
    let runs = |name| Command::new(name).arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    let has = runs("ffmpeg") && runs("ffprobe");
    assert!(has || std::env::var_os("CI").is_none(), "install ffmpeg: this test needs it");
    if !has {
        eprintln!("left out: this test needs ffmpeg");
    }
    has
}

fn film(gallery: &Gallery, seconds: u32) {
    let path = gallery.file("a.mp4", b"");
    let source = format!("testsrc2=s=640x360:r=30:d={seconds}");
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", &source, "-pix_fmt", "yuv420p"]);
    command.args(["-c:v", "libx264", "-preset", "ultrafast"]).arg(path);
    assert!(command.status().unwrap().success());
}

fn ingest(gallery: &Gallery, store: &Store, preset: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(store.environment())
        .env("GALLERY_DATABASE", crate::common::database(&gallery.options))
        .args(["ingest", "--quiet", "--preset", preset, "--temp"])
        .arg(gallery.options.temp.as_ref().unwrap())
        .arg(gallery.library())
        .stdout(Stdio::null());
    command
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Waits until `found` finds something.
fn wait_for<T>(what: &str, patience: Duration, mut found: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        match found() {
            Some(found) => return found,
            None => assert!(started.elapsed() < patience, "{what}"),
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// The child of a process that encodes.
fn encoder(parent: u32) -> Option<PathBuf> {
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    processes.into_iter().find(|process| {
        let read = |name: &str| fs::read_to_string(process.join(name)).unwrap_or_default();
        state(process).is_some_and(|(_, of)| of == parent) && read("cmdline").contains("\0-progress\0")
    })
}

/// A process's state and parent.
fn state(process: &Path) -> Option<(String, u32)> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn while_it_encodes() {
    if !has_ffmpeg() {
        return;
    }
    let gallery = Gallery::new();
    let temp = gallery.options.temp.clone().unwrap();
    film(&gallery, 60);
    let child = ingest(&gallery, &gallery.store, "veryslow").spawn().unwrap();
    let ffmpeg = wait_for("an encode begins", PATIENCE, || encoder(child.id()));
    kill(child);
    // A killed process that nobody waits for may stay as a zombie. It does nothing.
    let is_gone = || state(&ffmpeg).is_none_or(|(state, _)| state == "Z").then_some(());
    wait_for("ffmpeg goes on without us", Duration::from_secs(2), is_gone);

    let left = names(&temp);
    assert!(left.len() == 1 && left[0].starts_with("edge-gallery-ingest-"), "{left:?}");
    assert!(ingest(&gallery, &gallery.store, "ultrafast").status().unwrap().success());
    assert_eq!(names(&temp), [""; 0]);
    assert_eq!(gallery.sql::<String>("SELECT key FROM media"), ["a.mp4"]);
}

#[test]
fn while_it_uploads_what_was_encoded_is_kept() {
    if !has_ffmpeg() {
        return;
    }
    let gallery = Gallery::new();
    let temp = gallery.options.temp.clone().unwrap();
    film(&gallery, 5);
    // An ffmpeg that writes down what it is asked for.
    let tools = gallery.folder.path().join("tools");
    fs::create_dir(&tools).unwrap();
    let log = tools.join("log");
    for name in ["ffmpeg", "ffprobe"] {
        let script = format!("#!/bin/sh\necho \"{name} $*\" >> '{}'\nexec {name} \"$@\"\n", log.display());
        fs::write(tools.join(name), script).unwrap();
        assert!(Command::new("chmod").arg("755").arg(tools.join(name)).status().unwrap().success());
    }
    let encodes = || fs::read_to_string(&log).unwrap().lines().filter(|line| line.contains(" -progress ")).count();

    // A store that never gets on with it.
    let slow = Sink::new(|_, _| {
        thread::sleep(PATIENCE);
        Answer::Take
    });
    let child =
        ingest(&gallery, &slow.settings, "ultrafast").arg("--ffmpeg").arg(tools.join("ffmpeg")).spawn().unwrap();
    wait_for("the encode is whole", PATIENCE, || {
        names(&temp).iter().any(|name| name.starts_with("edge-gallery-film-")).then_some(())
    });
    kill(child);
    assert_eq!((encodes(), names(&temp).len()), (1, 1));

    let mut again = ingest(&gallery, &gallery.store, "ultrafast");
    assert!(again.arg("--ffmpeg").arg(tools.join("ffmpeg")).status().unwrap().success());
    assert_eq!((encodes(), names(&temp)), (1, vec![]), "it is not encoded anew, and goes when it is up");
    assert_eq!(gallery.sql::<String>("SELECT key FROM media"), ["a.mp4"]);
    assert!(gallery.object(&gallery.hls("a.mp4", "360p.mp4")).is_some());
}
