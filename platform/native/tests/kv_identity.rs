//! The file of the stores is the one it was, or the store that says which sessions were ended is closed.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use platform::{Error, Kind, Kv, KvKey, Platform, StoreName};
use platform_native::{Native, clear_kv};
use rusqlite::Connection;
use support::on_native_in;
use tempfile::TempDir;

/// Somewhat longer than the file is trusted without another look.
const A_LOOK_LATER: Duration = Duration::from_millis(1100);

fn key() -> KvKey {
    KvKey::parse("auth_version").unwrap()
}

async fn read(native: &Native) -> Result<Option<Bytes>, Error> {
    native.kv(StoreName::CacheVersion)?.get(&key()).await
}

async fn write(native: &Native, value: &'static [u8]) -> Result<(), Error> {
    native.kv(StoreName::CacheVersion)?.put(&key(), Bytes::from_static(value), None).await
}

async fn is(native: &Native, value: &'static [u8]) {
    assert_eq!(read(native).await.unwrap().as_deref(), Some(value));
}

/// Every call to the store of versions fails, and the words say what to do. The other store goes on.
async fn is_closed(native: &Native) {
    let store = native.kv(StoreName::CacheVersion).unwrap();
    for error in [
        store.get(&key()).await.map(drop).unwrap_err(),
        store.put(&key(), Bytes::from_static(b"9"), None).await.unwrap_err(),
        store.delete(&key()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), Kind::Unavailable);
        let words = error.to_string();
        assert!(words.contains("restore kv.db") && words.contains("delete kv.id"), "{words}");
    }
    let cache = native.kv(StoreName::VideoCache).unwrap();
    cache.put(&key(), Bytes::from_static(b"a playlist"), None).await.unwrap();
    assert!(cache.get(&key()).await.unwrap().is_some());
}

/// A folder in which a host has run and sessions were ended.
fn folder() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    on_native_in(&dir, |native| async move { write(&native, b"2").await.unwrap() });
    dir
}

fn files(dir: &Path) -> [PathBuf; 3] {
    ["kv.db", "kv.db-wal", "kv.db-shm"].map(|name| dir.join(name))
}

fn remove(dir: &Path) {
    for file in files(dir) {
        drop(fs::remove_file(file));
    }
}

#[test]
fn a_file_keeps_its_identity() {
    let dir = folder();
    let name = fs::read_to_string(dir.path().join("kv.id")).unwrap();
    assert_eq!(name.trim().len(), 32);
    on_native_in(&dir, |native| async move {
        is(&native, b"2").await;
        native.sleep(A_LOOK_LATER).await;
        is(&native, b"2").await;
    });
    assert_eq!(fs::read_to_string(dir.path().join("kv.id")).unwrap(), name);
    assert_ne!(fs::read_to_string(folder().path().join("kv.id")).unwrap(), name);
}

#[test]
fn clearing_the_cache_keeps_it() {
    let dir = folder();
    let path = dir.path().to_owned();
    on_native_in(&dir, |native| async move {
        clear_kv(&path, StoreName::VideoCache).unwrap();
        native.sleep(A_LOOK_LATER).await;
        is(&native, b"2").await;
    });
    on_native_in(&dir, |native| async move { is(&native, b"2").await });
}

#[test]
fn a_file_of_an_earlier_version_gets_one_and_keeps_what_it_holds() {
    let dir = folder();
    fs::remove_file(dir.path().join("kv.id")).unwrap();
    Connection::open(dir.path().join("kv.db")).unwrap().execute("DELETE FROM kv WHERE store = 'HOST'", []).unwrap();
    on_native_in(&dir, |native| async move { is(&native, b"2").await });
    assert!(dir.path().join("kv.id").exists());
    remove(dir.path());
    on_native_in(&dir, |native| async move { is_closed(&native).await });
}

#[test]
fn a_file_that_is_deleted_or_exchanged_between_two_runs_is_not_it() {
    for exchange in [false, true] {
        let dir = folder();
        remove(dir.path());
        if exchange {
            fs::copy(folder().path().join("kv.db"), dir.path().join("kv.db")).unwrap();
        }
        for _ in 0..2 {
            on_native_in(&dir, |native| async move { is_closed(&native).await });
        }
        // What the operator is told to do, while the host runs.
        let path = dir.path().to_owned();
        on_native_in(&dir, |native| async move {
            is_closed(&native).await;
            fs::remove_file(path.join("kv.id")).unwrap();
            native.sleep(A_LOOK_LATER).await;
            assert_eq!(read(&native).await.unwrap().is_some(), exchange);
            write(&native, b"3").await.unwrap();
            assert!(path.join("kv.id").exists());
        });
        on_native_in(&dir, |native| async move { is(&native, b"3").await });
    }
}

#[test]
fn a_file_that_is_deleted_while_open_is_missed_and_found_again() {
    let dir = folder();
    let (path, kept) = (dir.path().to_owned(), tempfile::tempdir().unwrap());
    on_native_in(&dir, |native| async move {
        is(&native, b"2").await;
        Connection::open(path.join("kv.db")).unwrap().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        fs::copy(path.join("kv.db"), kept.path().join("kv.db")).unwrap();
        remove(&path);
        native.sleep(A_LOOK_LATER).await;
        is_closed(&native).await;
        remove(&path);
        fs::copy(kept.path().join("kv.db"), path.join("kv.db")).unwrap();
        native.sleep(A_LOOK_LATER).await;
        is(&native, b"2").await;
        write(&native, b"3").await.unwrap();
        is(&native, b"3").await;
    });
}

#[test]
fn a_file_that_is_emptied_while_open_is_not_it() {
    for truncate in [false, true] {
        let dir = folder();
        let path = dir.path().to_owned();
        on_native_in(&dir, |native| async move {
            is(&native, b"2").await;
            if truncate {
                fs::write(path.join("kv.db"), "").unwrap();
            } else {
                Connection::open(path.join("kv.db")).unwrap().execute("DELETE FROM kv", []).unwrap();
            }
            native.sleep(A_LOOK_LATER).await;
            // The thread that writes may find the file damaged first, and opens it again a little later.
            let _ = write(&native, b"9").await;
            native.sleep(A_LOOK_LATER).await;
            is_closed(&native).await;
        });
    }
}

#[test]
fn a_name_beside_it_that_is_damaged_closes_it() {
    let dir = folder();
    for damage in ["", "0123"] {
        fs::write(dir.path().join("kv.id"), damage).unwrap();
        on_native_in(&dir, |native| async move { is_closed(&native).await });
    }
}
