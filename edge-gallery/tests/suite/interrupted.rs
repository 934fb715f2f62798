//! An ingest that is killed again and again, and run once more, leaves the gallery of a run that was left alone.
//!
//! `EDGE_GALLERY_FILES` sets the number of files, for longer runs than that of every day.

use std::{
    fs,
    hash::{BuildHasher as _, RandomState},
    path::Path,
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

use crate::common::{
    Gallery,
    jpeg::{encode, quarters},
};
use image::ImageFormat;
use serde_json::Value;

const KILLS: u32 = 10;

fn count() -> u32 {
    std::env::var("EDGE_GALLERY_FILES").ok().and_then(|count| count.parse().ok()).unwrap_or(160)
}

/// Photos in several formats and folders, twins, a few films, and one broken file in twenty.
fn write_library(root: &Path, count: u32) {
    let film = film(root);
    for number in 0..count {
        let folder = root.join(format!("{}", number % 7));
        fs::create_dir_all(&folder).unwrap();
        let jpeg = |number: u32| encode(&quarters(40 + number % 300, 30 + number / 300), ImageFormat::Jpeg);
        let (name, bytes) = match number % 40 {
            0 => ("half.jpg", jpeg(number)[..300].to_vec()),
            20 => ("empty.png", Vec::new()),
            5 => ("twin.jpg", jpeg(number - 1)),
            7 => ("film.mp4", film.as_ref().map(|film| [&film[..], &box_of(number)].concat()).unwrap_or_default()),
            8 => ("% é (1).png", encode(&quarters(40 + number % 300, 31 + number / 300), ImageFormat::Png)),
            _ => ("photo.jpg", jpeg(number)),
        };
        if !bytes.is_empty() || name == "empty.png" {
            fs::write(folder.join(format!("{number:05} {name}")), bytes).unwrap();
        }
    }
}

/// A box that no reader looks into makes the films differ.
fn box_of(number: u32) -> Vec<u8> {
    [&12u32.to_be_bytes()[..], b"free", &number.to_be_bytes()].concat()
}

fn film(root: &Path) -> Option<Vec<u8>> {
    let path = root.join("made.mp4");
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=d=1:s=320x180:r=25"])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"])
        .arg(&path)
        .status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("no films: install ffmpeg (Debian: apt install ffmpeg)");
        return None;
    }
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(path).unwrap();
    Some(bytes)
}

fn command(gallery: &Gallery, verb: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(gallery.store.environment())
        .env("GALLERY_DATABASE", crate::common::database(&gallery.options))
        .args([verb, "--json", "--temp"])
        .arg(gallery.options.temp.as_ref().unwrap());
    if verb == "ingest" {
        command.args(["--quiet", "--preset", "ultrafast"]).arg(gallery.library());
    }
    command
}

/// The exit code, and the last line.
fn run(gallery: &Gallery, verb: &str) -> (i32, Value) {
    let Output { status, stdout, stderr } = command(gallery, verb).output().unwrap();
    let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    let last = out.lines().last().unwrap_or_else(|| panic!("{err}"));
    (status.code().unwrap(), serde_json::from_str(last).unwrap())
}

/// What the gallery shows, and the sizes of its objects, without the times of writing. No two encodes of a film are of
/// the same size. `doctor` holds the bucket to what the rows say.
fn rows(gallery: &Gallery) -> Vec<String> {
    gallery.sql(
        "SELECT key || ' ' || digest || ' ' || version || ' ' || coalesce(hls_qualities, '') || ' ' || taken_source || ' ' || \
         taken_at || ' ' || day || ' ' || width || 'x' || height || iif(type = 'image', metadata -> '$.objects', '') FROM media ORDER BY key",
    )
}

#[test]
fn a_run_that_is_killed_ten_times_ends_as_one_that_was_not() {
    let (whole, killed) = (Gallery::new(), Gallery::new());
    write_library(&whole.library(), count());
    for folder in fs::read_dir(whole.library()).unwrap() {
        let from = folder.unwrap().path();
        let to = killed.library().join(from.file_name().unwrap());
        fs::create_dir_all(&to).unwrap();
        for file in fs::read_dir(&from).unwrap() {
            let file = file.unwrap().path();
            let copy = to.join(file.file_name().unwrap());
            fs::copy(&file, &copy).unwrap();
            let time = file.metadata().unwrap().modified().unwrap();
            fs::File::options().write(true).open(copy).unwrap().set_modified(time).unwrap();
        }
    }

    let started = std::time::Instant::now();
    let (code, report) = run(&whole, "ingest");
    let whole_run = started.elapsed();
    assert_eq!(code, 2, "some files are broken: {report}");
    for _ in 0..KILLS {
        let mut child = command(&killed, "ingest").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let share = u32::try_from(RandomState::new().hash_one(0u8) % 1000).unwrap();
        thread::sleep((whole_run / KILLS * 2 / 1000 * share).max(Duration::from_millis(5)));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let (code, again) = run(&killed, "ingest");
    assert_eq!(code, 2, "{again}");
    assert_eq!(again["failed"], report["failed"]);
    let (killed_rows, whole_rows) = (rows(&killed), rows(&whole));
    let differ = |a: &[String], b: &[String]| a.iter().filter(|row| !b.contains(row)).cloned().collect::<Vec<_>>();
    assert_eq!(differ(&killed_rows, &whole_rows), differ(&whole_rows, &killed_rows));
    for gallery in [&whole, &killed] {
        let (code, diagnosis) = run(gallery, "doctor");
        assert_eq!((code, &diagnosis["found"]), (0, &Value::Array(vec![])), "{diagnosis}");
        assert_eq!(fs::read_dir(gallery.options.temp.as_ref().unwrap()).unwrap().count(), 0, "no folder is left");
        let (code, second) = run(gallery, "ingest");
        assert_eq!((code, &second["added"], &second["objects"]), (2, &0.into(), &0.into()), "{second}");
    }
}
