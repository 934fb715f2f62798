//! The catalogue in the bucket and in the database: what it holds, how it is replaced, and what stays if the
//! replacement fails.

use std::collections::BTreeSet;
use std::thread;

use crate::common::gate::Gate;
use crate::common::jpeg::{encode, quarters};
use crate::common::sink::{Answer, Sink};
use crate::common::views::{index, keys, part, timeline};
use crate::common::{Gallery, database, options, sql};
use gallery::views::{INDEX, View};
use image::ImageFormat;
use ingest::{Change, Error, Options, curate, end_all_sessions};

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
    assert_eq!((index(&gallery).count, keys(&gallery)), (0, vec![]), "an empty library");
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
    assert_eq!(index(&gallery).count, 2);
}

/// One program has written its index into the database, and not yet into the bucket, while the other publishes.
#[test]
fn two_that_publish_at_once_undo_nothing() {
    type Work = fn(&Options);
    let hide: Work = |options| _ = curate(options, &["9.jpg".to_owned()], Change::Hide).unwrap();
    let end_sessions: Work = |options| end_all_sessions(options).unwrap();
    for (slow, fast) in [(hide, end_sessions), (end_sessions, hide)] {
        let gallery = Gallery::new();
        for side in 8..11 {
            gallery.file(&format!("{side}.jpg"), &photo(side));
        }
        gallery.ingest();
        let gate = Gate::before(&gallery.store, "PUT /media/catalogue/index");
        let by_gate = Options { bucket: gate.store.location(), ..gallery.options.clone() };
        thread::scope(|scope| {
            let slow = scope.spawn(|| slow(&by_gate));
            gate.wait();
            fast(&gallery.options);
            gate.open();
            slow.join().unwrap();
        });
        let published = index(&gallery);
        assert_eq!((published.epoch, published.count), (1, 2));
    }
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
    assert_eq!(gallery.ingest().objects, 2, "a thumbnail and the original");
    let before = (gallery.object(INDEX).unwrap().bytes, in_bucket(&gallery));
    assert_eq!(gallery.ingest().objects, 0);
    assert_eq!((gallery.object(INDEX).unwrap().bytes, in_bucket(&gallery)), before);
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
    ingest::run(&Options { rebuild: true, ..gallery.options.clone() }).unwrap();
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

/// `EDGE_GALLERY_ITEMS` sets the number of items. Prints what it took as one line of JSON.
#[test]
fn a_large_library_is_published() {
    let count = std::env::var("EDGE_GALLERY_ITEMS").ok().and_then(|items| items.parse().ok()).unwrap_or(3000);
    let gallery = Gallery::new();
    gallery.ingest();
    let file = rusqlite::Connection::open(database(&gallery.options)).unwrap();
    let transaction = file.unchecked_transaction().unwrap();
    for number in 0..count {
        let film = number % 20 == 7;
        let moment = format!(
            "20{:02}-06-{:02}T{:02}:{:02}:00.000Z",
            number / 9000,
            1 + number / 300 % 28,
            number % 24,
            number % 60
        );
        let sql = "INSERT INTO media (key, filename, type, size, uploaded_at, date_taken, camera_make, camera_model, \
                   width, height, duration, hls_qualities, thumbnail_small, thumbnail_medium, thumbnail_large, created_at, \
                   updated_at, metadata, digest, version, taken_source, taken_at, day) \
                   VALUES (?1, ?1, ?2, 4000000, '2026-01-01T00:00:00.123Z', ?3, 'Lumera', 'Lumera R5s', 4000, 3000, ?4, \
                   ?5, 's', 'm', 'l', 'c', 'u', '{\"mime\":\"image/jpeg\"}', ?6, ?7, 'exif', ?3, substr(?3, 1, 10))";
        let key = format!("2025/06 Wedding/IMG_{number:06}.jpg");
        let digest = format!("{:064x}", number * 7919);
        let kind = if film { "video" } else { "image" };
        let (duration, qualities) = (film.then_some(12.5), film.then_some("[\"720p\"]"));
        let version = format!("{:016x}", number * 7919);
        transaction.execute(sql, rusqlite::params![key, kind, moment, duration, qualities, digest, version]).unwrap();
    }
    transaction.commit().unwrap();
    let publish = || {
        let started = std::time::Instant::now();
        gallery.ingest();
        started.elapsed().as_secs_f64()
    };
    let whole = publish();
    let parts = || in_database(&gallery).len();
    let (first, size) = (parts(), gallery.sql::<i64>("SELECT sum(length(bytes)) FROM catalogue_parts")[0]);
    assert_eq!(index(&gallery).count, count);
    assert_eq!(timeline(&gallery, View::FILMS)["count"], count / 20 + usize::from(count % 20 > 7));

    gallery.file("new.jpg", &photo(9));
    let again = publish();
    let added = parts() - first;
    assert!(added * 4 < first || count < 10_000, "{added} new parts of {first}");
    let index = gallery.object(INDEX).unwrap().bytes.len();
    println!(
        "{}",
        serde_json::json!({
            "bench": "publish", "items": count, "seconds": whole, "seconds_again": again, "parts": first,
            "parts_again": added, "bytes": size, "index_bytes": index,
        })
    );
}
