//! The behaviour of `platform::Sql`, on a file.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod support;

use std::time::{Duration, Instant};

use platform::{Kind, Platform, Sql, Statement, Value};
use platform_native::{Native, Place};
use rusqlite::Connection;
use support::{on_native, on_native_in};

const INSERT: &str = "INSERT INTO pending_thumbnails (key, created_at) VALUES (?1, ?2)";
const COUNT: &str = "SELECT count(*) FROM pending_thumbnails";

async fn count(native: &Native) -> i64 {
    native.sql().unwrap().query(COUNT, &[]).await.unwrap()[0].integer(0).unwrap().unwrap()
}

#[test]
fn parameters_are_bound_never_put_into_the_text() {
    on_native(|native| async move {
        let sql = native.sql().unwrap();
        let hostile = "'); DROP TABLE pending_thumbnails; --";
        let none = sql.query(INSERT, &[hostile.into(), "now".into()]).await.unwrap();
        assert_eq!(none, []);
        let rows = sql.query("SELECT key FROM pending_thumbnails WHERE key = ?1", &[hostile.into()]).await.unwrap();
        assert_eq!(rows[0].text(0).unwrap(), Some(hostile));
    });
}

#[test]
fn a_statement_without_rows_gives_an_empty_list() {
    on_native(|native| async move {
        let sql = native.sql().unwrap();
        assert_eq!(sql.query("SELECT key FROM media", &[]).await.unwrap(), []);
        assert_eq!(sql.query("CREATE TABLE t (a)", &[]).await.unwrap(), []);
        assert_eq!(sql.query("DELETE FROM t", &[]).await.unwrap(), []);
    });
}

#[test]
fn values_come_back_as_they_were_stored() {
    on_native(|native| async move {
        let sql = native.sql().unwrap();
        let values = [
            Value::Null,
            Value::Integer(i64::MIN),
            Value::Integer(i64::MAX),
            Value::Real(-0.1),
            Value::Real(f64::INFINITY),
            Value::Text(String::new()),
            Value::Text("Tänz\0 & 🎞".into()),
            Value::Blob(vec![]),
            Value::Blob((0..=255).collect()),
        ];
        let text = format!("SELECT {}", (1..=values.len()).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", "));
        assert_eq!(sql.query(&text, &values).await.unwrap()[0].0, values);
    });
}

#[test]
fn what_the_database_does_not_understand_is_invalid() {
    on_native(|native| async move {
        let sql = native.sql().unwrap();
        for bad in ["SELEKT", "SELECT x FROM media", "SELECT 1; SELECT 2", "SELECT ?1, ?2"] {
            let error = sql.query(bad, &[1.into()]).await.unwrap_err();
            assert_eq!(error.kind(), Kind::Invalid, "{error}");
        }
        let insert = "INSERT INTO media (key) VALUES ('k')";
        assert_eq!(sql.query(insert, &[]).await.unwrap_err().kind(), Kind::Invalid, "a constraint");
        assert_eq!(count(&native).await, 0);
    });
}

#[test]
fn too_many_bytes_are_too_large() {
    on_native(|native| async move {
        let error = native.sql().unwrap().query("SELECT zeroblob(2000000000)", &[]).await.unwrap_err();
        assert_eq!(error.kind(), Kind::TooLarge, "{error}");
    });
}

#[test]
fn a_batch_gives_its_results_in_order() {
    on_native(|native| async move {
        let sql = native.sql().unwrap();
        let statements = [
            Statement::new(INSERT, ["a".into(), "1".into()]),
            Statement::new(COUNT, []),
            Statement::new(INSERT, ["b".into(), "2".into()]),
            Statement::new("SELECT key FROM pending_thumbnails ORDER BY key", []),
        ];
        let results = sql.batch(&statements).await.unwrap();
        assert_eq!(results.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 0, 2]);
        assert_eq!(results[1][0].integer(0).unwrap(), Some(1));
        assert_eq!(results[3][1].text(0).unwrap(), Some("b"));
        assert!(sql.batch(&[]).await.unwrap().is_empty());
    });
}

#[test]
fn a_batch_of_which_one_fails_has_no_effect() {
    on_native(|native| async move {
        let sql = native.sql().unwrap();
        let insert = Statement::new(INSERT, ["a".into(), "1".into()]);
        for bad in [insert.clone(), Statement::new("SELEKT", [])] {
            let error = sql.batch(&[insert.clone(), bad]).await.unwrap_err();
            assert_eq!(error.kind(), Kind::Invalid);
            assert_eq!(count(&native).await, 0);
        }
        sql.batch(&[insert]).await.unwrap();
        assert_eq!(count(&native).await, 1);
    });
}

#[test]
fn a_locked_database_is_waited_for_and_then_unavailable() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("gallery.db");
    on_native_in(&dir, |native| async move {
        let sql = native.sql().unwrap();
        let other = Connection::open(path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        assert_eq!(count(&native).await, 0, "readers do not wait");

        let insert = Statement::new(INSERT, ["a".into(), "1".into()]);
        let started = Instant::now();
        let error = sql.query(INSERT, &insert.parameters).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable);
        assert!((900..3000).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());

        let release = async {
            native.sleep(Duration::from_millis(100)).await;
            other.execute_batch("COMMIT").unwrap();
        };
        // Reads before it writes: its lock must be taken anew, its snapshot too.
        let statements = [Statement::new(COUNT, []), insert];
        let (results, ()) = tokio::join!(sql.batch(&statements), release);
        results.unwrap();
        assert_eq!(count(&native).await, 1);
    });
}

#[test]
fn the_schema_is_there_and_data_outlives_the_process() {
    let dir = tempfile::tempdir().unwrap();
    on_native_in(&dir, |native| async move {
        native.sql().unwrap().query(INSERT, &["a".into(), "1".into()]).await.unwrap();
    });
    on_native_in(&dir, |native| async move {
        assert_eq!(count(&native).await, 1);
        let mode = native.sql().unwrap().query("PRAGMA journal_mode", &[]).await.unwrap();
        assert_eq!(mode[0].text(0).unwrap(), Some("wal"));
    });
}

#[test]
fn the_database_may_lie_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let elsewhere = dir.path().join("elsewhere.db");
    Native::open(&dir.path().join("data"), Some(&Place::File(elsewhere.clone()))).unwrap();
    assert!(elsewhere.exists() && !dir.path().join("data/gallery.db").exists());
}
