//! An afternoon, told by cameras, phones, films and names: each item stands where it belongs.

use std::fs::File;
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::common::Gallery;
use crate::common::jpeg::{Value, encode, quarters, with_exif};
use image::ImageFormat;

const TAKEN: u16 = 0x9003;
const OFFSET: u16 = 0x9011;
const SUBSECONDS: u16 = 0x9291;

fn gallery(zone: &str) -> Gallery {
    let mut gallery = Gallery::new();
    gallery.options.time_zone = Some(zone.to_owned());
    gallery
}

/// A photo whose bytes differ from those of other names, with these EXIF fields.
fn photo(gallery: &Gallery, name: &str, fields: &[(u16, Value)]) {
    let side = 20 + name.bytes().fold(0, |sum: u32, byte| (sum * 31 + u32::from(byte)) % 500);
    let jpeg = encode(&quarters(side, 20), ImageFormat::Jpeg);
    let bytes = if fields.is_empty() { jpeg } else { with_exif(&jpeg, &[], fields, &[]) };
    let path = gallery.file(name, &bytes);
    // 2024-06-15T12:00:00Z
    let time = SystemTime::UNIX_EPOCH + Duration::from_hours(477_348);
    File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
}

/// A film with these tags. `false` without ffmpeg.
fn film(gallery: &Gallery, name: &str, tags: &[&str]) -> bool {
    let path = gallery.file(name, b"");
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i"]);
    command.arg(format!("color=d=1:s=64x{}:r=10", 32 + 2 * (name.len() % 30)));
    command.args(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "use_metadata_tags"]);
    command.args(tags.iter().flat_map(|tag| ["-metadata", tag])).arg(&path);
    let made = command.status().is_ok_and(|status| status.success());
    if !made {
        eprintln!("no films: install ffmpeg (Debian: apt install ffmpeg)");
        std::fs::remove_file(path).unwrap();
    }
    made
}

/// Key, wall clock with its offset, and source of each item, in the order of time.
fn told(gallery: &Gallery) -> Vec<String> {
    gallery.sql(
        "SELECT key || ' ' || date_taken || ' ' || taken_offset || ' ' || taken_source || '/' || offset_source \
         FROM media ORDER BY taken_at, key",
    )
}

#[test]
fn clocks_of_an_afternoon_agree() {
    // The library's zone is far from where the pictures were taken: only they themselves can say.
    let gallery = gallery("UTC");
    let clock = |time: &'static str| (TAKEN, Value::Ascii(time));
    let offset = |offset: &'static str| (OFFSET, Value::Ascii(offset));
    photo(&gallery, "camera 1.jpg", &[clock("2024:06:15 10:00:00")]);
    photo(&gallery, "phone.jpg", &[clock("2024:06:15 10:20:00"), offset("+09:00")]);
    photo(&gallery, "visitor.jpg", &[clock("2024:06:15 09:30:00"), offset("+08:00")]);
    photo(&gallery, "phone again.jpg", &[clock("2024:06:15 10:35:00"), offset("+09:00")]);
    photo(&gallery, "camera 2.jpg", &[clock("2024:06:15 10:40:00")]);
    let films = film(&gallery, "a film.mp4", &["creation_time=2024-06-15T01:10:00Z"])
        && film(&gallery, "20240615_104500.mp4", &["creation_time=2024-06-15T01:45:00Z"])
        && film(
            &gallery,
            "apple.mov",
            &["creation_time=2024-06-15T01:50:00Z", "com.apple.quicktime.creationdate=2024-06-15T10:50:00+0900"],
        )
        && film(&gallery, "after midnight.mp4", &["creation_time=2024-06-15T15:30:00Z"]);
    assert_eq!(gallery.ingest().exit_code(), 0);
    let mut wanted = vec![
        "camera 1.jpg 2024-06-15T10:00:00 +09:00 exif/nearby",
        "phone.jpg 2024-06-15T10:20:00 +09:00 exif/exif",
        "visitor.jpg 2024-06-15T09:30:00 +08:00 exif/exif",
        "phone again.jpg 2024-06-15T10:35:00 +09:00 exif/exif",
        "camera 2.jpg 2024-06-15T10:40:00 +09:00 exif/nearby",
    ];
    if films {
        wanted.insert(1, "a film.mp4 2024-06-15T10:10:00 +09:00 container/nearby");
        wanted.extend([
            "20240615_104500.mp4 2024-06-15T10:45:00 +09:00 container/name",
            "apple.mov 2024-06-15T10:50:00 +09:00 container/container",
            "after midnight.mp4 2024-06-16T00:30:00 +09:00 container/nearby",
        ]);
    }
    assert_eq!(told(&gallery), wanted);
    // Headings go by the library's zone.
    let days: Vec<String> = gallery.sql("SELECT DISTINCT day FROM media");
    assert_eq!(days, ["2024-06-15"]);

    // With another zone the same rows get other days, and nothing is uploaded.
    let mut gallery = gallery;
    gallery.options.time_zone = Some("Asia/Tokyo".to_owned());
    assert_eq!(gallery.ingest().objects, 0);
    assert_eq!(told(&gallery), wanted);
    let after: Vec<String> = gallery.sql("SELECT day FROM media WHERE key = 'after midnight.mp4'");
    assert!(!films || after == ["2024-06-16"], "{after:?}");
}

#[test]
fn a_burst_goes_by_its_subseconds_and_scans_by_their_names() {
    let gallery = gallery("Europe/Berlin");
    for (name, subseconds) in [("x.jpg", "90"), ("y.jpg", "5"), ("z.jpg", "10")] {
        let fields = [(TAKEN, Value::Ascii("2024:06:15 16:10:00")), (SUBSECONDS, Value::Ascii(subseconds))];
        photo(&gallery, name, &fields);
    }
    for number in [3, 1, 2] {
        photo(&gallery, &format!("scan {number}.jpg"), &[]);
    }
    gallery.ingest();
    let keys: Vec<String> = gallery.sql("SELECT key FROM media ORDER BY taken_at, key");
    assert_eq!(keys, ["scan 1.jpg", "scan 2.jpg", "scan 3.jpg", "z.jpg", "y.jpg", "x.jpg"]);
    assert_eq!(gallery.sql::<String>("SELECT taken_at FROM media WHERE key = 'x.jpg'"), ["2024-06-15T14:10:00.900Z"]);
}

#[test]
fn names_and_times_of_files_are_guesses() {
    let gallery = gallery("Europe/Berlin");
    let names = [
        ("IMG-20240615-WA0007.jpg", "2024-06-15 +02:00 name/library"),
        ("WhatsApp Image 2024-06-15 at 17.46.11.jpeg", "2024-06-15T17:46:11 +02:00 name/library"),
        ("nothing.jpg", "2024-06-15T14:00:00 +02:00 file/library"),
    ];
    for (name, _) in names {
        photo(&gallery, name, &[]);
    }
    gallery.ingest();
    let told = told(&gallery);
    for (name, wanted) in names {
        assert!(told.contains(&format!("{name} {wanted}")), "{told:?}");
    }
    assert_eq!(told.last().unwrap().split(' ').next(), Some("IMG-20240615-WA0007.jpg"), "a day alone ends it");
}

#[test]
fn a_new_neighbour_moves_what_was_a_guess() {
    let gallery = gallery("UTC");
    photo(&gallery, "camera.jpg", &[(TAKEN, Value::Ascii("2024:06:15 10:00:00"))]);
    gallery.ingest();
    assert_eq!(told(&gallery), ["camera.jpg 2024-06-15T10:00:00 +00:00 exif/library"]);
    let phone = [(TAKEN, Value::Ascii("2024:06:15 10:20:00")), (OFFSET, Value::Ascii("-05:00"))];
    photo(&gallery, "phone.jpg", &phone);
    assert_eq!(gallery.ingest().objects, 2);
    assert_eq!(told(&gallery)[0], "camera.jpg 2024-06-15T10:00:00 -05:00 exif/nearby");
}

#[test]
fn what_stands_beside_a_file_may_come_later() {
    let gallery = gallery("Europe/Berlin");
    for name in ["scan.jpg", "sub/other.jpg", "dated.jpg"] {
        let dated = [(TAKEN, Value::Ascii("2024:06:15 10:00:00"))];
        photo(&gallery, name, if name == "dated.jpg" { &dated } else { &[] });
    }
    gallery.ingest();
    let takeout = |name: &str, seconds: u32| {
        let json = format!(r#"{{"photoTakenTime":{{"timestamp":"{seconds}"}}}}"#);
        gallery.file(name, json.as_bytes());
    };
    takeout("scan.jpg.json", 1_718_459_600);
    takeout("dated.jpg.json", 1_718_459_600);
    let report = gallery.ingest();
    assert_eq!((report.unchanged, report.objects), (3, 0), "{report}");
    let dated = "dated.jpg 2024-06-15T10:00:00 +02:00 exif/library";
    let scan = "scan.jpg 2024-06-15T15:53:20 +02:00 takeout/library";
    assert_eq!(told(&gallery), [dated, "sub/other.jpg 2024-06-15T14:00:00 +02:00 file/library", scan]);
    // What it said once, it says for good. A day is a guess no more.
    takeout("scan.jpg.json", 1_718_000_000);
    gallery.file("sub/other.jpg.xmp", b"<a xmlns:e='http://ns.adobe.com/exif/1.0/' e:DateTimeOriginal='2024-06-14'/>");
    assert_eq!(gallery.ingest().objects, 0);
    assert_eq!(told(&gallery), ["sub/other.jpg 2024-06-14 +02:00 xmp/library", dated, scan]);
}

#[test]
fn what_a_galleryignore_names_says_no_date() {
    let gallery = gallery("Europe/Berlin");
    for name in ["other.jpg", "scan.jpg"] {
        photo(&gallery, name, &[]);
    }
    gallery.file("other.jpg.json", br#"{"photoTakenTime":{"timestamp":"1718459600"}}"#);
    gallery.file("scan.jpg.xmp", b"<a xmlns:e='http://ns.adobe.com/exif/1.0/' e:DateTimeOriginal='2024-06-14'/>");
    gallery.file(".galleryignore", b"*.json\n*.xmp\n");
    // When the photos come in, and later.
    for _ in 0..2 {
        gallery.ingest();
        let guess = "2024-06-15T14:00:00 +02:00 file/library";
        assert_eq!(told(&gallery), [format!("other.jpg {guess}"), format!("scan.jpg {guess}")]);
    }
    gallery.file(".galleryignore", b"*.json\n");
    gallery.ingest();
    assert_eq!(told(&gallery)[0], "scan.jpg 2024-06-14 +02:00 xmp/library");
    assert_eq!(told(&gallery)[1], "other.jpg 2024-06-15T14:00:00 +02:00 file/library");
}

#[test]
fn a_repair_leaves_the_dates_and_the_settings_of_the_library() {
    let mut gallery = gallery("Asia/Tokyo");
    photo(&gallery, "camera.jpg", &[(TAKEN, Value::Ascii("2024:06:15 01:00:00"))]);
    photo(&gallery, "broken.jpg", &[(TAKEN, Value::Ascii("2024:06:15 02:00:00"))]);
    photo(&gallery, "near.jpg", &[(TAKEN, Value::Ascii("2024:06:15 10:00:00")), (OFFSET, Value::Ascii("+08:00"))]);
    gallery.file("gallery.toml", b"title = \"A journey\"");
    gallery.ingest();
    let told = |gallery: &Gallery| {
        gallery.sql::<String>(
            "SELECT json_array(key, date_taken, day, taken_at, taken_offset, offset_source) FROM media \
             UNION ALL SELECT settings FROM libraries",
        )
    };
    let before = told(&gallery);
    assert!(before.concat().contains("Asia/Tokyo") && before.concat().contains("A journey"), "{before:?}");
    gallery.delete(&gallery.rendition("small", "broken.jpg"));
    // What the file says by now, a whole run has not read yet.
    gallery.file("gallery.toml", b"title = \"Another\"\ntime_zone = \"America/New_York\"");
    gallery.options.time_zone = None;
    let mended = ingest::doctor(&gallery.options, true).unwrap();
    assert!(mended.is_well() && mended.repaired.len() == 1, "{mended:?}");
    assert_eq!(told(&gallery), before);
}
