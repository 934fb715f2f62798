//! A bucket and a catalogue in memory, and the service on them.

#![allow(dead_code, reason = "each test uses its own part")]

use std::{
    cell::RefCell,
    collections::HashMap,
    pin::pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use edge::{AuthSecret, Base, Catalogue, Sessions, catalogue::Source};
use gallery::{
    key::percent_decode,
    views::{
        INDEX,
        build::{About, Known, build},
    },
};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header, request};
use platform::{Cx, Facts, Platform as _, Service as _, Sql as _, Value, config::Lookup};
use platform_memory::Memory;
use platform_s3::{Location, Objects};
use video_edge::{Config, VideoEdge};

pub const BASE: &str = "https://media.example/library";
const NOW: u64 = 1_749_945_000;

/// Writes the index of an empty catalogue.
fn publish(memory: &Memory) {
    let mut built = build(Vec::new(), &About::default(), &Known::default(), deflate::squeeze_each).unwrap();
    let row = [INDEX.into(), built.index.encode().unwrap().into()];
    let sql = "INSERT INTO catalogue_parts (name, bytes) VALUES (?1, ?2)";
    at_once(memory.sql().unwrap().query(sql, &row)).unwrap();
}

pub struct Fixture {
    sessions: Sessions,
    catalogue: Catalogue,
    memory: Memory,
    service: VideoEdge,
    cookie: HeaderValue,
    objects: Rc<RefCell<HashMap<String, String>>>,
}

/// Status, `Location` or nothing, and the body.
pub type Answer = (u16, String, String);

impl Fixture {
    pub fn new(delivery: &str) -> Self {
        let find = |name: &str| {
            let value = match name {
                "AUTH_SECRET" => "a secret for tests, of more than thirty-two bytes",
                "R2_ACCESS_KEY_ID" => "id",
                "R2_SECRET_ACCESS_KEY" => "secret",
                "R2_BUCKET_NAME" => "media",
                "S3_ENDPOINT" => "https://store.example",
                "VIDEO_DELIVERY" => delivery,
                "PUBLIC_MEDIA_BASE" => BASE,
                _ => return None,
            };
            Some(value.to_owned())
        };
        let lookup = Lookup(&find);
        let service = VideoEdge::new(Arc::new(Config::load(&lookup).unwrap()));
        let objects = Rc::new(RefCell::new(HashMap::<String, String>::new()));
        let bucket = Rc::clone(&objects);
        let memory =
            Memory::new(move |request| {
                let key = request.uri().path().strip_prefix("/media/").and_then(|key| percent_decode(key).ok());
                let found = key.and_then(|key| bucket.borrow().get(&key).cloned());
                let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
                let body = Bytes::from(found.unwrap_or_default());
                async move {
                    Ok(Response::builder().status(status).header("content-length", body.len()).body(body).unwrap())
                }
            })
            .unwrap();
        let sessions = Sessions::new(&AuthSecret::load(&lookup).unwrap(), &Base::default());
        publish(&memory);
        let catalogue = Catalogue::new(Source::Sql, &Rc::new(Objects::new(Location::load(&lookup).unwrap())));
        let cookie = at_once(sessions.mint(&cx(&memory), &catalogue, None)).unwrap();
        let cookie = HeaderValue::from_str(cookie.to_str().unwrap().split(';').next().unwrap()).unwrap();
        Self { sessions, catalogue, memory, service, cookie, objects }
    }

    /// Writes a film's row, or another version into it.
    pub fn film(&self, key: &str, version: Option<&str>) {
        let sql = "INSERT INTO media (key, filename, type, size, uploaded_at, hls_qualities, created_at, updated_at, \
                   version) VALUES (?1, 'film', 'video', 1, '2025', '[\"720p\"]', '2025', ?2, ?3) \
                   ON CONFLICT (key) DO UPDATE SET updated_at = excluded.updated_at, version = excluded.version";
        let row = [key.into(), version.unwrap_or("2025").into(), version.map_or(Value::Null, Value::from)];
        at_once(self.memory.sql().unwrap().query(sql, &row)).unwrap();
    }

    pub fn put(&self, object: &str, text: &str) {
        self.objects.borrow_mut().insert(object.to_owned(), text.to_owned());
    }

    /// Sends a request with the session's cookie.
    pub fn send(&self, request: request::Builder) -> Response<Bytes> {
        let request = request.header(header::COOKIE, &self.cookie).body(Bytes::new()).unwrap();
        at_once(self.service.handle(&cx(&self.memory), request))
    }

    /// A playback token for a film.
    pub fn token(&self, key: &str) -> String {
        let headers = HeaderMap::from_iter([(header::COOKIE, self.cookie.clone())]);
        let session = at_once(self.sessions.require(&cx(&self.memory), &self.catalogue, &headers)).unwrap();
        self.sessions.playback_token(&session, key, NOW, 60.0)
    }

    /// Sends the cookie only where the path holds no token.
    pub fn ask(&self, path: &str) -> Response<Bytes> {
        let mut request = Request::builder().uri(path).body(Bytes::new()).unwrap();
        let below = path.strip_prefix("/api/hls/");
        if below.and_then(gallery::playback::split).is_none() {
            request.headers_mut().insert(header::COOKIE, self.cookie.clone());
        }
        at_once(self.service.handle(&cx(&self.memory), request))
    }

    pub fn tag(&self, path: &str) -> HeaderValue {
        self.ask(path).headers()[header::ETAG].clone()
    }

    pub fn get(&self, path: &str) -> Answer {
        let response = self.ask(path);
        let location = response.headers().get(header::LOCATION);
        let location = location.map(|url| url.to_str().unwrap().to_owned()).unwrap_or_default();
        (response.status().as_u16(), location, String::from_utf8(response.into_body().to_vec()).unwrap())
    }

    /// The lines of a playlist that hold a URI.
    pub fn uris(&self, path: &str) -> Vec<String> {
        let (status, _, text) = self.get(path);
        assert_eq!(status, 200, "{path}: {text}");
        let is_uri = |line: &&str| !line.starts_with('#') || line.contains("URI=");
        text.lines().filter(is_uri).map(str::to_owned).collect()
    }
}

fn cx(memory: &Memory) -> Cx<'_, Memory> {
    Cx::new(memory, Facts { now: NOW, entropy: [7; 32], https: false, client: None })
}

/// Runs a future that never waits.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("memory never waits"),
    }
}
