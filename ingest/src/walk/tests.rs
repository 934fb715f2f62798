//! Walks through trees that are made for each test.

use super::*;

const GIF: &[u8] = b"GIF89a rest";

/// A folder with these files. A name that ends in `/` is an empty folder; one with ` -> ` is a link.
fn tree(names: &[&str]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for name in names {
        let (name, target) = name.split_once(" -> ").map_or((*name, None), |(name, target)| (name, Some(target)));
        let path = root.path().join(name);
        if name.ends_with('/') {
            std::fs::create_dir_all(path).unwrap();
            continue;
        }
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        match target {
            #[cfg(unix)]
            Some(target) => std::os::unix::fs::symlink(target, path).unwrap(),
            #[cfg(not(unix))]
            Some(_) => {}
            None => std::fs::write(path, GIF).unwrap(),
        }
    }
    root
}

fn write(root: &tempfile::TempDir, name: &str, text: &str) {
    std::fs::write(root.path().join(name), text).unwrap();
}

fn places(library: &Library) -> Vec<&str> {
    library.candidates.iter().map(|file| file.place.as_str()).collect()
}

#[test]
fn what_systems_and_programs_leave_is_counted() {
    let root = tree(&[
        "b.gif",
        "sub/a.gif",
        ".hidden.gif",
        "sub/._a.gif",
        "sub/Thumbs.db",
        ".folder/c.gif",
        "sub/@eaDir/a.gif/SYNOPHOTO_THUMB_M.gif",
        "sub/@eaDir/a.gif/SYNOPHOTO_THUMB_S.gif",
        "#recycle/old.gif",
        "Old.photoslibrary/originals/0/1.gif",
        "sub/CaptureOne/Cache/Thumbnails/a.gif",
        "lost+found/",
    ]);
    write(&root, "sub/CaptureOne/notes.txt", "hello");
    write(&root, "gallery.toml", "");
    let library = walk(root.path(), false);
    assert_eq!(places(&library), ["b.gif", "sub/a.gif"]);
    assert_eq!((library.left_out, library.ignored, library.ignored_by_rule), (9, 1, 0));
    assert_eq!((&library.failed, &library.skipped, &library.notes), (&vec![], &vec![], &vec![]));
    let file = &library.candidates[1];
    assert_eq!((file.key.as_str(), file.filename(), file.size), ("sub/a.gif", "a.gif", GIF.len() as u64));
}

#[test]
fn what_cameras_write_beside_a_film_is_counted() {
    let root = tree(&["GX010001.gif", "GX010001.THM", "GL010001.LRV", "sub/dji_0001.lrf", "sub/mine.thm"]);
    write(&root, "sub/.galleryignore", "!mine.thm\n");
    let library = walk(root.path(), false);
    assert_eq!(places(&library), ["GX010001.gif", "sub/mine.thm"]);
    assert_eq!((library.left_out, library.ignored, library.ignored_by_rule), (3, 0, 0));
}

#[test]
fn counting_ends() {
    let root = tree(&["#snapshot/1/a.gif", "#snapshot/1/b.gif", "#snapshot/2/c.gif", "private/d.gif", "z.gif"]);
    write(&root, ".galleryignore", "private/");
    // A folder counts as well: there may be no end of empty ones.
    for (to_count, left_out, ignored_by_rule) in [(100, 3, 1), (6, 3, 1), (5, 3, 0), (1, 0, 0)] {
        let library = walk_counting(root.path(), false, to_count);
        assert_eq!((library.left_out, library.ignored_by_rule), (left_out, ignored_by_rule), "{to_count}");
        assert_eq!(places(&library), ["z.gif"]);
    }
}

#[test]
fn a_rule_holds_below_its_folder_and_the_deepest_decides() {
    let root = tree(&[
        "a.gif",
        "private/b.gif",
        "private/more/c.gif",
        "trip/draft_1.gif",
        "trip/keep/draft_2.gif",
        "trip/keep/d.gif",
        "trip/@eaDir/e.gif",
        "trip/@eaDir/.f.gif",
        "other/@eaDir/g.gif",
    ]);
    write(&root, ".galleryignore", "private/\ndraft_*\n!private/b.gif\n[z-a]\n");
    write(&root, "trip/.galleryignore", "!@eaDir\n");
    write(&root, "trip/keep/.galleryignore", "!draft_*\n/d.gif\n");
    let library = walk(root.path(), false);
    assert_eq!(places(&library), ["a.gif", "trip/@eaDir/e.gif", "trip/keep/draft_2.gif"]);
    // b, c, draft_1 and d by rule; .f and g by name.
    assert_eq!((library.ignored_by_rule, library.left_out, library.ignored), (4, 2, 0));
    assert_eq!(library.skipped.len(), 1, "{:?}", library.skipped);
    assert_eq!(library.skipped[0].0, ".galleryignore");
    assert!(library.skipped[0].1.starts_with("line 4, "), "{:?}", library.skipped);
}

#[test]
fn a_folder_whose_rules_cannot_be_read_is_left_out() {
    let root = tree(&["a.gif", "sub/.galleryignore/", "sub/b.gif"]);
    let library = walk(root.path(), false);
    assert_eq!(places(&library), ["a.gif"]);
    assert_eq!(library.failed.len(), 1, "{:?}", library.failed);
    assert_eq!(Path::new(&library.failed[0].0), Path::new("sub/.galleryignore"));
    assert!(library.failed[0].1.contains("its folder is left out"), "{:?}", library.failed);
}

#[test]
fn names_that_look_alike_are_two_files() {
    let names = ["A.gif", "a.gif", "caf\u{e9}.gif", "cafe\u{301}.gif"];
    let root = tree(&names);
    // Some file systems take two of these names for one.
    let mut there: Vec<_> = std::fs::read_dir(root.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    let library = walk(root.path(), false);
    assert_eq!(places(&library), there);
    if cfg!(target_os = "linux") {
        assert_eq!(there.len(), names.len());
    }
}

#[test]
fn a_very_deep_tree_is_walked_to_its_end() {
    let root = tree(&["z.gif"]);
    let deep = root.path().join("d/".repeat(1500));
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::write(deep.join("a.gif"), GIF).unwrap();
    let library = walk(root.path(), false);
    assert_eq!(places(&library), ["z.gif"]);
    assert_eq!(library.skipped.len(), 1, "{:?}", library.failed);
    assert!(library.skipped[0].1.contains("too long"), "{:?}", library.skipped);
}

#[test]
fn a_missing_library_is_named() {
    let root = tree(&[]);
    let library = walk(&root.path().join("nowhere"), false);
    assert_eq!(library.failed.len(), 1);
    assert!(library.failed[0].0.ends_with("nowhere"), "{:?}", library.failed);
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn links_inside_the_library_are_followed_and_loops_end() {
        let root = tree(&[
            "a/x.gif",
            "b/y.gif",
            "a/to_b -> ../b",
            "b/to_a -> ../a",
            "a/up -> ..",
            "a/self -> .",
            "best.gif -> a/x.gif",
            "round.gif -> round.gif",
            "broken.gif -> nowhere",
            ".hidden_and_broken -> nowhere",
        ]);
        let library = walk(root.path(), false);
        assert_eq!(places(&library), ["a/to_b/y.gif", "a/x.gif", "b/to_a/x.gif", "b/y.gif", "best.gif"]);
        assert_eq!((library.left_out, &library.notes), (1, &vec![]));
        let failed: Vec<_> = library.failed.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(failed, ["broken.gif", "round.gif"]);
    }

    #[test]
    fn links_out_of_the_library_are_followed_on_demand() {
        let outside = tree(&["far/x.gif", "y.gif", "far/.z.gif"]);
        let root = tree(&["a.gif", "far/../sub/"]);
        let link = |target: &str, name: &str| {
            std::os::unix::fs::symlink(outside.path().join(target), root.path().join(name)).unwrap();
        };
        link("far", "sub/far");
        link("y.gif", "y.gif");
        link("../", "above");
        // The way back: a folder outside that leads into the library.
        std::os::unix::fs::symlink(root.path(), outside.path().join("far/back")).unwrap();

        let library = walk(&root.path().join("sub"), false);
        assert_eq!((places(&library), library.left_out), (vec![], 1));
        assert_eq!(library.notes.len(), 1);
        assert_eq!(library.notes[0].0, "far");
        assert!(library.notes[0].1.starts_with("this link leads out"), "{:?}", library.notes);

        std::fs::remove_file(root.path().join("above")).unwrap();
        let library = walk(root.path(), false);
        assert_eq!((places(&library), library.left_out), (vec!["a.gif"], 2));
        assert_eq!(library.notes.len(), 1);
        assert!(library.notes[0].1.contains("another one") && library.notes[0].1.contains("--follow-links"));

        let library = walk(root.path(), true);
        assert_eq!(places(&library), ["a.gif", "sub/far/x.gif", "y.gif"]);
        assert_eq!((library.left_out, &library.notes, &library.failed), (1, &vec![], &vec![]));
    }

    #[test]
    fn a_library_may_itself_be_a_link() {
        let outside = tree(&["real/a.gif", "real/b.gif -> a.gif", "library -> real"]);
        let library = walk(&outside.path().join("library"), false);
        assert_eq!(places(&library), ["a.gif", "b.gif"]);
        assert_eq!(library.left_out, 0);
    }

    #[test]
    fn a_rule_that_is_a_link_is_not_read() {
        let root = tree(&["secret.txt", "sub/b.gif", "sub/.galleryignore -> ../secret.txt"]);
        let library = walk(root.path(), false);
        assert_eq!(places(&library), ["secret.txt"]);
        assert!(library.failed[0].1.contains("not a file"), "{:?}", library.failed);
    }

    #[test]
    fn what_is_no_file_is_never_opened() {
        let root = tree(&["a.gif", "b.jpg -> fifo.jpg", "null.jpg -> /dev/null"]);
        let made = std::process::Command::new("mkfifo").arg(root.path().join("fifo.jpg")).status().unwrap();
        assert!(made.success());
        let _socket = UnixListener::bind(root.path().join("socket.jpg")).unwrap();
        let library = walk(root.path(), true);
        assert_eq!(places(&library), ["a.gif"]);
        assert_eq!((library.ignored, &library.failed), (4, &vec![]));
    }

    #[test]
    fn a_name_that_is_not_utf_8_is_skipped() {
        let root = tree(&["a.gif"]);
        let name = std::ffi::OsStr::from_bytes(b"\xff.gif");
        if std::fs::write(root.path().join(name), GIF).is_err() {
            return; // macOS refuses such names.
        }
        let library = walk(root.path(), false);
        assert_eq!(places(&library), ["a.gif"]);
        assert_eq!(library.skipped.len(), 1);
        assert!(library.skipped[0].1.contains("not UTF-8"), "{:?}", library.skipped);
    }
}

#[test]
fn a_rule_fits_names_in_either_spelling_and_places_stay_as_they_are() {
    // Names as old Macs have written them, and rules as editors write them.
    let root = tree(&["Prive\u{301}/a.gif", "sub/Prive\u{301}/b.gif", "E\u{301}te\u{301}.gif"]);
    write(&root, ".galleryignore", "Priv\u{e9}/\n");
    let library = walk(root.path(), false);
    let names: Vec<_> = std::fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    // A file system may compose names by itself.
    let kept = names.iter().filter_map(|name| name.to_str()).find(|name| !name.starts_with(['.', 'P', 's'])).unwrap();
    assert_eq!(places(&library), [kept]);
    assert_eq!((library.candidates[0].key.as_str(), library.ignored_by_rule), (kept, 2));
}
