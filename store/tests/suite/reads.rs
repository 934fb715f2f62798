//! GET and HEAD: ranges, preconditions, validators, headers.

use std::{thread, time::Duration};

use crate::common::{Response, TestStore, presign, request, start};
use rusty_s3::S3Action;

const DIGITS: &str = "0123456789";
/// `md5sum` of [`DIGITS`].
const DIGITS_MD5: &str = "\"781e5e245d69b566979b86e28d23f2c7\"";

fn with_digits() -> TestStore {
    let store = start();
    store.put("digits", DIGITS).ok(200);
    store.put("empty", "").ok(200);
    store
}

fn range(store: &TestStore, key: &str, range: &str) -> Response {
    let got = store.get_with(key, &[("range", range)]);
    let head = store.head_with(key, &[("range", range)]);
    assert_eq!(head.status, got.status, "{range}");
    for name in ["content-range", "etag", "last-modified", "accept-ranges"] {
        assert_eq!(head.header(name), got.header(name), "{name} of {range}");
    }
    if got.status < 300 {
        assert_eq!(head.header("content-length"), got.header("content-length"), "{range}");
        assert_eq!(got.header("content-length"), Some(got.body.len().to_string().as_str()), "{range}");
    }
    assert!(head.body.is_empty());
    got
}

#[test]
fn a_range_is_served_with_its_place_and_length() {
    let store = with_digits();
    for (asked, body, place) in [
        ("bytes=0-0", "0", "bytes 0-0/10"),
        ("bytes=2-5", "2345", "bytes 2-5/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=7-99", "789", "bytes 7-9/10"),
        ("bytes=-3", "789", "bytes 7-9/10"),
        ("bytes=-10", DIGITS, "bytes 0-9/10"),
        ("bytes=-99", DIGITS, "bytes 0-9/10"),
        ("bytes=0-", DIGITS, "bytes 0-9/10"),
        ("bytes=5-99999999999999999999", "56789", "bytes 5-9/10"),
    ] {
        let got = range(&store, "digits", asked).ok(206);
        assert_eq!((got.text(), got.header("content-range")), (body, Some(place)), "{asked}");
    }
}

#[test]
fn a_range_outside_says_how_long_the_object_is() {
    let store = with_digits();
    for asked in ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999-"] {
        let got = range(&store, "digits", asked).expect(416, "InvalidRange");
        assert_eq!(got.header("content-range"), Some("bytes */10"), "{asked}");
    }
    for asked in ["bytes=0-", "bytes=0-0", "bytes=-1"] {
        let got = range(&store, "empty", asked).expect(416, "InvalidRange");
        assert_eq!(got.header("content-range"), Some("bytes */0"), "{asked}");
    }
}

#[test]
fn what_is_no_single_range_is_ignored() {
    let store = with_digits();
    for asked in ["bytes=5-2", "bytes=0-1,3-4", "items=0-1", "bytes", "bytes=x-y", "bytes=-"] {
        let got = range(&store, "digits", asked).ok(200);
        assert_eq!((got.text(), got.header("content-range")), (DIGITS, None), "{asked}");
    }
}

#[test]
fn an_empty_object_has_no_bytes_and_says_so() {
    let store = with_digits();
    let got = store.get("empty").ok(200);
    assert_eq!((got.text(), got.header("content-length")), ("", Some("0")));
    assert_eq!(store.head("empty").header("content-length"), Some("0"));
}

#[test]
fn get_head_and_ranges_give_the_same_validators() {
    let store = with_digits();
    let get = store.get("digits").ok(200);
    assert_eq!(get.header("etag"), Some(DIGITS_MD5));
    assert_eq!(get.header("content-length"), Some("10"));
    assert_eq!(get.header("accept-ranges"), Some("bytes"));
    assert!(get.header("last-modified").unwrap().ends_with(" GMT"));
    for other in [
        store.head("digits").ok(200),
        store.get_with("digits", &[("range", "bytes=0-1")]).ok(206),
        store.get_with("digits", &[("if-none-match", DIGITS_MD5)]).ok(304),
    ] {
        for name in ["etag", "last-modified"] {
            assert_eq!(other.header(name), get.header(name), "{name}");
        }
    }
    assert_eq!(store.head("digits").header("content-length"), Some("10"));
}

#[test]
fn preconditions() {
    let store = with_digits();
    let modified = store.get("digits").header("last-modified").unwrap().to_owned();
    let long_ago = "Wed, 21 Oct 2015 07:28:00 GMT";
    let cases: [(&[(&str, &str)], u16); 11] = [
        (&[("if-match", DIGITS_MD5)], 200),
        (&[("if-match", "\"other\"")], 412),
        (&[("if-none-match", DIGITS_MD5)], 304),
        (&[("if-none-match", "\"a\", W/\"781e5e245d69b566979b86e28d23f2c7\"")], 304),
        (&[("if-none-match", "\"other\"")], 200),
        (&[("if-modified-since", &modified)], 304),
        (&[("if-modified-since", long_ago)], 200),
        (&[("if-modified-since", "not a date")], 200),
        (&[("if-unmodified-since", long_ago)], 412),
        (&[("if-match", DIGITS_MD5), ("if-unmodified-since", long_ago)], 200),
        (&[("if-none-match", "\"other\""), ("if-modified-since", &modified)], 200),
    ];
    for (headers, status) in cases {
        let (get, head) = (store.get_with("digits", headers), store.head_with("digits", headers));
        assert_eq!((get.status, head.status), (status, status), "{headers:?}");
        if status == 412 {
            assert_eq!(get.xml("Code"), Some("PreconditionFailed"));
        }
        if status == 304 {
            assert!(get.body.is_empty());
            assert_eq!((get.header("etag"), get.header("content-type")), (Some(DIGITS_MD5), None));
            // A 304 has no body, and the length of the object would be 10, so the header must be absent.
            assert_eq!((get.header("content-length"), head.header("content-length")), (None, None));
        }
    }
}

#[test]
fn a_range_with_if_range_is_whole_when_the_object_changed() {
    let store = with_digits();
    let range = ("range", "bytes=0-1");
    store.get_with("digits", &[range, ("if-range", DIGITS_MD5)]).ok(206);
    let whole = store.get_with("digits", &[range, ("if-range", "\"other\"")]).ok(200);
    assert_eq!(whole.text(), DIGITS);
}

#[test]
fn headers_of_the_put_come_back() {
    let store = start();
    let headers = [
        ("content-type", "image/jpeg"),
        ("cache-control", "private, max-age=60"),
        ("content-disposition", "attachment; filename=\"a b.jpg\"; filename*=UTF-8''%C3%A9.jpg"),
        ("content-encoding", "gzip"),
        ("content-language", "de"),
        ("expires", "Wed, 21 Oct 2026 07:28:00 GMT"),
        ("x-amz-meta-camera", "X100"),
        ("x-amz-meta-taken", "2024-05-06T07:08:09"),
    ];
    store.put_with("a", "x", &headers).ok(200);
    for response in [store.get("a").ok(200), store.head("a").ok(200)] {
        for (name, value) in headers {
            assert_eq!(response.header(name), Some(value), "{name}");
        }
    }
    store.put("a", "y").ok(200);
    let bare = store.get("a").ok(200);
    assert_eq!((bare.header("x-amz-meta-camera"), bare.header("cache-control")), (None, None));
    assert_eq!(bare.header("content-type"), Some("binary/octet-stream"));
}

#[test]
fn a_signed_query_overrides_response_headers() {
    let store = with_digits();
    let overrides = [
        ("response-content-type", "content-type", "text/plain; charset=utf-8"),
        ("response-content-disposition", "content-disposition", "attachment; filename=\"a b.txt\""),
        ("response-cache-control", "cache-control", "no-store"),
        ("response-content-language", "content-language", "fr"),
        ("response-expires", "expires", "Wed, 21 Oct 2026 07:28:00 GMT"),
    ];
    let mut get = store.bucket.get_object(Some(&store.credentials), "digits");
    let mut head = store.bucket.head_object(Some(&store.credentials), "digits");
    for (query, _, value) in overrides {
        get.query_mut().insert(query, value);
        head.query_mut().insert(query, value);
    }
    for response in [request("GET", &presign(&get)).send(), request("HEAD", &presign(&head)).send()] {
        assert_eq!(response.status, 200);
        for (_, name, value) in overrides {
            assert_eq!(response.header(name), Some(value), "{name}");
        }
    }
}

#[test]
fn a_missing_key_is_404() {
    let store = start();
    store.get("none").expect(404, "NoSuchKey");
    let head = store.head("none");
    assert_eq!((head.status, head.body.len()), (404, 0));
}

#[test]
fn a_reader_finishes_the_object_it_started() {
    let store = start();
    let old = vec![b'o'; 8 << 20];
    store.put("a", &old).ok(200);
    let etag = store.head("a").header("etag").unwrap().to_owned();
    let mut reading = request("GET", &store.get_url("a")).open();
    // The head is sent and the socket's buffers are full, but most of the body is not sent yet.
    thread::sleep(Duration::from_millis(200));
    store.put("a", vec![b'n'; 8 << 20]).ok(200);
    let mut response = vec![];
    std::io::Read::read_to_end(&mut reading, &mut response).unwrap();
    let body = &response[response.len() - old.len()..];
    assert!(String::from_utf8_lossy(&response[..400]).contains(&etag) && body == old);
    assert_ne!(store.head("a").header("etag"), Some(etag.as_str()));
}
