//! Live and motion photos.

use std::fs;

use gallery::rendition::Rendition;
use image::ImageFormat;
use ingest::{Change, Prune, curate, doctor};

use super::refused::ffmpeg_that;
use super::{film, kept};
use crate::common::Gallery;
use crate::common::jpeg::{Value, encode, quarters, with_exif};

const CLIP: &str = "-f lavfi -i testsrc=d=2.8:s=320x240:r=15 -f lavfi -i sine=d=2.8 -pix_fmt yuv420p -c:v libx264 \
                    -preset ultrafast -c:a aac -shortest";

fn photo() -> Vec<u8> {
    encode(&quarters(900, 600), ImageFormat::Jpeg)
}

/// A photo that was taken at this moment.
fn taken(time: &'static str) -> Vec<u8> {
    with_exif(&photo(), &[], &[(0x9003, Value::Ascii(time))], &[])
}

fn keys(gallery: &Gallery) -> Vec<String> {
    gallery.sql("SELECT key FROM media ORDER BY key")
}

/// The clip of an item and the clip as it was found: both are in the bucket.
fn clips(gallery: &Gallery, key: &str) -> (Rendition, Option<Rendition>) {
    let renditions = gallery.renditions(key).unwrap();
    for rendition in &renditions.all {
        let object = gallery.object(&renditions.object(key, rendition)).expect(&rendition.name);
        assert_eq!(object.bytes.len() as u64, rendition.bytes, "{}", rendition.name);
        assert_eq!(rendition.crc, Some(crc32fast::hash(&object.bytes)), "{}", rendition.name);
    }
    (renditions.clip().expect("it has a clip").clone(), renditions.source_of_clip().cloned())
}

pub fn beside() {
    let mut gallery = Gallery::new();
    gallery.file("a/IMG_2001.JPG", &photo());
    let clip = film(&gallery, "a/img_2001.MOV", &format!("{CLIP} -f mov"));
    // In another folder, and longer than any clip.
    film(&gallery, "b/IMG_2001.MOV", &format!("{CLIP} -f mov -metadata title=other"));
    gallery.file("c/IMG_1.JPG", &encode(&quarters(800, 600), ImageFormat::Jpeg));
    film(&gallery, "c/IMG_1.MOV", &CLIP.replace("2.8", "7"));
    let report = gallery.ingest();
    assert_eq!((report.added, report.exit_code()), (5, 0), "{report}");
    assert_eq!(keys(&gallery), ["a/IMG_2001.JPG", "b/IMG_2001.MOV", "c/IMG_1.JPG", "c/IMG_1.MOV"]);
    let (made, original) = clips(&gallery, "a/IMG_2001.JPG");
    assert_eq!((made.width, made.height, original.unwrap().bytes), (320, 240, clip.metadata().unwrap().len()));
    assert!(doctor(&gallery.options, false).unwrap().is_well());

    // Nothing is done twice.
    let report = gallery.ingest();
    assert_eq!((report.added, report.unchanged, report.objects), (0, 5, 0), "{report}");
    // A photo that changes keeps its clip, and a clip that changes is another one.
    gallery.file("a/IMG_2001.JPG", &encode(&quarters(901, 600), ImageFormat::Jpeg));
    let report = gallery.ingest();
    assert_eq!(report.replaced, 1, "{report}");
    assert_eq!(clips(&gallery, "a/IMG_2001.JPG").0, made);
    film(&gallery, "a/img_2001.MOV", &format!("{} -f mov", CLIP.replace("2.8", "2.0")));
    assert_eq!(gallery.ingest().replaced, 1);
    assert_ne!(clips(&gallery, "a/IMG_2001.JPG").0, made);
    assert!(doctor(&gallery.options, false).unwrap().is_well());

    // Without its file it goes.
    fs::remove_file(&clip).unwrap();
    gallery.ingest();
    clips(&gallery, "a/IMG_2001.JPG");
    // Not where nobody agrees.
    gallery.options.prune = Some(Prune { all: false, now: false, confirm: |_| false });
    gallery.ingest();
    let before = clips(&gallery, "a/IMG_2001.JPG");
    gallery.options.prune = Some(Prune { all: false, now: false, confirm: |paths| paths == ["a/img_2001.MOV"] });
    gallery.ingest();
    assert!(gallery.renditions("a/IMG_2001.JPG").unwrap().clip().is_none());
    assert!(doctor(&gallery.options, false).unwrap().is_well());
    // It comes back before its objects go, and they stay.
    gallery.options.prune = None;
    film(&gallery, "a/img_2001.MOV", &format!("{} -f mov", CLIP.replace("2.8", "2.0")));
    gallery.ingest();
    assert_eq!(clips(&gallery, "a/IMG_2001.JPG").1, before.1);
    gallery.sql::<String>("UPDATE deletions SET due = '2020-01-01T00:00:00Z' RETURNING object");
    gallery.ingest();
    clips(&gallery, "a/IMG_2001.JPG");
    assert!(doctor(&gallery.options, false).unwrap().is_well());
}

/// A folder of pairs that was renamed has all its clips, and one that goes later goes by itself.
pub fn moved() {
    let mut gallery = Gallery::new();
    for number in 1..4 {
        gallery.file(&format!("a/IMG_{number}.JPG"), &encode(&quarters(900 + number, 600), ImageFormat::Jpeg));
        film(&gallery, &format!("a/IMG_{number}.MOV"), &format!("{CLIP} -f mov -metadata title={number}"));
    }
    assert_eq!(gallery.ingest().added, 6);
    let path = |name: &str| gallery.library().join(name);
    fs::rename(path("a"), path("b")).unwrap();
    let report = gallery.ingest();
    assert_eq!((report.unchanged, report.objects), (6, 0), "{report}");
    let clips_at = "SELECT path FROM clips ORDER BY path";
    assert_eq!(gallery.sql::<String>(clips_at), ["b/IMG_1.MOV", "b/IMG_2.MOV", "b/IMG_3.MOV"]);
    fs::remove_file(path("b/IMG_1.MOV")).unwrap();
    gallery.options.prune = Some(Prune { all: false, now: false, confirm: |paths| paths == ["b/IMG_1.MOV"] });
    let report = gallery.ingest();
    assert_eq!(report.exit_code(), 0, "{report}");
    let has_clip = |key: &str| gallery.renditions(key).unwrap().clip().is_some();
    assert_eq!(["a/IMG_1.JPG", "a/IMG_2.JPG", "a/IMG_3.JPG"].map(has_clip), [false, true, true]);
    // Most of them at once may be a folder that is not mounted.
    for name in ["b/IMG_2.MOV", "b/IMG_3.MOV"] {
        fs::remove_file(gallery.library().join(name)).unwrap();
    }
    let report = gallery.ingest();
    assert!(report.skipped[0].reason.contains("the files of 2 of 2 clips are gone"), "{report}");
}

/// What a person took out does not come in again as a film.
pub fn hidden() {
    let mut gallery = Gallery::new();
    gallery.file("IMG_1.JPG", &photo());
    film(&gallery, "IMG_1.MOV", &format!("{CLIP} -f mov"));
    gallery.ingest();
    let key = ["IMG_1.JPG".to_owned()];
    curate(&gallery.options, &key, Change::Hide).unwrap();
    let report = gallery.ingest();
    assert_eq!((report.added, report.kept_out, report.objects), (0, 2, 0), "{report}");
    // Also if the clip came later, or was edited.
    film(&gallery, "IMG_1.MOV", &format!("{} -f mov", CLIP.replace("2.8", "2.0")));
    assert_eq!(gallery.ingest().kept_out, 2);
    assert!(keys(&gallery).is_empty());
    curate(&gallery.options, &key, Change::Show).unwrap();
    gallery.ingest();
    clips(&gallery, "IMG_1.JPG");
    assert_eq!(keys(&gallery), key);
    // A photo that is made anew keeps its clip, although its file is gone.
    fs::remove_file(gallery.library().join("IMG_1.MOV")).unwrap();
    gallery.options.force = true;
    assert_eq!(gallery.ingest().replaced, 1);
    clips(&gallery, "IMG_1.JPG");
    assert!(doctor(&gallery.options, false).unwrap().is_well());
}

/// What lies where the clip of a removed photo lay may be an edit of it, or a film of another device.
pub fn another_in_its_place() {
    let gallery = Gallery::new();
    gallery.file("other/a.JPG", &encode(&quarters(700, 600), ImageFormat::Jpeg));
    let photo = gallery.file("IMG_1.JPG", &photo());
    let clip = film(&gallery, "IMG_1.MOV", &format!("{CLIP} -f mov"));
    gallery.ingest();
    curate(&gallery.options, &["IMG_1.JPG".to_owned()], Change::Remove { now: false }).unwrap();
    let bytes = fs::read(&clip).unwrap();
    fs::remove_file(&photo).unwrap();
    fs::remove_file(&clip).unwrap();
    gallery.ingest();
    // The clip itself, with other times.
    fs::write(&clip, bytes).unwrap();
    let report = gallery.ingest();
    assert_eq!((report.kept_out, report.added, report.notes.len()), (1, 0, 0), "{report}");
    // As short as a clip.
    film(&gallery, "IMG_1.MOV", &format!("{} -f mov", CLIP.replace("2.8", "2.0")));
    for _ in 0..2 {
        let report = gallery.ingest();
        assert_eq!((report.kept_out, report.added, report.exit_code()), (1, 0, 0), "{report}");
        assert!(report.notes[0].name == "IMG_1.MOV" && report.notes[0].reason.contains("rename it"), "{report}");
    }
    assert_eq!(keys(&gallery), ["other/a.JPG"]);
    // No clip is as long.
    film(&gallery, "IMG_1.MOV", &format!("{} -f mov", CLIP.replace("2.8", "7")));
    let report = gallery.ingest();
    assert_eq!((report.kept_out, report.added, report.exit_code()), (0, 1, 0), "{report}");
    assert_eq!(keys(&gallery), ["IMG_1.MOV", "other/a.JPG"]);
    let report = gallery.ingest();
    assert_eq!((report.unchanged, report.objects), (2, 0), "{report}");
}

/// Only one of two films is the clip, and they do not change places.
pub fn two_films() {
    let gallery = Gallery::new();
    gallery.file("IMG_1.JPG", &photo());
    film(&gallery, "IMG_1.MOV", &format!("{CLIP} -f mov"));
    film(&gallery, "IMG_1.MP4", &CLIP.replace("2.8", "2.0"));
    assert_eq!(gallery.ingest().added, 3);
    assert_eq!(keys(&gallery), ["IMG_1.JPG", "IMG_1.MP4"]);
    let made = clips(&gallery, "IMG_1.JPG");
    let report = gallery.ingest();
    assert_eq!((report.unchanged, report.objects), (3, 0), "{report}");
    // A copy of the pair is the same item.
    fs::create_dir(gallery.library().join("copy")).unwrap();
    for name in ["IMG_1.JPG", "IMG_1.MOV"] {
        fs::copy(gallery.library().join(name), gallery.library().join("copy").join(name)).unwrap();
    }
    let report = gallery.ingest();
    assert_eq!((report.added, report.replaced, report.objects), (0, 0, 0), "{report}");
    assert_eq!((clips(&gallery, "IMG_1.JPG"), keys(&gallery).len()), (made, 2));
    assert_eq!(gallery.ingest().unchanged, 5);
}

/// A photo of an earlier version gets renditions and its clip in one run.
pub fn of_an_earlier_version() {
    let mut gallery = Gallery::new();
    gallery.file("IMG_1.JPG", &photo());
    gallery.ingest();
    gallery.sql::<String>("UPDATE media SET renditions = NULL, thumbhash = NULL RETURNING key");
    film(&gallery, "IMG_1.MOV", &format!("{CLIP} -f mov"));
    gallery.options.renditions = true;
    let report = gallery.ingest();
    assert_eq!((report.renewed, report.added), (1, 1), "{report}");
    clips(&gallery, "IMG_1.JPG");
    assert_eq!(keys(&gallery), ["IMG_1.JPG"]);
}

/// Its photo could not be read by an earlier version, or came later.
pub fn alone_before() {
    let gallery = Gallery::new();
    film(&gallery, "IMG_1.MOV", &format!("{CLIP} -f mov"));
    gallery.ingest();
    assert_eq!(keys(&gallery), ["IMG_1.MOV"]);
    gallery.file("IMG_1.JPG", &photo());
    let report = gallery.ingest();
    assert_eq!((report.added, report.exit_code()), (2, 0), "{report}");
    assert_eq!(keys(&gallery), ["IMG_1.JPG"]);
    clips(&gallery, "IMG_1.JPG");
    assert_eq!(gallery.ingest().objects, 0);
    assert_eq!(keys(&gallery), ["IMG_1.JPG"]);
    assert!(doctor(&gallery.options, false).unwrap().is_well());
}

/// Two devices may give the same name. What was taken at other moments, or names another photo, is a film of its own.
pub fn strangers() {
    let gallery = Gallery::new();
    gallery.file("IMG_1.JPG", &taken("2024:06:15 14:03:22"));
    film(&gallery, "IMG_1.MP4", &format!("{CLIP} -metadata creation_time=2024-06-15T12:10:00Z"));
    gallery.file("IMG_2.JPG", &taken("2024:06:15 15:03:22"));
    film(&gallery, "IMG_2.MP4", &format!("{CLIP} -metadata creation_time=2024-06-15T13:03:25Z"));
    // By its identifier, whatever its name is.
    let id = "01234567-89AB-CDEF-0123-456789ABCDEF";
    let note = [b"Apple iOS\0\0\x01MM".as_slice(), &[0; 40], id.as_bytes(), b"\0"].concat();
    let with_note =
        with_exif(&encode(&quarters(700, 600), ImageFormat::Jpeg), &[], &[(0x927c, Value::Undefined(note))], &[]);
    gallery.file("IMG_3.JPG", &with_note);
    let identified =
        format!("-movflags use_metadata_tags -metadata com.apple.quicktime.content.identifier={id} -f mov");
    film(&gallery, "clip of three.MOV", &format!("{CLIP} {identified}"));
    film(&gallery, "IMG_3.MOV", &format!("{CLIP} -r 25 {}", identified.replace("ABCDEF", "000000")));
    let report = gallery.ingest();
    assert_eq!(report.exit_code(), 0, "{report}");
    assert_eq!(keys(&gallery), ["IMG_1.JPG", "IMG_1.MP4", "IMG_2.JPG", "IMG_3.JPG", "IMG_3.MOV"]);
    clips(&gallery, "IMG_2.JPG");
    clips(&gallery, "IMG_3.JPG");
}

/// A film behind the picture in one file.
pub fn behind() {
    let gallery = Gallery::new();
    let clip = film(&gallery, "clip.mp4", CLIP);
    let film = fs::read(&clip).unwrap();
    fs::remove_file(clip).unwrap();
    gallery.file("% é (1).jpg", &[&photo()[..], &film].concat());
    gallery.file("broken.jpg", &[&taken("2024:06:15 14:03:22")[..], &film[..200]].concat());
    let report = gallery.ingest();
    assert_eq!((report.added, report.exit_code()), (2, 0), "{report}");
    let (made, original) = clips(&gallery, "% é (1).jpg");
    assert_eq!((made.width, original), (320, None));
    assert!(report.notes[0].reason.starts_with("its clip was left out"), "{report}");
    assert!(gallery.renditions("broken.jpg").unwrap().clip().is_none());
    assert_eq!(kept(&gallery), 0, "temporary folders are gone");
    assert_eq!(gallery.ingest().objects, 0);
}

/// Google's Takeout writes the film behind a picture beside it, too.
pub fn takeout() {
    let mut gallery = Gallery::new();
    let clip = film(&gallery, "clip.mp4", CLIP);
    let film = fs::read(&clip).unwrap();
    fs::rename(clip, gallery.library().join("PXL_1.MP")).unwrap();
    // An earlier version made an item of it.
    gallery.ingest();
    assert_eq!(keys(&gallery), ["PXL_1.MP"]);
    gallery.file("PXL_1.MP.jpg", &[&photo()[..], &film].concat());
    gallery.file("new/PXL_2.MP.jpg", &[&taken("2024:06:15 14:03:22")[..], &film].concat());
    gallery.file("new/PXL_2.MP", &[&film[..], b"\0\0\0\x08free"].concat());
    let report = gallery.ingest();
    assert_eq!((report.added, report.exit_code()), (4, 0), "{report}");
    let photos = ["PXL_1.MP.jpg", "new/PXL_2.MP.jpg"];
    assert_eq!(keys(&gallery), photos);
    let of_files = |gallery: &Gallery| photos.map(|key| clips(gallery, key).1.expect("it is from a file").bytes);
    let bytes = film.len() as u64;
    assert_eq!(of_files(&gallery), [bytes, bytes + 8]);
    let report = gallery.ingest();
    assert_eq!((report.unchanged, report.objects), (4, 0), "{report}");
    assert!(doctor(&gallery.options, false).unwrap().is_well());
    // A photo that is made anew has its own clip again, until the film is asked for.
    gallery.options.force = true;
    assert_eq!(gallery.ingest().exit_code(), 0);
    assert_eq!(of_files(&gallery), [bytes, bytes + 8]);
    gallery.options.force = false;
    assert_eq!(gallery.ingest().objects, 0);
    assert_eq!(keys(&gallery), photos);
    assert!(doctor(&gallery.options, false).unwrap().is_well());
    // If the film beside it goes, the one behind the picture is the clip again.
    fs::remove_file(gallery.library().join("PXL_1.MP")).unwrap();
    gallery.options.prune = Some(Prune { all: true, now: false, confirm: |_| true });
    gallery.ingest();
    gallery.options.prune = None;
    assert_eq!(clips(&gallery, photos[0]).1, None);
    assert!(doctor(&gallery.options, false).unwrap().is_well());
    assert_eq!(gallery.ingest().objects, 0);
}

/// A film whose clip cannot be made stays a film.
pub fn not_made() {
    let mut gallery = Gallery::new();
    film(&gallery, "IMG_1.MOV", &format!("{CLIP} -f mov"));
    gallery.ingest();
    gallery.file("IMG_1.JPG", &photo());
    gallery.options.ffmpeg = Some(ffmpeg_that(&gallery, "*+faststart*) exit 1"));
    let report = gallery.ingest();
    assert_eq!((report.added, report.unchanged, report.exit_code()), (1, 1, 0), "{report}");
    assert_eq!(keys(&gallery), ["IMG_1.JPG", "IMG_1.MOV"]);
    gallery.options.ffmpeg = None;
    gallery.ingest();
    assert_eq!(keys(&gallery), ["IMG_1.JPG"]);
}

/// A camera's small picture of a film is no photo whose clip the film might be, and its small film is none.
pub fn companions() {
    let gallery = Gallery::new();
    film(&gallery, "MVI_0001.AVI", "-f lavfi -i testsrc=d=2:s=320x240:r=25 -c:v mpeg4 -f avi");
    gallery.file("MVI_0001.THM", &encode(&quarters(160, 120), ImageFormat::Jpeg));
    film(&gallery, "MVI_0001.LRV", "-f lavfi -i testsrc=d=2:s=64x48:r=25 -c:v mpeg4 -f mp4");
    let report = gallery.ingest();
    assert_eq!((report.added, report.left_out, report.exit_code()), (1, 2, 0), "{report}");
    assert_eq!(gallery.sql::<String>("SELECT key || ' ' || type FROM media"), ["MVI_0001.AVI video"]);
}
