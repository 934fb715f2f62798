//! Multipart uploads.

use crate::common::{BUCKET, Response, TestStore, presign, request, start};
use rusty_s3::{
    S3Action,
    actions::{CreateMultipartUpload, ListParts},
};

const KEY: &str = "films/a b+(1).mp4";
const MIN: usize = 5 << 20;

fn begin(store: &TestStore) -> String {
    let mut action = store.bucket.create_multipart_upload(Some(&store.credentials), KEY);
    action.headers_mut().insert("x-amz-meta-a", "1");
    let headers = [("content-type", "video/mp4"), ("x-amz-meta-a", "1")];
    let started = request("POST", &presign(&action)).headers(&headers).send().ok(200);
    CreateMultipartUpload::parse_response(started.text()).unwrap().upload_id().to_owned()
}

fn part(store: &TestStore, upload: &str, number: u16, body: &[u8]) -> Response {
    let action = store.bucket.upload_part(Some(&store.credentials), KEY, number, upload);
    request("PUT", &presign(&action)).body(body).send()
}

fn etag(response: &Response) -> String {
    response.header("etag").unwrap().to_owned()
}

fn complete(store: &TestStore, upload: &str, parts: &[(u16, &str)]) -> Response {
    let action = store.bucket.complete_multipart_upload(
        Some(&store.credentials),
        KEY,
        upload,
        parts.iter().map(|(_, etag)| *etag),
    );
    let part =
        |(number, etag): &(u16, &str)| format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
    let parts = parts.iter().map(part).collect::<Vec<_>>().concat();
    let body = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    request("POST", &presign(&action)).body(body).send()
}

#[test]
fn parts_become_an_object() {
    let store = start();
    let upload = begin(&store);
    let (first, last) = (vec![b'a'; MIN], vec![b'b'; 1000]);
    // The parts are uploaded out of order, with a gap, and one of them twice.
    let last_etag = etag(&part(&store, &upload, 7, &last).ok(200));
    part(&store, &upload, 3, b"replaced").ok(200);
    let first_etag = etag(&part(&store, &upload, 3, &first).ok(200));
    assert_eq!(store.get(KEY).status, 404);
    let done = complete(&store, &upload, &[(3, &first_etag), (7, &last_etag)]).ok(200);
    assert!(done.xml("ETag").unwrap().contains("-2"), "{}", done.text());
    let got = store.get(KEY).ok(200);
    assert!(got.body == [first, last].concat());
    assert_eq!((got.header("content-type"), got.header("x-amz-meta-a")), (Some("video/mp4"), Some("1")));
    // The MD5 of the two binary MD5s, computed with another program.
    assert_eq!(got.header("etag"), Some("\"8c6f96fe400c627d9394af6161f5921d-2\""));
    assert_eq!(store.blobs(), 1);
    complete(&store, &upload, &[(3, &first_etag)]).expect(404, "NoSuchUpload");
}

#[test]
fn a_refused_completion_can_be_repeated() {
    let store = start();
    let upload = begin(&store);
    let small = etag(&part(&store, &upload, 1, b"small").ok(200));
    let last = etag(&part(&store, &upload, 2, b"last").ok(200));
    complete(&store, &upload, &[(1, &small), (2, &last)]).expect(400, "EntityTooSmall");
    complete(&store, &upload, &[(2, &last), (1, &small)]).expect(400, "InvalidPartOrder");
    complete(&store, &upload, &[(1, &last)]).expect(400, "InvalidPart");
    complete(&store, &upload, &[(9, &last)]).expect(400, "InvalidPart");
    complete(&store, &upload, &[]).expect(400, "MalformedXML");
    assert_eq!(store.get(KEY).status, 404);
    complete(&store, &upload, &[(2, &last)]).ok(200);
    assert_eq!(store.get(KEY).ok(200).text(), "last");
    assert_eq!(store.blobs(), 1);
}

#[test]
fn parts_are_listed() {
    let store = start();
    let upload = begin(&store);
    let etags: Vec<String> = (1..=3).map(|n| etag(&part(&store, &upload, n, &[b'x'; 10]).ok(200))).collect();
    let mut action = ListParts::new(&store.bucket, Some(&store.credentials), KEY, &upload);
    action.set_max_parts(2);
    let listed = ListParts::parse_response(request("GET", &presign(&action)).send().ok(200).text()).unwrap();
    let numbers: Vec<_> = listed.parts.iter().map(|part| (part.number, part.etag.clone(), part.size)).collect();
    assert_eq!(numbers, [(1, etags[0].clone(), 10), (2, etags[1].clone(), 10)]);
    assert_eq!(listed.next_part_number_marker, Some(2));
    action.set_part_number_marker(2);
    let rest = ListParts::parse_response(request("GET", &presign(&action)).send().ok(200).text()).unwrap();
    assert_eq!((rest.parts.len(), rest.next_part_number_marker), (1, None));
}

#[test]
fn an_aborted_upload_leaves_nothing() {
    let store = start();
    let upload = begin(&store);
    part(&store, &upload, 1, b"x").ok(200);
    assert_eq!(store.blobs(), 1);
    let action = store.bucket.abort_multipart_upload(Some(&store.credentials), KEY, &upload);
    let url = presign(&action);
    assert_eq!(request("DELETE", &url).send().status, 204);
    assert_eq!(store.blobs(), 0);
    request("DELETE", &url).send().expect(404, "NoSuchUpload");
    part(&store, &upload, 1, b"x").expect(404, "NoSuchUpload");
    assert_eq!(store.blobs(), 0);
}

#[test]
fn an_upload_outlives_the_process() {
    let store = start();
    let upload = begin(&store);
    let only = etag(&part(&store, &upload, 1, b"bytes").ok(200));
    let store = crate::common::start_in(store.stop());
    complete(&store, &upload, &[(1, &only)]).ok(200);
    assert_eq!(store.get(KEY).ok(200).text(), "bytes");
}

#[test]
fn an_upload_that_nobody_goes_on_with_is_dropped_after_a_week() {
    let store = start();
    let (forgotten, recent, bare) = (begin(&store), begin(&store), begin(&store));
    let first = etag(&part(&store, &recent, 1, b"bytes").ok(200));
    part(&store, &recent, 2, b"x").ok(200);
    part(&store, &forgotten, 1, b"x").ok(200);
    part(&store, &forgotten, 2, b"x").ok(200);
    let folder = store.stop();
    let index = rusqlite::Connection::open(folder.path().join(BUCKET).join("index.sqlite")).unwrap();
    for (upload, number, hours) in [(&recent, 1, 200), (&recent, 2, 167), (&forgotten, 1, 200), (&forgotten, 2, 169)] {
        let aged = "UPDATE part SET modified = modified - ?1 WHERE upload = ?2 AND number = ?3";
        assert_eq!(index.execute(aged, rusqlite::params![hours * 3600, upload, number]).unwrap(), 1);
    }
    drop(index);

    let store = crate::common::start_in(folder);
    assert_eq!(store.blobs(), 2);
    assert_eq!(store.running.as_ref().unwrap().lost(), None);
    part(&store, &forgotten, 3, b"x").expect(404, "NoSuchUpload");
    part(&store, &bare, 1, b"x").ok(200);
    complete(&store, &recent, &[(1, &first)]).ok(200);
    assert_eq!(store.get(KEY).ok(200).text(), "bytes");
}

#[test]
fn after_a_crash_a_part_without_its_bytes_is_sent_again() {
    let store = start();
    let upload = begin(&store);
    let only = etag(&part(&store, &upload, 1, b"bytes").ok(200));
    let folder = store.stop();
    let root = folder.path().join(BUCKET);
    std::fs::remove_file(root.join("closed")).unwrap();
    let blob = std::fs::read_dir(root.join("objects")).unwrap().next().unwrap().unwrap().path();
    std::fs::remove_file(blob).unwrap();
    let store = crate::common::start_in(folder);
    complete(&store, &upload, &[(1, &only)]).expect(400, "InvalidPart");
    part(&store, &upload, 1, b"bytes").ok(200);
    complete(&store, &upload, &[(1, &only)]).ok(200);
    assert_eq!(store.get(KEY).ok(200).text(), "bytes");
}

#[test]
fn bad_parts_are_refused() {
    let store = start();
    let upload = begin(&store);
    part(&store, "nonsense", 1, b"x").expect(404, "NoSuchUpload");
    part(&store, &upload, 0, b"x").expect(400, "InvalidArgument");
    part(&store, &upload, 10_001, b"x").expect(400, "InvalidArgument");
    let mut action = store.bucket.upload_part(Some(&store.credentials), KEY, 1, &upload);
    action.headers_mut().insert("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==");
    let url = presign(&action);
    let wrong = request("PUT", &url).headers(&[("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==")]).body("x").send();
    wrong.expect(400, "BadDigest");
    assert_eq!(store.blobs(), 0);
}
