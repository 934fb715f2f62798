//! What the program keeps can be read by its user alone.

#![cfg(unix)]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    process::{Command, Stdio},
};

use crate::complete::COMPLETE;

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

fn set(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Every file and folder below, and itself. Links are not followed.
fn all(path: &Path) -> Vec<std::path::PathBuf> {
    let mut found = vec![path.to_owned()];
    if fs::symlink_metadata(path).unwrap().is_dir() {
        found.extend(fs::read_dir(path).unwrap().flat_map(|entry| all(&entry.unwrap().path())));
    }
    found
}

/// Serves until it is ready, and returns what it said on stderr.
fn serve_once(data: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge-gallery"));
    command.env_clear().envs(COMPLETE).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.args(["serve", "--listen", "127.0.0.1:0", "--store-listen", "127.0.0.1:0", "--data"]).arg(data);
    let mut child = command.spawn().unwrap();
    let mut ready = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
    assert!(ready.contains("ready"), "{ready}");
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success(), "{said}");
    said
}

#[test]
fn what_serve_makes_only_its_user_can_read() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // One that was made for it is closed without a word.
    fs::create_dir(&data).unwrap();
    set(&data, 0o755);
    assert_eq!(serve_once(&data), "");
    let made = all(&data);
    assert!(made.iter().any(|path| path.ends_with("gallery.db")) && made.iter().any(|path| path.ends_with("store")));
    for path in made {
        assert_eq!(mode(&path), if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
}

#[test]
fn what_an_earlier_version_made_is_put_right_with_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    serve_once(&data);
    let object = data.join("store/bucket/2024/a.jpg");
    fs::create_dir_all(object.parent().unwrap()).unwrap();
    fs::write(&object, "photo").unwrap();
    let (mine, shared) = (data.join("notes.txt"), folder.path().join("shared"));
    fs::write(&mine, "not the program's").unwrap();
    fs::create_dir(&shared).unwrap();
    fs::write(shared.join("b.jpg"), "photo").unwrap();
    symlink(&shared, data.join("store/bucket/link")).unwrap();
    for path in all(&data) {
        if !path.is_symlink() {
            set(&path, if path.is_dir() { 0o755 } else { 0o644 });
        }
    }
    set(&shared, 0o755);
    set(&shared.join("b.jpg"), 0o644);

    let said = serve_once(&data);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("edge-gallery: ") && said.contains(&data.display().to_string()), "{said}");
    assert!(said.ends_with("could be read by others; now only by you\n"), "{said}");
    for path in all(&data).into_iter().filter(|path| !path.is_symlink() && *path != mine) {
        assert_eq!(mode(&path), if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
    // What is not the program's stays as it is, and so does what a link leads to.
    assert_eq!((mode(&mine), mode(&shared), mode(&shared.join("b.jpg"))), (0o644, 0o755, 0o644));
    assert_eq!(serve_once(&data), "");
}
