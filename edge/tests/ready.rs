//! `/readyz` names what is wrong, and asks the bucket at most once in five seconds.
//!
//! The contract has the answer where all is well, and the fault tests have that where the KV store is closed.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::{
    cell::Cell,
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use edge::{Catalogue, Readiness, catalogue::Source};
use http::{Method, Response};
use platform::{Cx, Error, Facts, Kind};
use platform_memory::Memory;
use platform_s3::{Location, Objects};
use sigv4::{Bucket, Credentials, UrlStyle};

const NOW: u64 = 1_445_412_480;
const THEN: &str = "Wed, 21 Oct 2015 07:28:00 GMT";
const EARLIER: &str = "Wed, 21 Oct 2015 07:17:00 GMT";

/// An instance whose bucket answers with a status and a date, or not at all. The catalogue, in SQL, has no index yet.
struct Instance {
    platform: Memory,
    readiness: Readiness,
    objects: Rc<Objects>,
    catalogue: Catalogue,
    asked: Rc<Cell<usize>>,
}

impl Instance {
    fn new(answer: Option<(u16, &'static str)>) -> Self {
        Self::saying(answer, "")
    }

    /// The same, where the bucket's answer has a body.
    fn saying(answer: Option<(u16, &'static str)>, body: &'static str) -> Self {
        let bucket = Bucket::new("http://store.test", UrlStyle::Path, "media", "auto").unwrap();
        let objects = Rc::new(Objects::new(Location {
            name: "media".to_owned(),
            bucket,
            public: None,
            credentials: Credentials::new("id", "secret"),
        }));
        let asked = Rc::new(Cell::new(0));
        let counter = Rc::clone(&asked);
        let platform = Memory::new(move |request| {
            counter.set(counter.get() + 1);
            let body = if request.method() == Method::HEAD { "" } else { body };
            let answer = answer.map(|(status, date)| {
                Response::builder().status(status).header("date", date).body(bytes::Bytes::from(body)).unwrap()
            });
            async move { answer.ok_or(Error::because(Kind::Unavailable, "fetch.connect", "secret words")) }
        })
        .unwrap();
        let catalogue = Catalogue::new(Source::Sql, &objects);
        Self { platform, readiness: Readiness::default(), objects, catalogue, asked }
    }

    /// The status, the body, and what failed last.
    fn ask(&self, now: u64) -> (u16, String, Option<String>) {
        let cx = Cx::new(&self.platform, Facts { now, entropy: [0; 32], https: false, client: None });
        let answer = pin!(self.readiness.answer(&cx, &self.objects, &self.catalogue));
        let Poll::Ready(answer) = answer.poll(&mut Context::from_waker(Waker::noop())) else { panic!("it waits") };
        assert!(answer.headers().contains_key("retry-after"));
        let status = answer.status().as_u16();
        let body = String::from_utf8(answer.into_body().to_vec()).unwrap();
        (status, body, cx.record.failure.take())
    }
}

#[test]
fn what_is_wrong_is_named_and_nothing_else() {
    for (answer, wrong) in [
        (Some((200, THEN)), r#"["database"]"#),
        (Some((206, THEN)), r#"["database"]"#),
        (Some((416, THEN)), r#"["database"]"#),
        (Some((404, THEN)), r#"["database"]"#),
        (Some((200, "no date")), r#"["database"]"#),
        (Some((500, THEN)), r#"["bucket","database"]"#),
        (Some((403, EARLIER)), r#"["bucket","database","clock"]"#),
        (Some((200, EARLIER)), r#"["database","clock"]"#),
        (None, r#"["bucket","database"]"#),
    ] {
        let (status, body, _) = Instance::new(answer).ask(NOW);
        assert_eq!((status, body), (503, format!(r#"{{"status":"unavailable","wrong":{wrong}}}"#)), "{answer:?}");
    }
}

/// Both are a 404, and only the body tells them apart.
#[test]
fn a_bucket_that_is_missing_is_named_and_a_missing_object_is_not() {
    let ask = |body| Instance::saying(Some((404, THEN)), body).ask(NOW);
    let (_, body, failure) = ask("<Error><Code>NoSuchBucket</Code></Error>");
    assert!(body.contains(r#"["bucket","database"]"#), "{body}");
    assert_eq!(failure.as_deref(), Some("object.reach: Invalid: the store answered 404 NoSuchBucket"));
    let (_, body, _) = ask("<Error><Code>NoSuchKey</Code></Error>");
    assert!(body.contains(r#"["database"]"#), "{body}");
}

#[test]
fn the_log_says_how_the_bucket_refuses() {
    let (_, _, failure) = Instance::new(Some((403, EARLIER))).ask(NOW);
    assert_eq!(failure.as_deref(), Some("object.reach: Denied: the store answered 403"));
}

#[test]
fn an_answer_serves_everybody_for_five_seconds() {
    let instance = Instance::new(None);
    for (now, asked) in [(NOW, 1), (NOW, 1), (NOW + 4, 1), (NOW + 5, 2), (NOW + 9, 2), (NOW - 100, 3)] {
        instance.ask(now);
        assert_eq!(instance.asked.get(), asked, "{now}");
    }
}
