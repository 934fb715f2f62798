//! Sizes that are missing, while the store or the maker fails.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    future::pending,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use common::{NOW, PASSWORD, cookie, now, publish, service};
use http::{Method, Request, Response, StatusCode, header};
use platform::{Cx, Facts, Platform as _, Service as _, Sql as _, service::finish};
use platform_memory::Memory;
use viewer_edge::{Maker, ViewerEdge};

const PHOTO: &str = "a.jpg";
const OTHER: &str = "b.jpg";

/// What lies in the bucket, and what is wrong with it.
#[derive(Default)]
struct Bucket {
    objects: HashMap<String, Bytes>,
    takes_nothing: bool,
    /// Reads of these fail, or never end.
    failing: HashSet<String>,
    endless: HashSet<String>,
    requests: Vec<String>,
}

async fn answer(bucket: Rc<RefCell<Bucket>>, request: Request<Bytes>) -> Response<Bytes> {
    let key = request.uri().path().strip_prefix("/gallery/").unwrap_or_default().to_owned();
    bucket.borrow_mut().requests.push(format!("{} {key}", request.method()));
    let is_endless = bucket.borrow().endless.contains(&key);
    if is_endless {
        pending::<()>().await;
    }
    let mut bucket = bucket.borrow_mut();
    let with = |status: StatusCode, body: Bytes| {
        let mut response = Response::new(body);
        *response.status_mut() = status;
        response
    };
    if bucket.failing.contains(&key) || (bucket.takes_nothing && request.method() == Method::PUT) {
        return with(StatusCode::SERVICE_UNAVAILABLE, Bytes::new());
    }
    if request.method() == Method::PUT {
        bucket.objects.insert(key, request.into_body());
        return with(StatusCode::OK, Bytes::new());
    }
    let Some(bytes) = bucket.objects.get(&key).cloned() else { return with(StatusCode::NOT_FOUND, Bytes::new()) };
    let mut response = with(StatusCode::OK, bytes.clone());
    response.headers_mut().insert(header::CONTENT_LENGTH, bytes.len().into());
    response.headers_mut().insert(header::CONTENT_TYPE, "image/webp".parse().unwrap());
    response
}

fn poll<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Option<T> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

struct Fixture {
    memory: Memory,
    bucket: Rc<RefCell<Bucket>>,
    service: ViewerEdge,
    made: Arc<AtomicUsize>,
    cookie: String,
}

impl Fixture {
    /// Two photos with the smallest size. What is made of a source is the source behind a word; a damaged one is
    /// refused.
    fn new() -> Self {
        let bucket: Rc<RefCell<Bucket>> = Rc::default();
        let at = Rc::clone(&bucket);
        let memory = Memory::new(move |request| {
            let at = Rc::clone(&at);
            async move { Ok(answer(at, request).await) }
        })
        .unwrap();
        publish(&memory, &[]);
        let sql = memory.sql().unwrap();
        for key in [PHOTO, OTHER] {
            let row = "INSERT INTO media (key, filename, type, size, uploaded_at, thumbnail_small, created_at, \
                       updated_at) VALUES (?1, ?1, 'image', 9, '2024', 'there', '2024', '2024')";
            now(sql.query(row, &[key.into()])).unwrap();
            let mut bucket = bucket.borrow_mut();
            bucket.objects.insert(key.to_owned(), Bytes::from(format!("original {key}")));
            bucket.objects.insert(format!("thumbnails/small/{key}"), Bytes::from(format!("small {key}")));
        }
        let made = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&made);
        let maker = Maker::new(move |source: Bytes, _| {
            count.fetch_add(1, Ordering::Relaxed);
            if source.starts_with(b"damaged") { Err("it is damaged") } else { Ok([b"made of ", &source[..]].concat()) }
        });
        let service = service().with_maker(maker);
        let mut fixture = Self { memory, bucket, service, made, cookie: String::new() };
        let login = Request::post("/login").header(header::CONTENT_TYPE, "application/json");
        let login = login.body(Bytes::from(format!("{{\"password\":\"{PASSWORD}\"}}"))).unwrap();
        let answer = now(fixture.send(login));
        fixture.cookie = cookie(&answer);
        fixture
    }

    async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        let facts = Facts { now: NOW, entropy: [7; 32], https: false, client: None };
        let cx = Cx::new(&self.memory, facts);
        let mut response = self.service.handle(&cx, request).await;
        finish(&cx, &mut response, std::time::Duration::ZERO);
        response
    }

    async fn large(&self, key: &str) -> Response<Bytes> {
        let version = gallery::media::url_version(None, "2024");
        let request = Request::get(format!("/api/thumbnail/{key}?size=large&v={version}"));
        self.send(request.header(header::COOKIE, &self.cookie).body(Bytes::new()).unwrap()).await
    }

    fn made(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }
}

fn is_immutable(response: &Response<Bytes>) -> bool {
    response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable")
}

fn told(response: &Response<Bytes>) -> &str {
    response.headers()["server-timing"].to_str().unwrap()
}

#[test]
fn a_store_that_takes_nothing_fails_no_answer() {
    let fixture = Fixture::new();
    fixture.bucket.borrow_mut().takes_nothing = true;
    for made in 1..=2 {
        let answer = now(fixture.large(PHOTO));
        assert_eq!((answer.status(), &answer.body()[..]), (StatusCode::OK, &b"made of original a.jpg"[..]));
        assert!(is_immutable(&answer) && told(&answer).contains("made;desc=original"), "{}", told(&answer));
        assert_eq!(fixture.made(), made);
    }
    fixture.bucket.borrow_mut().takes_nothing = false;
    now(fixture.large(PHOTO));
    let kept = now(fixture.large(PHOTO));
    assert_eq!((fixture.made(), &kept.body()[..]), (3, &b"made of original a.jpg"[..]));
    assert!(is_immutable(&kept) && !told(&kept).contains("made"));
}

#[test]
fn a_store_that_cannot_be_read_is_a_problem_and_remembered_by_nobody() {
    let fixture = Fixture::new();
    fixture.bucket.borrow_mut().failing.insert(PHOTO.to_owned());
    let answer = now(fixture.large(PHOTO));
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    assert!(answer.headers().contains_key(header::RETRY_AFTER));
    fixture.bucket.borrow_mut().failing.clear();
    assert!(is_immutable(&now(fixture.large(PHOTO))));
}

#[test]
fn a_source_that_is_refused_is_not_read_again() {
    let fixture = Fixture::new();
    fixture.bucket.borrow_mut().objects.insert(PHOTO.to_owned(), Bytes::from("damaged"));
    for _ in 0..3 {
        let answer = now(fixture.large(PHOTO));
        assert_eq!((answer.status(), &answer.body()[..]), (StatusCode::OK, &b"small a.jpg"[..]));
        assert!(!is_immutable(&answer) && told(&answer).contains("substitute;desc=small"), "{}", told(&answer));
    }
    assert_eq!(fixture.made(), 1);
    let reads = fixture.bucket.borrow().requests.iter().filter(|request| *request == "GET a.jpg").count();
    assert_eq!(reads, 1);
}

#[test]
fn an_original_that_is_not_there_yet_may_come() {
    let fixture = Fixture::new();
    let original = fixture.bucket.borrow_mut().objects.remove(PHOTO).unwrap();
    assert_eq!(&now(fixture.large(PHOTO)).body()[..], b"small a.jpg");
    fixture.bucket.borrow_mut().objects.insert(PHOTO.to_owned(), original);
    assert_eq!(&now(fixture.large(PHOTO)).body()[..], b"made of original a.jpg");
}

#[test]
fn who_waits_too_long_for_a_turn_gets_another_size() {
    let fixture = Fixture::new();
    fixture.bucket.borrow_mut().endless.insert(PHOTO.to_owned());
    let mut first = Box::pin(fixture.large(PHOTO));
    assert!(poll(first.as_mut()).is_none(), "it reads without end");
    // The same picture, and another one.
    for key in [PHOTO, OTHER] {
        let answer = now(fixture.large(key));
        assert_eq!(answer.body(), &format!("small {key}"));
        assert!(!is_immutable(&answer));
    }
    // A client that leaves takes its turn along.
    drop(first);
    assert_eq!(&now(fixture.large(OTHER)).body()[..], b"made of original b.jpg");
}
