//! A file that is opened anew while the program runs.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::{fs, time::Duration};

#[test]
fn only_a_catalogue_is_opened_anew_and_what_is_none_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gallery.db");
    assert!(platform_sqlite::reopen(&path).is_err());
    assert!(!path.exists());
    for other in [String::new(), "garbage ".repeat(1000)] {
        fs::write(&path, &other).unwrap();
        assert!(platform_sqlite::reopen(&path).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), other);
    }
    fs::remove_file(&path).unwrap();
    drop(platform_sqlite::open(&path, Duration::ZERO).unwrap());
    let connection = platform_sqlite::reopen(&path).unwrap();
    assert_eq!(connection.query_row("SELECT count(*) FROM media", [], |row| row.get(0)), Ok(0));
}
