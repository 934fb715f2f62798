//! The program's settings and exit codes, and what it prints where.

use std::process::{Command, Output, Stdio};

use crate::common::Gallery;
use crate::common::gate::Gate;
use crate::common::jpeg::{encode, quarters};
use crate::common::sink::{Answer, Sink};
use image::ImageFormat;

const PROGRAM: &str = env!("CARGO_BIN_EXE_edge-gallery");

fn command(gallery: &Gallery) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .env_clear()
        .arg("ingest")
        .envs(gallery.store.environment())
        .env("GALLERY_DATABASE", crate::common::database(&gallery.options))
        .arg(gallery.library());
    command
}

fn finish(output: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(!out.contains("test-secret") && !err.contains("test-secret"), "{out}{err}");
    (output.status.code().unwrap(), out, err)
}

fn photo() -> Vec<u8> {
    encode(&quarters(40, 30), ImageFormat::Jpeg)
}

#[test]
fn the_summary_is_on_stdout_and_the_code_says_whether_all_is_in() {
    let gallery = Gallery::new();
    gallery.file("a.jpg", &photo());
    let (code, out, err) = finish(command(&gallery).output().unwrap());
    assert_eq!((code, out.as_str()), (0, "1 photo, 0 films: 1 added, 0 unchanged, 0 skipped, 0 failed\n"), "{err}");
    assert!(err.contains("photos: 1/1"), "{err}");

    gallery.file("empty.jpg", b"");
    let (code, out, err) = finish(command(&gallery).arg("--quiet").output().unwrap());
    assert_eq!(code, 2);
    assert!(out.contains("failed: empty.jpg: the file is empty\n"), "{out}");
    assert!(out.ends_with("1 photo, 0 films: 0 added, 1 unchanged, 0 skipped, 1 failed\n"), "{out}");
    assert_eq!(err, "");
}

#[test]
fn json_is_a_line_for_each_file_and_the_counts_last() {
    let gallery = Gallery::new();
    gallery.file("a.jpg", &photo());
    gallery.file("empty.jpg", b"");
    let (code, out, _) = finish(command(&gallery).arg("--json").output().unwrap());
    let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [failed, added, report] = &lines[..] else { panic!("{out}") };
    assert_eq!(code, 2);
    assert_eq!(*failed, serde_json::json!({ "file": "empty.jpg", "outcome": "failed", "reason": "the file is empty" }));
    assert_eq!(*added, serde_json::json!({ "file": "a.jpg", "outcome": "added" }));
    assert_eq!((&report["photos"], &report["added"], &report["objects"]), (&1.into(), &1.into(), &2.into()));
    assert_eq!(report["failed"][0]["name"], "empty.jpg");
}

#[test]
fn checksums_need_no_folder_and_doctor_says_what_lacks_them() {
    let gallery = Gallery::new();
    gallery.file("a.jpg", &photo());
    gallery.ingest();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.env_clear().envs(gallery.store.environment()).args(arguments);
        command.env("GALLERY_DATABASE", crate::common::database(&gallery.options));
        let (code, out, err) = finish(command.output().unwrap());
        assert_eq!(code, 0, "{out}{err}");
        (out, err)
    };
    assert!(!run(&["doctor"]).0.contains("checksums"));
    gallery.sql::<String>("UPDATE media SET checksums = NULL RETURNING key");
    let lacking = "nothing is wrong\n1 item lacks checksums for ZIPs: run edge-gallery ingest --checksums\n";
    assert!(run(&["doctor"]).0.ends_with(lacking), "{}", run(&["doctor"]).0);
    let (out, err) = run(&["ingest", "--checksums"]);
    assert_eq!(out, "0 photos, 0 films: 0 added, 0 unchanged, 0 skipped, 0 failed, 1 with new checksums\n");
    assert!(err.contains("checksums: 1/1"), "{err}");
    assert!(!run(&["doctor"]).0.contains("checksums"));
}

#[test]
fn a_missing_setting_is_one_line_with_its_name() {
    let gallery = Gallery::new();
    for name in ["S3_ENDPOINT", "R2_BUCKET_NAME", "R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY"] {
        // Where no store is named, that of `serve` is meant: nothing listens there.
        let mut command = command(&gallery);
        command.env_remove(name).env("GALLERY_STORE_LISTEN", "127.0.0.1:1");
        let (code, out, err) = finish(command.output().unwrap());
        assert_eq!((code, out.as_str(), err.lines().count()), (1, "", 1), "{err}");
        assert!(err.contains(name), "{err}");
    }
    let data = gallery.folder.path().join("data");
    let mut in_data_folder = command(&gallery);
    in_data_folder.env_remove("GALLERY_DATABASE").env("GALLERY_DATA", &data);
    let (code, _, err) = finish(in_data_folder.output().unwrap());
    assert_eq!(code, 0, "{err}");
    assert!(data.join("gallery.db").exists());
}

/// An end that does not reach the mirror would let guests in there.
#[test]
fn a_mirror_is_remembered_until_it_is_forgotten() {
    let gallery = Gallery::new();
    let run = |more: &[&str]| finish(command(&gallery).args(more).output().unwrap());
    let nobody = "http://127.0.0.1:1";
    for more in [&["--mirror", nobody][..], &[]] {
        let (code, _, err) = run(more);
        assert_eq!(code, 1, "{err}");
        assert!(err.contains("127.0.0.1:1"), "{err}");
        assert_eq!(err.contains("--mirror none forgets it"), more.is_empty(), "{err}");
    }
    // What ends, ends at once where it can be reached.
    let index = || gallery.object("catalogue/index").unwrap().bytes;
    let before = index();
    let mut end = Command::new(PROGRAM);
    end.env_clear().args(["session", "end", "--all"]).envs(gallery.store.environment());
    end.env("GALLERY_DATABASE", crate::common::database(&gallery.options));
    let (code, _, err) = finish(end.output().unwrap());
    assert!(code == 1 && err.contains("127.0.0.1:1"), "{err}");
    assert_ne!(index(), before);
    for more in [&["--mirror", "none"][..], &[]] {
        let (code, _, err) = run(more);
        assert_eq!((code, err.as_str()), (0, ""), "{err}");
    }
}

#[test]
fn what_keeps_it_from_starting_is_one_line() {
    let gallery = Gallery::new();
    let nowhere = gallery.folder.path().join("nowhere");
    let wrong_folder = Command::new(PROGRAM)
        .env_clear()
        .arg("ingest")
        .envs(gallery.store.environment())
        .env("GALLERY_DATABASE", crate::common::database(&gallery.options))
        .arg(&nowhere)
        .output()
        .unwrap();
    let wrong_key = command(&gallery).env("R2_SECRET_ACCESS_KEY", "another").output().unwrap();
    let wrong_bucket = command(&gallery).args(["--bucket", "other"]).output().unwrap();
    let wrong_database = command(&gallery).arg("--database").arg(nowhere.join("x.sqlite")).output().unwrap();
    for (output, hint) in [
        (wrong_folder, "nowhere"),
        (wrong_key, "R2_SECRET_ACCESS_KEY"),
        (wrong_bucket, "R2_BUCKET_NAME"),
        (wrong_database, "x.sqlite"),
    ] {
        let (code, out, err) = finish(output);
        assert_eq!((code, out.as_str(), err.lines().count()), (1, "", 1), "{err}");
        assert!(err.contains(hint), "{err}");
    }
}

/// The default data folder is below the current one, so that another folder has another database.
#[test]
fn an_empty_database_takes_the_place_of_another_only_with_rebuild() {
    let gallery = Gallery::new();
    gallery.file("a.jpg", &photo());
    gallery.ingest();
    let elsewhere = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.env_clear().envs(gallery.store.environment()).current_dir(elsewhere.path()).args(arguments);
        finish(command.output().unwrap())
    };
    let before = gallery.keys("");
    let library = gallery.library();
    let library = library.to_str().unwrap();
    for arguments in [&["doctor", "--repair"][..], &["hide", "a.jpg"], &["ingest", library], &["adopt", "--yes"]] {
        let (code, out, err) = run(arguments);
        assert_eq!((code, out.as_str(), err.lines().count()), (1, "", 1), "{arguments:?}: {err}");
        assert!(err.contains("gallery.db") && err.contains("has 1 item:") && err.contains("--rebuild"), "{err}");
    }
    assert_eq!(gallery.keys(""), before);
    assert_eq!(run(&["ingest", library, "--rebuild"]).0, 0);
    assert_eq!(run(&["doctor"]).0, 0);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_in_order() {
    let sink = Sink::new(|_, _| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        Answer::Take
    });
    let folder = tempfile::tempdir().unwrap();
    let options = crate::common::options(folder.path(), &sink.settings);
    for number in 0..100 {
        let photo = encode(&quarters(40 + number, 30), ImageFormat::Jpeg);
        std::fs::write(folder.path().join(format!("library/{number}.jpg")), photo).unwrap();
    }
    let child = Command::new(PROGRAM)
        .env_clear()
        .arg("ingest")
        .envs(sink.settings.environment())
        .env("GALLERY_DATABASE", crate::common::database(&options))
        .arg(folder.path().join("library"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while sink.puts().len() < 12 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let (code, out, _) = finish(child.wait_with_output().unwrap());
    assert_eq!(code, 130);
    assert!(out.contains("interrupted, run again to go on"), "{out}");
    let rows = crate::common::sql::<String>(crate::common::database(&options), "SELECT key FROM media");
    let originals = sink.puts().iter().filter(|put| !put.path.contains("/renditions/")).count();
    assert!(rows.len() <= originals && originals < 100, "{} {originals}", rows.len());
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_doctor_too() {
    let gallery = Gallery::new();
    gallery.file("a.jpg", &photo());
    assert_eq!(finish(command(&gallery).output().unwrap()).0, 0);
    let gate = Gate::before(&gallery.store, "GET /media/");
    let child = Command::new(PROGRAM)
        .env_clear()
        .arg("doctor")
        .envs(gate.store.environment())
        .env("GALLERY_DATABASE", crate::common::database(&gallery.options))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    gate.wait();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    // The signal is heard by a thread of its own.
    std::thread::sleep(std::time::Duration::from_millis(500));
    gate.open();
    let (code, _, err) = finish(child.wait_with_output().unwrap());
    assert_eq!((code, err.as_str()), (130, "edge-gallery: interrupted: run again to go on\n"));
}
