//! Rows that were looked up before: they are those that the database has.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod support;

use std::time::{Duration, Instant};

use platform::{Platform, Sql, Statement};
use platform_native::Native;
use rusqlite::Connection;
use support::on_native_in;

const ITEM: &str = "SELECT created_at FROM pending_thumbnails WHERE key = ?1";
const PUT: &str = "INSERT OR REPLACE INTO pending_thumbnails (key, created_at) VALUES (?1, ?2)";

async fn look_up(native: &Native, key: &str) -> Option<String> {
    let rows = native.sql().unwrap().query(ITEM, &[key.into()]).await.unwrap();
    rows.first().map(|row| row.text(0).unwrap().unwrap().to_owned())
}

/// On an empty database with a second connection, which stands for another process.
fn with_another(test: impl AsyncFnOnce(Native, Connection)) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("gallery.db");
    on_native_in(&dir, |native| test(native, Connection::open(path).unwrap()));
}

#[test]
fn the_change_of_another_process_is_soon_seen() {
    with_another(async |native, other| {
        for value in ["1", "2", "3"] {
            other.execute(PUT, ["a", value]).unwrap();
            let written = Instant::now();
            while look_up(&native, "a").await.as_deref() != Some(value) {
                assert!(written.elapsed() < Duration::from_secs(2), "it is never seen");
                native.sleep(Duration::from_millis(1)).await;
            }
        }
        other.execute("DELETE FROM pending_thumbnails", []).unwrap();
        native.sleep(Duration::from_millis(50)).await;
        assert_eq!(look_up(&native, "a").await, None);
        other.execute(PUT, ["a", "4"]).unwrap();
        native.sleep(Duration::from_millis(50)).await;
        assert_eq!(look_up(&native, "a").await.as_deref(), Some("4"), "that there was nothing was kept");
    });
}

#[test]
fn a_change_of_its_own_is_seen_at_once() {
    with_another(async |native, _| {
        let sql = native.sql().unwrap();
        assert_eq!(look_up(&native, "a").await, None);
        sql.query(PUT, &["a".into(), "1".into()]).await.unwrap();
        assert_eq!(look_up(&native, "a").await.as_deref(), Some("1"));
        sql.batch(&[Statement::new(PUT, ["a".into(), "2".into()])]).await.unwrap();
        assert_eq!(look_up(&native, "a").await.as_deref(), Some("2"));
        sql.query("DELETE FROM pending_thumbnails WHERE key = ?1", &["a".into()]).await.unwrap();
        assert_eq!(look_up(&native, "a").await, None);
    });
}

#[test]
fn each_key_and_each_statement_has_its_own_rows() {
    with_another(async |native, other| {
        for key in ["a", "b", "a\nb"] {
            other.execute(PUT, [key, key]).unwrap();
        }
        native.sleep(Duration::from_millis(50)).await;
        for _ in 0..2 {
            for key in ["a", "b", "a\nb"] {
                assert_eq!(look_up(&native, key).await.as_deref(), Some(key));
            }
            let other = native.sql().unwrap().query("SELECT 'x' WHERE ?1 = 'a'", &["a".into()]).await.unwrap();
            assert_eq!(other[0].text(0).unwrap(), Some("x"));
        }
    });
}

/// More than is kept: nothing is mixed up when the rest is forgotten.
#[test]
fn many_large_rows() {
    with_another(async |native, other| {
        let value = |number: u32| format!("{number} ").repeat(6000);
        for number in 0..500 {
            other.execute(PUT, [number.to_string(), value(number)]).unwrap();
        }
        native.sleep(Duration::from_millis(50)).await;
        for number in (0..500).chain(0..500) {
            assert_eq!(look_up(&native, &number.to_string()).await, Some(value(number)));
        }
    });
}
