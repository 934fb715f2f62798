//! What is to be blanked in an original is kept with its row: at ingest, after an upgrade, after hiding.

use crate::common::jpeg::{Value, encode, quarters, with_exif};
use crate::common::{Gallery, database};
use image::ImageFormat;
use ingest::{Change, curate};
use privacy::Finding;
use rusqlite::Connection;

const MODEL: u16 = 0x0110;
const ARTIST: u16 = 0x013b;

/// A photo with a place and an owner.
fn photo(side: u32, owner: &'static str) -> Vec<u8> {
    let jpeg = encode(&quarters(side, 8), ImageFormat::Jpeg);
    let first = [(MODEL, Value::Ascii("Model of the camera")), (ARTIST, Value::Ascii(owner))];
    let places = [(1, Value::Ascii("N")), (2, Value::Rational(vec![(48, 1), (51, 1), (27, 1)]))];
    with_exif(&jpeg, &first, &[], &places)
}

/// The original as whoever must not see places gets it.
fn blanked(gallery: &Gallery, key: &str) -> Vec<u8> {
    let kept = gallery.sql::<Vec<u8>>(&format!("SELECT patches FROM media WHERE key = '{key}'")).remove(0);
    let (finding, _) = Finding::parse_for(&kept).unwrap();
    let mut bytes = gallery.object(key).unwrap().bytes;
    let patches = finding.safe().unwrap();
    assert_eq!(patches.file_length(), bytes.len() as u64);
    patches.apply(0, &mut bytes);
    bytes
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn lacking(gallery: &Gallery) -> i64 {
    let sql = "SELECT COUNT(*) FROM media WHERE patches IS NULL OR hex(substr(patches, 1, 1)) <> ";
    gallery.sql(&format!("{sql}'{:02X}'", privacy::VERSION)).remove(0)
}

#[test]
fn a_photo_is_kept_whole_and_has_patches() {
    let gallery = Gallery::new();
    let bytes = photo(16, "Owner of the camera");
    gallery.file("a.jpg", &bytes);
    assert_eq!(gallery.ingest().added, 1);
    assert_eq!(gallery.object("a.jpg").unwrap().bytes, bytes);
    let blank = blanked(&gallery, "a.jpg");
    assert!(has(&bytes, "Owner of the camera") && !has(&blank, "Owner of the camera"));
    assert!(has(&blank, "Model of the camera"));
    let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().to_rgb8();
    assert_eq!(pixels(&blank), pixels(&bytes));
    // Another version of the photo has patches of its own.
    gallery.file("a.jpg", &photo(24, "Another owner of it"));
    assert_eq!(gallery.ingest().replaced, 1);
    assert!(!has(&blanked(&gallery, "a.jpg"), "Another owner of it"));
}

#[test]
fn rows_of_earlier_versions_are_filled_without_an_upload() {
    let mut gallery = Gallery::new();
    gallery.options.demo_film = true;
    for number in 0..3 {
        gallery.file(&format!("{number}.jpg"), &photo(16 + number, "Owner of the camera"));
    }
    gallery.ingest();
    assert_eq!(lacking(&gallery), 0);
    let forget = |sql: &str| Connection::open(database(&gallery.options)).unwrap().execute_batch(sql).unwrap();
    // No patches, and patches of another version.
    forget("UPDATE media SET patches = NULL; UPDATE media SET patches = x'00aa' WHERE key = '1.jpg'");
    // A file that is another now is not what the row is about.
    let replaced = gallery.library().join("2.jpg");
    let before = std::fs::read(&replaced).unwrap();
    std::fs::remove_file(&replaced).unwrap();
    let report = gallery.ingest();
    assert_eq!((report.added, report.replaced, report.objects), (0, 0, 0), "{report}");
    assert_eq!(lacking(&gallery), 1);
    assert!(!has(&blanked(&gallery, "0.jpg"), "Owner of the camera"));
    gallery.file("2.jpg", &before);
    assert_eq!((gallery.ingest().objects, lacking(&gallery)), (0, 0));
}

#[test]
fn an_item_that_was_hidden_keeps_its_patches() {
    let gallery = Gallery::new();
    gallery.file("a.jpg", &photo(16, "Owner of the camera"));
    gallery.ingest();
    let change = |change| curate(&gallery.options, &["a.jpg".to_owned()], change).unwrap();
    change(Change::Hide);
    change(Change::Show);
    assert_eq!(lacking(&gallery), 0);
    assert!(!has(&blanked(&gallery, "a.jpg"), "Owner of the camera"));
}
