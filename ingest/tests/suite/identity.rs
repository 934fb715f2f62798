//! Which item a file is: nothing is replaced by another picture, and nothing is in the gallery twice.

use std::fs::{self, File};
use std::path::PathBuf;

use crate::common::jpeg::{encode, quarters};
use crate::common::{Gallery, views};
use gallery::link::{Flags, LinkId};
use gallery::views::View;
use image::ImageFormat;
use ingest::{NewLink, Options, Prune, Report, add_link};

fn photo(side: u32) -> Vec<u8> {
    encode(&quarters(side, 8), ImageFormat::Png)
}

/// Writes a file into another folder beside the gallery's library.
fn file(gallery: &Gallery, path: &str, bytes: &[u8]) -> PathBuf {
    let path = gallery.folder.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

fn ingest(gallery: &Gallery, folder: &str) -> Report {
    let library = Some(gallery.folder.path().join(folder));
    ingest::run(&Options { library, ..gallery.options.clone() }).unwrap()
}

fn counts(report: &Report) -> [u64; 4] {
    assert_eq!((report.exit_code(), report.interrupted), (0, false), "{report}");
    [report.added, report.replaced, report.unchanged, report.objects]
}

fn keys(gallery: &Gallery) -> Vec<String> {
    gallery.sql("SELECT key FROM media ORDER BY key")
}

fn places(gallery: &Gallery) -> Vec<String> {
    gallery.sql("SELECT library || ':' || path || ':' || key FROM places ORDER BY library, path")
}

#[test]
fn two_cameras_may_have_the_same_names() {
    let gallery = Gallery::new();
    let names = ["IMG_0001.JPG", "% é (1).jpg", "DCIM/no extension"];
    for (number, name) in (0..).zip(names) {
        file(&gallery, &format!("camA/{name}"), &photo(10 + number));
        file(&gallery, &format!("camB/{name}"), &photo(20 + number));
    }
    assert_eq!(counts(&ingest(&gallery, "camA")), [3, 0, 0, 6]);
    assert_eq!(counts(&ingest(&gallery, "camB")), [3, 0, 0, 6]);
    let digest: String = gallery.sql("SELECT digest FROM media WHERE key LIKE 'IMG_0001-%'").remove(0);
    assert!(keys(&gallery).contains(&format!("IMG_0001-{}.JPG", &digest[..6])), "{:?}", keys(&gallery));
    for (number, name) in (0..).zip(names) {
        assert_eq!(gallery.object(name).unwrap().bytes, photo(10 + number), "{name}");
        let other: String =
            gallery.sql(&format!("SELECT key FROM places WHERE library = 'camB' AND path = '{name}'")).remove(0);
        assert_eq!(gallery.object(&other).unwrap().bytes, photo(20 + number), "{other}");
        let shown: Vec<String> = gallery.sql(&format!("SELECT filename FROM media WHERE key = '{other}'"));
        assert_eq!(shown, [name.rsplit('/').next().unwrap()], "people see the name of the file");
    }
    for folder in ["camA", "camB", "camA"] {
        assert_eq!(counts(&ingest(&gallery, folder)), [0, 0, 3, 0], "{folder}");
    }
}

#[test]
fn two_folders_of_one_name_are_two_libraries_and_a_moved_one_is_the_same() {
    let gallery = Gallery::new();
    file(&gallery, "a/photos/1.jpg", &photo(10));
    file(&gallery, "b/photos/1.jpg", &photo(11));
    ingest(&gallery, "a/photos");
    assert_eq!(counts(&ingest(&gallery, "b/photos")), [1, 0, 0, 2]);
    assert_eq!(keys(&gallery).len(), 2);
    assert_eq!(gallery.sql::<String>("SELECT name FROM libraries ORDER BY name"), ["photos", "photos (2)"]);

    fs::rename(gallery.folder.path().join("a"), gallery.folder.path().join("c")).unwrap();
    assert_eq!(counts(&ingest(&gallery, "c/photos")), [0, 0, 1, 0]);
    assert_eq!(gallery.sql::<String>("SELECT name FROM libraries ORDER BY name"), ["photos", "photos (2)"]);

    // The first folder is gone, and this one holds other files.
    fs::remove_dir_all(gallery.folder.path().join("c")).unwrap();
    file(&gallery, "d/photos/1.jpg", &photo(12));
    assert_eq!(counts(&ingest(&gallery, "d/photos")), [1, 0, 0, 2]);
    assert_eq!(keys(&gallery).len(), 3);
}

#[test]
fn a_folder_that_got_another_name_is_the_same_library() {
    let gallery = Gallery::new();
    let path = |name: &str| gallery.folder.path().join(name);
    for number in 0..4 {
        file(&gallery, &format!("lib/Italy/{number}.jpg"), &photo(10 + number));
    }
    ingest(&gallery, "lib");
    let album = View::album("lib", "Italy");
    fs::rename(path("lib"), path("pictures")).unwrap();
    fs::remove_file(path("pictures/Italy/0.jpg")).unwrap();
    let prune = Some(Prune { all: false, now: false, confirm: |_| true });
    let library = Some(path("pictures"));
    let report = ingest::run(&Options { library, prune, ..gallery.options.clone() }).unwrap();
    assert_eq!((report.unchanged, report.pruned), (3, vec!["Italy/0.jpg".to_owned()]));
    assert_eq!(gallery.sql::<String>("SELECT name FROM libraries"), ["lib"]);
    assert_eq!(views::timeline(&gallery, album.name())["count"], 3);

    // It gets a name of its own at the same time.
    fs::rename(path("pictures"), path("photos")).unwrap();
    file(&gallery, "photos/gallery.toml", b"name = \"family\"\n");
    assert_eq!(counts(&ingest(&gallery, "photos")), [0, 0, 3, 0]);
    assert_eq!(gallery.sql::<String>("SELECT name FROM libraries"), ["family"]);
    // Links to its albums still open them, whatever it is called, and never those of another library.
    for name in ["family", "ours", "lib", "family"] {
        file(&gallery, "photos/gallery.toml", format!("title = \"A\"\nname = \"{name}\"\n").as_bytes());
        for _ in 0..2 {
            ingest(&gallery, "photos");
            assert_eq!(views::timeline(&gallery, album.name())["count"], 3, "{name}");
            assert_eq!(views::timeline(&gallery, View::EVERYTHING)["title"], "A");
        }
    }
    file(&gallery, "lib/Italy/another.jpg", &photo(30));
    for _ in 0..2 {
        ingest(&gallery, "lib");
        assert_eq!(views::timeline(&gallery, album.name())["count"], 3);
        assert_eq!(views::timeline(&gallery, View::album("lib (2)", "Italy").name())["count"], 1);
    }
    assert_eq!(gallery.sql::<String>("SELECT name FROM libraries ORDER BY name"), ["family", "lib"]);

    // A folder with a copy of one picture is not the library, while that is away.
    fs::create_dir_all(path("best/Italy")).unwrap();
    fs::copy(path("photos/Italy/1.jpg"), path("best/Italy/1.jpg")).unwrap();
    fs::rename(path("photos"), path("away")).unwrap();
    assert_eq!(counts(&ingest(&gallery, "best")), [0, 0, 1, 0]);
    assert_eq!(gallery.sql::<String>("SELECT name FROM libraries ORDER BY name"), ["best", "family", "lib"]);
}

/// Another memory card at the path of the first one.
fn swap(gallery: &Gallery, at: &str, away: &str, back: &str) {
    let path = |name: &str| gallery.folder.path().join(name);
    fs::rename(path(at), path(away)).unwrap();
    fs::rename(path(back), path(at)).unwrap();
}

#[test]
fn another_memory_card_at_the_same_path_is_another_library() {
    let gallery = Gallery::new();
    for number in 1..4 {
        file(&gallery, &format!("card/DCIM/IMG_{number}.JPG"), &photo(10 + number));
        file(&gallery, &format!("other/DCIM/IMG_{number}.JPG"), &photo(20 + number));
    }
    file(&gallery, "other/DCIM/IMG_4.JPG", &photo(24));
    assert_eq!(counts(&ingest(&gallery, "card")), [3, 0, 0, 6]);
    swap(&gallery, "card", "first", "other");
    let report = ingest(&gallery, "card");
    assert_eq!(counts(&report), [4, 0, 0, 8]);
    assert!(report.to_string().contains("taken for another one, card (2)"), "{report}");
    for number in 1..4 {
        assert_eq!(gallery.object(&format!("DCIM/IMG_{number}.JPG")).unwrap().bytes, photo(10 + number));
    }
    // Each is known when it comes back, also in part, edited in part, and with other times.
    swap(&gallery, "card", "other", "first");
    assert_eq!(counts(&ingest(&gallery, "card")), [0, 0, 3, 0]);
    swap(&gallery, "card", "first", "other");
    fs::remove_file(gallery.folder.path().join("card/DCIM/IMG_1.JPG")).unwrap();
    for number in 2..5 {
        file(&gallery, &format!("card/DCIM/IMG_{number}.JPG"), &photo(if number == 4 { 30 } else { 20 + number }));
    }
    assert_eq!(counts(&ingest(&gallery, "card")), [0, 1, 2, 2]);
    assert_eq!(gallery.sql::<String>("SELECT name FROM libraries ORDER BY name"), ["card", "card (2)"]);
    assert_eq!(keys(&gallery).len(), 7);
}

#[test]
fn another_memory_card_with_the_same_name_in_gallery_toml_is_refused() {
    let gallery = Gallery::new();
    let name = |folder: &str| file(&gallery, &format!("{folder}/gallery.toml"), b"name = \"camera\"\n");
    name("card");
    name("other");
    file(&gallery, "card/1.jpg", &photo(10));
    for number in 1..3 {
        file(&gallery, &format!("other/{number}.jpg"), &photo(20 + number));
    }
    ingest(&gallery, "card");
    let options = Options { library: Some(gallery.folder.path().join("card")), ..gallery.options.clone() };
    let refused = || ingest::run(&options).unwrap_err().to_string();
    swap(&gallery, "card", "first", "other");
    assert!(refused().contains("another name in its gallery.toml, or use --force"), "{}", refused());
    assert_eq!(gallery.object("1.jpg").unwrap().bytes, photo(10));
    // The same at another path, when the first card is not there.
    fs::remove_dir_all(gallery.folder.path().join("first")).unwrap();
    fs::rename(gallery.folder.path().join("card"), gallery.folder.path().join("elsewhere")).unwrap();
    let options = Options { library: Some(gallery.folder.path().join("elsewhere")), ..gallery.options.clone() };
    let refused = ingest::run(&options).unwrap_err().to_string();
    assert!(refused.ends_with("another name in its gallery.toml"), "{refused}");
    assert_eq!(gallery.object("1.jpg").unwrap().bytes, photo(10));

    // The operator knows better.
    fs::rename(gallery.folder.path().join("elsewhere"), gallery.folder.path().join("card")).unwrap();
    let library = Some(gallery.folder.path().join("card"));
    let report = ingest::run(&Options { library, force: true, ..gallery.options.clone() }).unwrap();
    assert_eq!((report.replaced, report.added), (1, 1), "{report}");
    // A folder that is filled anew replaces nothing.
    for number in 1..3 {
        let path = gallery.folder.path().join("card").join(format!("{number}.jpg"));
        fs::rename(&path, gallery.folder.path().join(format!("{number}.jpg"))).unwrap();
        file(&gallery, &format!("card/new {number}.jpg"), &photo(30 + number));
    }
    assert_eq!(counts(&ingest(&gallery, "card")), [2, 0, 0, 4]);
}

#[test]
fn a_library_stays_the_same_whatever_was_done_to_all_of_its_files() {
    let gallery = Gallery::new();
    let path = |name: &str| gallery.folder.path().join(name);
    for number in 0..3 {
        file(&gallery, &format!("lib/{number}.jpg"), &photo(10 + number));
    }
    ingest(&gallery, "lib");
    // All files were edited.
    for number in 0..3 {
        file(&gallery, &format!("lib/{number}.jpg"), &photo(20 + number));
    }
    assert_eq!(counts(&ingest(&gallery, "lib")), [0, 3, 0, 6]);
    // They were put in order, came back without their times, and one is new.
    for number in 0..3 {
        file(&gallery, &format!("lib/2024/{number}.jpg"), &photo(20 + number));
        fs::remove_file(path(&format!("lib/{number}.jpg"))).unwrap();
    }
    file(&gallery, "lib/new.jpg", &photo(30));
    assert_eq!(counts(&ingest(&gallery, "lib")), [1, 0, 3, 2]);
    // The folder is not mounted.
    fs::rename(path("lib"), path("away")).unwrap();
    fs::create_dir(path("lib")).unwrap();
    ingest(&gallery, "lib");
    fs::remove_dir(path("lib")).unwrap();
    fs::rename(path("away"), path("lib")).unwrap();
    assert_eq!(counts(&ingest(&gallery, "lib")), [0, 0, 4, 0]);
    assert_eq!(gallery.sql::<String>("SELECT name FROM libraries"), ["lib"]);

    // The files of the same names are older: they are other ones.
    for (name, side) in [("2024/0", 40), ("2024/1", 41), ("2024/2", 42), ("new", 43)] {
        let path = file(&gallery, &format!("lib/{name}.jpg"), &photo(side));
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_600_000_000);
        File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    }
    assert_eq!(counts(&ingest(&gallery, "lib")), [4, 0, 0, 8]);
    assert_eq!(gallery.object("0.jpg").unwrap().bytes, photo(20));
}

#[test]
fn a_library_may_name_itself() {
    let gallery = Gallery::new();
    file(&gallery, "a/photos/1.jpg", &photo(10));
    file(&gallery, "a/photos/gallery.toml", b"name = \"Wedding\"\n");
    ingest(&gallery, "a/photos");
    fs::rename(gallery.folder.path().join("a/photos"), gallery.folder.path().join("a/other")).unwrap();
    assert_eq!(counts(&ingest(&gallery, "a/other")), [0, 0, 1, 0]);
    assert_eq!(places(&gallery), ["Wedding:1.jpg:1.jpg"]);
}

#[test]
fn a_library_that_gets_a_name_stays_the_same_and_a_name_is_given_once() {
    let gallery = Gallery::new();
    file(&gallery, "a/1.jpg", &photo(10));
    ingest(&gallery, "a");
    file(&gallery, "a/gallery.toml", b"name = \"family\"\n");
    assert_eq!(counts(&ingest(&gallery, "a")), [0, 0, 1, 0]);
    assert_eq!(places(&gallery), ["family:1.jpg:1.jpg"]);

    file(&gallery, "b/1.jpg", &photo(11));
    file(&gallery, "b/gallery.toml", b"name = \"family\"\n");
    let library = Some(gallery.folder.path().join("b"));
    let refused = ingest::run(&Options { library, ..gallery.options.clone() }).unwrap_err().to_string();
    assert!(refused.contains("is called family") && refused.contains("another name"), "{refused}");
    assert_eq!(gallery.object("1.jpg").unwrap().bytes, photo(10));
}

#[test]
fn the_same_bytes_are_one_item_in_two_places() {
    let gallery = Gallery::new();
    file(&gallery, "one/a.jpg", &photo(10));
    file(&gallery, "one/copies/b.jpg", &photo(10));
    file(&gallery, "two/c.jpg", &photo(10));
    assert_eq!(counts(&ingest(&gallery, "one")), [1, 0, 1, 2]);
    assert_eq!(counts(&ingest(&gallery, "two")), [0, 0, 1, 0]);
    let key = keys(&gallery).remove(0);
    assert_eq!(keys(&gallery).len(), 1);
    assert_eq!(
        places(&gallery),
        [format!("one:a.jpg:{key}"), format!("one:copies/b.jpg:{key}"), format!("two:c.jpg:{key}")]
    );

    // One of the copies is edited: that is a new item, and the other copies stay.
    file(&gallery, "one/a.jpg", &photo(11));
    assert_eq!(counts(&ingest(&gallery, "one")), [1, 0, 1, 2]);
    assert_eq!(gallery.object(&key).unwrap().bytes, photo(10));
    assert_eq!(keys(&gallery).len(), 2);
}

#[test]
fn a_renamed_file_is_the_same_item() {
    let gallery = Gallery::new();
    file(&gallery, "lib/a.jpg", &photo(10));
    file(&gallery, "lib/b.jpg", &photo(11));
    ingest(&gallery, "lib");
    let root = gallery.folder.path().join("lib");
    fs::create_dir(root.join("best of")).unwrap();
    fs::rename(root.join("a.jpg"), root.join("best of/x.jpg")).unwrap();
    assert_eq!(counts(&ingest(&gallery, "lib")), [0, 0, 2, 0]);
    assert_eq!(keys(&gallery), ["a.jpg", "b.jpg"]);
    assert_eq!(places(&gallery), ["lib:b.jpg:b.jpg", "lib:best of/x.jpg:a.jpg"]);

    // Two files change names with each other.
    fs::rename(root.join("b.jpg"), root.join("c.jpg")).unwrap();
    fs::rename(root.join("best of/x.jpg"), root.join("b.jpg")).unwrap();
    fs::rename(root.join("c.jpg"), root.join("best of/x.jpg")).unwrap();
    assert_eq!(counts(&ingest(&gallery, "lib")), [0, 0, 2, 0]);
    assert_eq!(places(&gallery), ["lib:b.jpg:a.jpg", "lib:best of/x.jpg:b.jpg"]);
}

#[test]
fn a_moved_file_keeps_its_key_also_if_a_new_one_has_its_name() {
    let gallery = Gallery::new();
    let path = |name: &str| gallery.folder.path().join("lib").join(name);
    file(&gallery, "lib/a.jpg", &photo(10));
    ingest(&gallery, "lib");
    fs::rename(path("a.jpg"), path("b.jpg")).unwrap();
    file(&gallery, "lib/a.jpg", &photo(20));
    assert_eq!(counts(&ingest(&gallery, "lib")), [1, 0, 1, 2]);
    assert_eq!(gallery.object("a.jpg").unwrap().bytes, photo(10));
    let new: String = gallery.sql("SELECT key FROM media WHERE key <> 'a.jpg'").remove(0);
    assert_eq!(places(&gallery), [format!("lib:a.jpg:{new}"), "lib:b.jpg:a.jpg".to_owned()]);

    // All move up by one, and a new one is the first. Only that one is uploaded.
    for number in 1..5 {
        file(&gallery, &format!("lib/{number}.jpg"), &photo(30 + number));
    }
    ingest(&gallery, "lib");
    for number in (1..5).rev() {
        fs::rename(path(&format!("{number}.jpg")), path(&format!("{}.jpg", number + 1))).unwrap();
    }
    file(&gallery, "lib/1.jpg", &photo(40));
    assert_eq!(counts(&ingest(&gallery, "lib")), [1, 0, 6, 2]);
    for number in 1..5 {
        assert_eq!(gallery.object(&format!("{number}.jpg")).unwrap().bytes, photo(30 + number));
    }

    // Edits are new versions, and copies of them are places.
    let edits = keys(&gallery).len();
    for (name, side) in [("2.jpg", 50), ("3.jpg", 51), ("copy of 2.jpg", 50), ("z.jpg", 51)] {
        file(&gallery, &format!("lib/{name}"), &photo(side));
    }
    assert_eq!(counts(&ingest(&gallery, "lib")), [0, 2, 7, 4]);
    assert_eq!((keys(&gallery).len(), gallery.object("1.jpg").unwrap().bytes), (edits, photo(50)));
    assert_eq!(counts(&ingest(&gallery, "lib")), [0, 0, 9, 0]);
}

#[test]
fn an_edit_that_keeps_size_and_time_is_noticed() {
    let gallery = Gallery::new();
    let path = file(&gallery, "lib/a.jpg", &photo(10));
    ingest(&gallery, "lib");
    let before: Vec<String> = gallery.sql("SELECT version FROM media");
    let time = path.metadata().unwrap().modified().unwrap();
    let mut bytes = photo(10);
    // The last byte of the picture's data, and the checksum that follows, do not matter to the size.
    let edited = encode(&image::RgbImage::from_pixel(10, 8, image::Rgb([1, 2, 3])), ImageFormat::Png);
    bytes.truncate(edited.len());
    let text = vec![0; photo(10).len() - edited.len() - 12];
    let mut whole = edited[..33].to_vec();
    whole.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
    whole.extend(b"teXt");
    whole.extend(&text);
    whole.extend([0; 4]);
    whole.extend(&edited[33..]);
    assert_eq!(whole.len(), photo(10).len());
    fs::write(&path, &whole).unwrap();
    File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    let report = ingest(&gallery, "lib");
    assert_eq!((report.replaced, report.failed.len()), (1, 0), "{report}");
    assert_eq!(keys(&gallery), ["a.jpg"]);
    assert_ne!(gallery.sql::<String>("SELECT version FROM media"), before);
    assert_eq!(gallery.object("a.jpg").unwrap().bytes, whole);
}

#[test]
fn a_library_of_0_1_0_comes_through() {
    let gallery = Gallery::new();
    for (name, side) in [("a.jpg", 10), ("2024/b.jpg", 11)] {
        file(&gallery, &format!("lib/{name}"), &photo(side));
    }
    ingest(&gallery, "lib");
    // As 0.1.0 left it: no digest, no version, no places.
    let old = "UPDATE media SET digest = NULL, version = NULL, taken_at = NULL, taken_source = NULL, taken_offset = NULL, \
               offset_source = NULL, day = NULL, date_taken = '2024-06-15T14:00:00'";
    let database = crate::common::database(&gallery.options);
    let connection = rusqlite::Connection::open(database).unwrap();
    connection.execute_batch(old).unwrap();
    connection.execute_batch("DELETE FROM places; DELETE FROM libraries").unwrap();
    connection.execute_batch("UPDATE media SET digest = json_extract(metadata, '$.source.sha256')").unwrap();
    drop(connection);
    assert_eq!(counts(&ingest(&gallery, "lib")), [0, 0, 2, 0]);
    assert_eq!(keys(&gallery), ["2024/b.jpg", "a.jpg"]);
    assert_eq!(places(&gallery), ["lib:2024/b.jpg:2024/b.jpg", "lib:a.jpg:a.jpg"]);
    let dates: Vec<String> = gallery.sql("SELECT date_taken FROM media");
    assert_eq!(dates, ["2024-06-15T14:00:00", "2024-06-15T14:00:00"]);
    assert_eq!(gallery.sql::<i64>("SELECT COUNT(*) FROM media WHERE version IS NULL"), [2]);

    // Another camera's files of the same names do not replace them either.
    for (name, side) in [("a.jpg", 20), ("2024/b.jpg", 21)] {
        file(&gallery, &format!("other/{name}"), &photo(side));
    }
    assert_eq!(counts(&ingest(&gallery, "other")), [2, 0, 0, 4]);
    assert_eq!(gallery.object("a.jpg").unwrap().bytes, photo(10));
}

#[test]
fn a_dry_run_writes_nothing() {
    let gallery = Gallery::new();
    let options =
        Options { dry_run: true, library: Some(gallery.folder.path().join("lib")), ..gallery.options.clone() };
    file(&gallery, "lib/a.jpg", &photo(10));
    file(&gallery, "lib/b.jpg", &photo(10));
    let report = ingest::run(&options).unwrap();
    assert_eq!((report.added, report.unchanged, report.objects), (1, 1, 0), "{report}");
    assert!(report.to_string().starts_with("would be done: "), "{report}");
    assert!(!crate::common::database(&gallery.options).exists());
    assert!(gallery.object("a.jpg").is_none() && gallery.object(gallery::views::INDEX).is_none());

    ingest(&gallery, "lib");
    file(&gallery, "lib/a.jpg", &photo(11));
    file(&gallery, "lib/c.jpg", &photo(12));
    let report = ingest::run(&options).unwrap();
    assert_eq!((report.added, report.unchanged), (2, 1), "{report}");
    assert_eq!(keys(&gallery).len(), 1);
}

#[test]
fn libraries_say_what_they_are_called_and_what_their_albums_are() {
    let gallery = Gallery::new();
    file(&gallery, "lib/Italy/a.jpg", &photo(10));
    file(&gallery, "lib/Italy/b.jpg", &photo(11));
    file(&gallery, "lib/c.jpg", &photo(12));
    let published = || views::timeline(&gallery, View::EVERYTHING);
    ingest(&gallery, "lib");
    let by_folder = published();
    let album = View::album("lib", "Italy");
    let wanted = serde_json::json!({ "name": album.name(), "title": "Italy", "count": 2 });
    assert_eq!((&by_folder["title"], &by_folder["views"][3]), (&serde_json::Value::Null, &wanted));
    assert_eq!(views::timeline(&gallery, album.name())["count"], 2);

    let settings = "title = \"Ours\"\ncover = \"c.jpg\"\n[[albums]]\ntitle = \"All\"\nglobs = [\"**/*.jpg\"]\n";
    file(&gallery, "lib/gallery.toml", settings.as_bytes());
    assert_eq!(ingest(&gallery, "lib").exit_code(), 0);
    let set = published();
    assert_eq!((&set["title"], &set["cover"]), (&"Ours".into(), &"c.jpg".into()));
    assert_eq!((&set["views"][3]["title"], &set["views"][3]["count"]), (&"All".into(), &3.into()));
    assert_eq!(set["views"].as_array().unwrap().len(), 4);

    file(&gallery, "lib/gallery.toml", b"titel = \"Ours\"\n");
    let library = Some(gallery.folder.path().join("lib"));
    let refused = ingest::run(&Options { library, ..gallery.options.clone() }).unwrap_err().to_string();
    assert!(refused.contains("titel") && refused.contains("line 1") && refused.lines().count() == 1, "{refused}");
}

/// Old Macs have written an accent behind its letter, and editors write one character.
#[test]
fn settings_and_links_fit_names_in_either_spelling() {
    let gallery = Gallery::new();
    let (composed, decomposed) = ("\u{c9}t\u{e9}", "E\u{301}te\u{301}");
    file(&gallery, &format!("lib/{decomposed}/a.png"), &photo(10));
    file(&gallery, "lib/b.png", &photo(11));
    file(&gallery, "lib/gallery.toml", format!("cover = \"{composed}/a.png\"\n").as_bytes());
    ingest(&gallery, "lib");
    let key = format!("{decomposed}/a.png");
    assert_eq!(keys(&gallery), [key.as_str(), "b.png"], "a key is spelled as the file's name is");
    let by_folder = views::timeline(&gallery, View::EVERYTHING);
    assert_eq!((&by_folder["cover"], &by_folder["views"][3]["title"]), (&key.into(), &decomposed.into()));

    let link = NewLink {
        id: LinkId::of("AAAAAAAAAAAAAAAAAAAAAA").unwrap(),
        label: "guests".to_owned(),
        expires: None,
        views: vec![composed.to_owned()],
        flags: Flags::default(),
        password: None,
    };
    let link = add_link(&gallery.options, b"0f4c8d1b6a3e49d2b7c5f0e1a2938475", link).unwrap();
    assert_eq!(link.views, [View::album("lib", decomposed)]);
}

/// To R2 both spellings of a name are one object: the second file would replace the first.
#[test]
fn two_spellings_of_one_name_get_two_keys() {
    let gallery = Gallery::new();
    let (composed, decomposed) = ("Zo\u{eb}", "Zoe\u{308}");
    for (name, side) in [(decomposed, 10), (composed, 11)] {
        file(&gallery, &format!("lib/{name}.png"), &photo(side));
    }
    assert_eq!(counts(&ingest(&gallery, "lib")), [2, 0, 0, 4]);
    let digest: String = gallery.sql("SELECT digest FROM media WHERE key LIKE '%-%'").remove(0);
    let suffixed = format!("{composed}-{}.png", &digest[..6]);
    assert_eq!(keys(&gallery), [format!("{decomposed}.png"), suffixed.clone()]);
    assert_eq!(gallery.object(&suffixed).unwrap().bytes, photo(11));
    assert_eq!(counts(&ingest(&gallery, "lib")), [0, 0, 2, 0]);
    // The other way round, and of what was pruned.
    fs::remove_file(gallery.folder.path().join(format!("lib/{decomposed}.png"))).unwrap();
    file(&gallery, "lib/E\u{301}t\u{e9}/a.png", &photo(12));
    assert_eq!(counts(&ingest(&gallery, "lib")), [1, 0, 1, 2]);
    let library = Some(gallery.folder.path().join("lib"));
    let prune = Some(Prune { all: false, now: false, confirm: |_| true });
    ingest::run(&Options { library, prune, ..gallery.options.clone() }).unwrap();
    file(&gallery, "other/Zo\u{eb}.png", &photo(13));
    file(&gallery, "other/\u{c9}t\u{e9}/a.png", &photo(14));
    assert_eq!(counts(&ingest(&gallery, "other")), [2, 0, 0, 4]);
    let new = gallery.sql::<String>("SELECT key FROM places WHERE library = 'other'");
    assert!(new.len() == 2 && new.iter().all(|key| key.contains('-')), "{new:?}");
}

/// An earlier version gave both spellings as keys. They stay.
#[test]
fn two_spellings_that_are_keys_already_stay() {
    let gallery = Gallery::new();
    let (composed, decomposed) = ("Zo\u{eb}.png", "Zoe\u{308}.png");
    file(&gallery, &format!("lib/{decomposed}"), &photo(10));
    file(&gallery, "lib/a.png", &photo(11));
    ingest(&gallery, "lib");
    fs::rename(gallery.folder.path().join("lib/a.png"), gallery.folder.path().join("lib").join(composed)).unwrap();
    let connection = rusqlite::Connection::open(crate::common::database(&gallery.options)).unwrap();
    for table in ["media", "places"] {
        connection.execute(&format!("UPDATE {table} SET key = ?1 WHERE key = 'a.png'"), [composed]).unwrap();
    }
    drop(connection);
    for _ in 0..2 {
        assert_eq!(counts(&ingest(&gallery, "lib")), [0, 0, 2, 0]);
        assert_eq!(keys(&gallery), [decomposed, composed]);
    }
    // An edit of one of them is a new version of it.
    file(&gallery, &format!("lib/{composed}"), &photo(20));
    assert_eq!(counts(&ingest(&gallery, "lib")), [0, 1, 1, 2]);
    assert_eq!(keys(&gallery), [decomposed, composed]);
}

#[test]
fn two_runs_at_a_time_do_not_share_a_gallery() {
    let gallery = Gallery::new();
    file(&gallery, "lib/a.jpg", &photo(10));
    let lock = format!("{}.lock", crate::common::database(&gallery.options).display());
    let other = File::create(lock).unwrap();
    other.try_lock().unwrap();
    let library = Some(gallery.folder.path().join("lib"));
    let options = Options { library, ..gallery.options.clone() };
    let refused = ingest::run(&options).unwrap_err().to_string();
    assert!(refused.contains("another ingest"), "{refused}");
    drop(other);
    assert_eq!(ingest::run(&options).unwrap().added, 1);
}
