//! PUT, copy and DELETE take effect as a whole or not at all, and leave nothing behind.

use std::{io::Write, thread};

use crate::common::{BUCKET, KEY_ID, presign, start};
use rusty_s3::actions::{DeleteObjects, ObjectIdentifier};

#[test]
fn put_answers_with_the_etag() {
    let store = start();
    let put = store.put("a", "0123456789").ok(200);
    assert_eq!(put.header("etag"), Some("\"781e5e245d69b566979b86e28d23f2c7\""));
    assert_eq!(store.blobs(), 1);
    let other = store.put("a", "x").ok(200);
    assert_ne!(other.header("etag"), put.header("etag"));
    assert_eq!(store.blobs(), 1);
}

#[test]
fn only_if_absent() {
    let store = start();
    let absent = [("if-none-match", "*")];
    store.put_with("a", "first", &absent).ok(200);
    store.put_with("a", "second", &absent).expect(412, "PreconditionFailed");
    store.put_with("a", "second", &[("if-none-match", "\"x\"")]).expect(501, "NotImplemented");
    assert_eq!(store.get("a").text(), "first");
    assert_eq!(store.blobs(), 1);
}

#[test]
fn only_if_unchanged() {
    let store = start();
    let etag = store.put("a", "first").header("etag").unwrap().to_owned();
    store.put_with("a", "second", &[("if-match", &etag)]).ok(200);
    store.put_with("a", "third", &[("if-match", &etag)]).expect(412, "PreconditionFailed");
    store.put_with("none", "x", &[("if-match", "*")]).expect(412, "PreconditionFailed");
    assert_eq!(store.get("a").text(), "second");
    assert_eq!(store.blobs(), 1);
}

#[test]
fn of_many_writers_that_want_to_be_first_one_is() {
    let store = start();
    let statuses: Vec<u16> = thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|n| {
                let store = &store;
                scope.spawn(move || store.put_with("a", n.to_string(), &[("if-none-match", "*")]).status)
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|&&status| status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|&&status| status == 412).count(), 7, "{statuses:?}");
    assert_eq!(store.blobs(), 1);
}

#[test]
fn bytes_etag_and_headers_change_together() {
    let store = start();
    let bodies: Vec<String> = (0..4).map(|n| n.to_string().repeat(200_000 + n)).collect();
    store.put_with("a", &bodies[0], &[("x-amz-meta-n", "0")]).ok(200);
    thread::scope(|scope| {
        for (n, body) in bodies.iter().enumerate() {
            let store = &store;
            scope.spawn(move || {
                for _ in 0..10 {
                    store.put_with("a", body, &[("x-amz-meta-n", &n.to_string())]).ok(200);
                }
            });
        }
        for _ in 0..40 {
            let got = store.get("a").ok(200);
            let n: usize = got.header("x-amz-meta-n").unwrap().parse().unwrap();
            assert!(got.text() == bodies[n], "bytes of another write");
            assert_eq!(got.header("content-length"), Some(bodies[n].len().to_string().as_str()));
        }
    });
    assert_eq!(store.blobs(), 1);
}

#[test]
fn a_body_that_fails_its_digest_changes_nothing() {
    let store = start();
    store.put("a", "old").ok(200);
    store.put_with("a", "new", &[("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==")]).expect(400, "BadDigest");
    store.put_with("a", "new", &[("x-amz-checksum-crc32", "AAAAAA==")]).expect(400, "BadDigest");
    assert_eq!(store.get("a").ok(200).text(), "old");
    assert_eq!(store.blobs(), 1);
}

#[test]
fn a_client_that_leaves_changes_nothing() {
    let store = start();
    store.put("a", "old").ok(200);
    let url = presign(&store.bucket.put_object(Some(&store.credentials), "a"));
    let target = url.split_once(&store.addr().to_string()).unwrap().1;
    let mut stream = std::net::TcpStream::connect(store.addr()).unwrap();
    let head = format!("PUT {target} HTTP/1.1\r\nhost: {}\r\ncontent-length: 1000000\r\n\r\n", store.addr());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&vec![b'x'; 500_000]).unwrap();
    drop(stream);
    thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(store.get("a").ok(200).text(), "old");
    assert_eq!(store.blobs(), 1);
    let folder = store.stop();
    let mut names: Vec<_> = std::fs::read_dir(folder.path().join(BUCKET))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["closed", "index.sqlite", "objects"]);
}

#[test]
fn copy_keeps_or_replaces_headers() {
    let store = start();
    let source = "a b+c (1)/é%.jpg";
    let etag = store
        .put_with(source, "bytes", &[("content-type", "image/jpeg"), ("x-amz-meta-a", "1")])
        .header("etag")
        .unwrap()
        .to_owned();
    let copied = store.copy(source, "kept", &[]).ok(200);
    assert_eq!(copied.xml("ETag").map(|etag| etag.replace("&quot;", "\"")), Some(etag.clone()));
    let kept = store.get("kept").ok(200);
    assert_eq!((kept.text(), kept.header("content-type")), ("bytes", Some("image/jpeg")));
    assert_eq!((kept.header("x-amz-meta-a"), kept.header("etag")), (Some("1"), Some(etag.as_str())));

    let replace = [("x-amz-metadata-directive", "REPLACE"), ("content-type", "text/plain")];
    store.copy(source, "replaced", &replace).ok(200);
    let replaced = store.get("replaced").ok(200);
    assert_eq!((replaced.header("content-type"), replaced.header("x-amz-meta-a")), (Some("text/plain"), None));

    store.copy(source, source, &[]).expect(400, "InvalidRequest");
    store.copy(source, source, &replace).ok(200);
    assert_eq!(store.get(source).ok(200).header("content-type"), Some("text/plain"));
    store.delete(source);
    assert_eq!(store.get("kept").ok(200).text(), "bytes");
}

#[test]
fn copy_checks_its_source() {
    let store = start();
    let etag = store.put("a", "bytes").header("etag").unwrap().to_owned();
    store.copy("none", "b", &[]).expect(404, "NoSuchKey");
    store.copy("a", "b", &[("x-amz-copy-source-if-match", "\"x\"")]).expect(412, "PreconditionFailed");
    store.copy("a", "b", &[("x-amz-copy-source-if-none-match", &etag)]).expect(412, "PreconditionFailed");
    assert_eq!(store.get("b").status, 404);
    store.copy("a", "b", &[("x-amz-copy-source-if-match", &etag)]).ok(200);
    let foreign = [("x-amz-copy-source", "/other/a")];
    store.put_with("b", "", &foreign).expect(404, "NoSuchBucket");
}

#[test]
fn delete_is_idempotent() {
    let store = start();
    store.put("a", "x").ok(200);
    assert_eq!(store.delete("a").status, 204);
    assert_eq!(store.delete("a").status, 204);
    store.get("a").expect(404, "NoSuchKey");
    assert_eq!(store.blobs(), 0);
}

#[test]
fn many_deletes_in_one_request() {
    let store = start();
    let keys = ["a", "b c+d", "é/ü&<>"];
    for key in keys {
        store.put(key, "x").ok(200);
    }
    let objects: Vec<_> = keys.iter().chain(&["none"]).map(|key| ObjectIdentifier::new((*key).to_owned())).collect();
    let action = DeleteObjects::new(&store.bucket, Some(&store.credentials), objects.iter());
    let url = presign(&action);
    let (body, md5) = action.body_with_md5();
    crate::common::request("POST", &url).headers(&[("content-md5", &md5)]).body(&body).send().ok(200);
    for key in keys {
        assert_eq!(store.get(key).status, 404);
    }
    assert_eq!(store.blobs(), 0);
}

#[test]
fn a_folder_is_open_once() {
    let store = start();
    let second = store::spawn(crate::common::config(store.folder.path()), ([127, 0, 0, 1], 0).into());
    assert_eq!(second.err().unwrap().kind(), std::io::ErrorKind::WouldBlock);
    assert_eq!(store.credentials.key(), KEY_ID);
}

#[test]
fn a_bucket_name_must_be_one() {
    let folder = tempfile::tempdir().unwrap();
    for bucket in ["../up", "A", "", "a/b", "-x-"] {
        let config = store::Config { bucket: bucket.into(), ..crate::common::config(folder.path()) };
        let refused = store::spawn(config, ([127, 0, 0, 1], 0).into()).err().unwrap();
        assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput, "{bucket}");
    }
}
