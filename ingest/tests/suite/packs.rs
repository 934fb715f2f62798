//! Packs: finished ZIPs of all views, which `ingest --packs` lays into the bucket.

use crate::common::jpeg::{Value, encode, quarters, with_exif};
use crate::common::{Gallery, database, views};
use gallery::download::packs::{self, Form, Set};
use gallery::media::MediaType;
use image::ImageFormat;
use ingest::{Kind, Options, Report, doctor};
use rusqlite::Connection;

const PLACED: &str = "Italy/placed.jpg";
const PLAIN: &str = "Plain/plain.png";

/// A photo with an owner and a place, one without, and a film. Each photo is in an album of its own.
fn filled() -> Gallery {
    let mut gallery = Gallery::new();
    gallery.options.demo_film = true;
    let jpeg = encode(&quarters(40, 20), ImageFormat::Jpeg);
    let place = [(1, Value::Ascii("N")), (2, Value::Rational(vec![(48, 1), (51, 1), (27, 1)]))];
    gallery.file(PLACED, &with_exif(&jpeg, &[(0x013b, Value::Ascii("Jane Doe"))], &[], &place));
    gallery.file(PLAIN, &encode(&quarters(30, 20), ImageFormat::Png));
    gallery.ingest();
    gallery
}

fn pack(gallery: &Gallery) -> Report {
    ingest::run(&Options { library: None, demo_film: false, packs: true, ..gallery.options.clone() }).unwrap()
}

/// The sets that the index in the bucket names.
fn sets(gallery: &Gallery) -> Vec<Set> {
    let part = views::index(gallery).packs();
    part.map_or(Vec::new(), |part| {
        packs::parse(&gallery.object(&gallery::views::part_key(&part.name)).unwrap().bytes).unwrap()
    })
}

/// The bytes of the packs of a set.
fn zips(gallery: &Gallery, view: &str, r#type: MediaType, form: Form) -> Option<Vec<Vec<u8>>> {
    let sets = sets(gallery);
    let set = sets.iter().find(|set| set.view == view && set.r#type == r#type && set.form == form)?;
    Some(set.packs.iter().map(|pack| gallery.object(&pack.id().unwrap().pack()).unwrap().bytes).collect())
}

fn has(zip: &[u8], text: &[u8]) -> bool {
    zip.windows(text.len()).any(|window| window == text)
}

#[test]
fn packs_of_all_views_are_made_once() {
    let gallery = filled();
    assert_eq!(sets(&gallery), [], "nobody asked for them");
    // Photos and one album in three forms, films in two, and the album in which nothing is blanked in two.
    assert_eq!(pack(&gallery).packs, 10);
    let photos = |form| zips(&gallery, "photos", MediaType::Image, form).unwrap().remove(0);
    let (whole, blanked, screen) = (photos(Form::Whole), photos(Form::Blanked), photos(Form::Screen));
    assert!(has(&whole, b"Jane Doe") && !has(&blanked, b"Jane Doe"));
    assert_eq!(whole.len(), blanked.len());
    for zip in [&whole, &blanked] {
        assert!(has(zip, &gallery.object(PLAIN).unwrap().bytes));
    }
    assert!(has(&screen, b"placed.webp") && !has(&screen, b"placed.jpg"));
    let sets = sets(&gallery);
    let plain =
        |form| sets.iter().find(|set| set.form == form && set.packs.iter().any(|pack| pack.name == "Plain.zip"));
    assert_eq!(plain(Form::Whole).unwrap().packs, plain(Form::Blanked).unwrap().packs, "one object for both");
    let titles: Vec<String> = sets.iter().flat_map(|set| &set.packs).map(|pack| pack.name.clone()).collect();
    assert!(titles.contains(&"Italy (screen).zip".to_owned()), "{titles:?}");
    let again = pack(&gallery);
    assert_eq!((again.packs, again.bytes), (0, 0));
    assert!(doctor(&gallery.options, false).unwrap().is_well());
}

#[test]
fn what_has_changed_is_named_no_longer_and_goes_a_day_later() {
    let gallery = filled();
    pack(&gallery);
    let before = gallery.keys("packs/");
    gallery.file(PLAIN, &encode(&quarters(31, 20), ImageFormat::Png));
    gallery.ingest();
    let whole = |view| zips(&gallery, view, MediaType::Image, Form::Whole);
    assert!(whole("photos").is_none());
    let named = |name: &str| sets(&gallery).iter().flat_map(|set| &set.packs).any(|pack| pack.name == name);
    assert!(named("Italy.zip") && !named("Plain.zip"), "one album has changed");
    assert!(zips(&gallery, "films", MediaType::Video, Form::Whole).is_some());
    assert_eq!(gallery.keys("packs/"), before, "who takes one goes on");
    assert!(doctor(&gallery.options, false).unwrap().is_well());

    // Photos in three forms, and the album in two.
    assert_eq!(pack(&gallery).packs, 5);
    assert!(whole("photos").is_some());
    let connection = Connection::open(database(&gallery.options)).unwrap();
    assert_eq!(connection.execute("UPDATE packs SET due = '2020-01-01T00:00:00Z' WHERE due IS NOT NULL", []), Ok(5));
    drop(connection);
    gallery.ingest();
    let after = gallery.keys("packs/");
    assert_eq!(after.len(), before.len());
    assert_eq!(after.iter().filter(|key| before.contains(key)).count(), before.len() - 5);
}

#[test]
fn a_pack_that_is_lost_is_made_again_and_a_damaged_original_is_in_none() {
    let gallery = filled();
    pack(&gallery);
    let lost = zips_key(&gallery);
    gallery.delete(&lost);
    let found = doctor(&gallery.options, false).unwrap().found;
    assert!(found.iter().any(|one| one.kind == Kind::Broken && one.name == lost), "{found:?}");
    gallery.put(PLAIN, b"other bytes");
    let report = pack(&gallery);
    assert_eq!(report.packs, 0);
    assert!(report.notes.iter().any(|note| note.reason.contains(PLAIN)), "{:?}", report.notes);
    assert!(gallery.object(&lost).is_none());
}

/// The pack of all photos.
fn zips_key(gallery: &Gallery) -> String {
    let sets = sets(gallery);
    let set = sets.iter().find(|set| set.view == "photos" && set.form == Form::Whole).unwrap();
    set.packs[0].id().unwrap().pack()
}
