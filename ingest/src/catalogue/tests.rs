//! Rows, written and read back.

use gallery::checksums::Checksums;
use gallery::media::COLUMNS;

use super::*;
use crate::Place;
use crate::facts::Facts;

/// What a row says of an original whose patches and sums have a number.
fn kept(number: u8) -> Kept {
    let whole = u32::from(number);
    let checksums = Checksums { whole, without_places: Some(!whole), object: 9 };
    Kept { patches: vec![privacy::VERSION, number], checksums }
}

/// A row of patches and checksums.
fn row_of(kept: &Kept) -> platform::Row {
    platform::Row(vec![kept.patches.clone().into(), kept.checksums.to_string().into()])
}

fn catalogue(folder: &tempfile::TempDir) -> Catalogue {
    Catalogue::new(Place::File(folder.path().join("gallery.sqlite")).open(&[]).unwrap())
}

#[test]
fn a_row_is_written_and_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = catalogue(&folder);
    let source = Source { sha256: "00ff".into(), modified: "2024-06-15T12:00:00Z".into() };
    let mut row = Row {
        key: "a.jpg",
        filename: "a.jpg",
        kind: MediaType::Image,
        size: 7,
        facts: Facts { latitude: Some(0.0), ..Facts::default() },
        dated: Columns::default(),
        duration: None,
        codec: None,
        width: 4,
        height: 3,
        hls_qualities: None,
        version: "0123456789abcdef",
        renditions: Renditions { version: "0123456789abcdef".into(), original: true, all: Vec::new() },
        thumbhash: "",
        metadata: Metadata { source, mime: "image/jpeg".into(), note: None, objects: None },
        shared: None,
        kept: kept(0),
    };
    let place =
        super::Place { path: "a.jpg".into(), key: "a.jpg".into(), size: 7, modified: "m".into(), changed: "c".into() };
    catalogue.begin("a.jpg", "2025").unwrap();
    assert_eq!(catalogue.begun().unwrap(), ["a.jpg"]);
    catalogue.write(&row, Some(("lib", &place)), &[], "2025-01-01T00:00:00Z").unwrap();
    assert_eq!(catalogue.begun().unwrap(), [""; 0]);
    assert_eq!(catalogue.places("lib").unwrap(), [place]);
    row.size = 8;
    catalogue.write(&row, None, &[], "2025-01-02T00:00:00Z").unwrap();
    let item = Item { key: "a.jpg".into(), digest: Some("00ff".into()), size: 8, stored: row.stored(), places: 1 };
    assert_eq!(catalogue.items().unwrap(), [item]);
    let rows = catalogue.0.query("SELECT uploaded_at, updated_at, latitude, hls_qualities FROM media", []).unwrap();
    let row = ["2025-01-01T00:00:00Z".into(), "2025-01-02T00:00:00Z".into(), Value::Real(0.0), Value::Null];
    assert_eq!(rows, [platform::Row(row.into())]);
}

#[test]
fn patches_go_before_another_original_comes() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = catalogue(&folder);
    let sql = "INSERT INTO media (key, filename, type, size, uploaded_at, created_at, updated_at) \
               VALUES (?1, 'f', 'image', 7, 'u', 'c', 'u')";
    for key in ["a.jpg", "b.jpg"] {
        catalogue.0.query(sql, [key.into()]).unwrap();
        catalogue.0.batch(&[places::put("lib", &place(key))]).unwrap();
    }
    assert_eq!(catalogue.without_patches("lib").unwrap(), ["a.jpg", "b.jpg"].map(|key| (key.to_owned(), None)));
    assert_eq!(catalogue.without_patches("other").unwrap(), []);
    catalogue.fill_patches(&["a.jpg", "b.jpg"].map(|key| (key.to_owned(), kept(7)))).unwrap();
    assert_eq!(catalogue.without_patches("lib").unwrap(), []);
    // What is there is not written over.
    catalogue.fill_patches(&[("a.jpg".to_owned(), kept(8))]).unwrap();
    let rows = || catalogue.0.query("SELECT patches, checksums FROM media ORDER BY key", []).unwrap();
    let filled = row_of(&kept(7));
    assert_eq!(rows(), [filled.clone(), filled.clone()]);
    catalogue.begin("a.jpg", "2025").unwrap();
    assert_eq!(rows(), [platform::Row(vec![Value::Null, Value::Null]), filled]);
    // Patches of another version go together with their checksums, which are of use until then.
    let outdated = Kept { patches: vec![0, 7], ..kept(6) };
    catalogue.0.batch(&[patches::put("a.jpg", &outdated)]).unwrap();
    assert_eq!(catalogue.without_patches("lib").unwrap(), [("a.jpg".to_owned(), Some(kept(6).checksums))]);
    catalogue.fill_patches(&[("a.jpg".to_owned(), kept(5))]).unwrap();
    assert_eq!(rows()[0], row_of(&kept(5)));
}

fn place(path: &str) -> super::Place {
    super::Place { path: path.into(), key: path.into(), size: 7, modified: "m".into(), changed: "c".into() }
}

#[test]
fn what_an_item_has_again_is_not_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = catalogue(&folder);
    let film = |version: &str, renditions: Option<&str>| Stored {
        is_film: true,
        version: Some(version.to_owned()),
        renditions: renditions.map(str::to_owned),
        is_adopted: false,
        is_foreign: false,
    };
    let planned = Deletion::of_item("a%.mp4", &film("old", None), "2020");
    let others = Deletion::of_item("b.mp4", &film("new", Some("new")), "2020");
    let statements: Vec<_> = planned.iter().chain(&others).map(deletions::put).collect();
    catalogue.0.batch(&statements).unwrap();
    catalogue.0.batch(&[deletions::cancel("a%.mp4", &film("new", None))]).unwrap();
    let left: Vec<_> = catalogue.deletions(Some("2021")).unwrap().into_iter().map(|one| one.object).collect();
    let old = ["hls/a%.mp4/old/".to_owned(), "hls/a%.mp4/old/ts/".to_owned()];
    let mut wanted: Vec<_> = others.iter().map(|one| one.object.clone()).chain(old).collect();
    wanted.sort();
    assert_eq!(left, wanted);
    assert!(catalogue.deletions(Some("2019")).unwrap().is_empty());
}

#[test]
fn a_mirror_gets_what_is_new_or_changed_and_loses_what_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| Catalogue::new(Place::File(folder.path().join(name)).open(&[]).unwrap());
    let (here, there) = (open("here.sqlite"), open("there.sqlite"));
    let add = |catalogue: &Catalogue, key: &str, size: i64, updated: &str| {
        let sql = "INSERT OR REPLACE INTO media (key, filename, type, size, uploaded_at, latitude, created_at, updated_at) \
                   VALUES (?1, 'f', 'image', ?2, 'u', 0.1, 'c', ?3)";
        catalogue.0.query(sql, [key.into(), size.into(), updated.into()]).unwrap();
    };
    for number in 0..250 {
        add(&here, &format!("{number:03} é.jpg"), number, "1");
    }
    add(&there, "000 é.jpg", 7, "1");
    add(&there, "001 é.jpg", 7, "0");
    add(&there, "gone.jpg", 7, "1");
    here.mirror_to(&there).unwrap();
    let all = |catalogue: &Catalogue| {
        let columns = COLUMNS.join(", ");
        catalogue.0.query(&format!("SELECT {columns} FROM media WHERE key > '001' ORDER BY key"), []).unwrap()
    };
    assert_eq!(all(&here).len(), 249);
    assert_eq!(all(&here), all(&there));
    // The row has not changed, so it was not written again.
    assert_eq!(there.items().unwrap()[0].size, 7);
    // Patches that come later come along, and so do checksums.
    here.fill_patches(&[("002 é.jpg".to_owned(), kept(7))]).unwrap();
    here.mirror_to(&there).unwrap();
    let rows = |catalogue: &Catalogue| {
        catalogue.0.query("SELECT patches, checksums FROM media WHERE key > '001' ORDER BY key", []).unwrap()
    };
    assert!(rows(&there).contains(&row_of(&kept(7))));
    assert_eq!(rows(&here), rows(&there));
    let alone = here.unsummed("003 é.jpg").unwrap().unwrap();
    here.fill_checksums(&alone, kept(8).checksums).unwrap();
    here.mirror_to(&there).unwrap();
    assert!(rows(&there).contains(&platform::Row(vec![Value::Null, kept(8).checksums.to_string().into()])));
    assert_eq!(rows(&here), rows(&there));
}

#[test]
fn checksums_are_for_the_item_that_was_read() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = catalogue(&folder);
    let sql = "INSERT INTO media (key, filename, type, size, uploaded_at, created_at, updated_at, patches, renditions) \
               VALUES ('a.jpg', 'f', 'image', 7, 'u', 'c', 'u', x'0207', ?1)";
    let json = r#"{"version":"1","all":[{"name":"small","format":"webp","width":4,"height":3,"bytes":9}]}"#;
    catalogue.0.query(sql, [json.into()]).unwrap();
    let item = catalogue.unsummed("a.jpg").unwrap().unwrap();
    let renditions = || catalogue.renditions("a.jpg").unwrap().unwrap();
    let mut summed = renditions();
    summed.all[0].crc = Some(7);
    let sums = || catalogue.0.texts("SELECT checksums FROM media WHERE checksums IS NOT NULL").unwrap();
    let set = |columns: &str| catalogue.0.query(&format!("UPDATE media SET {columns}"), []).unwrap();

    for (now, before) in [("size = 8", "size = 7"), ("patches = NULL", "patches = x'0207'")] {
        set(now);
        catalogue.fill_checksums(&item, kept(7).checksums).unwrap();
        assert_eq!(sums(), [""; 0], "{now}");
        set(before);
    }
    catalogue.fill_checksums(&item, kept(7).checksums).unwrap();
    assert_eq!(sums(), [kept(7).checksums.to_string()]);
    assert_eq!(catalogue.without_checksums().unwrap(), ["a.jpg"], "one of its renditions lacks a sum");
    assert!(catalogue.unsummed("a.jpg").unwrap().unwrap().has_checksums);

    set("renditions = replace(renditions, '\"1\"', '\"2\"')");
    catalogue.fill_sums_of_renditions(&item, &summed).unwrap();
    assert_eq!((renditions().version.as_str(), renditions().all[0].crc), ("2", None));
    let item = catalogue.unsummed("a.jpg").unwrap().unwrap();
    catalogue.fill_sums_of_renditions(&item, &summed).unwrap();
    assert_eq!(renditions(), summed);
    assert_eq!(catalogue.without_checksums().unwrap(), [""; 0]);
}

#[test]
fn all_is_all_however_many() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::new(Place::File(folder.path().join("gallery.sqlite")).open(&[]).unwrap());
    for count in [0, 1, ROWS, 2 * ROWS + 1] {
        let fill = format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
             INSERT INTO media (key, filename, type, size, uploaded_at, created_at, updated_at) \
             SELECT 'k' || i, 'x', 'image', i, '', '', '' FROM n WHERE i <= {count} ON CONFLICT DO NOTHING"
        );
        catalogue.0.query(&fill, []).unwrap();
        let mut sizes: Vec<i64> = catalogue.all().unwrap().into_iter().map(|item| item.size).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, (1..=count).collect::<Vec<_>>());
    }
}

/// A database behind HTTP refuses a result of more rows, and so do the unit tests.
#[test]
fn no_read_is_larger_than_a_database_behind_http_answers() {
    const COUNT: usize = platform::sql::MAX_ROWS + 1;
    let folder = tempfile::tempdir().unwrap();
    let catalogue = catalogue(&folder);
    let fill = |into: &str, values: &str| {
        let sql = format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {COUNT}) \
             INSERT INTO {into} SELECT {values} FROM n"
        );
        catalogue.0.query(&sql, []).unwrap();
    };
    fill("deletions (object, key, due)", "'o' || i, 'k' || i, '2020'");
    fill("uploads (key, since)", "'k' || i, '2020'");
    fill("catalogue_parts (name, bytes)", "'catalogue/' || i, x'00'");
    fill("packs (id, due)", "'p' || i, '2020'");
    fill("adopted (key, mark, size, made_here)", "'k' || i, 'm', 7, 1");
    fill("withdrawn (key, digest, state, since, row)", "'k' || i, NULL, 'hidden', '2020', '{}'");
    let clip = "'lib', 'p' || i, 'k' || i, 7, 'm', 'c'";
    fill("clips (library, path, key, size, modified, changed)", clip);
    fill("places (library, path, key, size, modified, changed)", clip);
    fill("clips (library, path, key, size, modified, changed)", &clip.replace("lib", "other"));
    let link = "printf('%032x', i), 'label', '2020', NULL, '', ''";
    fill("links (id, label, created_at, expires, views, flags)", link);

    assert!(catalogue.0.query("SELECT key FROM uploads", []).is_err(), "the tests refuse as the server does");
    assert_eq!(catalogue.deletions(None).unwrap().len(), COUNT);
    assert_eq!(catalogue.deletions(Some("2021")).unwrap().len(), COUNT);
    assert_eq!(catalogue.deletions(Some("2019")).unwrap().len(), 0);
    assert_eq!(catalogue.begun().unwrap().len(), COUNT);
    assert_eq!(catalogue.part_names().unwrap().len(), COUNT);
    assert_eq!(catalogue.packs().unwrap().len(), COUNT);
    assert_eq!(catalogue.due_packs("2021").unwrap().len(), COUNT);
    catalogue.use_packs(&catalogue.packs().unwrap(), "2030").unwrap();
    assert_eq!(catalogue.due_packs("2031").unwrap().len(), 0);
    assert_eq!(catalogue.adopted_keys().unwrap().len(), COUNT);
    assert_eq!(catalogue.shared().unwrap().1.len(), COUNT);
    let clips = catalogue.clips("lib").unwrap();
    assert!(clips.len() == COUNT && clips.is_sorted_by(|(a, _), (b, _)| a.path < b.path));
    assert_eq!(catalogue.places("lib").unwrap().len(), COUNT);
}

#[test]
fn a_films_wall_clock_stays_in_every_zone() {
    use jiff::tz::TimeZone;
    let folder = tempfile::tempdir().unwrap();
    let catalogue = catalogue(&folder);
    let clock = crate::taken::Taken::of_container("2006-07-14 15:04:43").unwrap();
    let columns = alone(&clock, &TimeZone::UTC);
    let sql = "INSERT INTO media (key, filename, type, size, uploaded_at, created_at, updated_at, date_taken, \
               taken_source, taken_offset, offset_source, taken_at, day) \
               VALUES ('a.avi', 'a.avi', 'video', 7, 'u', 'c', 'u', ?1, ?2, ?3, ?4, ?5, ?6)";
    let columns = [
        columns.date_taken,
        columns.taken_source,
        columns.taken_offset,
        columns.offset_source,
        columns.taken_at,
        columns.day,
    ];
    catalogue.0.query(sql, columns.map(|column| value(column.as_ref()))).unwrap();
    for (zone, at) in [("UTC", "2006-07-14T15:04:43.000Z"), ("Europe/Berlin", "2006-07-14T13:04:43.000Z")] {
        catalogue.settle_dates("", &TimeZone::get(zone).unwrap()).unwrap();
        let told = catalogue.0.texts("SELECT date_taken || ' ' || taken_source || ' ' || taken_at FROM media").unwrap();
        assert_eq!(told, [format!("2006-07-14T15:04:43 clock {at}")]);
    }
}
