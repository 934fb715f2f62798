//! Both sources side by side, and the reader of snapshots on a bucket that changes, hides objects and goes away.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use bytes::Bytes;
use gallery::{
    cursor::Cursor,
    media::{MediaType, UPSERT},
    views::{
        BlockName, INDEX,
        build::{About, Album, Built, Known, build},
        part_key,
    },
};
use http::{Request, Response, StatusCode, header};
use platform::{EdgeCache, Facts, Kind, Sql as _, Value};
use platform_memory::Memory;
use platform_s3::Location;
use sigv4::{Bucket, Credentials, UrlStyle};

use super::*;

mod pages;

/// Runs a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("it waits"),
    }
}

/// A bucket, and the faults that it may have.
#[derive(Default)]
struct Store {
    objects: RefCell<HashMap<String, Vec<u8>>>,
    down: Cell<bool>,
    /// The number of bytes by which ranges are cut short.
    cut: Cell<usize>,
    /// The bytes that were sent.
    sent: Cell<usize>,
    /// What a host in front of the bucket keeps of the parts that are marked, by URL and range. `None` if it keeps
    /// nothing.
    kept: RefCell<Option<HashMap<String, Bytes>>>,
}

impl Store {
    fn publish(&self, items: &[Media]) {
        self.put(&render(items));
    }

    fn put(&self, built: &Built) {
        let mut objects = self.objects.borrow_mut();
        objects.clear();
        objects.extend(built.names.iter().map(|name| (part_key(name), built.parts[name].clone())));
        objects.insert(INDEX.to_owned(), built.index.clone().encode().unwrap());
    }

    /// What is kept, or the bucket's answer.
    fn through_host(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let name = format!("{} {:?}", request.uri(), request.headers().get(header::RANGE));
        let mut kept = self.kept.borrow_mut();
        let kept = kept.as_mut().filter(|_| request.extensions().get::<EdgeCache>().is_some());
        if let Some(body) = kept.as_ref().and_then(|kept| kept.get(&name)) {
            return Response::builder().status(StatusCode::PARTIAL_CONTENT).body(body.clone()).unwrap();
        }
        let answer = self.answer(request);
        if let Some(kept) = kept.filter(|_| answer.status() == StatusCode::PARTIAL_CONTENT) {
            kept.insert(name, answer.body().clone());
        }
        answer
    }

    fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let asked = |name| request.headers().get(name).map(|value| value.to_str().unwrap());
        let status = |status| Response::builder().status(status);
        if self.down.get() {
            return status(StatusCode::SERVICE_UNAVAILABLE).body(Bytes::new()).unwrap();
        }
        let objects = self.objects.borrow();
        let Some(bytes) = objects.get(request.uri().path().strip_prefix("/media/").unwrap()) else {
            return status(StatusCode::NOT_FOUND).body(Bytes::new()).unwrap();
        };
        let tag = format!("\"{}-{}\"", bytes.len(), bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>());
        if asked(header::IF_NONE_MATCH) == Some(&tag) {
            return status(StatusCode::NOT_MODIFIED).body(Bytes::new()).unwrap();
        }
        let (code, bytes) = match asked(header::RANGE) {
            None => (StatusCode::OK, &bytes[..]),
            Some(_) if bytes.is_empty() => (StatusCode::RANGE_NOT_SATISFIABLE, &bytes[..]),
            Some(range) => {
                let (start, end) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
                let (start, end): (usize, usize) = (start.parse().unwrap(), end.parse().unwrap());
                (StatusCode::PARTIAL_CONTENT, &bytes[start..=end - self.cut.get()])
            }
        };
        self.sent.set(self.sent.get() + bytes.len());
        status(code).header(header::ETAG, tag).body(Bytes::copy_from_slice(bytes)).unwrap()
    }
}

/// The catalogue of these items, with an album of every third one.
fn render(items: &[Media]) -> Built {
    let keys = items.iter().step_by(3).map(|item| item.key.clone()).collect();
    let album = Album { view: View::album("a", "b"), title: "b".to_owned(), keys };
    let about = About { albums: vec![album], ..About::default() };
    build(items.to_vec(), &about, &Known::default(), deflate::squeeze_each).unwrap()
}

fn json(gzip: &[u8]) -> serde_json::Value {
    serde_json::from_slice(&deflate::inflate(gzip, 64 << 20).unwrap()).unwrap()
}

struct Fixture {
    platform: Memory,
    store: Rc<Store>,
    objects: Rc<Objects>,
    catalogue: Catalogue,
}

impl Fixture {
    fn new() -> Self {
        let store = Rc::new(Store::default());
        let answers = Rc::clone(&store);
        let platform = Memory::new(move |request| {
            let answer = answers.through_host(&request);
            async move { Ok(answer) }
        });
        let bucket = Bucket::new("http://store", UrlStyle::Path, "media", "auto").unwrap();
        let objects = Rc::new(Objects::new(Location {
            name: "bucket".to_owned(),
            bucket,
            public: None,
            credentials: Credentials::new("id", "secret"),
        }));
        let catalogue = Catalogue::new(Source::Snapshot, &objects);
        Self { platform: platform.unwrap(), store, objects, catalogue }
    }

    fn cx(&self, now: u64) -> Cx<'_, Memory> {
        Cx::new(&self.platform, Facts { now, entropy: [0; 32], https: false, client: None })
    }

    /// Whether there is an item with this key, and how many requests the look-up cost.
    fn find(&self, seconds: u64, key: &str) -> (Result<bool, Kind>, u32) {
        let cx = self.cx(seconds);
        let key = MediaKey::parse(key).unwrap();
        let item = now(self.catalogue.item(&cx, &key));
        (item.map(|item| item.is_some()).map_err(|error| error.kind()), cx.record.store_calls.get())
    }
}

const RENDITIONS: &str = r#"{"version":"0123456789abcdef","original":true,"all":[{"name":"small","format":"webp",
    "width":150,"height":100,"bytes":2000},{"name":"screen","format":"webp","width":900,"height":600,"bytes":9000}]}"#;

/// The parameters of [`UPSERT`] for the `number`th item: some items share a date, some have none, and every ninth is
/// a film.
fn row(number: i64) -> Vec<Value> {
    let film = number % 9 == 4;
    let text = |present: bool, text: &str| if present { Value::from(text) } else { Value::Null };
    let mut row = vec![
        Value::from(format!("{:02}/Tänz \"{number}\" (1) 50%.jpg", number % 11)),
        Value::from(format!("Tänz \"{number}\" (1) 50%.jpg")),
        Value::from(if film { "video" } else { "image" }),
        Value::Integer(number * 1_000_003),
        Value::from(format!("2025-01-01T00:00:{:02}Z", number % 5)),
        text(number % 3 > 0, &format!("2024-06-15T{:06}", number / 7)),
        text(number % 2 > 0, "Ω Optics"),
    ];
    row.extend(vec![Value::Null; 9]);
    row.extend([
        if film { Value::Real(0.1 + 0.2 + 0.125) } else { Value::Null },
        Value::Null,
        Value::Integer(4000),
        Value::Null,
        if film { text(number % 2 > 0, if number % 4 > 1 { "[\"720p\"]" } else { "broken" }) } else { Value::Null },
        text(number % 2 > 0, "s"),
        text(true, "m"),
        Value::Null,
        text(number % 4 > 0, if number % 8 > 3 { "{\"mime\":\"image/png\"}" } else { "[object Object]" }),
        Value::Null,
        Value::from(""),
        Value::from(format!("2025-02-{:02}T00:00:00Z", 1 + number % 28)),
        Value::Null,
        text(number % 4 > 0, &format!("{number:016x}")),
    ]);
    // Rows of 0.1.0 lack all five.
    let moment = number % 5 > 0;
    row.extend([
        text(moment, if number % 2 > 0 { "exif" } else { "ingest" }),
        text(moment && number % 4 > 1, "+02:00"),
        text(moment && number % 4 > 1, "library"),
        text(moment, &format!("2024-06-15T12:00:{:02}.100Z", number % 7)),
        text(moment, "2024-06-15"),
        text(number % 6 > 2, if number % 12 > 6 { RENDITIONS } else { "{}" }),
        text(number % 6 > 3, "3OcRJYB4d3h/iIeHeEh3eIhw+j3A"),
    ]);
    row
}

#[test]
fn both_sources_give_the_same_answers() {
    for count in [0, 1, 65, 1500] {
        let fixture = Fixture::new();
        let cx = fixture.cx(1);
        let database = cx.sql().unwrap();
        for number in 0..count {
            now(database.query(UPSERT, &row(number))).unwrap();
        }
        let rows = now(database.query(SELECT, &[])).unwrap();
        let mut items: Vec<Media> = rows.into_iter().map(|row| media(row).unwrap()).collect();
        let built = render(&items);
        fixture.store.put(&built);
        // As publishing does.
        for item in items.iter_mut().step_by(3) {
            item.albums = View::album("a", "b").name().to_owned();
            let albums = [item.albums.as_str().into(), item.key.as_str().into()];
            now(database.query("UPDATE media SET albums = ?1 WHERE key = ?2", &albums)).unwrap();
        }
        let put = "INSERT INTO catalogue_parts VALUES (?1, ?2)";
        let index = built.index.clone().encode().unwrap();
        for (name, bytes) in built.parts.iter().chain([(&INDEX.to_owned(), &index)]) {
            now(database.query(put, &[name.as_str().into(), bytes.clone().into()])).unwrap();
        }
        let (sql, bucket) = (Catalogue::new(Source::Sql, &fixture.objects), &fixture.catalogue);

        assert_eq!(now(sql.index(&cx)).unwrap().version, now(bucket.index(&cx)).unwrap().version);
        for key in items.iter().map(|item| item.key.as_str()).chain(["absent", "00/", INDEX]) {
            let key = MediaKey::parse(key).unwrap();
            let both = (now(sql.item(&cx, &key)), now(bucket.item(&cx, &key)));
            assert_eq!(both.0.unwrap(), both.1.unwrap(), "{key:?}");
            let both = (now(sql.film(&cx, &key)), now(bucket.film(&cx, &key)));
            assert_eq!(both.0.unwrap(), both.1.unwrap(), "{key:?}");
        }
        for filter in [None, Some(MediaType::Image), Some(MediaType::Video)] {
            let order = "SELECT key FROM media WHERE ?1 = '' OR type = ?1 \
                         ORDER BY COALESCE(taken_at, date_taken, uploaded_at) DESC, key DESC";
            let wanted = now(database.query(order, &[filter.map_or("", MediaType::name).into()])).unwrap();
            let wanted: Vec<&str> = wanted.iter().map(|row| row.text(0).unwrap().unwrap()).collect();
            for limit in [1, 7, 64, 101, 1000] {
                let (mut after, mut first): (Option<Cursor>, usize) = (None, 0);
                for _ in 0..20 {
                    let page = |catalogue: &Catalogue| {
                        let page = catalogue.page(&cx, Edition::OneOrigin, filter, after.as_ref(), limit);
                        now(page).unwrap().gzip
                    };
                    let came = page(bucket);
                    assert!(came == page(&sql), "{count} items, {filter:?}, {limit} after {after:?}");
                    let came = json(&came);
                    let keys: Vec<&str> =
                        came["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap()).collect();
                    let last = (first + limit).min(wanted.len());
                    assert_eq!(keys, wanted[first..last], "{count} items, {filter:?}, {limit} after {after:?}");
                    first = last;
                    after = came["nextCursor"].as_str().map(|next| Cursor::decode(next).unwrap());
                    assert_eq!(after.is_none(), last == wanted.len());
                    if after.is_none() {
                        break;
                    }
                }
            }
        }
    }
}

#[test]
fn a_url_has_the_version_of_the_row_or_one_that_changes_with_the_row() {
    let version = |version, updated_at| url_version(version, updated_at);
    assert_eq!(version(Some("0123456789abcdef"), "2025"), "0123456789abcdef");
    let old = version(None, "2025");
    assert!(gallery::layout::is_version(&old) && old != version(None, "2026"), "{old}");
}

fn items(keys: &[&str]) -> Vec<Media> {
    keys.iter()
        .map(|key| Media {
            key: (*key).to_owned(),
            filename: (*key).to_owned(),
            r#type: MediaType::Image,
            mime: None,
            size: 1,
            uploaded_at: "2025".into(),
            date_taken: None,
            camera_make: None,
            camera_model: None,
            width: None,
            height: None,
            duration: None,
            qualities: None,
            thumbnails: [true; 3],
            renditions: None,
            thumbhash: None,
            updated_at: "2025".into(),
            version: None,
            taken: None,
            place: None,
            exposure: None,
            albums: String::new(),
            patches: None,
            checksums: None,
        })
        .collect()
}

#[test]
fn a_cold_answer_takes_two_requests_a_warm_one_none() {
    let fixture = Fixture::new();
    fixture.store.publish(&items(&["a", "b"]));
    assert_eq!(fixture.find(100, "a"), (Ok(true), 2));
    assert_eq!(fixture.find(101, "b"), (Ok(true), 0));
    assert_eq!(fixture.find(109, "absent"), (Ok(false), 0));
    // The index is read again, and the objects that it names have not changed.
    assert_eq!(fixture.find(110, "a"), (Ok(true), 1));
    assert_eq!(fixture.find(119, "a"), (Ok(true), 0));
}

#[test]
fn a_new_snapshot_is_seen_in_time() {
    let fixture = Fixture::new();
    fixture.store.publish(&items(&["a"]));
    assert_eq!(fixture.find(100, "a"), (Ok(true), 2));
    fixture.store.publish(&items(&["b"]));
    assert_eq!(fixture.find(109, "a"), (Ok(true), 0), "within what is promised");
    assert_eq!(fixture.find(110, "a"), (Ok(false), 2));
    assert_eq!(fixture.find(110, "b"), (Ok(true), 0));
    fixture.store.publish(&[]);
    assert_eq!(fixture.find(120, "b"), (Ok(false), 1));
}

#[test]
fn a_snapshot_that_was_just_removed_leads_to_the_next() {
    let fixture = Fixture::new();
    let cx = fixture.cx(100);
    fixture.store.publish(&items(&["a"]));
    now(fixture.catalogue.index(&cx)).unwrap();
    // The index is known and fresh, but its parts were never read and are gone.
    fixture.store.publish(&items(&["a", "b"]));
    assert_eq!(fixture.find(101, "b"), (Ok(true), 3));
    fixture.store.objects.borrow_mut().retain(|key, _| key == INDEX);
    assert_eq!(fixture.find(101, "b"), (Ok(true), 0), "what was read is kept");
    let page = now(fixture.catalogue.page(&fixture.cx(101), Edition::OneOrigin, None, None, 10));
    assert_eq!(page.err().map(|error| error.kind()), Some(Kind::Unavailable));
}

#[test]
fn while_the_bucket_is_away_the_last_index_serves_for_a_while() {
    let fixture = Fixture::new();
    fixture.store.publish(&items(&["a"]));
    assert_eq!(fixture.find(100, "a"), (Ok(true), 2));
    fixture.store.down.set(true);
    assert_eq!(fixture.find(110, "a"), (Ok(true), 2), "one request and its second try");
    assert_eq!(fixture.find(119, "a"), (Ok(true), 0), "a sick store is not asked by every request");
    assert_eq!(fixture.find(999, "a"), (Ok(true), 2));
    assert_eq!(fixture.find(1000, "a").0, Err(Kind::Unavailable));
    fixture.store.down.set(false);
    assert_eq!(fixture.find(1000, "a").0, Ok(true));
}

#[test]
fn what_is_missing_short_or_garbled_is_an_error_and_never_an_empty_catalogue() {
    let fixture = Fixture::new();
    assert_eq!(fixture.find(100, "a").0, Err(Kind::Unavailable), "no index");
    fixture.store.publish(&items(&["a"]));
    fixture.store.cut.set(1);
    assert_eq!(fixture.find(100, "a").0, Err(Kind::Unavailable), "a short part");
    fixture.store.cut.set(0);
    assert_eq!(fixture.find(100, "a").0, Ok(true), "a short part is not kept");
    fixture.store.objects.borrow_mut().insert(INDEX.to_owned(), b"<html>".to_vec());
    let other = Fixture { catalogue: Catalogue::new(Source::Snapshot, &fixture.objects), ..fixture };
    assert_eq!(other.find(100, "a").0, Err(Kind::Invalid), "no index but something else");
}

#[test]
fn a_part_that_a_host_keeps_damaged_is_read_past_it() {
    let fixture = Fixture::new();
    fixture.store.publish(&items(&["a"]));
    *fixture.store.kept.borrow_mut() = Some(HashMap::new());
    fixture.store.cut.set(1);
    assert_eq!(fixture.find(100, "a"), (Err(Kind::Unavailable), 3), "the index, and the part twice");
    fixture.store.cut.set(0);
    // The short part is kept still.
    assert_eq!(fixture.find(101, "a"), (Ok(true), 2));
    assert_eq!(fixture.find(101, "a"), (Ok(true), 0));
}

#[test]
fn a_gallery_without_items_has_no_rows() {
    let fixture = Fixture::new();
    fixture.store.publish(&[]);
    let (catalogue, cx) = (&fixture.catalogue, fixture.cx(100));
    now(catalogue.of_view(&cx, &View::of(None), |media| panic!("{}", media.key))).unwrap();
    // So many that all rows are read.
    let keys: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    now(catalogue.of_keys(&cx, &keys, |media| panic!("{}", media.key))).unwrap();
}

#[test]
fn the_source_is_sql_unless_it_is_told_otherwise() {
    let load = |value: &str| {
        let find = |_: &str| Some(value.to_owned());
        Source::load(&Lookup(&find))
    };
    assert_eq!((load(""), load("sql"), load("snapshot")), (Ok(Source::Sql), Ok(Source::Sql), Ok(Source::Snapshot)));
    assert_eq!(load("postgres").unwrap_err().name, "CATALOGUE");
}
