//! A bucket that another program has filled, with the rows that it left: all comes over, and nothing of it changes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::common::gate::refusing;
use crate::common::jpeg::{Value, encode, quarters, stored, with_exif};
use crate::common::{Gallery, database, views};
use image::ImageFormat;
use ingest::{Adoption, Error, Options, Report, Sources, Stop};
use rusqlite::Connection;

const FILM: &[u8] = include_bytes!("../../../tests/harness/fixtures/clip.mp4");
const TAKEN: u16 = 0x9003;
const ORIENTATION: u16 = 0x0112;

/// The predecessor's table, and a column of a tool that nobody else knows.
const TABLE: &str = "PRAGMA defer_foreign_keys=TRUE;
CREATE TABLE d1_migrations(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE);
INSERT INTO \"d1_migrations\" VALUES(1,'0001_init.sql');
CREATE TABLE IF NOT EXISTS \"media\" (\"key\" TEXT NOT NULL PRIMARY KEY, \"filename\" TEXT NOT NULL, \"type\" TEXT \
NOT NULL, \"size\" INTEGER, \"uploaded_at\" TEXT, \"date_taken\" TEXT, \"camera_make\" TEXT, \"camera_model\" TEXT, \
\"lens\" TEXT, \"focal_length\" REAL, \"aperture\" REAL, \"shutter_speed\" REAL, \"iso\" INTEGER, \"latitude\" REAL, \
\"longitude\" REAL, \"altitude\" REAL, \"duration\" REAL, \"codec\" TEXT, \"width\" INTEGER, \"height\" INTEGER, \
\"hls_qualities\" TEXT, \"thumbnail_small\" TEXT, \"thumbnail_medium\" TEXT, \"thumbnail_large\" TEXT, \"metadata\" \
TEXT, \"processed_at\" TEXT, \"created_at\" TEXT NOT NULL, \"updated_at\" TEXT NOT NULL, \"table seat\" TEXT);
";

/// A row, as `wrangler d1 export` writes it.
fn insert(row: &[(&str, &str)]) -> String {
    let names: Vec<_> = row.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let values: Vec<_> = row.iter().map(|(_, value)| *value).collect();
    format!("INSERT INTO \"media\" ({}) VALUES({});\n", names.join(","), values.join(","))
}

const NOTED: &str = "1758739736033-IMG_2797.jpeg";
const BRACKETS: &str = "1758739736034-Mehndi night (1).jpeg";
const ACCENT: &str = "Sangeet/\u{e9}+1 %41.jpeg";
const TURNED: &str = "turned.jpg";
const MOVIE: &str = "1758739736050-IMG_3000.MOV";
const QUOTES: &str = "Dances-002.mp4";
const CLIP: &str = "1758739736060-new clip.mp4";
const NEW: &str = "1758739799000-IMG_20250922_101112.jpg";

fn dump(gallery: &Gallery) -> PathBuf {
    let row = |key: &str, more: &[(&str, &str)]| {
        let (key, name) = (format!("'{key}'"), format!("'{}'", key.rsplit(['/', '-']).next().unwrap()));
        let kind = if [".MOV'", ".mp4'"].iter().any(|ending| key.ends_with(ending)) { "'video'" } else { "'image'" };
        let mut all: BTreeMap<&str, &str> = BTreeMap::from([
            ("key", key.as_str()),
            ("filename", name.as_str()),
            ("type", kind),
            ("uploaded_at", "'2025-09-24T18:48:56.033Z'"),
            ("created_at", "'2025-09-24T18:48:56.033Z'"),
            ("updated_at", "'2025-09-24T19:00:00.000Z'"),
        ]);
        all.extend(more.iter().copied());
        insert(&all.into_iter().collect::<Vec<_>>())
    };
    let sql = [
        TABLE.to_owned(),
        row(NOTED, &[("metadata", r#"'{"DateTimeOriginal":"2025-09-20T14:03:22.000Z","Make":"Apple"}'"#)]),
        row(BRACKETS, &[("uploaded_at", "NULL"), ("table seat", "'7b'")]),
        row(ACCENT, &[("date_taken", "'2025-09-21 20:10:00'"), ("updated_at", "'CURRENT_TIMESTAMP'")]),
        row(TURNED, &[("width", "80"), ("height", "40"), ("shutter_speed", "0.008333333333333333"), ("iso", "80")]),
        row(MOVIE, &[("date_taken", "'2025-09-20T16:30:00.000000Z'"), ("hls_qualities", r#"'["720p","480p"]'"#)]),
        row(QUOTES, &[("hls_qualities", "'[720p,480p]'")]),
        row(CLIP, &[("size", "1")]),
        row("gone.jpg", &[]),
    ]
    .concat();
    let path = gallery.folder.path().join("dump.sql");
    std::fs::write(&path, sql).unwrap();
    path
}

/// A dump whose rows say no more than they must.
fn dump_of(gallery: &Gallery, keys: &[&str]) -> PathBuf {
    let row = |key: &&str| {
        let (key, when) = (format!("'{key}'"), ("created_at", "'2025'"));
        insert(&[("key", key.as_str()), ("filename", "'x'"), ("type", "'image'"), when, ("updated_at", "'2025'")])
    };
    let path = gallery.folder.path().join("dump.sql");
    std::fs::write(&path, TABLE.to_owned() + &keys.iter().map(row).collect::<String>()).unwrap();
    path
}

fn photo(number: u8, exif: &[(u16, Value)]) -> Vec<u8> {
    let mut picture = quarters(80, 40);
    for at in 0..64 {
        picture.put_pixel(at % 8, at / 8, image::Rgb([number * 25; 3]));
    }
    with_exif(&encode(&picture, ImageFormat::Jpeg), &[], exif, &[])
}

fn webp(width: u32, height: u32) -> Vec<u8> {
    encode(&quarters(width, height), ImageFormat::WebP)
}

/// A film of two seconds.
fn film(path: &Path) -> Vec<u8> {
    let mut ffmpeg = std::process::Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=160x120:d=2:r=25", "-pix_fmt", "yuv420p"]);
    assert!(ffmpeg.arg(path).status().unwrap().success());
    std::fs::read(path).unwrap()
}

/// Fills the bucket as the predecessor's tools did.
fn fill(gallery: &Gallery) {
    gallery.put(NOTED, &photo(1, &[]));
    gallery.put(BRACKETS, &photo(2, &[(TAKEN, Value::Ascii("2025:09:20 12:00:00"))]));
    gallery.put(ACCENT, &photo(3, &[]));
    let turned = encode(&stored(&quarters(40, 80), 6), ImageFormat::Jpeg);
    gallery.put(TURNED, &with_exif(&turned, &[(ORIENTATION, Value::Short(6))], &[], &[]));
    gallery.put(MOVIE, FILM);
    gallery.put(QUOTES, &[FILM, b"free"].concat());
    gallery.put(CLIP, &film(&gallery.folder.path().join("clip.mp4")));
    gallery.put("notes.txt", b"not ours");
    for key in [NOTED, BRACKETS, ACCENT, MOVIE, QUOTES] {
        for (size, width) in [("small", 15), ("medium", 40), ("large", 80)] {
            gallery.put(&format!("thumbnails/{size}/{key}"), &webp(width, width / 2));
        }
    }
    gallery.put(&format!("thumbnails/small/{TURNED}"), &webp(8, 15));
    for key in [MOVIE, QUOTES] {
        gallery.put(&format!("hls/{key}/master.m3u8"), b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n720p.m3u8\n");
        let list = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n720p_000.ts\n#EXT-X-ENDLIST\n";
        gallery.put(&format!("hls/{key}/720p.m3u8"), list.as_bytes());
        gallery.put(&format!("hls/{key}/720p_000.ts"), b"segment");
    }
}

fn adopt(gallery: &Gallery, dump: Option<PathBuf>) -> Adoption {
    ingest::adopt(&gallery.options, &Sources { dump }).unwrap()
}

/// All objects that are not the catalogue's, with their bytes.
fn objects(gallery: &Gallery) -> BTreeMap<String, Vec<u8>> {
    let all = gallery.keys("").into_iter().filter(|key| !key.starts_with("catalogue/"));
    all.map(|key| (key.clone(), gallery.object(&key).unwrap().bytes)).collect()
}

/// All rows, without the moments at which they were written.
fn rows(gallery: &Gallery) -> Vec<String> {
    gallery.sql(
        "SELECT json_array(key, filename, type, size, uploaded_at, date_taken, camera_make, lens, iso, shutter_speed, \
         duration, codec, width, height, hls_qualities, thumbnail_small, thumbnail_medium, thumbnail_large, metadata, \
         digest, taken_source, taken_offset, offset_source, taken_at, day, renditions, thumbhash) \
         FROM media ORDER BY key",
    )
}

fn one(gallery: &Gallery, column: &str, key: &str) -> Option<String> {
    gallery.sql::<Option<String>>(&format!("SELECT CAST({column} AS TEXT) FROM media WHERE key = '{key}'")).remove(0)
}

fn adopted() -> Gallery {
    let gallery = Gallery::new();
    fill(&gallery);
    let dump = dump(&gallery);
    let report = adopt(&gallery, Some(dump));
    assert_eq!((report.mended, report.whole, report.found), (7, 0, 0), "{report}");
    gallery
}

#[test]
fn rows_are_mended_and_nothing_else_changes() {
    let gallery = Gallery::new();
    fill(&gallery);
    let (before, dump) = (objects(&gallery), dump(&gallery));

    let dry = Options { dry_run: true, ..gallery.options.clone() };
    let planned = ingest::adopt(&dry, &Sources { dump: Some(dump.clone()) }).unwrap();
    assert_eq!((planned.mended, planned.dry_run), (7, true));
    assert!(!Gallery::database(&gallery.options).exists(), "nothing was written");

    let report = adopt(&gallery, Some(dump.clone()));
    assert_eq!(report.missing, ["gone.jpg"]);
    assert_eq!(report.bare, [CLIP], "{report}");
    assert_eq!(report.others, 1);
    assert_eq!((report.exit_code(), &report.filled), (2, &planned.filled));
    assert_eq!(objects(&gallery), before, "no old object was written");
    assert!(report.to_string().contains("missing: gone.jpg: "), "{report}");

    let dates: Vec<String> = [NOTED, BRACKETS, ACCENT, MOVIE]
        .map(|key| {
            format!("{} {}", one(&gallery, "date_taken", key).unwrap(), one(&gallery, "taken_source", key).unwrap())
        })
        .to_vec();
    let wanted = [
        "2025-09-20T14:03:22 exif",
        "2025-09-20T12:00:00 exif",
        "2025-09-21T20:10:00 exif",
        "2025-09-20T16:30:00 container",
    ];
    assert_eq!(dates, wanted);
    let order = views::keys(&gallery);
    assert_eq!(order[order.len() - 4..], [ACCENT, MOVIE, NOTED, BRACKETS]);
    assert_eq!(order.len(), 7);
    for (column, key, wanted) in [
        ("uploaded_at", BRACKETS, Some("2025-09-24T18:48:56.034Z")),
        ("\"table seat\"", BRACKETS, Some("7b")),
        ("size", CLIP, Some(&before[CLIP].len().to_string()[..])),
        ("width || 'x' || height", TURNED, Some("40x80")),
        ("shutter_speed", TURNED, Some("1/120")),
        ("hls_qualities", MOVIE, Some(r#"["720p"]"#)),
        ("hls_qualities", QUOTES, Some(r#"["720p"]"#)),
        ("hls_qualities", CLIP, None),
        ("taken_source", CLIP, Some("ingest")),
        ("thumbnail_large", TURNED, None),
        ("json_extract(metadata, '$.mime')", TURNED, Some("image/jpeg")),
        ("json_extract(metadata, '$.Make')", NOTED, Some("Apple")),
        ("version", MOVIE, None),
    ] {
        assert_eq!(one(&gallery, column, key).as_deref(), wanted, "{column} of {key}");
    }
    assert!(one(&gallery, "duration", CLIP).is_some() && one(&gallery, "width", CLIP).is_some());
    assert!(one(&gallery, "thumbhash", ACCENT).is_some());

    let first = rows(&gallery);
    let again = adopt(&gallery, Some(dump));
    assert_eq!((again.unchanged, again.mended, again.missing.len()), (7, 0, 1), "{again}");
    assert_eq!(rows(&gallery), first);
    let doctor = ingest::doctor(&gallery.options, false).unwrap();
    assert!(doctor.is_well(), "{:?}", doctor.found);
}

#[test]
fn what_comes_and_goes_on_the_other_side_is_picked_up() {
    let gallery = adopted();
    gallery.put(NEW, &photo(9, &[]));
    gallery.put(ACCENT, &photo(8, &[]));
    gallery.put(&format!("thumbnails/small/{CLIP}"), &webp(15, 8));
    let list = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n480p_000.ts\n#EXT-X-ENDLIST\n";
    gallery.put(&format!("hls/{CLIP}/480p.m3u8"), list.as_bytes());
    gallery.put(&format!("hls/{CLIP}/480p_000.ts"), b"segment");
    gallery.delete(TURNED);
    ingest::curate(&gallery.options, &[BRACKETS.to_owned()], ingest::Change::Hide).unwrap();
    let version = one(&gallery, "version", ACCENT);

    let report = adopt(&gallery, None);
    assert_eq!((report.found, report.refreshed, report.kept_out), (2, 1, 1), "{report}");
    assert_eq!((&report.missing[..], &report.gone[..]), (&[][..], &[TURNED.to_owned()][..]));
    assert_eq!(one(&gallery, "hls_qualities", CLIP).as_deref(), Some(r#"["480p"]"#));
    assert_ne!(one(&gallery, "version", ACCENT), version, "another original has other URLs");
    let new = [one(&gallery, "filename", NEW), one(&gallery, "date_taken", NEW), one(&gallery, "taken_source", NEW)];
    assert_eq!(new.map(Option::unwrap), ["IMG_20250922_101112.jpg", "2025-09-22T10:11:12", "name"]);
    assert!(!views::keys(&gallery).contains(&BRACKETS.to_owned()));
    // What is hidden does not come in again by its file, and what others know of it is not lost.
    gallery.file("under another name.jpeg", &gallery.object(BRACKETS).unwrap().bytes);
    let report = gallery.ingest();
    assert_eq!((report.kept_out, report.added), (1, 0), "{report}");
    ingest::curate(&gallery.options, &[BRACKETS.to_owned()], ingest::Change::Show).unwrap();
    assert_eq!(one(&gallery, "\"table seat\"", BRACKETS).as_deref(), Some("7b"));
}

/// The dump may have been read into the gallery's own database by hand.
#[test]
fn rows_that_are_there_already_are_mended_in_their_place() {
    let gallery = Gallery::new();
    fill(&gallery);
    let sql = std::fs::read_to_string(dump(&gallery)).unwrap();
    rusqlite::Connection::open(Gallery::database(&gallery.options)).unwrap().execute_batch(&sql).unwrap();
    let report = adopt(&gallery, None);
    assert_eq!((report.mended, &report.missing[..]), (7, &["gone.jpg".to_owned()][..]), "{report}");
    assert_eq!(one(&gallery, "uploaded_at", BRACKETS).as_deref(), Some("2025-09-24T18:48:56.034Z"));
    assert_eq!(views::keys(&gallery).len(), 7, "what is missing is not shown");
    gallery.put("gone.jpg", &photo(6, &[]));
    let report = adopt(&gallery, None);
    assert_eq!((report.mended, report.unchanged, report.missing.len()), (1, 7, 0), "{report}");
    assert_eq!(views::keys(&gallery).len(), 8);
}

#[test]
fn a_file_on_disk_is_the_original_in_the_bucket() {
    let gallery = adopted();
    gallery.file("from the phone/IMG_2797.jpeg", &photo(1, &[]));
    gallery.file("100 % \u{e9} (1).jpg", &photo(3, &[]));
    gallery.file("another of the same size.jpg", &photo(4, &[]));
    let report: Report = gallery.ingest();
    assert_eq!((report.unchanged, report.added, report.replaced), (2, 1, 0), "{report}");
    let known = gallery.sql::<String>("SELECT key FROM media WHERE digest IS NOT NULL ORDER BY key");
    assert_eq!(known, [NOTED, ACCENT, "another of the same size.jpg"]);
    assert_eq!(gallery.sql::<i64>("SELECT COUNT(*) FROM media WHERE patches IS NOT NULL"), [3]);
    let report = gallery.ingest();
    assert_eq!((report.unchanged, report.objects), (3, 0), "{report}");
    assert_eq!(adopt(&gallery, None).unchanged, 8);

    // Of the same name and size, and another picture.
    gallery.file(BRACKETS, &photo(2, &[(TAKEN, Value::Ascii("2025:09:20 12:00:01"))]));
    let before = objects(&gallery);
    assert_eq!(gallery.ingest().added, 1);
    // An item that is ingested anew keeps what the other program shows.
    ingest::run(&Options { force: true, ..gallery.options.clone() }).unwrap();
    let after = objects(&gallery);
    let is_theirs = |key: &&String| !key.starts_with("renditions/") && !key.contains("same size");
    assert!(before.keys().filter(is_theirs).all(|key| after.get(key) == before.get(key)));
    assert_eq!(gallery.sql::<i64>("SELECT COUNT(*) FROM deletions WHERE object NOT LIKE 'renditions/%'"), [0]);
}

/// A film that nothing could be read of is looked at again, and what was made of it stays.
#[test]
fn what_could_not_be_read_is_looked_at_again() {
    let gallery = Gallery::new();
    gallery.put(CLIP, &film(&gallery.folder.path().join("clip.mp4")));
    let without = Options { ffmpeg: Some("/nowhere/ffmpeg".into()), ..gallery.options.clone() };
    let report = ingest::adopt(&without, &Sources::default()).unwrap();
    assert!(report.notes[0].1.contains("ffmpeg"), "{report}");
    assert_eq!(one(&gallery, "duration", CLIP), None);
    let before = adopt(&gallery, None);
    assert_eq!((before.unchanged, one(&gallery, "duration", CLIP).as_deref()), (0, Some("2.0")), "{before}");
    assert_eq!(adopt(&gallery, None).unchanged, 1);

    ingest::adopt(&without, &Sources::default()).unwrap();
    gallery.put("unread.mp4", &film(&gallery.folder.path().join("other.mp4")));
    ingest::adopt(&without, &Sources::default()).unwrap();
    ingest::run(&Options { library: None, renditions: true, ..gallery.options.clone() }).unwrap();
    let made = gallery.renditions("unread.mp4").unwrap();
    let again = adopt(&gallery, None);
    assert_eq!((again.unchanged, again.whole + again.mended), (1, 1), "{again}");
    assert_eq!(one(&gallery, "hls_qualities", "unread.mp4").as_deref(), Some(r#"["120p"]"#));
    assert_eq!(adopt(&gallery, None).unchanged, 2);
    assert_eq!(gallery.renditions("unread.mp4"), Some(made));
    assert_eq!(gallery.sql::<i64>("SELECT COUNT(*) FROM deletions"), [0]);
}

/// What is known of an original that could not be read is not lost when it is read at last.
#[test]
fn another_look_keeps_what_the_row_says() {
    let gallery = Gallery::new();
    let bytes = film(&gallery.folder.path().join("clip.mp4"));
    gallery.put(CLIP, &bytes);
    let without = Options { ffmpeg: Some("/nowhere/ffmpeg".into()), ..gallery.options.clone() };
    let dump = Some(dump_of(&gallery, &[CLIP]));
    assert_eq!(ingest::adopt(&without, &Sources { dump }).unwrap().notes.len(), 1);
    assert_eq!((one(&gallery, "filename", CLIP).as_deref(), one(&gallery, "duration", CLIP)), (Some("x"), None));

    // Its file is known by the tag all the same.
    gallery.file("from the phone.mp4", &bytes);
    let report = gallery.ingest();
    assert_eq!((report.unchanged, report.added), (1, 0), "{report}");
    let noted = "filename || ' ' || duration || ' ' || (digest IS NOT NULL) || (patches IS NOT NULL)";
    let look_again = || {
        let again = adopt(&gallery, None);
        assert_eq!((again.unchanged, again.mended), (0, 1), "{again}");
        assert_eq!(one(&gallery, noted, CLIP).as_deref(), Some("x 2.0 11"));
        assert_eq!(adopt(&gallery, None).unchanged, 1);
    };
    look_again();
    // An earlier version noted no tag.
    for sql in ["UPDATE adopted SET mark = '' RETURNING key", "UPDATE media SET duration = NULL RETURNING key"] {
        assert_eq!(gallery.sql::<String>(sql), [CLIP]);
    }
    look_again();
    assert_eq!(one(&gallery, "json_extract(metadata, '$.note')", CLIP), None);
}

/// Whatever happens here to an item of another program, that program finds what it had.
#[test]
fn what_another_program_has_is_never_overwritten_or_deleted() {
    let gallery = adopted();
    let there = photo(9, &[]);
    gallery.put("IMG_0001.jpg", &there);
    gallery.file("IMG_0001.jpg", &photo(8, &[]));
    let report = gallery.ingest();
    assert_eq!(report.added, 1, "{report}");
    assert_eq!(gallery.object("IMG_0001.jpg").unwrap().bytes, there, "an object that no row tells of");

    // A file that is one of them, then an edited one in its place, then none.
    let path = gallery.file("phone/IMG_2797.jpeg", &photo(1, &[]));
    assert_eq!(gallery.ingest().unchanged, 2);
    let before = objects(&gallery);
    std::fs::write(&path, photo(5, &[])).unwrap();
    assert_eq!(gallery.ingest().added, 1);
    std::fs::write(&path, photo(1, &[])).unwrap();
    gallery.ingest();
    std::fs::remove_file(&path).unwrap();
    let prune = ingest::Prune { all: true, now: true, confirm: |_| true };
    ingest::run(&Options { prune: Some(prune), ..gallery.options.clone() }).unwrap();
    // The other program replaces it, and an old file is ingested once more.
    gallery.put(NOTED, &there);
    std::fs::write(&path, photo(1, &[])).unwrap();
    let report = ingest::run(&Options { force: true, ..gallery.options.clone() }).unwrap();
    assert!(report.skipped.iter().any(|file| file.reason.contains("run adopt")), "{report}");
    ingest::doctor(&gallery.options, true).unwrap();
    let after = objects(&gallery);
    for (key, bytes) in before.iter().filter(|(key, _)| *key != NOTED && !key.starts_with("renditions/")) {
        assert!(after.get(key) == Some(bytes), "{key}");
    }
    assert_eq!(after[NOTED], there);
    let report = adopt(&gallery, None);
    assert_eq!(report.found + report.mended, 2, "{report}");
    assert_eq!(gallery.object(NOTED).unwrap().bytes, there);
}

#[test]
fn new_pictures_leave_the_old_ones_for_the_other_program() {
    let gallery = adopted();
    let before = objects(&gallery);
    let renew = Options { library: None, renditions: true, ..gallery.options.clone() };
    let report = ingest::run(&renew).unwrap();
    assert_eq!(report.renewed, 5, "{report}");
    assert_eq!(one(&gallery, "hls_qualities", CLIP).as_deref(), Some(r#"["120p"]"#), "a film is converted");
    assert!(gallery.object(&gallery.hls(CLIP, "master.m3u8")).is_some());
    let examined = "SELECT COUNT(*) FROM media WHERE digest IS NOT NULL AND patches IS NOT NULL";
    assert_eq!(gallery.sql::<i64>(examined), [7], "also what has pictures already");
    // What an earlier version found in an original that is in the bucket only.
    let earlier = "UPDATE media SET patches = CAST(x'02' || substr(patches, 2) AS BLOB)";
    Connection::open(database(&gallery.options)).unwrap().execute(earlier, []).unwrap();
    assert_eq!(ingest::run(&renew).unwrap().renewed, 0);
    let of_now = format!("SELECT COUNT(*) FROM media WHERE substr(patches, 1, 1) = X'{:02X}'", privacy::VERSION);
    assert_eq!(gallery.sql::<i64>(&of_now), [7]);
    assert_eq!(ingest::bare(&gallery.options).unwrap(), [""; 0]);
    assert_eq!(gallery.renditions(TURNED).unwrap().all[0].height, 80);
    let after = objects(&gallery);
    assert!(before.iter().all(|(key, bytes)| after.get(key) == Some(bytes)), "old objects stay as they are");
    let planned = "SELECT COUNT(*) FROM deletions WHERE object NOT LIKE 'renditions/%/made/'";
    assert_eq!(gallery.sql::<i64>(planned), [0], "but for what a service of ours has made");
    let doctor = ingest::doctor(&gallery.options, false).unwrap();
    assert!(doctor.is_well(), "{:?}", doctor.found);
    assert_eq!(adopt(&gallery, None).unchanged, 7);

    // Who takes an item out wants all of it gone.
    ingest::curate(&gallery.options, &[NOTED.to_owned()], ingest::Change::Remove { now: true }).unwrap();
    assert_eq!(gallery.keys("").iter().filter(|key| key.contains("IMG_2797")).count(), 0);
}

/// What was encoded and could not be uploaded is kept, as that of any other run is.
#[test]
fn a_film_that_was_converted_is_uploaded_by_the_next_run() {
    let gallery = Gallery::new();
    gallery.put(CLIP, &film(&gallery.folder.path().join("clip.mp4")));
    adopt(&gallery, None);
    let kept = || {
        let all = std::fs::read_dir(gallery.options.temp.as_ref().unwrap()).unwrap();
        all.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("edge-gallery-film-")).count()
    };
    let renew = Options { library: None, renditions: true, ..gallery.options.clone() };
    let bucket = refusing(&gallery.store, "PUT /media/hls/", 403, "AccessDenied").location();
    let failed = ingest::run(&Options { bucket, ..renew.clone() });
    assert!(matches!(&failed, Err(Error::Store(words)) if words.contains("denies access")), "{failed:?}");
    assert_eq!(kept(), 1);
    assert_eq!(ingest::run(&renew).unwrap().renewed, 1);
    assert_eq!(kept(), 0);
}

#[test]
fn any_bucket_without_rows_and_without_an_ending() {
    let gallery = Gallery::new();
    gallery.put("DCIM/without an ending", &photo(1, &[(TAKEN, Value::Ascii("2024:06:15 14:03:22"))]));
    gallery.put("b.png", &encode(&quarters(30, 20), ImageFormat::Png));
    gallery.put("half.jpg", &photo(1, &[])[..100]);
    gallery.put("text.jpg", b"no picture at all");
    gallery.put("empty.jpg", b"");
    let report = adopt(&gallery, None);
    assert_eq!((report.found, report.others), (3, 2), "{report}");
    assert_eq!(one(&gallery, "width || 'x' || height", "b.png").as_deref(), Some("30x20"));
    assert_eq!(one(&gallery, "date_taken", "DCIM/without an ending").as_deref(), Some("2024-06-15T14:03:22"));
    assert_eq!(adopt(&gallery, None).unchanged, 3);
}

#[test]
fn a_run_that_was_stopped_goes_on() {
    let gallery = Gallery::new();
    fill(&gallery);
    let dump = dump(&gallery);
    let stop = Stop::default();
    stop.request();
    let options = Options { stop, ..gallery.options.clone() };
    let report = ingest::adopt(&options, &Sources { dump: Some(dump.clone()) });
    assert_eq!(report.map(|report| (report.exit_code(), report.mended)).unwrap(), (130, 0));
    assert_eq!(adopt(&gallery, Some(dump)).mended, 7);
}

#[test]
fn what_is_new_here_is_shown_there() {
    let gallery = adopted();
    let options =
        Options { keep_old_layout: true, d1: Some(gallery.folder.path().join("rows.sql")), ..gallery.options.clone() };
    gallery.file("100 % \u{e9}'s (1).jpg", &photo(7, &[(TAKEN, Value::Ascii("2025:09:23 08:00:00"))]));
    gallery.file("film.mp4", FILM);
    let new = film(&gallery.folder.path().join("new.mp4"));
    gallery.file("new film.mp4", &[&new[..], b"\0\0\0\x08free"].concat());
    let report = ingest::run(&options).unwrap();
    assert_eq!((report.added, report.unchanged), (2, 1), "the first film is in the bucket already: {report}");

    let key = "100 % \u{e9}'s (1).jpg";
    for size in ["small", "medium", "large"] {
        let thumbnail = gallery.object(&format!("thumbnails/{size}/{key}")).unwrap();
        assert_eq!(thumbnail.content_type, "image/webp");
    }
    let film = gallery.keys("hls/new film.mp4/");
    let master = String::from_utf8(gallery.object("hls/new film.mp4/master.m3u8").unwrap().bytes).unwrap();
    let variant = master.lines().find(|line| !line.starts_with('#')).unwrap();
    let list = String::from_utf8(gallery.object(&format!("hls/new film.mp4/{variant}")).unwrap().bytes).unwrap();
    let segments: Vec<_> = list.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(!segments.is_empty() && segments.iter().all(|name| film.contains(&format!("hls/new film.mp4/{name}"))));

    // As D1 reads it, into the predecessor's table.
    let there = rusqlite::Connection::open_in_memory().unwrap();
    there.execute_batch(TABLE).unwrap();
    let sql = || std::fs::read_to_string(options.d1.as_ref().unwrap()).unwrap();
    there.execute_batch(&sql()).unwrap();
    there.execute_batch(&sql()).unwrap();
    let count = || there.query_row("SELECT COUNT(*) FROM media", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count(), 2);
    let read: (String, String, i64) = there
        .query_row("SELECT key, date_taken, size FROM media WHERE type = 'image'", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    let size = i64::try_from(gallery.object(key).unwrap().bytes.len()).unwrap();
    assert_eq!(read, (key.to_owned(), "2025-09-23T08:00:00.000Z".to_owned(), size));

    assert_eq!(adopt(&gallery, None).unchanged, 9, "what was made here is not taken over from there");
    let doctor = ingest::doctor(&gallery.options, false).unwrap();
    assert!(doctor.is_well(), "{:?}", doctor.found);
    ingest::curate(&gallery.options, &[key.to_owned()], ingest::Change::Remove { now: true }).unwrap();
    assert!(gallery.object(&format!("thumbnails/small/{key}")).is_none());
    ingest::run(&options).unwrap();
    there.execute_batch(&sql()).unwrap();
    assert_eq!(count(), 1, "what was taken out here is taken out there");
}

#[test]
fn originals_where_services_write_are_named_and_left() {
    let gallery = Gallery::new();
    let digits = "0123456789abcdef0123456789abcdef";
    let theirs = ["downloads/a.jpg", "packs/b.jpg"];
    for key in theirs.iter().chain(&["c.jpg", &format!("downloads/{digits}"), &format!("packs/{digits}")]) {
        gallery.put(key, &photo(1, &[]));
    }
    let report = adopt(&gallery, Some(dump_of(&gallery, &[theirs[0], "c.jpg"])));
    assert_eq!(report.misplaced, theirs);
    assert!(report.missing.is_empty() && report.gone.is_empty() && report.exit_code() == 2, "{report}");
    assert!(report.to_string().contains("misplaced: downloads/a.jpg: "), "{report}");
    assert_eq!(gallery.sql::<String>("SELECT key FROM media"), ["c.jpg"]);

    // One that an earlier version has adopted stays in.
    for table in ["media", "adopted"] {
        gallery.sql::<String>(&format!("UPDATE {table} SET key = '{}' WHERE key = 'c.jpg' RETURNING key", theirs[0]));
    }
    gallery.delete("c.jpg");
    let again = adopt(&gallery, None);
    assert_eq!((again.misplaced, again.gone), (vec![theirs[1].to_owned()], Vec::new()));
    assert_eq!(gallery.sql::<String>("SELECT key FROM media"), [theirs[0]]);
}

/// The operator had dropped a large original. The other program still plays what was made of it.
#[test]
fn a_repair_deletes_nothing_that_another_program_may_have_made() {
    let gallery = Gallery::new();
    fill(&gallery);
    gallery.delete(MOVIE);
    let misplaced = ["catalogue/a.jpg", "hls/wedding/day1.mov", "renditions/a.jpg"];
    for key in misplaced {
        gallery.put(key, &photo(4, &[]));
    }
    let before = gallery.keys("");
    let dump = dump(&gallery);
    let report = adopt(&gallery, Some(dump));
    assert_eq!(report.misplaced, misplaced);
    assert_eq!(report.missing, [MOVIE, "gone.jpg"]);

    let ours = "renditions/gone.jpg/0123456789abcdef/small.webp";
    gallery.put(ours, b"x");
    let mended = ingest::doctor(&gallery.options, true).unwrap();
    assert!(mended.is_well() && mended.repaired.len() == 1, "{mended:?}");
    assert!(gallery.object(ours).is_none());
    for key in before {
        assert!(gallery.object(&key).is_some(), "{key} is gone");
    }
}

#[test]
fn a_row_makes_an_original_of_any_name() {
    let gallery = Gallery::new();
    let theirs = [".facebook_1.jpg", "1758739736070-sunset.jfif", "WhatsApp Image 2024 at 10.11.12"];
    for (number, key) in (1..).zip(theirs) {
        gallery.put(key, &photo(number, &[]));
    }
    gallery.put("without a row.12", &photo(9, &[]));
    gallery.put("notes.txt", b"not ours");
    let report = adopt(&gallery, Some(dump_of(&gallery, &[&theirs[..], &["notes.txt"]].concat())));
    assert_eq!((report.mended, report.missing.len(), report.others), (3, 0, 1), "{report}");
    assert_eq!((&report.unfit[..], report.exit_code()), (&["notes.txt".to_owned()][..], 2));
    assert!(report.to_string().contains("missing: notes.txt: what the bucket has is no photo or film"), "{report}");
    let shown = "SELECT key FROM media WHERE json_extract(metadata, '$.mime') = 'image/jpeg' ORDER BY key";
    assert_eq!(gallery.sql::<String>(shown), theirs);

    // Without the rows they are known by what is here.
    let again = adopt(&gallery, None);
    assert_eq!((again.unchanged, again.others, again.exit_code()), (3, 2, 0), "{again}");
    assert!(ingest::doctor(&gallery.options, false).unwrap().is_well());
}

#[test]
fn a_row_in_this_database_whose_object_is_no_picture_is_not_shown() {
    let gallery = Gallery::new();
    gallery.put("notes.txt", b"not ours");
    let sql = std::fs::read_to_string(dump_of(&gallery, &["notes.txt"])).unwrap();
    rusqlite::Connection::open(Gallery::database(&gallery.options)).unwrap().execute_batch(&sql).unwrap();
    for _ in 0..2 {
        assert_eq!(adopt(&gallery, None).unfit, ["notes.txt"]);
        assert_eq!(views::keys(&gallery), [""; 0]);
    }
}
