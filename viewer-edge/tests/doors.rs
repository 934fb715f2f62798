//! Logins and links: the brake on guesses where the host does not count, and stores that fail.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use std::{cell::Cell, net::IpAddr};

use bytes::Bytes;
use common::{NOW, PASSWORD, cookie, link, now, publish, service};
use gallery::link::{Flags, token};
use http::{Request, Response, StatusCode, header};
use platform::{Cx, Error, Facts, Kind, Service as _, service::finish};
use platform_memory::Memory;
use viewer_edge::ViewerEdge;

struct Fixture {
    memory: Memory,
    service: ViewerEdge,
    /// The secret parts of the URLs of a link without a password, and of one with [`PASSWORD`].
    open: String,
    locked: String,
    requests: Cell<u64>,
}

impl Fixture {
    fn new() -> Self {
        let memory = Memory::new(|_| async { Err(Error::new(Kind::Unavailable, "no store")) }).unwrap();
        let [open, locked] = [token([1; 16]), token([2; 16])];
        let hash = gallery::password::hash_of_a_link(PASSWORD, &[3; 16]).unwrap();
        publish(&memory, &[link(&open, Flags::default(), None), link(&locked, Flags::default(), Some(hash))]);
        Self { memory, service: service(), open, locked, requests: Cell::new(0) }
    }

    fn send(&self, client: Option<&str>, request: Request<Bytes>) -> Response<Bytes> {
        // Each request has its own number, and each session its own id.
        let number = self.requests.replace(self.requests.get() + 1);
        let entropy = number.to_be_bytes().repeat(4).try_into().unwrap();
        let client = client.map(|client| client.parse::<IpAddr>().unwrap());
        let cx = Cx::new(&self.memory, Facts { now: NOW, entropy, https: false, client });
        let mut response = now(self.service.handle(&cx, request));
        finish(&cx, &mut response, std::time::Duration::ZERO);
        response
    }

    fn log_in(&self, client: Option<&str>, body: &serde_json::Value) -> Response<Bytes> {
        let request = Request::post("/login").header(header::CONTENT_TYPE, "application/json");
        self.send(client, request.body(Bytes::from(body.to_string())).unwrap())
    }

    /// As the page does for a link whose secret stands behind `#`.
    fn open(&self, token: &str, cookie: &str) -> Response<Bytes> {
        let request = Request::post("/login").header(header::CONTENT_TYPE, "application/json");
        let body = serde_json::json!({"password": "", "link": token}).to_string();
        self.send(None, request.header(header::COOKIE, cookie).body(Bytes::from(body)).unwrap())
    }

    fn follow(&self, token: &str, cookie: Option<&str>) -> Response<Bytes> {
        let request = Request::get(format!("/l/{token}"));
        let request = cookie.iter().fold(request, |request, cookie| request.header(header::COOKIE, *cookie));
        self.send(None, request.body(Bytes::new()).unwrap())
    }
}

fn target(response: &Response<Bytes>) -> &str {
    response.headers()[header::LOCATION].to_str().unwrap()
}

#[test]
fn ten_wrong_passwords_a_minute_from_one_address() {
    let fixture = Fixture::new();
    let (wrong, right) = (serde_json::json!({"password": "wrong"}), serde_json::json!({"password": PASSWORD}));
    for _ in 0..10 {
        assert_eq!(fixture.log_in(Some("192.0.2.1"), &wrong).status(), StatusCode::UNAUTHORIZED);
    }
    let refused = fixture.log_in(Some("192.0.2.1"), &right);
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key(header::RETRY_AFTER) && !refused.headers().contains_key(header::SET_COOKIE));
    assert_eq!(fixture.log_in(Some("192.0.2.2"), &right).status(), StatusCode::OK, "another address");
    let of_link = serde_json::json!({"password": PASSWORD, "link": fixture.locked});
    assert_eq!(fixture.log_in(Some("192.0.2.1"), &of_link).status(), StatusCode::OK, "another password");
}

#[test]
fn right_passwords_are_not_counted() {
    let fixture = Fixture::new();
    for _ in 0..30 {
        let answer = fixture.log_in(Some("192.0.2.1"), &serde_json::json!({"password": PASSWORD}));
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

#[test]
fn who_has_the_whole_gallery_keeps_it_at_every_link() {
    let fixture = Fixture::new();
    let whole = cookie(&fixture.log_in(None, &serde_json::json!({"password": PASSWORD})));
    for token in [&fixture.open, &fixture.locked] {
        let answer = fixture.follow(token, Some(&whole));
        assert_eq!((answer.status(), target(&answer)), (StatusCode::SEE_OTHER, "/"));
        assert!(!answer.headers().contains_key(header::SET_COOKIE));
        let answer = fixture.open(token, &whole);
        assert!(answer.status() == StatusCode::OK && !answer.headers().contains_key(header::SET_COOKIE));
    }
    fixture.memory.fail_kv("ended:");
    // The instance remembers what it read of this session, so the next one is new to it.
    let other = Fixture { service: service(), ..fixture };
    let answer = other.follow(&other.open, Some(&whole));
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "whether the session goes on cannot be read");
    assert!(!answer.headers().contains_key(header::SET_COOKIE));
    assert_eq!(other.open(&other.open, &whole).status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[test]
fn a_links_password_is_asked_for_once() {
    let fixture = Fixture::new();
    assert_eq!(fixture.follow(&fixture.locked, None).status(), StatusCode::OK, "the page, which asks");
    let answer = fixture.log_in(None, &serde_json::json!({"password": PASSWORD, "link": fixture.locked}));
    let guest = cookie(&answer);
    let again = fixture.follow(&fixture.locked, Some(&guest));
    assert_eq!((again.status(), target(&again)), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(fixture.open(&fixture.locked, &guest).status(), StatusCode::OK);
    let by_other = cookie(&fixture.follow(&fixture.open, None));
    assert_eq!(fixture.follow(&fixture.locked, Some(&by_other)).status(), StatusCode::OK, "not by another link");
    assert_eq!(fixture.open(&fixture.locked, &by_other).status(), StatusCode::UNAUTHORIZED, "not by another link");
    assert!(fixture.open(&fixture.open, &guest).headers().contains_key(header::SET_COOKIE), "another link is opened");
}
