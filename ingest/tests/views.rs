//! The catalogue in the bucket and in the database: what it holds, how it is replaced, and what stays if the replacement
//! fails.

#![allow(clippy::unwrap_used)] // a failed unwrap is a failed test

mod common;

use std::collections::BTreeSet;

use common::jpeg::{encode, quarters};
use common::sink::{Answer, Sink};
use common::views::{index, keys, part, timeline};
use common::{Gallery, database, options, sql};
use gallery::views::{INDEX, View};
use image::ImageFormat;
use ingest::Error;

const ORDER: &str = "SELECT key FROM media ORDER BY COALESCE(taken_at, date_taken, uploaded_at) DESC, key DESC";

fn photo(side: u32) -> Vec<u8> {
    encode(&quarters(side, 8), ImageFormat::Jpeg)
}

/// The names of all parts in the bucket.
fn in_bucket(gallery: &Gallery) -> BTreeSet<String> {
    let all = gallery.keys("catalogue/parts/").into_iter();
    all.filter_map(|key| key.strip_prefix("catalogue/parts/").map(str::to_owned)).collect()
}

/// The names of all parts in the database.
fn in_database(gallery: &Gallery) -> BTreeSet<String> {
    let names = gallery.sql::<String>("SELECT name FROM catalogue_parts");
    names.into_iter().filter(|name| name != INDEX).collect()
}

#[test]
fn it_holds_what_the_catalogue_holds() {
    let gallery = Gallery::new();
    gallery.ingest();
    assert_eq!((index(&gallery).count(), keys(&gallery)), (0, vec![]), "an empty library");
    for (name, side) in [("b.jpg", 8), ("Tanz & Müller (1) 50%.jpg", 9), ("a/ü.jpg", 10)] {
        gallery.file(name, &photo(side));
    }
    gallery.ingest();
    assert_eq!(keys(&gallery), gallery.sql::<String>(ORDER));
    assert_eq!(timeline(&gallery, View::PHOTOS)["count"], 3);

    sql::<String>(database(&gallery.options), "DELETE FROM media WHERE key = 'b.jpg' RETURNING key");
    std::fs::remove_file(gallery.library().join("b.jpg")).unwrap();
    gallery.ingest();
    assert_eq!(keys(&gallery), gallery.sql::<String>(ORDER));
    assert_eq!(index(&gallery).count(), 2);
}

#[test]
fn the_database_holds_what_the_bucket_holds() {
    let gallery = Gallery::new();
    for side in 8..12 {
        gallery.file(&format!("{side}.jpg"), &photo(side));
        gallery.ingest();
        assert_eq!(in_bucket(&gallery), in_database(&gallery));
        let stored = gallery.sql::<Vec<u8>>("SELECT bytes FROM catalogue_parts WHERE name = 'catalogue/index'");
        assert_eq!(stored, [gallery.object(INDEX).unwrap().bytes]);
    }
}

#[test]
fn nothing_is_written_while_nothing_changes() {
    let gallery = Gallery::new();
    gallery.file("a.jpg", &photo(8));
    assert_eq!(gallery.ingest().objects, 4, "three thumbnails and the original");
    let before = (index(&gallery), in_bucket(&gallery));
    assert_eq!(gallery.ingest().objects, 0);
    assert_eq!((index(&gallery), in_bucket(&gallery)), before);
}

#[test]
fn the_last_two_are_kept() {
    let gallery = Gallery::new();
    let mut written: Vec<BTreeSet<String>> = Vec::new();
    for side in 8..13 {
        gallery.file(&format!("{side}.jpg"), &photo(side));
        gallery.ingest();
        let previous = index(&gallery).previous;
        assert_eq!(previous.is_some(), side > 8);
        let there = in_bucket(&gallery);
        assert!(previous.iter().all(|name| there.contains(name)));
        let known: BTreeSet<String> = written.iter().flatten().cloned().collect();
        let fresh: BTreeSet<String> = there.difference(&known).cloned().collect();
        written.push(fresh);
        for (age, parts) in written.iter().rev().enumerate() {
            let left = parts.intersection(&there).count();
            // The index of the one before is a part that is written with the next one.
            assert_eq!(left > 0, age < 2, "{left} parts of {age} runs ago");
        }
    }
}

#[test]
fn a_catalogue_that_comes_back_keeps_both() {
    let gallery = Gallery::new();
    gallery.ingest();
    let first = index(&gallery).version;
    let path = gallery.file("a.jpg", &photo(8));
    gallery.ingest();
    let second = part(&gallery);
    std::fs::remove_file(path).unwrap();
    sql::<String>(database(&gallery.options), "DELETE FROM media RETURNING key");
    gallery.ingest();
    assert_eq!(index(&gallery).version, first);
    assert!(gallery.object(&second).is_some(), "for readers of the one before");
    assert!(keys(&gallery).is_empty());
}

#[test]
fn a_bucket_that_lost_everything_gets_everything() {
    let gallery = Gallery::new();
    for side in 8..11 {
        gallery.file(&format!("{side}.jpg"), &photo(side));
    }
    gallery.ingest();
    let before = (in_bucket(&gallery), keys(&gallery));
    for name in &before.0 {
        gallery.delete(&format!("catalogue/parts/{name}"));
    }
    gallery.delete(INDEX);
    gallery.ingest();
    assert_eq!((in_bucket(&gallery), keys(&gallery)), before);
}

#[test]
fn the_index_comes_last_and_a_refusal_is_told() {
    let sink = Sink::new(|_, _| Answer::Take);
    let folder = tempfile::tempdir().unwrap();
    let options_of_sink = options(folder.path(), &sink.settings);
    ingest::run(&options_of_sink).unwrap();
    let puts = sink.catalogue();
    assert_eq!(puts.iter().filter(|path| *path == "/media/catalogue/index").count(), 1);
    assert_eq!(puts.last().unwrap(), "/media/catalogue/index");

    let sink = sink.answer_catalogue(403, "<Error><Code>AccessDenied</Code></Error>");
    std::fs::write(folder.path().join("library/a.jpg"), photo(8)).unwrap();
    let failed = ingest::run(&options_of_sink);
    assert!(matches!(&failed, Err(Error::Store(_))), "{failed:?}");
    let after = &sink.catalogue()[puts.len()..];
    assert!(!after.is_empty() && after.iter().all(|path| path != "/media/catalogue/index"), "{after:?}");
    assert_eq!(sql::<String>(database(&options_of_sink), "SELECT key FROM media"), ["a.jpg"], "what is in stays in");
}
