//! Large files go in parts, and an upload that was broken off is gone on with.

use std::path::Path;
use std::time::Duration;
use std::{fs, thread};

use crate::common::Gallery;
use crate::common::jpeg::{encode, quarters};
use image::ImageFormat;
use ingest::{PartSizes, Stop, doctor};

const SIZES: PartSizes = PartSizes { from: 6 << 20, each: 5 << 20 };

/// A photo with so much behind its end that it is large. No two parts are alike.
fn large(bytes: usize) -> Vec<u8> {
    let mut photo = encode(&quarters(900, 600), ImageFormat::Jpeg);
    let mut state = 1u32;
    while photo.len() < bytes {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        photo.extend_from_slice(&state.to_be_bytes());
    }
    photo
}

fn gallery(photo: &[u8]) -> Gallery {
    let mut gallery = Gallery::new();
    gallery.options.parts = SIZES;
    gallery.file("% é (1).jpg", photo);
    gallery
}

/// How many files with the size of a part a folder has with all that is below it.
fn parts(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_part = |entry: &fs::DirEntry| entry.metadata().is_ok_and(|metadata| metadata.len() == SIZES.each);
    entries.map(|entry| if entry.path().is_dir() { parts(&entry.path()) } else { usize::from(is_part(&entry)) }).sum()
}

#[test]
fn a_large_original_arrives_in_parts() {
    let photo = large(12 << 20);
    let gallery = gallery(&photo);
    let report = gallery.ingest();
    assert_eq!((report.added, report.exit_code()), (1, 0), "{report}");
    let object = gallery.object("% é (1).jpg").unwrap();
    assert!(object.bytes == photo);
    assert_eq!((object.content_type.as_str(), object.cache_control.as_str()), ("image/jpeg", "private, max-age=14400"));
    assert_eq!(fs::read_dir(gallery.options.temp.as_ref().unwrap()).unwrap().count(), 0, "no note is left");
    assert!(doctor(&gallery.options, false).unwrap().is_well());
}

#[test]
fn what_was_broken_off_is_gone_on_with() {
    let photo = large(96 << 20);
    let mut gallery = gallery(&photo);
    let (store, stop) = (gallery.folder.path().join("store"), Stop::default());
    gallery.options.stop = stop.clone();
    let report = thread::scope(|scope| {
        scope.spawn(|| {
            // The store answers to a part before it gets the next one.
            while parts(&store) < 3 {
                thread::sleep(Duration::from_millis(1));
            }
            stop.request();
        });
        gallery.ingest()
    });
    assert!(report.interrupted && report.added == 0, "{report}");
    assert!(gallery.object("% é (1).jpg").is_none());
    gallery.options.stop = Stop::default();
    let report = gallery.ingest();
    assert_eq!((report.added, report.exit_code()), (1, 0), "{report}");
    assert!(report.bytes < photo.len() as u64, "{} bytes were sent again", report.bytes);
    assert!(gallery.object("% é (1).jpg").unwrap().bytes == photo);
}
