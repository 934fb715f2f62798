//! Sessions over time: another secret, a clock that goes back, stores that fail, a logout.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::{
    cell::Cell,
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use edge::{AuthSecret, Base, Catalogue, Sessions, catalogue::Source, sessions};
use gallery::views::{
    INDEX,
    build::{About, Known, build},
};
use http::{HeaderMap, HeaderValue, header};
use platform::{Cx, Error, Facts, Kv as _, KvKey, Platform as _, Sql as _, StoreName, config::Lookup};
use platform_memory::Memory;
use platform_s3::{Location, Objects};
use sigv4::{Bucket, Credentials, UrlStyle};

const NOW: u64 = 1_750_000_000;
const OLD: &str = "an older secret of more than thirty-two bytes";
const NEW: &str = "a newer secret of more than thirty-two bytes";

fn now<T>(future: impl Future<Output = T>) -> T {
    let Poll::Ready(value) = pin!(future).poll(&mut Context::from_waker(Waker::noop())) else { panic!("it waits") };
    value
}

struct Fixture {
    memory: Memory,
    catalogue: Catalogue,
    time: Cell<u64>,
}

impl Fixture {
    fn new() -> Self {
        let memory = Memory::new(|_| async { Err(Error::new(platform::Kind::Unavailable, "no store")) }).unwrap();
        let mut built = build(Vec::new(), &About::default(), &Known::default(), deflate::squeeze_each).unwrap();
        let row = [INDEX.into(), built.index.encode().unwrap().into()];
        let sql = "INSERT INTO catalogue_parts (name, bytes) VALUES (?1, ?2)";
        now(memory.sql().unwrap().query(sql, &row)).unwrap();
        let objects = Objects::new(Location {
            name: "bucket".to_owned(),
            bucket: Bucket::new("http://store.test", UrlStyle::Path, "media", "auto").unwrap(),
            public: None,
            credentials: Credentials::new("id", "secret"),
        });
        Self { memory, catalogue: Catalogue::new(Source::Sql, &Rc::new(objects)), time: Cell::new(NOW) }
    }

    fn cx(&self) -> Cx<'_, Memory> {
        // The number of a request is random.
        let mut entropy = [7; 32];
        entropy[..8].copy_from_slice(&self.time.get().to_be_bytes());
        let facts = Facts { now: self.time.get(), entropy, https: false, client: None };
        Cx::new(&self.memory, facts)
    }

    fn log_in(&self, sessions: &Sessions) -> HeaderMap {
        let cookie = now(sessions.mint(&self.cx(), &self.catalogue, None)).unwrap();
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(pair).unwrap())])
    }

    fn is_open(&self, sessions: &Sessions, headers: &HeaderMap) -> bool {
        now(sessions.require(&self.cx(), &self.catalogue, headers)).is_ok()
    }

    fn after(&self, seconds: u64) {
        self.time.set(self.time.get() + seconds);
    }
}

fn sessions(current: &str, previous: Option<&str>) -> Sessions {
    let find = |name: &str| match name {
        "AUTH_SECRET" => Some(current.to_owned()),
        "AUTH_SECRET_PREVIOUS" => previous.map(str::to_owned),
        _ => None,
    };
    Sessions::new(&AuthSecret::load(&Lookup(&find)).unwrap(), &Base::default())
}

#[test]
fn a_rotation_logs_nobody_out() {
    let fixture = Fixture::new();
    let old = fixture.log_in(&sessions(OLD, None));
    assert!(fixture.is_open(&sessions(NEW, Some(OLD)), &old));
    assert!(!fixture.is_open(&sessions(NEW, None), &old), "the old secret is forgotten");
    let new = fixture.log_in(&sessions(NEW, Some(OLD)));
    assert!(fixture.is_open(&sessions(NEW, None), &new), "a new session has the new secret");
}

#[test]
fn a_clock_that_goes_back_revives_no_session() {
    let fixture = Fixture::new();
    let sessions = sessions(NEW, None);
    let cookie = fixture.log_in(&sessions);
    fixture.after(30 * 86_400);
    assert!(!fixture.is_open(&sessions, &cookie));
    fixture.time.set(NOW + 5);
    assert!(!fixture.is_open(&sessions, &cookie), "it has expired once");
}

#[test]
fn a_logout_is_known_elsewhere_within_the_time() {
    let fixture = Fixture::new();
    let (here, there) = (sessions(NEW, None), sessions(NEW, None));
    let cookie = fixture.log_in(&here);
    assert!(fixture.is_open(&here, &cookie) && fixture.is_open(&there, &cookie));
    now(here.end(&fixture.cx(), &cookie)).unwrap();
    assert!(!fixture.is_open(&here, &cookie), "at once, where it was said");
    fixture.after(sessions::FRESH_SECONDS);
    assert!(!fixture.is_open(&there, &cookie));
}

#[test]
fn while_the_database_fails_the_last_known_holds_for_a_time() {
    let fixture = Fixture::new();
    let sessions = sessions(NEW, None);
    let cookie = fixture.log_in(&sessions);
    assert!(fixture.is_open(&sessions, &cookie));
    now(fixture.memory.sql().unwrap().query("ALTER TABLE catalogue_parts RENAME TO gone", &[])).unwrap();
    fixture.after(sessions::GRACE_SECONDS - 1);
    assert!(fixture.is_open(&sessions, &cookie));
    fixture.after(2);
    assert!(!fixture.is_open(&sessions, &cookie), "closed");
}

#[test]
fn an_auth_version_ends_all() {
    let fixture = Fixture::new();
    let sessions = sessions(NEW, None);
    let cookie = fixture.log_in(&sessions);
    assert!(fixture.is_open(&sessions, &cookie));
    let key = KvKey::parse("auth_version").unwrap();
    now(fixture.memory.kv(StoreName::CacheVersion).unwrap().put(&key, Bytes::from("2"), None)).unwrap();
    fixture.after(sessions::FRESH_SECONDS);
    assert!(!fixture.is_open(&sessions, &cookie));
    let new = fixture.log_in(&sessions);
    assert!(fixture.is_open(&sessions, &new));
}
