//! The checksums of originals and renditions, which ZIPs need: at ingest, and afterwards by `ingest --checksums`.

use std::path::Path;
use std::time::Duration;
use std::{fs, thread};

use crate::common::jpeg::{Value, encode, quarters, with_exif};
use crate::common::{Gallery, database, views};
use gallery::checksums::Checksums;
use image::ImageFormat;
use ingest::{Change, Options, PartSizes, Report, Sources, Stop, curate, doctor};
use privacy::{Finding, ObjectMark};
use rusqlite::{Connection, params};

const ARTIST: u16 = 0x013b;
/// More than is read at once.
const LARGE: usize = (17 << 20) + 1;
const AWKWARD: &str = "2024/% é (1).jpg";

/// A photo with a place and an owner, and zeros behind its end.
fn photo(side: u32, owner: &'static str, length: usize) -> Vec<u8> {
    let jpeg = encode(&quarters(side, 8), ImageFormat::Jpeg);
    let places = [(1, Value::Ascii("N")), (2, Value::Rational(vec![(48, 1), (51, 1), (27, 1)]))];
    let mut photo = with_exif(&jpeg, &[(ARTIST, Value::Ascii(owner))], &[], &places);
    photo.resize(photo.len().max(length), 0);
    photo
}

/// Small photos and a large one.
fn filled() -> Gallery {
    let mut gallery = Gallery::new();
    gallery.options.parts = PartSizes { from: 6 << 20, each: 5 << 20 };
    gallery.options.demo_film = true;
    gallery.file("a.jpg", &photo(16, "Owner of the camera", 0));
    gallery.file(AWKWARD, &photo(24, "Owner of the camera", LARGE));
    // Nothing is to be blanked in it.
    gallery.file("plain.png", &encode(&quarters(30, 20), ImageFormat::Png));
    gallery
}

/// What checksums say, by what the store serves and by the row's patches.
fn wanted(gallery: &Gallery, key: &str) -> Checksums {
    let mut bytes = gallery.object(key).unwrap().bytes;
    let whole = crc32fast::hash(&bytes);
    let mark = ObjectMark::of(Some(&gallery.tag(key)));
    let patches = column::<Option<Vec<u8>>>(gallery, "patches", key);
    let finding = patches.map(|patches| Finding::parse_for(&patches).unwrap());
    let patches = finding.as_ref().filter(|(_, of)| *of == mark).and_then(|(finding, _)| finding.safe());
    let without_places = patches.map(|patches| {
        patches.apply(0, &mut bytes);
        crc32fast::hash(&bytes)
    });
    Checksums { whole, without_places, object: mark.number() }
}

fn column<T: rusqlite::types::FromSql>(gallery: &Gallery, column: &str, key: &str) -> T {
    let connection = Connection::open(database(&gallery.options)).unwrap();
    let sql = format!("SELECT {column} FROM media WHERE key = ?1");
    connection.query_row(&sql, [key], |row| row.get(0)).unwrap()
}

fn keys(gallery: &Gallery) -> Vec<String> {
    gallery.sql("SELECT key FROM media ORDER BY key")
}

/// Every row has the sums of what the store serves, in the database and in the snapshot.
fn check(gallery: &Gallery) {
    for key in keys(gallery) {
        let wanted = wanted(gallery, &key);
        assert_eq!(column::<Option<String>>(gallery, "checksums", &key), Some(wanted.to_string()), "{key}");
        let row = views::row(gallery, &key);
        assert_eq!(row.checksums, Some(wanted), "{key}");
        let renditions = gallery.renditions(&key);
        for rendition in renditions.iter().flat_map(|renditions| &renditions.all) {
            let object = gallery.object(&renditions.as_ref().unwrap().object(&key, rendition)).unwrap();
            assert_eq!(rendition.crc, Some(crc32fast::hash(&object.bytes)), "{key}: {}", rendition.name);
        }
        assert_eq!(row.renditions, renditions, "{key}");
    }
}

/// Rows as the version before wrote them.
fn forget(gallery: &Gallery) {
    let connection = Connection::open(database(&gallery.options)).unwrap();
    connection.execute("UPDATE media SET checksums = NULL", []).unwrap();
    for key in keys(gallery) {
        let Some(mut renditions) = gallery.renditions(&key) else { continue };
        renditions.all.iter_mut().for_each(|rendition| rendition.crc = None);
        let json = serde_json::to_string(&renditions).unwrap();
        assert!(!json.contains("crc"));
        connection.execute("UPDATE media SET renditions = ?1 WHERE key = ?2", params![json, key]).unwrap();
    }
}

/// `ingest --checksums`, without a folder.
fn sum(gallery: &Gallery) -> Report {
    ingest::run(&only_sums(gallery)).unwrap()
}

fn only_sums(gallery: &Gallery) -> Options {
    Options { library: None, demo_film: false, checksums: true, ..gallery.options.clone() }
}

fn lacking(gallery: &Gallery) -> usize {
    doctor(&gallery.options, false).unwrap().without_checksums
}

#[test]
fn a_new_item_and_a_replaced_one_have_the_sums_of_what_the_store_serves() {
    let gallery = filled();
    assert_eq!(gallery.ingest().added, 4);
    check(&gallery);
    let before = wanted(&gallery, "a.jpg");
    assert_ne!(before.without_places, Some(before.whole), "something is blanked in it");
    assert_eq!(lacking(&gallery), 0);
    assert_eq!(sum(&gallery).summed, 0);

    gallery.file("a.jpg", &photo(40, "Another owner of it", 0));
    assert_eq!(gallery.ingest().replaced, 1);
    check(&gallery);
    let after = wanted(&gallery, "a.jpg");
    assert!(before.whole != after.whole && before.object != after.object);
}

#[test]
fn rows_of_an_earlier_version_are_filled_without_an_upload_of_media() {
    let gallery = filled();
    gallery.ingest();
    forget(&gallery);
    // A run without the option reads nothing of the bucket.
    gallery.ingest();
    assert_eq!(lacking(&gallery), 4);
    let planned = ingest::run(&Options { dry_run: true, ..only_sums(&gallery) }).unwrap();
    assert_eq!((planned.summed, lacking(&gallery)), (4, 4), "{planned}");
    fs::remove_dir_all(gallery.library()).unwrap();

    let report = sum(&gallery);
    assert_eq!((report.summed, report.objects, report.exit_code()), (4, 0, 0), "{report}");
    assert!(report.to_string().ends_with(", 4 with new checksums"), "{report}");
    assert!(report.notes.is_empty(), "{report}");
    check(&gallery);
    assert_eq!((lacking(&gallery), sum(&gallery).summed), (0, 0));
}

#[test]
fn patches_that_come_later_come_with_their_sums() {
    let gallery = filled();
    gallery.ingest();
    let execute = |sql: &str| Connection::open(database(&gallery.options)).unwrap().execute(sql, []).unwrap();
    execute("UPDATE media SET patches = NULL, checksums = NULL");
    assert_eq!(sum(&gallery).summed, 4);
    check(&gallery);
    assert_eq!(wanted(&gallery, "a.jpg").without_places, None, "nobody has examined it");
    gallery.ingest();
    check(&gallery);
    assert!(wanted(&gallery, "a.jpg").without_places.is_some());

    // What was taken out comes back with both.
    curate(&gallery.options, &["a.jpg".to_owned()], Change::Hide).unwrap();
    curate(&gallery.options, &["a.jpg".to_owned()], Change::Show).unwrap();
    check(&gallery);
    assert_eq!(lacking(&gallery), 0);
}

#[test]
fn what_is_not_as_the_row_says_is_named_and_left() {
    let gallery = filled();
    gallery.ingest();
    forget(&gallery);
    let sizes = gallery.object("a.jpg").unwrap().bytes.len();
    gallery.put("a.jpg", &photo(16, "Owner of the camera", sizes + 1));
    gallery.delete(&gallery.rendition("small", "plain.png"));
    // Of the same size: the row's patches are for another object.
    let mut other = gallery.object(AWKWARD).unwrap().bytes;
    *other.last_mut().unwrap() = 1;
    gallery.put(AWKWARD, &other);

    let report = sum(&gallery);
    let mut named: Vec<_> = report.notes.iter().map(|note| (note.name.as_str(), note.reason.as_str())).collect();
    named.sort_unstable();
    let [("a.jpg", size), ("plain.png", gone)] = named[..] else { panic!("{report}") };
    assert!(size.contains(&format!("{} bytes in the bucket instead of {sizes}", sizes + 1)), "{size}");
    assert!(gone.contains("is not in the bucket"), "{gone}");
    assert_eq!(report.summed, 2, "{report}");
    let sums = |key: &str| column::<Option<String>>(&gallery, "checksums", key);
    assert_eq!(sums("a.jpg"), None);
    let awkward = wanted(&gallery, AWKWARD);
    assert_eq!((sums(AWKWARD), awkward.without_places), (Some(awkward.to_string()), None));
    assert_eq!(sums("plain.png"), Some(wanted(&gallery, "plain.png").to_string()));
}

#[test]
fn an_adopted_library_without_any_folder_is_filled() {
    let gallery = Gallery::new();
    gallery.put("DCIM/% é (1).jpg", &photo(16, "Owner of the camera", LARGE));
    gallery.put("b.png", &encode(&quarters(30, 20), ImageFormat::Png));
    let adopt = || ingest::adopt(&gallery.options, &Sources::default()).unwrap();
    adopt();
    assert_eq!(lacking(&gallery), 2);
    let report = sum(&gallery);
    assert_eq!((report.summed, report.objects), (2, 0), "{report}");
    check(&gallery);

    // With new pictures, the originals are examined: both sums are there then.
    let renew = Options { library: None, renditions: true, ..gallery.options.clone() };
    assert_eq!(ingest::run(&renew).unwrap().renewed, 2);
    check(&gallery);
    assert!(wanted(&gallery, "DCIM/% é (1).jpg").without_places.is_some());

    // The other program has put another original there.
    gallery.put("b.png", &encode(&quarters(40, 20), ImageFormat::Png));
    adopt();
    assert_eq!(column::<Option<String>>(&gallery, "checksums", "b.png"), None);
    assert_eq!(sum(&gallery).summed, 1);
    check(&gallery);
}

#[test]
fn a_run_that_was_stopped_goes_on() {
    // So many that the run is stopped before its end on a busy machine too.
    const ITEMS: usize = 800;
    let gallery = Gallery::new();
    gallery.file("a.jpg", &photo(16, "Owner of the camera", 0));
    gallery.ingest();
    let bytes = gallery.object("a.jpg").unwrap().bytes;
    let connection = Connection::open(database(&gallery.options)).unwrap();
    let copy = "INSERT INTO media (key, filename, type, size, uploaded_at, created_at, updated_at, patches, version) \
                SELECT ?1, ?1, type, size, uploaded_at, created_at, updated_at, patches, version FROM media \
                WHERE key = 'a.jpg'";
    for number in 1..ITEMS {
        let key = format!("{number}.jpg");
        gallery.put(&key, &bytes);
        connection.execute(copy, [key]).unwrap();
    }
    forget(&gallery);
    let done = || gallery.sql::<i64>("SELECT COUNT(*) FROM media WHERE checksums IS NOT NULL").remove(0);
    let stop = Stop::default();
    let options = Options { stop: stop.clone(), ..only_sums(&gallery) };
    let report = thread::scope(|scope| {
        scope.spawn(|| {
            while done() == 0 {
                thread::sleep(Duration::from_millis(1));
            }
            stop.request();
        });
        ingest::run(&options).unwrap()
    });
    let first = done();
    assert!(report.interrupted && (1..ITEMS).contains(&usize::try_from(first).unwrap()), "{first}: {report}");
    let report = sum(&gallery);
    assert!(report.summed < ITEMS as u64, "{report}");
    assert_eq!(done(), i64::try_from(ITEMS).unwrap());
    check(&gallery);
}

#[test]
fn a_database_of_0_1_0_is_filled() {
    let gallery = Gallery::new();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../edge-gallery/tests/fixtures/0.1.0/gallery.db");
    fs::copy(fixture, database(&gallery.options)).unwrap();
    let items = keys(&gallery);
    assert_eq!(items.len(), 9);
    for key in &items {
        let size = usize::try_from(column::<i64>(&gallery, "size", key)).unwrap();
        gallery.put(key, &photo(16, "Owner of the camera", size)[..size]);
    }
    let report = sum(&gallery);
    assert_eq!((report.summed, report.exit_code()), (9, 0), "{report}");
    check(&gallery);
    assert_eq!(lacking(&gallery), 0);
}
