//! Items are taken out and come back: remove, hide, prune, and what `doctor` finds.

use std::fs;

use crate::common::jpeg::{encode, quarters};
use crate::common::{Gallery, views};
use image::ImageFormat;
use ingest::{Became, Change, Error, Kind, Options, Prune, Report, Stop, curate, doctor};

fn library(photos: u32) -> Gallery {
    let gallery = Gallery::new();
    for number in 0..photos {
        gallery.file(&format!("{number}.jpg"), &photo(number));
    }
    gallery.ingest();
    gallery
}

fn photo(number: u32) -> Vec<u8> {
    encode(&quarters(10 + number, 8), ImageFormat::Jpeg)
}

fn change(gallery: &Gallery, change: Change, key: &str) -> Became {
    curate(&gallery.options, &[key.to_owned()], change).unwrap()[0].1
}

/// The keys that are shown, by the rows and by the views alike.
fn shown(gallery: &Gallery) -> Vec<String> {
    let rows: Vec<String> = gallery.sql("SELECT key FROM media ORDER BY key");
    let mut keys = views::keys(gallery);
    keys.sort();
    assert_eq!(keys, rows);
    rows
}

fn has_objects(gallery: &Gallery, key: &str) -> bool {
    let has = gallery.object(key).is_some();
    for rendition in gallery
        .renditions(key)
        .iter()
        .flat_map(|renditions| renditions.all.iter().map(|rendition| renditions.object(key, rendition)))
    {
        assert_eq!(gallery.object(&rendition).is_some(), has, "half of {key} is there");
    }
    has
}

/// Makes everything due that is planned.
fn let_time_pass(gallery: &Gallery) {
    gallery.sql::<String>("UPDATE deletions SET due = '2020-01-01T00:00:00Z' RETURNING object");
}

fn is_well(gallery: &Gallery) -> bool {
    let diagnosis = doctor(&gallery.options, false).unwrap();
    assert!(diagnosis.found.iter().all(|finding| !finding.detail.is_empty()));
    if !diagnosis.is_well() {
        eprintln!("{diagnosis:?}");
    }
    diagnosis.is_well()
}

#[test]
fn what_is_removed_goes_after_thirty_days_and_stays_out() {
    let gallery = library(3);
    let row = "SELECT group_concat(coalesce(size, '') || coalesce(date_taken, '') || metadata || uploaded_at) FROM media WHERE key = '1.jpg'";
    let before: Vec<String> = gallery.sql(row);
    assert_eq!(change(&gallery, Change::Remove { now: false }, "1.jpg"), Became::Removed);
    assert_eq!(shown(&gallery), ["0.jpg", "2.jpg"]);
    assert!(has_objects(&gallery, "1.jpg"));
    let report = gallery.ingest();
    assert_eq!((report.added, report.unchanged, report.kept_out, report.exit_code()), (0, 2, 1, 0), "{report}");

    assert_eq!(change(&gallery, Change::Restore, "1.jpg"), Became::Shown);
    assert_eq!(shown(&gallery).len(), 3);
    assert_eq!(gallery.sql::<String>(row), before, "it comes back as it was");
    let_time_pass(&gallery);
    gallery.ingest();
    assert!(has_objects(&gallery, "1.jpg"), "what was restored is not deleted");

    change(&gallery, Change::Remove { now: false }, "1.jpg");
    gallery.ingest();
    assert!(has_objects(&gallery, "1.jpg"), "its time has not come");
    let_time_pass(&gallery);
    gallery.ingest();
    assert!(!has_objects(&gallery, "1.jpg") && has_objects(&gallery, "2.jpg"));
    assert_eq!(gallery.ingest().kept_out, 1);
    assert!(is_well(&gallery));

    assert_eq!(change(&gallery, Change::Restore, "1.jpg"), Became::Forgotten);
    assert_eq!(gallery.ingest().added, 1);
    assert_eq!(shown(&gallery).len(), 3);
}

#[test]
fn now_is_now_and_an_unknown_key_is_named() {
    let gallery = library(2);
    assert_eq!(change(&gallery, Change::Remove { now: true }, "0.jpg"), Became::Removed);
    assert!(!has_objects(&gallery, "0.jpg"));
    assert_eq!(shown(&gallery), ["1.jpg"]);
    for (change_, became) in [
        (Change::Remove { now: false }, Became::Unknown),
        (Change::Hide, Became::Unknown),
        (Change::Show, Became::Unknown),
        (Change::Restore, Became::Unknown),
    ] {
        assert_eq!(change(&gallery, change_, "nothing.jpg"), became);
    }
    assert_eq!(change(&gallery, Change::Restore, "1.jpg"), Became::Unchanged);
}

#[test]
fn what_is_hidden_stays_whole_and_an_edit_does_not_show_it() {
    let gallery = library(2);
    assert_eq!(change(&gallery, Change::Hide, "0.jpg"), Became::Hidden);
    assert_eq!(shown(&gallery), ["1.jpg"]);
    gallery.file("0.jpg", &photo(40));
    assert_eq!(gallery.ingest().kept_out, 1);
    assert_eq!(shown(&gallery), ["1.jpg"]);
    assert!(has_objects(&gallery, "0.jpg") && is_well(&gallery));
    assert_eq!(change(&gallery, Change::Restore, "0.jpg"), Became::Unchanged, "it was not removed");
    assert_eq!(change(&gallery, Change::Show, "0.jpg"), Became::Shown);
    assert_eq!(gallery.ingest().replaced, 1, "now the edit comes in");
    assert_eq!(gallery.object("0.jpg").unwrap().bytes, photo(40));
}

#[test]
fn the_name_of_what_was_removed_does_not_take_another_file() {
    let gallery = library(5);
    let path = |name: &str| gallery.library().join(name);
    change(&gallery, Change::Remove { now: false }, "0.jpg");
    fs::rename(path("1.jpg"), path("0.jpg")).unwrap();
    let report = prune(&gallery, false, |keys| panic!("{keys:?} would go"));
    assert_eq!((report.unchanged, report.kept_out, report.pruned.len()), (4, 0, 0), "{report}");
    assert_eq!(shown(&gallery), ["1.jpg", "2.jpg", "3.jpg", "4.jpg"]);
    // What was removed is known by its content, too.
    gallery.file("copy.jpg", &photo(0));
    assert_eq!(gallery.ingest().kept_out, 1);

    // What was pruned comes back under the name of what was removed.
    fs::remove_file(path("2.jpg")).unwrap();
    assert_eq!(prune(&gallery, false, |_| true).pruned, ["2.jpg"]);
    change(&gallery, Change::Remove { now: false }, "3.jpg");
    gallery.file("3.jpg", &photo(2));
    assert_eq!(gallery.ingest().added, 1);
    assert_eq!(shown(&gallery), ["1.jpg", "2.jpg", "4.jpg"]);

    // A picture that nobody knows may be an edit.
    change(&gallery, Change::Remove { now: false }, "4.jpg");
    gallery.file("4.jpg", &photo(40));
    for _ in 0..2 {
        let report = gallery.ingest();
        assert_eq!((report.kept_out, report.exit_code()), (2, 0), "{report}");
        assert!(report.to_string().contains("note: 4.jpg: kept out, because"), "{report}");
    }
    fs::rename(path("4.jpg"), path("new.jpg")).unwrap();
    assert_eq!(gallery.ingest().added, 1);
    assert_eq!(shown(&gallery), ["1.jpg", "2.jpg", "new.jpg"]);
}

fn prune(gallery: &Gallery, all: bool, confirm: fn(&[String]) -> bool) -> Report {
    let prune = Some(Prune { all, now: false, confirm });
    ingest::run(&Options { prune, ..gallery.options.clone() }).unwrap()
}

#[test]
fn pruned_are_the_items_whose_files_are_gone() {
    let gallery = library(6);
    let path = |name: &str| gallery.library().join(name);
    gallery.file("copy of 2.jpg", &photo(2));
    gallery.ingest();
    fs::remove_file(path("1.jpg")).unwrap();
    fs::remove_file(path("2.jpg")).unwrap();
    fs::rename(path("3.jpg"), path("three.jpg")).unwrap();
    assert_eq!(gallery.ingest().pruned, [""; 0], "nothing goes unasked");
    assert_eq!(
        prune(&gallery, false, |keys| {
            assert_eq!(keys, ["1.jpg"]);
            false
        })
        .pruned,
        [""; 0]
    );
    assert_eq!(shown(&gallery).len(), 6);
    assert_eq!(prune(&gallery, false, |_| true).pruned, ["1.jpg"]);
    assert_eq!(shown(&gallery), ["0.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg"]);
    assert_eq!(change(&gallery, Change::Restore, "1.jpg"), Became::Shown);

    // Restored by hand, it has no file. Another file that goes does not take it along.
    fs::remove_file(path("4.jpg")).unwrap();
    assert_eq!(prune(&gallery, false, |_| true).pruned, ["4.jpg"]);
    // The file comes back.
    gallery.file("again/4.jpg", &photo(4));
    assert_eq!(gallery.ingest().added, 1);
    assert_eq!(shown(&gallery).len(), 6);
    assert!(is_well(&gallery));
}

#[test]
fn what_is_gone_is_pruned_also_if_another_file_has_its_name_now() {
    let gallery = library(6);
    let path = |number: u32| gallery.library().join(format!("{number}.jpg"));
    fs::remove_file(path(1)).unwrap();
    for number in 2..6 {
        fs::rename(path(number), path(number - 1)).unwrap();
    }
    assert_eq!(gallery.ingest().pruned, [""; 0]);
    // The run before knew it. Nobody is asked twice.
    let report = prune(&gallery, false, |keys| {
        assert_eq!(keys, ["1.jpg"]);
        true
    });
    assert_eq!((report.unchanged, report.pruned), (5, vec!["1.jpg".to_owned()]));
    assert_eq!(shown(&gallery), ["0.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg"]);
    assert_eq!(gallery.sql::<String>("SELECT path FROM places WHERE path NOT GLOB '[0-4].jpg'"), [""; 0]);

    // Restored by hand, it stays, and so does one that is found elsewhere.
    assert_eq!(change(&gallery, Change::Restore, "1.jpg"), Became::Shown);
    fs::rename(path(1), path(0)).unwrap();
    assert_eq!(gallery.ingest().pruned, [""; 0]);
    gallery.file("sub/back.jpg", &photo(0));
    assert!(prune(&gallery, false, |keys| panic!("{keys:?} would go")).pruned.is_empty());
    assert_eq!(shown(&gallery).len(), 6);

    // All at once, under the same guard.
    fs::remove_dir_all(gallery.library().join("sub")).unwrap();
    for (from, to) in [(2, 0), (3, 4)] {
        fs::rename(path(from), path(to)).unwrap();
    }
    let report = prune(&gallery, false, |_| panic!("nobody is asked"));
    assert!(report.skipped[0].reason.contains("--prune-all"), "{report}");
    assert_eq!(prune(&gallery, true, |_| true).pruned, ["0.jpg", "2.jpg", "5.jpg"]);
    assert_eq!(shown(&gallery), ["1.jpg", "3.jpg", "4.jpg"]);
    assert!(is_well(&gallery));
}

#[test]
fn an_empty_folder_prunes_nothing() {
    let gallery = library(3);
    for number in 0..2 {
        fs::remove_file(gallery.library().join(format!("{number}.jpg"))).unwrap();
    }
    for _ in 0..2 {
        let report = prune(&gallery, false, |_| panic!("nobody is asked"));
        assert!(report.skipped[0].reason.contains("--prune-all"), "{report}");
        assert_eq!((report.exit_code(), shown(&gallery).len()), (2, 3));
        let _ = fs::remove_file(gallery.library().join("2.jpg"));
    }
    assert_eq!(prune(&gallery, true, |_| true).pruned.len(), 3);
    assert!(shown(&gallery).is_empty());
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_prunes_nothing_below_it() {
    let gallery = library(4);
    gallery.file("sub/a.jpg", &photo(30));
    gallery.ingest();
    // Root may read everything, so the folder becomes something else: a link that leads nowhere.
    fs::rename(gallery.library().join("sub"), gallery.folder.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("nowhere", gallery.library().join("sub")).unwrap();
    let report = prune(&gallery, false, |_| true);
    assert_eq!((report.pruned.len(), report.failed.len()), (0, 1), "{report}");
}

#[test]
fn what_is_named_is_not_gone() {
    let gallery = library(8);
    gallery.file("sub/a.jpg", &photo(30));
    gallery.file("sub/b.jpg", &photo(31));
    gallery.file("DSC_1.HIF", include_bytes!("../fixtures/turned.heic"));
    gallery.ingest();
    // Two files are broken, one has become something else, and nobody knows what a third folder is to show.
    gallery.file("0.jpg", b"");
    gallery.file("DSC_1.HIF", b"");
    gallery.file("1.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    fs::create_dir(gallery.library().join("sub/.galleryignore")).unwrap();
    let report = prune(&gallery, false, |keys| panic!("{keys:?} would go"));
    assert!(report.pruned.is_empty() && report.failed.len() + report.skipped.len() == 4, "{report}");
}

/// An option that is forgotten once takes nothing out.
#[cfg(unix)]
#[test]
fn what_lies_behind_a_link_that_is_not_followed_is_not_gone() {
    let mut gallery = library(4);
    let (outside, link) = (gallery.folder.path().join("outside"), gallery.library().join("disk"));
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("a.jpg"), photo(30)).unwrap();
    fs::write(gallery.folder.path().join("b.jpg"), photo(31)).unwrap();
    std::os::unix::fs::symlink(&outside, &link).unwrap();
    std::os::unix::fs::symlink("../b.jpg", gallery.library().join("b.jpg")).unwrap();
    gallery.options.follow_links = true;
    gallery.ingest();
    assert_eq!(shown(&gallery).len(), 6);
    gallery.options.follow_links = false;
    let report = prune(&gallery, false, |keys| panic!("{keys:?} would go"));
    assert!(report.pruned.is_empty() && report.notes[0].reason.contains("--follow-links"), "{report}");
    fs::remove_file(&link).unwrap();
    assert_eq!(prune(&gallery, false, |_| true).pruned, ["disk/a.jpg"]);
}

#[test]
fn what_a_galleryignore_names_later_is_told_until_it_is_taken_out() {
    let gallery = library(6);
    for number in 0..3 {
        gallery.file(&format!("private/{number}.jpg"), &photo(30 + number));
    }
    gallery.ingest();
    gallery.file(".galleryignore", b"private/\n");
    let told = |report: &Report| {
        report.notes.iter().map(|note| format!("{}: {}", note.name, note.reason)).collect::<Vec<_>>().join("\n")
    };
    let report = gallery.ingest();
    assert!(told(&report).contains("the library: 3 items are still shown"), "{report}");
    assert_eq!(report.exit_code(), 0, "{report}");
    change(&gallery, Change::Hide, "private/2.jpg");
    let report = gallery.ingest();
    assert!(told(&report).contains("the library: 2 items are still shown"), "{report}");
    let report = prune(&gallery, false, |_| true);
    assert_eq!(report.pruned, ["private/0.jpg", "private/1.jpg"]);
    assert_eq!(told(&report), "");
    gallery.file(".galleryignore", b"private/\n5.jpg\n");
    let report = gallery.ingest();
    assert!(told(&report).contains("an item is still shown"), "{report}");
}

#[test]
fn doctor_names_what_is_wrong_and_mends_it() {
    let gallery = library(4);
    assert!(is_well(&gallery));
    gallery.delete("0.jpg");
    gallery.delete(&gallery.rendition("small", "1.jpg"));
    gallery.put("2.jpg", b"half");
    gallery.put("hls/old.mp4/720p_000.ts", b"x");
    gallery.put("thumbnails/small/old.jpg", b"x");
    gallery.put("renditions/3.jpg/0123456789abcdef/small.webp", b"x");
    gallery.put("catalogue/00000000000000000000000000000000/all.jsonl", b"x");
    gallery.put("someone's.txt", b"x");
    // Another program has taken in a film since it was adopted from.
    let of_another = ["new (1).mov", "hls/new (1).mov/720p.m3u8", "thumbnails/small/new (1).mov"];
    for object in of_another {
        gallery.put(object, b"x");
    }
    let part = views::part(&gallery);
    gallery.delete(&part);
    let found = doctor(&gallery.options, false).unwrap();
    let of = |kind: Kind| {
        let found = found.found.iter().filter(move |finding| finding.kind == kind);
        found.map(|finding| finding.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of(Kind::Missing), ["0.jpg", "1.jpg"]);
    assert_eq!(of(Kind::Truncated), ["2.jpg"]);
    assert_eq!(of(Kind::Broken), [part.as_str()]);
    assert_eq!(
        of(Kind::Orphan),
        [
            "catalogue/00000000000000000000000000000000/all.jsonl",
            "hls/old.mp4/720p_000.ts",
            "renditions/3.jpg/0123456789abcdef/small.webp",
            "thumbnails/small/old.jpg"
        ]
    );
    assert_eq!(of(Kind::Stray), [of_another[1], of_another[0], "someone's.txt", of_another[2]]);
    assert!(!found.is_well());

    // The file of one of the damaged items is gone too.
    fs::remove_file(gallery.library().join("0.jpg")).unwrap();
    let mended = doctor(&gallery.options, true).unwrap();
    assert!(mended.is_well(), "{mended:?}");
    assert_eq!(mended.repaired.len(), 8);
    assert_eq!(shown(&gallery), ["1.jpg", "2.jpg", "3.jpg"]);
    assert_eq!(gallery.object("2.jpg").unwrap().bytes, photo(2));
    assert!(has_objects(&gallery, "1.jpg"));
    assert!(gallery.object("hls/old.mp4/720p_000.ts").is_none());
    for object in [&of_another[..], &["someone's.txt"]].concat() {
        assert!(gallery.object(object).is_some(), "{object} is not ours, and is not touched");
    }
    assert!(is_well(&gallery));

    gallery.file("back.jpg", &photo(0));
    assert_eq!(gallery.ingest().added, 1, "what was lost comes in again with its file");
}

#[test]
fn nobody_takes_the_key_of_what_may_come_back() {
    let gallery = library(4);
    fs::remove_file(gallery.library().join("0.jpg")).unwrap();
    assert_eq!(prune(&gallery, false, |_| true).pruned, ["0.jpg"]);
    gallery.file("0.jpg", &photo(50));
    assert_eq!(gallery.ingest().added, 1);
    assert_eq!(gallery.object("0.jpg").unwrap().bytes, photo(0), "the bucket may have the only copy");
    assert_eq!(change(&gallery, Change::Restore, "0.jpg"), Became::Shown);
    assert_eq!(shown(&gallery).len(), 5);
    assert!(is_well(&gallery));
}

#[test]
fn what_was_pruned_can_be_hidden_and_stays_so() {
    let gallery = library(4);
    fs::remove_file(gallery.library().join("0.jpg")).unwrap();
    prune(&gallery, false, |_| true);
    assert_eq!(change(&gallery, Change::Hide, "0.jpg"), Became::Hidden);
    gallery.file("0.jpg", &photo(0));
    let_time_pass(&gallery);
    assert_eq!(gallery.ingest().kept_out, 1);
    assert!(has_objects(&gallery, "0.jpg"));
    assert_eq!(shown(&gallery).len(), 3);
}

#[test]
fn a_key_that_looks_like_a_films_folder_is_kept_too() {
    let gallery = library(2);
    gallery.file("HLS/a.jpg", &photo(20));
    gallery.ingest();
    change(&gallery, Change::Remove { now: false }, "HLS/a.jpg");
    change(&gallery, Change::Restore, "HLS/a.jpg");
    change(&gallery, Change::Hide, "HLS/a.jpg");
    let_time_pass(&gallery);
    gallery.ingest();
    assert!(has_objects(&gallery, "HLS/a.jpg"));
}

#[test]
fn a_replacement_that_was_ended_is_done_again() {
    let gallery = library(2);
    // As a killed run leaves it: the new picture is up, and the row is the old one's.
    gallery.sql::<String>("INSERT INTO uploads VALUES ('0.jpg', '2026') RETURNING key");
    gallery.put("0.jpg", &photo(60));
    assert!(!is_well(&gallery));
    assert_eq!(gallery.ingest().replaced, 1);
    assert_eq!(gallery.object("0.jpg").unwrap().bytes, photo(0));
    assert!(is_well(&gallery));
}

#[test]
fn doctor_takes_nothing_out_while_a_folder_is_away() {
    let gallery = library(3);
    gallery.delete("0.jpg");
    let away = gallery.folder.path().join("away");
    fs::rename(gallery.library(), &away).unwrap();
    let diagnosis = doctor(&gallery.options, true).unwrap();
    assert!(!diagnosis.is_well());
    assert_eq!(shown(&gallery).len(), 3);
    fs::rename(away, gallery.library()).unwrap();
    assert!(doctor(&gallery.options, true).unwrap().is_well());
    assert_eq!(gallery.object("0.jpg").unwrap().bytes, photo(0));
}

#[test]
fn what_one_library_refuses_keeps_no_other_from_being_mended() {
    let gallery = library(2);
    let other = gallery.folder.path().canonicalize().unwrap().join("a second library");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("other.jpg"), photo(40)).unwrap();
    let second = Options { library: Some(other.clone()), ..gallery.options.clone() };
    assert_eq!(ingest::run(&second).unwrap().added, 1);
    for key in ["0.jpg", "1.jpg", "other.jpg"] {
        gallery.delete(&gallery.rendition("small", key));
    }
    fs::write(other.join("gallery.toml"), "no settings").unwrap();
    // Of the same size, and no picture any more.
    let broken = gallery.library().canonicalize().unwrap().join("1.jpg");
    fs::write(&broken, vec![b'x'; photo(1).len()]).unwrap();
    gallery.file("another broken one.jpg", b"x");

    let diagnosis = doctor(&gallery.options, true).unwrap();
    let hindered: Vec<_> = diagnosis.hindered.iter().map(|named| named.name.as_str()).collect();
    assert_eq!(hindered, [other.to_str().unwrap(), broken.to_str().unwrap()], "{diagnosis:?}");
    assert!(diagnosis.hindered[0].reason.contains("gallery.toml"), "{diagnosis:?}");
    let left: Vec<_> = diagnosis.found.iter().map(|finding| finding.name.as_str()).collect();
    assert_eq!((left, diagnosis.repaired.len()), (vec!["1.jpg", "other.jpg"], 1));
    assert_eq!(views::row(&gallery, "0.jpg").renditions, gallery.renditions("0.jpg"), "it is published");
}

#[test]
fn doctor_ends_when_it_is_asked_to() {
    let gallery = library(1);
    let stop = Stop::default();
    stop.request();
    for repair in [false, true] {
        let ended = doctor(&Options { stop: stop.clone(), ..gallery.options.clone() }, repair);
        assert!(matches!(ended, Err(Error::Interrupted)), "{ended:?}");
    }
}

/// An item as versions before took it in, out of a folder that is reserved by now.
fn of_before(gallery: &Gallery, from: &str, key: &str) {
    gallery.put(key, &gallery.object(from).unwrap().bytes);
    gallery.delete(from);
    for sql in [
        format!("UPDATE places SET key = '{key}', path = '{key}' WHERE key = '{from}' RETURNING key"),
        format!("UPDATE media SET key = '{key}' WHERE key = '{from}' RETURNING key"),
    ] {
        assert_eq!(gallery.sql::<String>(&sql), [key]);
    }
    for object in gallery.keys(&format!("renditions/{from}/")) {
        let bytes = gallery.object(&object).unwrap().bytes;
        gallery.put(&object.replacen(from, key, 1), &bytes);
        gallery.delete(&object);
    }
    let file = gallery.library().join(key);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::rename(gallery.library().join(from), file).unwrap();
}

#[test]
fn originals_below_downloads_and_packs_are_never_deleted() {
    let mut gallery = library(3);
    let old = ["downloads/2024/0.jpg", "packs/1.jpg"];
    of_before(&gallery, "0.jpg", old[0]);
    of_before(&gallery, "1.jpg", old[1]);
    let digits = "0123456789abcdef0123456789abcdef";
    let (manifest, pack) = (format!("downloads/{digits}"), format!("packs/{digits}"));
    let foreign = ["downloads/theirs.jpg", "packs/theirs.zip"];
    for object in [manifest.as_str(), "downloads/check", &pack].into_iter().chain(foreign) {
        gallery.put(object, b"x");
    }
    gallery.options.prune = Some(Prune { all: true, now: true, confirm: |_| true });
    for _ in 0..2 {
        let report = gallery.ingest();
        let skipped: Vec<_> = report.skipped.iter().map(|named| named.name.as_str()).collect();
        assert_eq!((report.unchanged, skipped), (1, old.to_vec()), "{report}");
        assert!(report.skipped.iter().all(|named| named.reason.contains("reserved")) && report.pruned.is_empty());
        assert_eq!(shown(&gallery), ["2.jpg", old[0], old[1]]);

        let diagnosis = doctor(&gallery.options, true).unwrap();
        let strays: Vec<_> = diagnosis.found.iter().map(|finding| finding.name.as_str()).collect();
        assert!(diagnosis.is_well() && strays == foreign, "{diagnosis:?}");
        for object in [manifest.as_str(), "downloads/check"].iter().chain(&old).chain(&foreign) {
            assert!(gallery.object(object).is_some(), "{object} is gone");
        }
        assert!(gallery.object(&pack).is_none(), "no row tells of this pack");
    }
    // The folder gets another name: the files are the same items.
    fs::rename(gallery.library().join("downloads"), gallery.library().join("saved")).unwrap();
    let report = gallery.ingest();
    assert_eq!((report.unchanged, report.skipped.len()), (2, 1), "{report}");
    assert_eq!(shown(&gallery), ["2.jpg", old[0], old[1]]);
}
