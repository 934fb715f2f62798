//! A file whose tag the service knows by itself: what is decided without the store, and that the tag is the same
//! wherever it stands.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "ranges/store.rs"]
#[allow(dead_code, reason = "the ranges use more of it")]
mod store;

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use edge::object_response::{self, Presentation};
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};
use platform::{Cx, Facts};
use platform_s3::{Location, Objects};
use sigv4::{Bucket, Credentials, UrlStyle};
use store::{Manners, Store, Version};

const OURS: &str = "\"0123456789abcdef-medium\"";
const THEIRS: &str = "\"theirs\"";
const DATE: &str = "Wed, 21 Oct 2015 07:28:00 GMT";
const LATER: &str = "Thu, 22 Oct 2015 07:28:00 GMT";
const SIZE: u64 = 100_000;

struct Answer {
    status: u16,
    tag: Option<String>,
    /// How many requests the store got.
    requests: usize,
    is_multipart: bool,
}

fn ask(method: Method, headers: &[(HeaderName, &'static str)], manners: Manners) -> Answer {
    let version = |tag| Version { size: SIZE, tag, date: DATE };
    let store = Store::new([version(THEIRS), version("\"replaced\"")], manners);
    let bucket = Bucket::new("http://store.test", UrlStyle::Path, "media", "auto").unwrap();
    let objects = Objects::new(Location {
        name: "bucket".to_owned(),
        bucket,
        public: None,
        credentials: Credentials::new("id", "secret"),
    });
    let cx = Cx::new(&store, Facts { now: 1_700_000_000, entropy: [0; 32], https: false, client: None });
    let mut head = Request::new(()).into_parts().0;
    head.method = method;
    head.headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
    let presentation = Presentation {
        cache_control: "private",
        content_type: Some("image/webp"),
        disposition: None,
        tag: Some(OURS.to_owned()),
        edge_cache: None,
    };
    let serving = pin!(object_response::serve(&objects, &cx, &head, "thumbnail", &presentation));
    let Poll::Ready(outcome) = serving.poll(&mut Context::from_waker(Waker::noop())) else { panic!("it waits") };
    let requests = store.requests.get();
    match outcome {
        Ok(response) => Answer {
            status: response.status().as_u16(),
            tag: response.headers().get(header::ETAG).map(|tag| tag.to_str().unwrap().to_owned()),
            requests,
            is_multipart: response.headers()[header::CACHE_CONTROL] == "private"
                && response.headers().get(header::CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(b"multi")),
        },
        Err(failure) => {
            let status = failure.into_problem(&cx.record).status.as_u16();
            Answer { status, tag: None, requests, is_multipart: false }
        }
    }
}

fn get(headers: &[(HeaderName, &'static str)]) -> Answer {
    ask(Method::GET, headers, Manners::default())
}

#[test]
fn a_304_asks_no_store() {
    for method in [Method::GET, Method::HEAD] {
        for tags in [OURS, "W/\"0123456789abcdef-medium\"", "\"x\", \"0123456789abcdef-medium\"", "*"] {
            let answer = ask(method.clone(), &[(header::IF_NONE_MATCH, tags)], Manners::default());
            assert_eq!((answer.status, answer.tag.as_deref(), answer.requests), (304, Some(OURS), 0), "{tags}");
        }
    }
}

#[test]
fn neither_does_a_412() {
    for tags in [THEIRS, "W/\"0123456789abcdef-medium\""] {
        let answer = get(&[(header::IF_MATCH, tags), (header::IF_NONE_MATCH, OURS)]);
        assert_eq!((answer.status, answer.requests), (412, 0), "{tags}");
    }
}

#[test]
fn the_stores_tag_means_nothing() {
    let answer = get(&[(header::IF_NONE_MATCH, THEIRS)]);
    assert_eq!((answer.status, answer.tag.as_deref(), answer.requests), (200, Some(OURS), 1));
    let answer = get(&[(header::IF_MATCH, OURS)]);
    assert_eq!((answer.status, answer.tag.as_deref(), answer.requests), (200, Some(OURS), 1));
}

/// A date is the store's, and a store may leave its tag out of its 304.
#[test]
fn a_date_is_asked_of_the_store() {
    for hides_tag in [false, true] {
        let manners = || Manners { hides_tag, ..Manners::default() };
        let answer = ask(Method::GET, &[(header::IF_MODIFIED_SINCE, DATE)], manners());
        assert_eq!((answer.status, answer.tag.as_deref(), answer.requests), (304, Some(OURS), 1));
    }
    // The date is checked first (section 13.2.2), and only the store knows it.
    for (date, status) in [(DATE, 304), (LATER, 304), ("Tue, 20 Oct 2015 07:28:00 GMT", 412)] {
        let answer = get(&[(header::IF_UNMODIFIED_SINCE, date), (header::IF_NONE_MATCH, OURS)]);
        assert_eq!((answer.status, answer.requests), (status, 1), "{date}");
    }
}

#[test]
fn a_part_belongs_to_our_tag() {
    let part = (header::RANGE, "bytes=5-9");
    let answer = get(&[part.clone(), (header::IF_RANGE, OURS)]);
    assert_eq!((answer.status, answer.tag.as_deref()), (206, Some(OURS)));
    for other in [THEIRS, "W/\"0123456789abcdef-medium\""] {
        let answer = get(&[part.clone(), (header::IF_RANGE, other)]);
        assert_eq!((answer.status, answer.tag.as_deref()), (200, Some(OURS)), "{other}");
    }
}

/// Several parts are of one object by the store's own tag, whatever ours says.
#[test]
fn several_parts_are_held_together_by_the_stores_tag() {
    let several = [(header::RANGE, "bytes=0-0,50000-60000")];
    let answer = get(&several);
    assert_eq!((answer.status, answer.tag.as_deref(), answer.is_multipart), (206, Some(OURS), true));
    // The object is replaced between the first part and the second.
    let answer = ask(Method::GET, &several, Manners { changes_after: Some(1), ..Manners::default() });
    assert_eq!((StatusCode::OK.as_u16(), false), (answer.status, answer.is_multipart));
}
