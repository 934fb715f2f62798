//! A catalogue's file that is damaged while it is open, and put right.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod support;

use std::{
    fs,
    time::{Duration, Instant},
};

use platform::{Platform, Sql, Value};
use platform_native::{Native, Shared};

async fn ask(native: &Native) -> Result<i64, String> {
    let sql = native.sql().unwrap();
    let rows = sql.query("SELECT sum(length(value)) FROM big WHERE id <> ?1", &[Value::Integer(-1)]).await;
    match rows.map(|rows| rows[0].0[0].clone()) {
        Ok(Value::Integer(sum)) => Ok(sum),
        other => Err(format!("{other:?}")),
    }
}

#[test]
fn every_worker_finds_a_file_that_was_put_right() {
    for by_another in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gallery.db");
        let shared = Shared::new(dir.path(), 0).unwrap();
        let workers: Vec<_> = (0..3).map(|_| Native::open_sharing(dir.path(), None, &shared).unwrap()).collect();
        let other = rusqlite::Connection::open(&path).unwrap();
        // More than SQLite keeps in memory.
        other
            .execute_batch(
                "CREATE TABLE big (id INTEGER PRIMARY KEY, value BLOB);
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
                 INSERT INTO big SELECT i, randomblob(4000) FROM n;
                 PRAGMA wal_checkpoint(TRUNCATE);",
            )
            .unwrap();
        let whole = fs::read(&path).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tokio::task::LocalSet::new().block_on(&runtime, async {
            for worker in &workers {
                assert_eq!(ask(worker).await, Ok(16_000_000));
            }
            fs::write(&path, vec![b'?'; whole.len()]).unwrap();
            for _ in 0..3 {
                for worker in &workers {
                    ask(worker).await.unwrap_err();
                }
                tokio::time::sleep(Duration::from_millis(600)).await;
            }
            if by_another {
                let restored = dir.path().join("restored");
                fs::write(&restored, &whole).unwrap();
                fs::rename(&restored, &path).unwrap();
            } else {
                fs::write(&path, &whole).unwrap();
            }
            let restored = Instant::now();
            for worker in &workers {
                while let Err(error) = ask(worker).await {
                    assert!(restored.elapsed() < Duration::from_secs(2), "{error}");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                assert_eq!(ask(worker).await, Ok(16_000_000));
            }
        });
    }
}
