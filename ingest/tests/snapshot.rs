//! The catalogue's snapshot in the bucket: what it holds, how it is replaced, and what stays if the replacement
//! fails.

#![allow(clippy::unwrap_used)] // a failed unwrap is a failed test

mod common;

use common::jpeg::{encode, quarters};
use common::sink::{Answer, Sink};
use common::{Gallery, database, options, sql};
use gallery::snapshot::{CURRENT, Index, object_keys};
use image::ImageFormat;
use ingest::Error;

fn photo(side: u32) -> Vec<u8> {
    encode(&quarters(side, 8), ImageFormat::Jpeg)
}

fn index(gallery: &Gallery) -> Index {
    let object = gallery.object(CURRENT).expect("the index is there");
    assert_eq!(
        (object.content_type.as_str(), object.cache_control.as_str()),
        ("application/json", "private, no-cache")
    );
    Index::parse(&object.bytes).unwrap()
}

/// The keys of the newest snapshot's items, in the listing's order.
fn keys(gallery: &Gallery) -> Vec<String> {
    let [all, ..] = object_keys(&index(gallery).version);
    let object = gallery.object(&all).expect("the listing is there");
    assert_eq!(object.cache_control, "private, max-age=31536000, immutable");
    let items = gallery::snapshot::page([&object.bytes[..]], None, usize::MAX).unwrap();
    items.into_iter().map(|item| item.key).collect()
}

fn is_whole(gallery: &Gallery, version: &str) -> bool {
    let there: Vec<_> = object_keys(version).iter().map(|key| gallery.object(key).is_some()).collect();
    assert!(there.iter().all(|one| *one == there[0]), "half of {version} is there");
    there[0]
}

#[test]
fn it_holds_what_the_catalogue_holds() {
    let gallery = Gallery::new();
    gallery.ingest();
    assert_eq!((index(&gallery).count, keys(&gallery)), (0, vec![]), "an empty library");
    for (name, side) in [("b.jpg", 8), ("Tanz & Müller (1) 50%.jpg", 9), ("a/ü.jpg", 10)] {
        gallery.file(name, &photo(side));
    }
    gallery.ingest();
    let order = "SELECT key FROM media ORDER BY COALESCE(date_taken, uploaded_at) DESC, key DESC";
    assert_eq!(keys(&gallery), gallery.sql::<String>(order));
    assert_eq!(index(&gallery).changed, gallery.sql::<String>("SELECT max(updated_at) FROM media")[0]);

    sql::<String>(database(&gallery.options), "DELETE FROM media WHERE key = 'b.jpg' RETURNING key");
    std::fs::remove_file(gallery.library().join("b.jpg")).unwrap();
    gallery.ingest();
    assert_eq!(keys(&gallery), gallery.sql::<String>(order));
    assert_eq!(index(&gallery).count, 2);
}

#[test]
fn nothing_is_written_while_nothing_changes() {
    let gallery = Gallery::new();
    gallery.file("a.jpg", &photo(8));
    assert_eq!(gallery.ingest().objects, 4, "three thumbnails and the original");
    let before = index(&gallery);
    assert_eq!(gallery.ingest().objects, 0);
    assert_eq!(index(&gallery), before);
}

#[test]
fn the_last_two_are_kept() {
    let gallery = Gallery::new();
    let mut versions = Vec::new();
    for side in 8..12 {
        gallery.file(&format!("{side}.jpg"), &photo(side));
        gallery.ingest();
        let index = index(&gallery);
        assert_eq!(index.previous.as_ref(), versions.last());
        versions.push(index.version);
        let kept: Vec<_> = versions.iter().map(|version| is_whole(&gallery, version)).collect();
        let wanted: Vec<_> = (1..=versions.len()).map(|number| number + 2 > versions.len()).collect();
        assert_eq!(kept, wanted);
    }
}

#[test]
fn a_catalogue_that_comes_back_keeps_both() {
    let gallery = Gallery::new();
    let empty = |gallery: &Gallery| {
        gallery.ingest();
        index(gallery).version
    };
    let first = empty(&gallery);
    let path = gallery.file("a.jpg", &photo(8));
    gallery.ingest();
    let second = index(&gallery).version;
    std::fs::remove_file(path).unwrap();
    sql::<String>(database(&gallery.options), "DELETE FROM media RETURNING key");
    assert_eq!(empty(&gallery), first);
    assert_eq!(index(&gallery).previous, Some(second.clone()));
    assert!(is_whole(&gallery, &first) && is_whole(&gallery, &second));
}

#[test]
fn the_index_comes_last_and_a_refusal_is_told() {
    let sink = Sink::new(|_, _| Answer::Take);
    let folder = tempfile::tempdir().unwrap();
    let options_of_sink = options(folder.path(), &sink.settings);
    ingest::run(&options_of_sink).unwrap();
    let puts = sink.snapshot();
    assert_eq!(puts.len(), 6);
    assert_eq!(puts[4..], ["/media/catalogue/current", "/media/catalogue/libraries"]);

    let sink = sink.answer_catalogue(403, "<Error><Code>AccessDenied</Code></Error>");
    std::fs::write(folder.path().join("library/a.jpg"), photo(8)).unwrap();
    let failed = ingest::run(&options_of_sink);
    assert!(matches!(&failed, Err(Error::Store(_))), "{failed:?}");
    assert_eq!(sink.snapshot().len(), 7, "nothing is tried after the first refusal");
    assert_eq!(sql::<String>(database(&options_of_sink), "SELECT key FROM media"), ["a.jpg"], "what is in stays in");
}
