//! `ingest --renditions`: items of earlier versions get what newer ones have, and their originals stay.

use crate::common::Gallery;
use crate::common::gate::refusing;
use crate::common::jpeg::{encode, quarters};
use gallery::layout::{ThumbnailSize, made, thumbnail};
use gallery::media::url_version;
use image::{GenericImageView, ImageFormat};
use ingest::{Change, Error, Kind, Options, doctor};

const AWKWARD: &str = "% é (1).jpg";

/// A gallery whose items are as version 0.1.0 wrote them.
fn old_gallery() -> Gallery {
    let gallery = Gallery::new();
    gallery.file(AWKWARD, &encode(&quarters(900, 600), ImageFormat::Jpeg));
    gallery.file("long.png", &encode(&quarters(3000, 300), ImageFormat::Png));
    gallery.ingest();
    for key in [AWKWARD, "long.png"] {
        let renditions = gallery.renditions(key).unwrap();
        for size in ThumbnailSize::BELOW_THUMBNAILS {
            gallery.put(&thumbnail(size, key), &gallery.object(&gallery.rendition(size.name(), key)).unwrap().bytes);
        }
        for rendition in &renditions.all {
            gallery.delete(&renditions.object(key, rendition));
        }
    }
    let old = "UPDATE media SET renditions = NULL, thumbhash = NULL, version = NULL, \
               thumbnail_small = 'thumbnails/small/' || key, thumbnail_medium = 'thumbnails/medium/' || key, \
               thumbnail_large = 'thumbnails/large/' || key, metadata = json_remove(metadata, '$.objects') RETURNING key";
    assert_eq!(gallery.sql::<String>(old).len(), 2);
    gallery
}

#[test]
fn old_items_get_renditions_and_keep_their_originals() {
    let mut gallery = old_gallery();
    let rows = "SELECT json_array(key, size, date_taken, width, uploaded_at, updated_at, version, hex(patches)) \
                FROM media ORDER BY key";
    let before = gallery.sql::<String>(rows);
    // A run without the option leaves all as it is.
    assert_eq!((gallery.ingest().renewed, gallery.renditions_of_all()), (0, 0));
    // One of the files is gone: its picture is made from what is in the bucket.
    std::fs::remove_file(gallery.library().join("long.png")).unwrap();
    gallery.options.renditions = true;
    let report = gallery.ingest();
    assert_eq!((report.renewed, report.objects, report.exit_code()), (2, 7, 0), "{report}");
    assert!(report.notes.is_empty(), "{report}");
    assert_eq!(gallery.sql::<String>(rows), before, "nothing else of the rows has changed");
    assert_eq!(gallery.thumbnail("screen", AWKWARD).dimensions(), (900, 600));
    assert_eq!(gallery.thumbnail("large", "long.png").dimensions(), (3000, 300));
    assert!(gallery.sql::<Option<String>>("SELECT thumbhash FROM media").iter().all(Option::is_some));
    assert!(doctor(&gallery.options, false).unwrap().is_well());

    // The old thumbnails go a day later.
    let old = thumbnail(ThumbnailSize::Small, AWKWARD);
    assert!(gallery.object(&old).is_some());
    gallery.sql::<String>("UPDATE deletions SET due = '2020-01-01T00:00:00Z' RETURNING object");
    let report = gallery.ingest();
    assert_eq!((report.renewed, report.objects), (0, 0), "{report}");
    assert!(gallery.object(&old).is_none());
    assert!(gallery.object(AWKWARD).is_some() && gallery.object("long.png").is_some());
    assert!(doctor(&gallery.options, false).unwrap().is_well());
}

#[test]
fn an_original_that_cannot_be_read_is_named_and_the_others_go_on() {
    let mut gallery = old_gallery();
    std::fs::remove_file(gallery.library().join("long.png")).unwrap();
    gallery.put("long.png", b"\x89PNG\r\n\x1a\nhalf");
    gallery.options.renditions = true;
    let report = gallery.ingest();
    assert_eq!((report.renewed, report.notes.len()), (1, 1), "{report}");
    assert_eq!(report.notes[0].name, "long.png");
    assert!(gallery.renditions(AWKWARD).is_some());
    // It still has its old thumbnails.
    assert!(gallery.object(&thumbnail(ThumbnailSize::Large, "long.png")).is_some());
}

#[test]
fn originals_in_an_archive_are_named_and_the_others_go_on() {
    let gallery = Gallery::new();
    // More than the failures in a row that end a run.
    let archived: Vec<String> = (0..6).map(|number| format!("old/{number}.png")).collect();
    for (width, key) in (30..).zip(archived.iter().map(String::as_str).chain(["z.png"])) {
        gallery.file(key, &encode(&quarters(width, 20), ImageFormat::Png));
    }
    gallery.ingest();
    gallery.sql::<String>("UPDATE media SET renditions = NULL, checksums = NULL RETURNING key");
    let bucket = refusing(&gallery.store, "GET /media/old/", 403, "InvalidObjectState").location();
    let options = Options { library: None, renditions: true, checksums: true, bucket, ..gallery.options.clone() };
    let report = ingest::run(&options).unwrap();
    assert_eq!((report.renewed, report.summed, report.notes.len()), (1, 1, 12), "{report}");
    for key in &archived {
        let reasons: Vec<_> = report.notes.iter().filter(|note| note.name == *key).map(|note| &note.reason).collect();
        let is_told = |words: &str| reasons.iter().any(|reason| reason.starts_with(words));
        assert!(is_told("no new pictures: ") && is_told("no checksums: "), "{report}");
        assert!(reasons.iter().all(|reason| reason.contains("in an archive (InvalidObjectState)")), "{report}");
    }
}

/// Nobody can tell whether such an answer is about one object alone.
#[test]
fn a_store_that_refuses_again_and_again_ends_the_run() {
    let gallery = Gallery::new();
    for width in 30..38 {
        gallery.file(&format!("{width}.png"), &encode(&quarters(width, 20), ImageFormat::Png));
    }
    gallery.ingest();
    gallery.sql::<String>("UPDATE media SET renditions = NULL, checksums = NULL RETURNING key");
    let sum = |words| {
        let bucket = refusing(&gallery.store, words, 400, "InvalidRequest").location();
        ingest::run(&Options { library: None, checksums: true, bucket, ..gallery.options.clone() })
    };
    let report = sum("GET /media/30.png").unwrap();
    assert_eq!((report.summed, report.notes.len()), (7, 1), "{report}");
    gallery.sql::<String>("UPDATE media SET checksums = NULL RETURNING key");
    let failed = sum("GET /media/3");
    assert!(matches!(&failed, Err(Error::Store(words)) if words.contains("(InvalidRequest)")), "{failed:?}");
}

#[test]
fn what_a_service_made_of_an_old_item_goes_with_it() {
    let mut gallery = old_gallery();
    let rows = format!("SELECT updated_at FROM media WHERE key = '{AWKWARD}'");
    let current = url_version(None, &gallery.sql::<String>(&rows)[0]);
    let [current, earlier] =
        [current.as_str(), "0123456789abcdef"].map(|version| made(AWKWARD, version, ThumbnailSize::Screen));
    gallery.put(&current, b"a picture");
    gallery.put(&earlier, b"a picture of an earlier original");
    let found = doctor(&gallery.options, false).unwrap().found;
    assert_eq!(
        found.iter().map(|finding| (finding.kind, &finding.name)).collect::<Vec<_>>(),
        [(Kind::Orphan, &earlier)]
    );
    assert!(doctor(&gallery.options, true).unwrap().is_well());
    assert!(gallery.object(&earlier).is_none() && gallery.object(&current).is_some());

    // Hidden, it is kept. With renditions of its own, the item needs it no more.
    let hidden = |change| ingest::curate(&gallery.options, &[AWKWARD.to_owned()], change).unwrap();
    hidden(Change::Hide);
    assert!(doctor(&gallery.options, false).unwrap().is_well());
    hidden(Change::Show);
    gallery.options.renditions = true;
    assert_eq!(gallery.ingest().renewed, 2);
    gallery.sql::<String>("UPDATE deletions SET due = '2020-01-01T00:00:00Z' RETURNING object");
    gallery.ingest();
    assert!(gallery.object(&current).is_none());
    assert!(doctor(&gallery.options, false).unwrap().is_well());
}
