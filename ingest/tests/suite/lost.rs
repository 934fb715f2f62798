//! A database that is empty where the bucket's catalogue is not: it is the wrong one, or the right one was lost.

use std::collections::BTreeMap;
use std::path::Path;

use crate::common::jpeg::{encode, quarters};
use crate::common::{Gallery, views};
use image::ImageFormat;
use ingest::{Change, Error, Options, Place, Sources, adopt, curate, doctor, end_all_sessions, end_links, links};

const SECRET: &[u8] = b"0f4c8d1b6a3e49d2b7c5f0e1a2938475";

fn photo(number: u32) -> Vec<u8> {
    encode(&quarters(10 + number, 8), ImageFormat::Jpeg)
}

/// The tags of all objects.
fn bucket(gallery: &Gallery) -> BTreeMap<String, String> {
    gallery.keys("").into_iter().map(|key| (key.clone(), gallery.tag(&key))).collect()
}

/// The gallery's options with another database.
fn with(gallery: &Gallery, database: &Path) -> Options {
    Options { database: Place::File(database.to_owned()), ..gallery.options.clone() }
}

fn refused<T>(answer: Result<T, Error>) {
    let words = answer.err().expect("it is refused").to_string();
    for part in ["wrong.sqlite", "has 2 items", "--data, --database, --sql-url", "--rebuild"] {
        assert!(words.contains(part) && words.lines().count() == 1, "{words}");
    }
}

fn gallery_of_two() -> Gallery {
    let gallery = Gallery::new();
    gallery.file("a.jpg", &photo(0));
    gallery.file("b.jpg", &photo(1));
    assert_eq!(gallery.ingest().added, 2);
    gallery
}

#[test]
fn an_empty_database_changes_nothing_in_a_bucket_that_shows_something() {
    let gallery = gallery_of_two();
    let before = bucket(&gallery);
    let options = with(&gallery, &gallery.folder.path().join("wrong.sqlite"));
    for try_again in [false, true] {
        if try_again {
            // `serve` has begun with it in the meantime.
            ingest::publish_first(options.database.open(&[]).unwrap()).unwrap();
        }
        refused(ingest::run(&options));
        refused(ingest::run(&Options { dry_run: true, ..options.clone() }));
        refused(ingest::run(&Options { library: None, repackage: Some(Vec::new()), ..options.clone() }));
        for change in [Change::Hide, Change::Show, Change::Remove { now: true }, Change::Restore] {
            refused(curate(&options, &["a.jpg".to_owned()], change));
        }
        refused(doctor(&options, false));
        refused(doctor(&options, true));
        refused(adopt(&options, &Sources::default()));
        refused(links(&options));
        refused(end_links(&options, SECRET, "guests"));
        refused(end_all_sessions(&options));
        assert_eq!(bucket(&gallery), before);
    }
    assert!(doctor(&gallery.options, true).unwrap().is_well());
    assert_eq!(gallery.ingest().unchanged, 2);
}

#[test]
fn a_lost_database_is_made_anew_on_purpose_only() {
    let gallery = Gallery::new();
    gallery.file("a.jpg", &photo(0));
    gallery.file("b.jpg", &photo(1));
    let first = gallery.ingest();
    // It is no longer the original, but as large as that.
    let other: Vec<u8> = photo(0).iter().rev().copied().collect();
    gallery.put("a.jpg", &other);
    let new = with(&gallery, &gallery.folder.path().join("wrong.sqlite"));
    refused(ingest::run(&new));
    let rebuilt = ingest::run(&Options { rebuild: true, ..new.clone() }).unwrap();
    assert_eq!((rebuilt.added, rebuilt.exit_code()), (2, 0), "{rebuilt}");
    // The original that is there is not uploaded again.
    let rest = (first.objects - 1, first.bytes - photo(1).len() as u64);
    assert_eq!((rebuilt.objects, rebuilt.bytes), rest, "{rebuilt}");
    assert_eq!(views::keys(&gallery).len(), 2);
    // From now on it is the gallery's own.
    assert_eq!(ingest::run(&new).unwrap().unchanged, 2);
    assert!(doctor(&new, true).unwrap().is_well());
}

#[test]
fn a_lost_database_is_made_out_of_the_bucket_if_the_files_are_gone() {
    let gallery = gallery_of_two();
    let new = Options { library: None, ..with(&gallery, &gallery.folder.path().join("wrong.sqlite")) };
    let adopted = adopt(&Options { rebuild: true, ..new.clone() }, &Sources::default()).unwrap();
    assert_eq!(adopted.found, 2, "{adopted}");
    ingest::run(&Options { renditions: true, ..new.clone() }).unwrap();
    assert_eq!(views::keys(&gallery).len(), 2);
    assert!(ingest::bare(&new).unwrap().is_empty());
    assert!(doctor(&new, true).unwrap().is_well());
}

#[test]
fn what_was_taken_out_is_something() {
    let gallery = gallery_of_two();
    let keys = ["a.jpg".to_owned(), "b.jpg".to_owned()];
    curate(&gallery.options, &keys, Change::Hide).unwrap();
    assert!(views::keys(&gallery).is_empty());
    curate(&gallery.options, &keys, Change::Show).unwrap();
    assert_eq!(views::keys(&gallery).len(), 2);
    // Its index did not reach the bucket.
    curate(&gallery.options, &keys, Change::Hide).unwrap();
    gallery.put("catalogue/index", br#"{"count":2}"#);
    assert!(doctor(&gallery.options, false).is_ok());
}

#[test]
fn a_bucket_that_shows_nothing_needs_no_word() {
    let gallery = Gallery::new();
    for name in ["holiday.jpg", "thumbnails/small/holiday.jpg", "catalogue.txt"] {
        gallery.put(name, b"another program's");
    }
    gallery.ingest();
    // Nobody misses a catalogue of nothing.
    let new = with(&gallery, &gallery.folder.path().join("new.sqlite"));
    gallery.file("a.jpg", &photo(0));
    assert_eq!(ingest::run(&new).unwrap().added, 1);
}

#[test]
fn a_catalogue_that_cannot_be_read_is_one() {
    for (name, content, words) in [
        ("catalogue/index", &b"?"[..], "cannot be read"),
        ("catalogue/index", br#"{"format":9,"count":1}"#, "has 1 item:"),
        ("catalogue/current", br#"{"version":"1","previous":null}"#, "version 0.1.0"),
    ] {
        let gallery = Gallery::new();
        gallery.put(name, content);
        let refusal = doctor(&gallery.options, true).unwrap_err().to_string();
        assert!(refusal.contains(words), "{refusal}");
        assert_eq!(gallery.object(name).unwrap().bytes, content);
    }
}
