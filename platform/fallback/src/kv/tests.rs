//! KV over a bucket that is a map. The store of the HTTP contract checks that the signatures are right.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::{cell::RefCell, collections::HashMap, pin::pin, task::Poll};

use http::{HeaderValue, Method};
use platform_memory::Memory;
use platform_s3::Location;
use sigv4::{Bucket, Credentials, UrlStyle};

use super::*;

const NOW: u64 = 1_369_353_600;

/// Runs a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

/// Objects by path: the expiry with which they were put, and the bytes.
type Held = Rc<RefCell<HashMap<String, (Option<HeaderValue>, Bytes)>>>;

fn objects() -> Rc<Objects> {
    let bucket = Bucket::new("https://s3.example", UrlStyle::Path, "bucket", "auto").unwrap();
    Rc::new(Objects::new(Location {
        name: "bucket".to_owned(),
        bucket,
        public: None,
        credentials: Credentials::new("id", "secret"),
    }))
}

fn store(held: &Held, at: u64) -> KvObjects<Memory> {
    let held = Rc::clone(held);
    let platform = Memory::new(move |request| {
        assert_eq!(request.extensions().get::<Timeouts>(), Some(&TIMEOUTS));
        assert!(request.headers().contains_key("authorization"));
        let (path, mut held) = (request.uri().path().to_owned(), held.borrow_mut());
        let mut response = Response::new(Bytes::new());
        match *request.method() {
            Method::PUT => {
                let expires = request.headers().get(EXPIRES).cloned();
                held.insert(path, (expires, request.into_body()));
            }
            Method::DELETE => {
                held.remove(&path);
                *response.status_mut() = StatusCode::NO_CONTENT;
            }
            _ => match held.get(&path) {
                Some((expires, value)) => {
                    *response.body_mut() = value.clone();
                    if let Some(expires) = expires {
                        response.headers_mut().insert(EXPIRES, expires.clone());
                    }
                }
                None => *response.status_mut() = StatusCode::NOT_FOUND,
            },
        }
        async move { Ok(response) }
    });
    KvObjects::new(platform.unwrap(), objects(), StoreName::VideoCache, at)
}

fn key(text: &str) -> KvKey {
    KvKey::parse(text).unwrap()
}

#[test]
fn a_value_comes_back_until_its_time_is_over() {
    let held = Held::default();
    let keep = Some(Duration::from_millis(1_500));
    now(store(&held, NOW).put(&key("playlist:1"), Bytes::from_static(b"#EXTM3U"), keep)).unwrap();
    let read = |at| now(store(&held, at).get(&key("playlist:1"))).unwrap();
    assert_eq!(read(NOW + 1).as_deref(), Some(&b"#EXTM3U"[..]), "a second and a half are not over yet");
    assert_eq!(read(NOW + 2), None);
    assert_eq!(now(store(&held, NOW).get(&key("playlist:2"))).unwrap(), None);
}

#[test]
fn a_value_without_a_time_stays_an_empty_one_too() {
    let held = Held::default();
    now(store(&held, NOW).put(&key("empty"), Bytes::new(), None)).unwrap();
    let years_later = NOW + 20 * 366 * 86_400;
    let read = |name: &str| now(store(&held, years_later).get(&key(name)));
    assert_eq!(read("empty").unwrap(), Some(Bytes::new()));
    now(store(&held, NOW).delete(&key("empty"))).unwrap();
    assert_eq!(read("empty").unwrap(), None);
    now(store(&held, NOW).delete(&key("empty"))).unwrap();
}

#[test]
fn an_operators_object_is_the_value() {
    let held = Held::default();
    held.borrow_mut().insert("/bucket/kv/VIDEO_CACHE/auth_version".to_owned(), (None, Bytes::from_static(b"7")));
    assert_eq!(now(store(&held, NOW).get(&key("auth_version"))).unwrap().as_deref(), Some(&b"7"[..]));
}

#[test]
fn a_value_that_is_too_large_is_not_sent_and_the_old_one_stays() {
    let held = Held::default();
    now(store(&held, NOW).put(&key("k"), Bytes::from_static(b"old"), None)).unwrap();
    let large = Bytes::from(vec![0; MAX_VALUE_BYTES + 1]);
    assert_eq!(now(store(&held, NOW).put(&key("k"), large, None)).unwrap_err().kind(), Kind::TooLarge);
    assert_eq!(now(store(&held, NOW).get(&key("k"))).unwrap().as_deref(), Some(&b"old"[..]));
}

#[test]
fn refusals_are_told_apart() {
    let kinds = [
        (403, Kind::Denied),
        (429, Kind::Throttled),
        (500, Kind::Unavailable),
        (503, Kind::Unavailable),
        (504, Kind::Timeout),
        (301, Kind::Invalid),
    ];
    for (status, kind) in kinds {
        let platform = Memory::new(move |_| {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            async move { Ok(response) }
        });
        let store = KvObjects::new(platform.unwrap(), objects(), StoreName::CacheVersion, NOW);
        assert_eq!(now(store.get(&key("k"))).unwrap_err().kind(), kind, "{status}");
        assert_eq!(now(store.put(&key("k"), Bytes::new(), None)).unwrap_err().kind(), kind, "{status}");
        assert_eq!(now(store.delete(&key("k"))).unwrap_err().kind(), kind, "{status}");
    }
}
