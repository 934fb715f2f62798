//! Opening the catalogue's file: what is made, what is brought up to date, and what stays as it is.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::{fs, path::Path, thread, time::Duration};

use gallery::schema::{Failure, VERSION};
use platform_sqlite::{migrate, open, texts};
use rusqlite::Connection;

const PATIENCE: Duration = Duration::from_secs(5);

/// As 0.1.0 made it, with a row in it.
fn of_0_1_0(path: &Path) {
    let connection = Connection::open(path).unwrap();
    let step = include_str!("../../../core/gallery/src/schema/001_media.sql");
    connection.execute_batch(step).unwrap();
    let insert = "INSERT INTO media (key, filename, type, size, uploaded_at, created_at, updated_at)
                  VALUES ('a.jpg', 'a.jpg', 'image', 1, '2024', '2024', '2024')";
    connection.execute_batch(insert).unwrap();
}

fn version(connection: &Connection) -> Vec<String> {
    texts(connection, "SELECT CAST(MAX(version) AS TEXT) FROM schema_steps").unwrap()
}

#[test]
fn a_new_file_and_one_of_0_1_0_have_every_step() {
    let folder = tempfile::tempdir().unwrap();
    let [new, old] = ["new.db", "old.db"].map(|name| folder.path().join(name));
    of_0_1_0(&old);
    for path in [&new, &old] {
        for _ in 0..2 {
            assert_eq!(version(&open(path, PATIENCE).unwrap()), [VERSION.to_string()]);
        }
    }
    assert_eq!(texts(&open(&old, PATIENCE).unwrap(), "SELECT key FROM media").unwrap(), ["a.jpg"]);
}

#[test]
fn many_may_open_a_new_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.db");
    thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| version(&open(&path, PATIENCE).unwrap()))).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), [VERSION.to_string()]);
        }
    });
}

#[test]
fn what_is_not_ours_or_newer_keeps_every_byte() {
    let folder = tempfile::tempdir().unwrap();
    for (name, sql, words) in [
        ("foreign.db", "CREATE TABLE orders (id)", "not a gallery's"),
        ("another.db", "CREATE TABLE media (id, title)", "not a gallery's"),
        ("newer.db", "CREATE TABLE schema_steps (version, applied_at); INSERT INTO schema_steps VALUES (99, '')", "99"),
    ] {
        let path = folder.path().join(name);
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let before = fs::read(&path).unwrap();
        let said = open(&path, PATIENCE).unwrap_err().to_string();
        assert!(said.contains(words) && !said.contains('\n'), "{said}");
        assert_eq!(fs::read(&path).unwrap(), before, "{name}");
    }
}

/// A step waits for a writer, also where `schema_steps` is there already and the step begins by reading it.
#[test]
fn a_step_waits_for_a_writer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gallery.db");
    of_0_1_0(&path);
    let ledger = "CREATE TABLE schema_steps (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)";
    Connection::open(&path).unwrap().execute_batch(ledger).unwrap();
    let writer = Connection::open(&path).unwrap();
    writer.pragma_update(None, "journal_mode", "wal").unwrap();
    writer.execute_batch("BEGIN IMMEDIATE; UPDATE media SET size = 2").unwrap();
    thread::scope(|scope| {
        let opened = scope.spawn(|| version(&open(&path, PATIENCE).unwrap()));
        thread::sleep(Duration::from_millis(300));
        writer.execute_batch("COMMIT").unwrap();
        assert_eq!(opened.join().unwrap(), [VERSION.to_string()]);
    });
}

#[test]
fn a_locked_file_is_an_error_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gallery.db");
    of_0_1_0(&path);
    let holder = Connection::open(&path).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let failure = open(&path, Duration::from_millis(50)).unwrap_err();
    assert!(matches!(failure, Failure::Database(_)) && failure.to_string().contains("locked"), "{failure}");
}

/// Where nobody may write, a gallery of 0.1.0 is read as it is. Nothing else is taken for one.
#[test]
fn a_file_that_may_not_be_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gallery.db");
    of_0_1_0(&path);
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "query_only", true).unwrap();
    let mut connection = connection;
    assert!(migrate(&mut connection).is_err(), "a step writes");
    let mut rights = fs::metadata(&path).unwrap().permissions();
    rights.set_readonly(true);
    fs::set_permissions(&path, rights).unwrap();
    let uri = format!("file:{}?mode=ro", path.display());
    let read = open(Path::new(&uri), PATIENCE).unwrap();
    assert_eq!(texts(&read, "SELECT key FROM media").unwrap(), ["a.jpg"]);
    assert_eq!(texts(&read, "SELECT name FROM sqlite_master WHERE name = 'schema_steps'").unwrap(), [""; 0]);
}
