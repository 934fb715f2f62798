//! The behaviour of `platform::Sql`: on a file, and on a libSQL server.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod support;

use std::{
    future::Future,
    pin::Pin,
    process::ExitCode,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use harness::Sqld;
use libtest_mimic::{Arguments, Trial};
use platform::{Kind, Platform, Sql, Statement, Value};
use platform_fallback::Endpoint;
use platform_native::{Native, Place};
use rusqlite::Connection;
use support::{on_native, on_native_at, on_native_in};

const INSERT: &str = "INSERT INTO pending_thumbnails (key, created_at) VALUES (?1, ?2)";
const COUNT: &str = "SELECT count(*) FROM pending_thumbnails";

type Case = fn(Native) -> Pin<Box<dyn Future<Output = ()>>>;
type OnServer = fn(&Server);

/// Functions, as names and bodies of trials.
macro_rules! named {
    ($($name:ident),+ $(,)?) => { [$((stringify!($name), $name as _)),+] };
}

/// The cases that must pass both on a file and on a server.
macro_rules! cases {
    ($($name:ident),+ $(,)?) => {
        const CASES: &[(&str, Case)] = &[$((stringify!($name), |native| Box::pin($name(native)))),+];
    };
}

cases!(
    parameters_are_bound_never_put_into_the_text,
    a_statement_without_rows_gives_an_empty_list,
    values_come_back_as_they_were_stored,
    what_the_database_does_not_understand_is_invalid,
    too_many_bytes_are_too_large,
    a_batch_gives_its_results_in_order,
    a_batch_of_which_one_fails_has_no_effect,
);

fn main() -> ExitCode {
    let on_file: [(&str, fn()); 4] = named!(
        a_locked_database_is_waited_for_and_then_unavailable,
        the_schema_is_there_and_data_outlives_the_process,
        the_database_may_lie_elsewhere,
        a_number_without_an_end_comes_back,
    );
    let on_server: [(&str, OnServer); 3] = named!(
        a_token_is_wanted_and_sent,
        an_answer_over_the_limit_is_too_large,
        a_server_that_is_away_is_unavailable,
    );
    let file = CASES.iter().map(|(name, case)| {
        Trial::test(format!("file::{name}"), move || {
            on_native(case);
            Ok(())
        })
    });
    let file_only = on_file.into_iter().map(|(name, test)| {
        Trial::test(format!("file::{name}"), move || {
            test();
            Ok(())
        })
    });
    let server = Arc::new(Server::default());
    let missing = harness::sqld::program().err().map(|failure| failure.to_string());
    let with_server = |name: &str, test: Box<dyn FnOnce(&Server) + Send>| {
        let server = Arc::clone(&server);
        let trial = Trial::test(format!("sqld::{name}"), move || {
            test(&server);
            Ok(())
        });
        trial.with_ignored_flag(missing.is_some()).with_kind(missing.as_deref().unwrap_or_default())
    };
    let sqld = CASES.iter().map(|&(name, case)| with_server(name, Box::new(move |server: &Server| server.run(case))));
    let sqld_only = on_server.into_iter().map(|(name, test)| with_server(name, Box::new(test)));
    let trials = file.chain(file_only).chain(sqld).chain(sqld_only).collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    drop(server);
    conclusion.exit_code()
}

/// A libSQL server. The first case starts it, and only one case at a time uses it.
#[derive(Default)]
struct Server {
    running: OnceLock<Sqld>,
    alone: Mutex<()>,
}

/// The key with which the server checks tokens, and two tokens. They were made for these tests, and open nothing
/// else.
const PUBLIC_KEY: &str = "aBGy13uIiUBkIWOGqUYPsUl23N6hnodWyWQ6-WTLpKs";
const WRITER: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJhIjoicncifQ.\
    ARZ0k479XKN_49Osb56sW6KylyIaOtQUdAc_u7PpQQ317F2fmvaGmuHMeIl50-VAPVhhnEtVAR4RzYNXYfOvDg";
const READER: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJhIjoicm8ifQ.\
    52L486RQW-nnMRfaUOoK6wldMtD4-d39Vxh9ZEQuKQR7MA8CR9Nyxgy6LE2RE7SahG6B9QpRlb8pDlEnuCEdAQ";

impl Server {
    fn endpoint(&self, token: Option<&str>) -> Place {
        let sqld = self.running.get_or_init(|| Sqld::start(Some(PUBLIC_KEY)).unwrap());
        Place::Http(Arc::new(Endpoint::new(&sqld.url, token).unwrap()))
    }

    /// Runs a case on an empty database with the schema in it.
    fn run(&self, case: Case) {
        let _alone = self.alone.lock().unwrap_or_else(PoisonError::into_inner);
        on_native_at(&self.endpoint(Some(WRITER)), |native| async move {
            let drops = ["t", "media", "pending_thumbnails", "schema_steps"]
                .map(|table| format!("DROP TABLE IF EXISTS {table}"));
            let sql: Vec<String> = drops.into_iter().chain(gallery::schema::steps().flatten()).collect();
            let fresh: Vec<_> = sql.iter().map(|sql| Statement::new(sql, [])).collect();
            native.sql().unwrap().batch(&fresh).await.unwrap();
            case(native).await;
        });
    }
}

async fn count(native: &Native) -> i64 {
    native.sql().unwrap().query(COUNT, &[]).await.unwrap()[0].integer(0).unwrap().unwrap()
}

async fn parameters_are_bound_never_put_into_the_text(native: Native) {
    let sql = native.sql().unwrap();
    let hostile = "'); DROP TABLE pending_thumbnails; --";
    let none = sql.query(INSERT, &[hostile.into(), "now".into()]).await.unwrap();
    assert_eq!(none, []);
    let rows = sql.query("SELECT key FROM pending_thumbnails WHERE key = ?1", &[hostile.into()]).await.unwrap();
    assert_eq!(rows[0].text(0).unwrap(), Some(hostile));
}

async fn a_statement_without_rows_gives_an_empty_list(native: Native) {
    let sql = native.sql().unwrap();
    assert_eq!(sql.query("SELECT key FROM media", &[]).await.unwrap(), []);
    assert_eq!(sql.query("CREATE TABLE t (a)", &[]).await.unwrap(), []);
    assert_eq!(sql.query("DELETE FROM t", &[]).await.unwrap(), []);
}

async fn values_come_back_as_they_were_stored(native: Native) {
    let sql = native.sql().unwrap();
    let values = [
        Value::Null,
        Value::Integer(i64::MIN),
        Value::Integer(i64::MAX),
        Value::Real(-0.1),
        Value::Text(String::new()),
        Value::Text("Tänz\0 & 🎞".into()),
        Value::Blob(vec![]),
        Value::Blob((0..=255).collect()),
    ];
    let text = format!("SELECT {}", (1..=values.len()).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", "));
    assert_eq!(sql.query(&text, &values).await.unwrap()[0].0, values);
}

async fn what_the_database_does_not_understand_is_invalid(native: Native) {
    let sql = native.sql().unwrap();
    for bad in ["SELEKT", "SELECT x FROM media", "SELECT 1; SELECT 2", "SELECT ?1, ?2"] {
        let error = sql.query(bad, &[1.into()]).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{error}");
    }
    let insert = "INSERT INTO media (key) VALUES ('k')";
    assert_eq!(sql.query(insert, &[]).await.unwrap_err().kind(), Kind::Invalid, "a constraint");
    assert_eq!(count(&native).await, 0);
}

async fn too_many_bytes_are_too_large(native: Native) {
    let error = native.sql().unwrap().query("SELECT zeroblob(2000000000)", &[]).await.unwrap_err();
    assert_eq!(error.kind(), Kind::TooLarge, "{error}");
}

async fn a_batch_gives_its_results_in_order(native: Native) {
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
}

async fn a_batch_of_which_one_fails_has_no_effect(native: Native) {
    let sql = native.sql().unwrap();
    let insert = Statement::new(INSERT, ["a".into(), "1".into()]);
    for bad in [insert.clone(), Statement::new("SELEKT", [])] {
        let error = sql.batch(&[insert.clone(), bad]).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid);
        assert_eq!(count(&native).await, 0);
    }
    sql.batch(&[insert]).await.unwrap();
    assert_eq!(count(&native).await, 1);
}

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
        // The transaction reads before it writes, so both its lock and its snapshot must be taken anew.
        let statements = [Statement::new(COUNT, []), insert];
        let (results, ()) = tokio::join!(sql.batch(&statements), release);
        results.unwrap();
        assert_eq!(count(&native).await, 1);
    });
}

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

fn the_database_may_lie_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let elsewhere = dir.path().join("elsewhere.db");
    Native::open(&dir.path().join("data"), Some(&Place::File(elsewhere.clone()))).unwrap();
    assert!(elsewhere.exists() && !dir.path().join("data/gallery.db").exists());
}

fn a_number_without_an_end_comes_back() {
    on_native(|native| async move {
        let infinite = [Value::Real(f64::INFINITY)];
        assert_eq!(native.sql().unwrap().query("SELECT ?1", &infinite).await.unwrap()[0].0, infinite);
    });
}

fn a_token_is_wanted_and_sent(server: &Server) {
    let forged = WRITER.replace("ARZ0", "ARZ1");
    for (token, statement, kind) in [
        (None, "SELECT 1", Some(Kind::Denied)),
        (Some("hidden"), "SELECT 1", Some(Kind::Denied)),
        (Some(forged.as_str()), "SELECT 1", Some(Kind::Denied)),
        (Some(READER), "SELECT 1", None),
        (Some(READER), "CREATE TABLE never (a)", Some(Kind::Denied)),
        (Some(WRITER), "SELECT 1", None),
    ] {
        on_native_at(&server.endpoint(token), |native| async move {
            let answer = native.sql().unwrap().query(statement, &[]).await;
            let error = answer.err();
            assert_eq!(error.as_ref().map(platform::Error::kind), kind, "{statement}: {error:?}");
            assert!(error.is_none_or(|error| !error.to_string().contains("hidden")));
        });
    }
}

fn an_answer_over_the_limit_is_too_large(server: &Server) {
    on_native_at(&server.endpoint(Some(WRITER)), |native| async move {
        let sql = native.sql().unwrap();
        let numbers = |count: usize| {
            format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n")
        };
        let most = platform::sql::MAX_ROWS;
        assert_eq!(sql.query(&numbers(most), &[]).await.unwrap().len(), most);
        assert_eq!(sql.query(&numbers(most + 1), &[]).await.unwrap_err().kind(), Kind::TooLarge);
        let blobs = "SELECT zeroblob(4000000), zeroblob(3000000)";
        assert_eq!(sql.query(blobs, &[]).await.unwrap_err().kind(), Kind::TooLarge);
    });
}

fn a_server_that_is_away_is_unavailable(_: &Server) {
    // No program listens on this port.
    let place = Place::Http(Arc::new(Endpoint::new("http://127.0.0.1:1", None).unwrap()));
    on_native_at(&place, |native| async move {
        let error = native.sql().unwrap().query("SELECT 1", &[]).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable, "{error}");
    });
}
