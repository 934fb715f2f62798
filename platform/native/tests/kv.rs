//! The behaviour of `platform::Kv`, on disk.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod support;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use bytes::Bytes;
use platform::{Error, Kind, Kv, KvKey, Platform, StoreName};
use platform_native::{MAX_VALUE_BYTES, Native, Shared, Store};
use rusqlite::Connection;
use support::{on_native, on_native_in};

fn key(text: &str) -> KvKey {
    KvKey::parse(text).unwrap()
}

fn store(native: &Native) -> Store {
    native.kv(StoreName::VideoCache).unwrap()
}

/// A second connection to the file, as another process would have it.
fn file(dir: &Path) -> Connection {
    Connection::open(dir.join("kv.db")).unwrap()
}

#[test]
fn a_missing_or_deleted_key_is_none() {
    on_native(|native| async move {
        let kv = store(&native);
        assert_eq!(kv.get(&key("k")).await.unwrap(), None);
        kv.put(&key("k"), Bytes::from_static(b"v"), None).await.unwrap();
        kv.delete(&key("k")).await.unwrap();
        assert_eq!(kv.get(&key("k")).await.unwrap(), None);
        kv.delete(&key("k")).await.unwrap();
    });
}

#[test]
fn a_value_comes_back_byte_for_byte_and_is_replaced() {
    on_native(|native| async move {
        let kv = store(&native);
        let all: Vec<u8> = (0..=255).cycle().take(300_000).collect();
        for value in [&b""[..], b"\0", "ä".as_bytes(), &all, b"short"] {
            kv.put(&key("k"), Bytes::copy_from_slice(value), None).await.unwrap();
            assert!(kv.get(&key("k")).await.unwrap().unwrap() == value);
        }
    });
}

#[test]
fn a_value_is_there_until_it_expires_and_not_after() {
    on_native(|native| async move {
        let kv = store(&native);
        let put = Instant::now();
        kv.put(&key("k"), Bytes::from_static(b"v"), Some(Duration::from_millis(300))).await.unwrap();
        kv.put(&key("long"), Bytes::from_static(b"v"), Some(Duration::MAX)).await.unwrap();
        while kv.get(&key("k")).await.unwrap().is_some() {
            assert!(put.elapsed() < Duration::from_secs(5), "it never expires");
            native.sleep(Duration::from_millis(5)).await;
        }
        assert!(put.elapsed() >= Duration::from_millis(300), "gone before its time");
        assert!(kv.get(&key("long")).await.unwrap().is_some());
        // A later write without an expiry removes the expiry.
        kv.put(&key("k"), Bytes::from_static(b"v"), Some(Duration::from_millis(1))).await.unwrap();
        kv.put(&key("k"), Bytes::from_static(b"w"), None).await.unwrap();
        native.sleep(Duration::from_millis(20)).await;
        assert_eq!(kv.get(&key("k")).await.unwrap().as_deref(), Some(&b"w"[..]));
    });
}

#[test]
fn expired_rows_are_removed_now_and_then_and_at_start() {
    let dir = tempfile::tempdir().unwrap();
    let rows = || {
        file(dir.path())
            .query_row("SELECT count(*) FROM kv WHERE store = 'VIDEO_CACHE'", [], |row| row.get::<_, u32>(0))
            .unwrap()
    };
    on_native_in(&dir, |native| async move {
        for number in 0..50 {
            store(&native).put(&key(&format!("k{number}")), Bytes::new(), Some(Duration::ZERO)).await.unwrap();
        }
        native.sleep(Duration::from_millis(5)).await;
        for _ in 0..64 {
            store(&native).put(&key("stays"), Bytes::new(), None).await.unwrap();
        }
    });
    assert_eq!(rows(), 1);
    file(dir.path()).execute("INSERT INTO kv VALUES ('VIDEO_CACHE', 'old', x'00', 5)", []).unwrap();
    on_native_in(&dir, |_| async {});
    assert_eq!(rows(), 1);
}

#[test]
fn too_large_a_value_is_refused_and_the_old_one_stays() {
    on_native(|native| async move {
        let kv = store(&native);
        kv.put(&key("k"), Bytes::from_static(b"old"), None).await.unwrap();
        let error = kv.put(&key("k"), Bytes::from(vec![0; MAX_VALUE_BYTES + 1]), None).await.unwrap_err();
        assert_eq!(error.kind(), Kind::TooLarge);
        assert_eq!(kv.get(&key("k")).await.unwrap().as_deref(), Some(&b"old"[..]));
        kv.put(&key("k"), Bytes::from(vec![7; MAX_VALUE_BYTES]), None).await.unwrap();
        assert_eq!(kv.get(&key("k")).await.unwrap().unwrap().len(), MAX_VALUE_BYTES);
    });
}

#[test]
fn stores_are_separate_and_outlive_the_process() {
    let dir = tempfile::tempdir().unwrap();
    on_native_in(&dir, |native| async move {
        store(&native).put(&key("k"), Bytes::from_static(b"video"), None).await.unwrap();
        let other = native.kv(StoreName::CacheVersion).unwrap();
        assert_eq!(other.get(&key("k")).await.unwrap(), None);
        other.put(&key("k"), Bytes::from_static(b"version"), None).await.unwrap();
        other.delete(&key("missing")).await.unwrap();
    });
    on_native_in(&dir, |native| async move {
        assert_eq!(store(&native).get(&key("k")).await.unwrap().as_deref(), Some(&b"video"[..]));
    });
}

#[test]
fn a_write_is_seen_by_other_workers() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_owned();
    on_native_in(&dir, |native| async move {
        let other = Native::open(&path, None).unwrap();
        for value in [&b"1"[..], b"2"] {
            store(&native).put(&key("k"), Bytes::from_static(value), None).await.unwrap();
            assert_eq!(store(&other).get(&key("k")).await.unwrap().as_deref(), Some(value));
        }
    });
}

#[test]
fn workers_that_write_at_once_all_succeed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    let shared = Shared::new(path, 0).unwrap();
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let shared = &shared;
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let native = Native::open_sharing(path, None, shared).unwrap();
                runtime.block_on(async {
                    for round in 0..100_u32 {
                        let (own, value) =
                            (key(&format!("k{worker}")), Bytes::from(round.to_le_bytes().repeat(10_000)));
                        store(&native).put(&own, value.clone(), Some(Duration::from_secs(9))).await.unwrap();
                        assert_eq!(store(&native).get(&own).await.unwrap().unwrap(), value);
                    }
                });
            });
        }
    });
}

#[test]
fn what_an_operator_writes_as_text_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_owned();
    on_native_in(&dir, |native| async move {
        let kv = native.kv(StoreName::CacheVersion).unwrap();
        kv.put(&key("auth_version"), Bytes::from_static(b"1"), None).await.unwrap();
        file(&path).execute("UPDATE kv SET value = '2' WHERE key = 'auth_version'", []).unwrap();
        assert_eq!(kv.get(&key("auth_version")).await.unwrap().as_deref(), Some(&b"2"[..]));
    });
}

/// A store that cannot be reached gives an error in every call, and the process goes on.
async fn fails(native: &Native) {
    let kv = store(native);
    let errors: [Error; 3] = [
        kv.get(&key("k")).await.map(drop).unwrap_err(),
        kv.put(&key("k"), Bytes::from_static(b"v"), None).await.unwrap_err(),
        kv.delete(&key("k")).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), Kind::Unavailable, "{error}");
    }
}

#[test]
fn a_file_that_cannot_be_opened_is_unavailable_until_it_can() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("kv.db");
    std::fs::create_dir(&path).unwrap();
    on_native_in(&dir, |native| async move {
        fails(&native).await;
        std::fs::remove_dir(&path).unwrap();
        native.sleep(Duration::from_millis(1100)).await;
        store(&native).put(&key("k"), Bytes::from_static(b"v"), None).await.unwrap();
        assert!(store(&native).get(&key("k")).await.unwrap().is_some());
    });
}

#[test]
fn a_corrupt_file_is_unavailable_and_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("kv.db");
    let garbage = "not a database ".repeat(500);
    std::fs::write(&path, &garbage).unwrap();
    on_native_in(&dir, |native| async move {
        fails(&native).await;
        native.sleep(Duration::from_millis(1100)).await;
        fails(&native).await;
    });
    assert_eq!(std::fs::read_to_string(&path).unwrap(), garbage);
}

#[test]
fn a_file_that_breaks_while_open_is_opened_anew_once_it_is_whole_or_gone() {
    let dir = tempfile::tempdir().unwrap();
    let files = ["kv.db", "kv.db-wal", "kv.db-shm"].map(|name| dir.path().join(name));
    on_native_in(&dir, |native| async move {
        // The value is larger than what SQLite keeps in memory, so some of it must be read from the file.
        store(&native).put(&key("k"), Bytes::from(vec![1; 10_000_000]), None).await.unwrap();
        for file in &files[..2] {
            std::fs::write(file, "broken").unwrap();
        }
        fails(&native).await;
        for file in &files {
            drop(std::fs::remove_file(file));
        }
        native.sleep(Duration::from_millis(1100)).await;
        store(&native).put(&key("k"), Bytes::from_static(b"v"), None).await.unwrap();
        assert_eq!(store(&native).get(&key("k")).await.unwrap().as_deref(), Some(&b"v"[..]));
    });
}

#[test]
fn a_table_that_is_not_ours_is_unavailable() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_owned();
    on_native_in(&dir, |native| async move {
        file(&path).execute_batch("DROP TABLE kv; CREATE TABLE kv (something INTEGER)").unwrap();
        fails(&native).await;
    });
}

#[test]
fn a_locked_file_is_waited_for_without_holding_the_thread() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_owned();
    on_native_in(&dir, |native| async move {
        let kv = store(&native);
        kv.put(&key("k"), Bytes::from_static(b"old"), None).await.unwrap();
        let other = file(&path);
        other.execute_batch("BEGIN IMMEDIATE").unwrap();

        // Readers do not wait for a writer.
        assert!(kv.get(&key("k")).await.unwrap().is_some());

        let key = key("k");
        let put = |text: &'static str| kv.put(&key, Bytes::from_static(text.as_bytes()), None);
        let commit = || async {
            for _ in 0..4 {
                native.sleep(Duration::from_millis(5)).await;
            }
            other.execute_batch("COMMIT").unwrap();
        };
        let (written, ()) = tokio::join!(put("new"), commit());
        written.unwrap();
        assert_eq!(kv.get(&key).await.unwrap().as_deref(), Some(&b"new"[..]));

        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let started = Instant::now();
        let error = put("newer").await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable);
        assert!((200..3000).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
        // After a wait that failed, a write does not wait again, though here a wait would have succeeded.
        let (written, ()) = tokio::join!(put("newer"), commit());
        assert_eq!(written.unwrap_err().kind(), Kind::Unavailable);

        // Once a write has succeeded, later writes wait for locks again.
        put("newest").await.unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let (written, ()) = tokio::join!(put("the last"), commit());
        written.unwrap();
        assert_eq!(kv.get(&key).await.unwrap().as_deref(), Some(&b"the last"[..]));
    });
}
