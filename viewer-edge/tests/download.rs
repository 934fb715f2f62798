//! What is prepared of a view or a selection: by its packs or in parts, under names that every system takes.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use bytes::Bytes;
use common::{NOW, PASSWORD, cookie, now, publish_about, service_with};
use gallery::{
    download::packs::{self, Form, Pack, Set},
    media::MediaType,
    views::{
        View,
        build::{About, Album},
    },
};
use http::{Request, Response, StatusCode, header};
use platform::{Cx, Facts, Platform as _, Service as _, Sql as _, service::finish};
use platform_memory::Memory;
use serde_json::{Value, json};
use viewer_edge::ViewerEdge;

/// Three photos of an album.
const KEYS: [&str; 3] = ["a.jpg", "b.jpg", "c.jpg"];

/// A gallery with three photos, whose store takes what is written.
fn gallery(about: About, albums: &str) -> Memory {
    let memory = Memory::new(|_| async { Ok(Response::new(Bytes::new())) }).unwrap();
    let row = "INSERT INTO media (key, filename, type, size, uploaded_at, checksums, albums, created_at, updated_at) \
               VALUES (?1, ?1, 'image', 9, '2024', '00000001 00000002', ?2, '2024', '2024')";
    for key in KEYS {
        now(memory.sql().unwrap().query(row, &[key.into(), albums.into()])).unwrap();
    }
    publish_about(&memory, &[], about);
    memory
}

fn post(memory: &Memory, service: &ViewerEdge, (path, cookie): (&str, &str), body: &Value) -> Response<Bytes> {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/json").header(header::COOKIE, cookie);
    let cx = Cx::new(memory, Facts { now: NOW, entropy: [7; 32], https: false, client: None });
    let mut response = now(service.handle(&cx, request.body(Bytes::from(body.to_string())).unwrap()));
    finish(&cx, &mut response, std::time::Duration::ZERO);
    response
}

/// The answer to a request for a download, on a host with this configuration.
fn ask(memory: &Memory, config: &[(&str, &str)], body: &Value) -> Response<Bytes> {
    let service = service_with(config);
    let cookie = cookie(&post(memory, &service, ("/login", ""), &json!({ "password": PASSWORD })));
    post(memory, &service, ("/api/download", &cookie), body)
}

/// The names and lengths of what was prepared.
fn parts(answer: &Response<Bytes>) -> Vec<(String, u64)> {
    assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.body());
    let told: Value = serde_json::from_slice(answer.body()).unwrap();
    let part = |part: &Value| (part["name"].as_str().unwrap().to_owned(), part["length"].as_u64().unwrap());
    told["parts"].as_array().unwrap().iter().map(part).collect()
}

/// All photos as a pack of this length.
fn with_pack(length: u64, count: u64) -> Memory {
    let pack = Pack { id: format!("{:032x}", 7), name: "A pack.zip".to_owned(), length, count };
    let view = View::PHOTOS.to_owned();
    let set = Set { view, r#type: MediaType::Image, form: Form::Whole, left_out: 0, packs: vec![pack] };
    gallery(About { packs: packs::encode(&[set]).unwrap(), ..About::default() }, "")
}

#[test]
fn packs_are_for_a_view_alone() {
    let memory = with_pack(5000, 3);
    let config = [("MAX_FETCHES", "7")];
    let pack = [("A pack.zip".to_owned(), 5000)];
    assert_eq!(parts(&ask(&memory, &config, &json!({ "view": "photos" }))), pack);
    assert_ne!(parts(&ask(&memory, &config, &json!({ "keys": KEYS }))), pack);
    for config in [&config[..], &[]] {
        let both = ask(&memory, config, &json!({ "view": "photos", "keys": ["a.jpg"] }));
        assert_eq!(both.status(), StatusCode::BAD_REQUEST, "{config:?}");
    }
}

#[test]
fn a_pack_is_no_longer_than_a_body_unless_it_is_one_file() {
    let config = [("MAX_FETCHES", "7"), ("MAX_BODY_BYTES", "4000")];
    let asked = json!({ "view": "photos" });
    for (length, count, is_given) in [(4000, 3, true), (4001, 3, false), (4001, 1, true)] {
        let memory = with_pack(length, count);
        let is_pack = parts(&ask(&memory, &config, &asked)) == [("A pack.zip".to_owned(), length)];
        assert_eq!(is_pack, is_given, "{count} files of {length} bytes");
    }
}

#[test]
fn a_long_title_is_cut_before_what_is_said_of_a_part() {
    let (view, title) = (View::album("a", "b"), format!("{}ä{}", "x".repeat(199), "y".repeat(100)));
    let album = Album { view: view.clone(), title, keys: Vec::new() };
    let memory = gallery(About { albums: vec![album], ..About::default() }, view.name());
    let names = |config: &[(&str, &str)]| -> Vec<String> {
        parts(&ask(&memory, config, &json!({ "view": view.name() }))).into_iter().map(|(name, _)| name).collect()
    };
    let start = "x".repeat(199);
    assert_eq!(names(&[]), [format!("{start}.zip")]);
    assert_eq!(names(&[("MAX_FETCHES", "6")]), [1, 2].map(|number| format!("{start} ({number} of 2).zip")));
}
