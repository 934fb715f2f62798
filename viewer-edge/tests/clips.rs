//! The clip of a live photo as the camera wrote it tells where it was taken.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use bytes::Bytes;
use common::{NOW, cookie, link, now, publish, service};
use gallery::link::{Flags, token};
use http::{Request, Response, StatusCode, header};
use platform::{Cx, Facts, Platform as _, Service as _, Sql as _, service::finish};
use platform_memory::Memory;
use viewer_edge::ViewerEdge;

const RENDITIONS: &str = r#"{"version":"0123456789abcdef","original":true,"all":[
    {"name":"clip-1-00000001","format":"mp4","width":4,"height":3,"bytes":4},
    {"name":"source-1-00000001","format":"mov","width":4,"height":3,"bytes":3}]}"#;

fn send(memory: &Memory, service: &ViewerEdge, path: &str, cookie: &str) -> Response<Bytes> {
    let request = Request::get(path).header(header::COOKIE, cookie).body(Bytes::new()).unwrap();
    let cx = Cx::new(memory, Facts { now: NOW, entropy: [7; 32], https: false, client: None });
    let mut response = now(service.handle(&cx, request));
    finish(&cx, &mut response, std::time::Duration::ZERO);
    response
}

#[test]
fn a_cameras_own_clip_is_for_who_sees_places() {
    let memory = Memory::new(|request| async move {
        let is_source = request.uri().path().contains("/source-");
        let body = if is_source { "mov" } else { "clip" };
        let response = Response::builder().header(header::CONTENT_LENGTH, body.len());
        Ok(response.body(Bytes::from(body)).unwrap())
    })
    .unwrap();
    let row = "INSERT INTO media (key, filename, type, size, uploaded_at, renditions, created_at, updated_at) \
               VALUES ('a.heic', 'a.heic', 'image', 9, '2024', ?1, '2024', '2024')";
    now(memory.sql().unwrap().query(row, &[RENDITIONS.into()])).unwrap();
    let service = service();
    let guests = [
        (Flags::ALL, "?download", "mov"),
        (Flags::ALL, "", "clip"),
        (Flags { places: false, ..Flags::ALL }, "?download", "clip"),
        (Flags { originals: false, ..Flags::ALL }, "?download", "clip"),
    ];
    let tokens: Vec<String> = (1..).take(guests.len()).map(|number| token([number; 16])).collect();
    let links: Vec<_> = guests.iter().zip(&tokens).map(|((flags, ..), token)| link(token, *flags, None)).collect();
    publish(&memory, &links);
    for ((flags, query, body), token) in guests.iter().zip(&tokens) {
        let guest = cookie(&send(&memory, &service, &format!("/l/{token}"), ""));
        let answer = send(&memory, &service, &format!("/api/clip/a.heic{query}"), &guest);
        assert_eq!((answer.status(), &answer.body()[..]), (StatusCode::OK, body.as_bytes()), "{flags:?} {query}");
    }
}
