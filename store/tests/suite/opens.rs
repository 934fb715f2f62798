//! What a store finds in its folder when it opens: what a crash left, an older index, files that are gone.

use std::{
    fs::File,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use crate::common::{BUCKET, TestStore, config, start, start_in};
use tempfile::TempDir;

const BLOB: &str = "0123456789abcdef0123456789abcdef";

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with("index.sqlite-"));
    names.sort();
    names
}

/// Stops a store and leaves what a crash leaves: nothing says that it was closed in order.
fn crash(store: TestStore) -> TempDir {
    let folder = store.stop();
    std::fs::remove_file(folder.path().join(BUCKET).join("closed")).unwrap();
    folder
}

/// The file with the bytes of an object.
fn blob(root: &Path, key: &str) -> PathBuf {
    let index = rusqlite::Connection::open(root.join("index.sqlite")).unwrap();
    let select = "SELECT blob FROM object WHERE key = ?1";
    let id: String = index.query_row(select, [key.as_bytes()], |row| row.get(0)).unwrap();
    root.join("objects").join(id)
}

#[test]
fn what_a_crash_broke_off_is_swept() {
    let store = start();
    store.put("a", "x").ok(200);
    let folder = store.stop();
    let root = folder.path().join(BUCKET);
    for name in [".tmp.7.internal.part", &format!(".tmp.{BLOB}.internal.part"), ".bucket-x.object-y.metadata.json"] {
        std::fs::write(root.join(name), "x").unwrap();
    }
    let store = start_in(folder);
    assert_eq!(names(&root), ["index.sqlite", "objects"]);
    assert_eq!(store.get("a").ok(200).text(), "x");
    assert_eq!(store.running.as_ref().unwrap().lost(), None);
}

#[test]
fn what_an_older_index_does_not_name_is_set_aside_for_thirty_days() {
    let store = start();
    store.put("a", "x").ok(200);
    let folder = store.stop();
    let root = folder.path().join(BUCKET);
    let older = std::fs::read(root.join("index.sqlite")).unwrap();
    let store = start_in(folder);
    store.put("b", "the only original").ok(200);
    let folder = store.stop();
    let before = names(&root.join("objects"));
    std::fs::write(root.join("index.sqlite"), &older).unwrap();
    // What a NAS lays beside files is not the store's.
    std::fs::create_dir_all(root.join("objects/@eaDir/x")).unwrap();
    std::fs::write(root.join("objects/.DS_Store"), "x").unwrap();
    let long_ago = SystemTime::now() - Duration::from_hours(40 * 24);
    for name in &before {
        let blob = File::options().append(true).open(root.join("objects").join(name)).unwrap();
        blob.set_modified(long_ago).unwrap();
    }

    let store = start_in(folder);
    let lost = store.running.as_ref().unwrap().lost().unwrap().clone();
    assert_eq!((lost.count, lost.folder.canonicalize().unwrap()), (1, root.join("lost").canonicalize().unwrap()));
    assert!(lost.to_string().starts_with("1 file is not in the store's index.sqlite: moved to "), "{lost}");
    assert_eq!(store.get("a").ok(200).text(), "x");
    let moved = names(&root.join("lost"));
    assert!(moved.len() == 1 && before.contains(&moved[0]), "{moved:?} {before:?}");
    assert_eq!(std::fs::read(root.join("lost").join(&moved[0])).unwrap(), b"the only original");
    assert_eq!(names(&root.join("objects")).len(), 3);

    // It was uploaded long ago, and moved now.
    let store = start_in(store.stop());
    assert_eq!(names(&root.join("lost")), moved);
    let folder = store.stop();
    let blob = File::options().append(true).open(root.join("lost").join(&moved[0])).unwrap();
    blob.set_modified(long_ago).unwrap();
    std::fs::write(root.join("lost/notes.txt"), "mine").unwrap();
    let store = start_in(folder);
    assert_eq!(names(&root.join("lost")), ["notes.txt"]);
    assert_eq!(store.get("a").ok(200).text(), "x");
}

#[test]
fn what_an_older_index_had_set_aside_is_there_again_with_the_newest_one() {
    let store = start();
    store.put("a", "x").ok(200);
    let folder = store.stop();
    let index = folder.path().join(BUCKET).join("index.sqlite");
    let older = std::fs::read(&index).unwrap();
    let store = start_in(folder);
    store.put("b", "the only original").ok(200);
    let folder = store.stop();
    let newest = std::fs::read(&index).unwrap();
    std::fs::write(&index, older).unwrap();
    let folder = start_in(folder).stop();
    assert!(folder.path().join(BUCKET).join("lost").exists());
    std::fs::write(&index, newest).unwrap();
    // Both were written within a moment, as no operator does it.
    let file = File::options().append(true).open(&index).unwrap();
    file.set_modified(SystemTime::now() + Duration::from_secs(10)).unwrap();
    let store = start_in(folder);
    assert_eq!(store.running.as_ref().unwrap().lost(), None);
    assert_eq!(store.get("b").ok(200).text(), "the only original");
}

#[test]
fn after_a_crash_an_object_without_its_bytes_is_told_and_gone() {
    let store = start();
    for key in ["a", "b", "c"] {
        store.put(key, "bytes").ok(200);
    }
    let folder = crash(store);
    let root = folder.path().join(BUCKET);
    std::fs::write(blob(&root, "a"), "").unwrap();
    std::fs::remove_file(blob(&root, "b")).unwrap();

    let store = start_in(folder);
    let lost = store.running.as_ref().unwrap().lost().unwrap().clone();
    assert_eq!(lost.gone, ["a", "b"]);
    let words = lost.to_string();
    assert!(words.starts_with("2 objects have lost bytes and must be stored again: \"a\", \"b\"; 1 file "), "{words}");
    assert_eq!((lost.count, names(&root.join("lost")).len(), store.blobs()), (1, 1, 1));
    for key in ["a", "b"] {
        assert_eq!(store.head(key).status, 404);
        store.get(key).expect(404, "NoSuchKey");
        store.put_with(key, "again", &[("if-none-match", "*")]).ok(200);
    }
    assert_eq!(store.get("c").ok(200).text(), "bytes");
    let store = start_in(crash(store));
    assert_eq!(store.running.as_ref().unwrap().lost(), None);
    assert_eq!(store.get("a").ok(200).text(), "again");
}

#[test]
fn after_an_orderly_stop_files_are_looked_at_only_for_another_index() {
    let store = start();
    store.put("a", "bytes").ok(200);
    let folder = store.stop();
    let root = folder.path().join(BUCKET);
    let blob = std::fs::read_dir(root.join("objects")).unwrap().next().unwrap().unwrap().path();
    std::fs::write(blob, "").unwrap();
    let store = start_in(folder);
    assert_eq!(store.running.as_ref().unwrap().lost(), None);
    assert_eq!(store.head("a").status, 200);
    let folder = store.stop();
    let index = File::options().append(true).open(root.join("index.sqlite")).unwrap();
    index.set_modified(SystemTime::now() - Duration::from_hours(1)).unwrap();
    let store = start_in(folder);
    assert_eq!(store.running.as_ref().unwrap().lost().unwrap().gone, ["a"]);
    assert_eq!(store.head("a").status, 404);
}

#[test]
fn a_store_does_not_open_without_most_of_its_files() {
    let store = start();
    let keys: Vec<String> = (0..9).map(|n| n.to_string()).collect();
    for key in &keys {
        store.put(key, key).ok(200);
    }
    let folder = crash(store);
    let root = folder.path().join(BUCKET);
    let (objects, away) = (root.join("objects"), root.join("away"));
    std::fs::create_dir(&away).unwrap();
    let blobs = names(&objects);
    for count in [9, 5] {
        for name in &blobs[..count] {
            std::fs::rename(objects.join(name), away.join(name)).unwrap();
        }
        let refused = store::spawn(config(folder.path()), ([127, 0, 0, 1], 0).into()).err().unwrap();
        assert_eq!(refused.kind(), std::io::ErrorKind::InvalidData);
        let words = refused.to_string();
        assert!(words.starts_with(&format!("{count} of the 9 files that ")), "{words}");
        assert!(words.contains("from a copy") && words.lines().count() == 1, "{words}");
        assert_eq!(names(&objects), blobs[count..]);
        for name in &blobs[..count] {
            std::fs::rename(away.join(name), objects.join(name)).unwrap();
        }
    }
    let store = start_in(folder);
    assert_eq!(store.running.as_ref().unwrap().lost(), None);
    for key in &keys {
        assert_eq!(store.get(key).ok(200).text(), key);
    }
}

#[test]
fn a_store_does_not_open_without_its_index() {
    let store = start();
    store.put("a", "the only original").ok(200);
    let folder = store.stop();
    let root = folder.path().join(BUCKET);
    let (index, away) = (root.join("index.sqlite"), root.join("away"));
    std::fs::rename(&index, &away).unwrap();
    for empty in [None, Some(&b""[..])] {
        if let Some(bytes) = empty {
            std::fs::write(&index, bytes).unwrap();
        }
        let refused = store::spawn(config(folder.path()), ([127, 0, 0, 1], 0).into()).err().unwrap();
        assert_eq!(refused.kind(), std::io::ErrorKind::InvalidData);
        let words = refused.to_string();
        assert!(words.contains("index.sqlite is missing or empty") && words.contains("of 1 file in "), "{words}");
        assert!(words.contains("from a copy") && words.lines().count() == 1, "{words}");
        assert_eq!((names(&root.join("objects")).len(), index.exists()), (1, empty.is_some()));
    }
    std::fs::rename(&away, &index).unwrap();
    assert_eq!(start_in(folder).get("a").ok(200).text(), "the only original");
}

#[test]
fn an_empty_store_opens_without_an_index() {
    let store = start();
    store.put("a", "x").ok(200);
    store.delete("a");
    let folder = store.stop();
    let root = folder.path().join(BUCKET);
    std::fs::remove_file(root.join("index.sqlite")).unwrap();
    std::fs::create_dir(root.join("objects/@eaDir")).unwrap();
    let store = start_in(folder);
    store.put("a", "y").ok(200);
    assert_eq!(store.get("a").ok(200).text(), "y");
}
