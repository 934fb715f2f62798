//! Sessions over time: another secret, a clock that goes back, stores that fail, a logout.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use edge::{AuthSecret, Base, Catalogue, Sessions, catalogue::Source, sessions};
use futures_util::future::{join, join3};
use gallery::{
    link::{self, Flags, Link, LinkId, LinksKey},
    views::{
        Access, INDEX, View,
        build::{About, Known, build},
    },
};
use http::{HeaderMap, HeaderValue, Response, header};
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

/// The same for a future that waits.
fn in_the_end<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

/// Lets others run.
async fn pause() {
    let mut paused = false;
    poll_fn(|_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

struct Fixture {
    memory: Memory,
    catalogue: Catalogue,
    time: Cell<u64>,
}

/// The index of a catalogue without items.
fn index(access: Access) -> Vec<u8> {
    let about = About { access, ..About::default() };
    build(Vec::new(), &about, &Known::default(), deflate::squeeze_each).unwrap().index.encode().unwrap()
}

fn catalogue(source: Source) -> Catalogue {
    let objects = Objects::new(Location {
        name: "bucket".to_owned(),
        bucket: Bucket::new("http://store.test", UrlStyle::Path, "media", "auto").unwrap(),
        public: None,
        credentials: Credentials::new("id", "secret"),
    });
    Catalogue::new(source, &Rc::new(objects))
}

impl Fixture {
    fn new() -> Self {
        let memory = Memory::new(|_| async { Err(Error::new(platform::Kind::Unavailable, "no store")) }).unwrap();
        let row = [INDEX.into(), index(Access::default()).into()];
        let sql = "INSERT INTO catalogue_parts (name, bytes) VALUES (?1, ?2)";
        now(memory.sql().unwrap().query(sql, &row)).unwrap();
        Self { memory, catalogue: catalogue(Source::Sql), time: Cell::new(NOW) }
    }

    fn cx(&self) -> Cx<'_, Memory> {
        // The number of a request and the id of a session are random.
        let entropy = self.time.get().to_be_bytes().repeat(4).try_into().unwrap();
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
    let cx = fixture.cx();
    assert!(now(sessions.require(&cx, &fixture.catalogue, &cookie)).is_err(), "it has expired once");
    assert!(cx.record.failure.take().unwrap().contains("restart it"));
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

/// A gallery whose index lies in the bucket.
struct Published {
    fixture: Fixture,
    index: Rc<RefCell<Vec<u8>>>,
    /// How often the index was read.
    reads: Rc<Cell<usize>>,
}

impl Published {
    fn new() -> Self {
        let published = Rc::new(RefCell::new(index(Access::default())));
        let reads = Rc::new(Cell::new(0));
        let (answers, counted) = (Rc::clone(&published), Rc::clone(&reads));
        let memory = Memory::new(move |_| {
            let index = answers.borrow().clone();
            counted.set(counted.get() + 1);
            async {
                pause().await;
                Ok(Response::new(Bytes::from(index)))
            }
        });
        let memory = memory.unwrap().with_sleep();
        let fixture = Fixture { memory, catalogue: catalogue(Source::Snapshot), time: Cell::new(NOW) };
        Self { fixture, index: published, reads }
    }

    fn publish(&self, access: Access) {
        *self.index.borrow_mut() = index(access);
    }

    fn add_link(&self, token: &str) {
        let link = Link {
            id: LinkId::of(token).unwrap(),
            expires: NOW + 1000,
            views: vec![View::parse(View::EVERYTHING).unwrap()],
            flags: Flags::default(),
            password: None,
        };
        self.publish(Access { epoch: 0, links: LinksKey::derive(NEW.as_bytes()).seal(&[link]) });
    }

    async fn opens(&self, sessions: &Sessions, token: &str) -> bool {
        let cx = self.fixture.cx();
        sessions.link(&cx, &self.fixture.catalogue, token).await.unwrap().is_some()
    }
}

/// Several who were sent a new link open it at once, at an instance that knows the links of some seconds ago.
#[test]
fn a_new_link_opens_to_all_who_come_at_once() {
    let published = Published::new();
    let (sessions, token) = (sessions(NEW, None), link::token([7; 16]));
    let opens = || published.opens(&sessions, &token);
    assert!(!in_the_end(opens()), "there is no link yet");
    published.add_link(&token);
    published.fixture.after(1);
    assert_eq!(in_the_end(join3(opens(), opens(), opens())), (true, true, true));
}

/// The instance has read the index for something else, or the host has kept it.
#[test]
fn what_was_published_holds_at_once_where_the_index_is_kept() {
    let published = Published::new();
    let Published { fixture, .. } = &published;
    let token = link::token([7; 16]);
    in_the_end(fixture.catalogue.index(&fixture.cx())).unwrap();
    published.add_link(&token);
    fixture.after(1);
    assert!(in_the_end(published.opens(&sessions(NEW, None), &token)));

    let published = Published::new();
    let Published { fixture, .. } = &published;
    in_the_end(fixture.catalogue.index(&fixture.cx())).unwrap();
    published.publish(Access { epoch: 1, links: Vec::new() });
    fixture.after(1);
    let elsewhere = catalogue(Source::Snapshot);
    let cookie = in_the_end(sessions(NEW, None).mint(&fixture.cx(), &elsewhere, None)).unwrap();
    let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
    let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())]);
    let viewer = in_the_end(sessions(NEW, None).require(&fixture.cx(), &fixture.catalogue, &headers));
    assert!(viewer.is_ok(), "a login after the end of all sessions");
}

/// Requests of two seconds that wait for one look.
#[test]
fn who_guesses_links_costs_a_read_a_second() {
    let published = Published::new();
    let sessions = sessions(NEW, None);
    assert!(!in_the_end(published.opens(&sessions, &link::token([1; 16]))));
    published.reads.set(0);
    let guess = |seconds: u64| {
        published.fixture.time.set(NOW + seconds);
        let cx = published.fixture.cx();
        let (sessions, catalogue) = (&sessions, &published.fixture.catalogue);
        async move { sessions.link(&cx, catalogue, &link::token([9; 16])).await.unwrap().is_some() }
    };
    let found = in_the_end(join(join3(guess(1), guess(2), guess(1)), join3(guess(2), guess(1), guess(2))));
    assert_eq!(found, ((false, false, false), (false, false, false)));
    assert!((1..=2).contains(&published.reads.get()), "{} reads", published.reads.get());
}

/// A client leaves while its request asks for the index.
#[test]
fn a_client_that_leaves_keeps_no_old_index() {
    let published = Published::new();
    let Published { fixture, .. } = &published;
    let read = || in_the_end(fixture.catalogue.index(&fixture.cx())).unwrap().epoch;
    assert_eq!(read(), 0);
    published.publish(Access { epoch: 1, links: Vec::new() });
    fixture.after(20);
    {
        let cx = fixture.cx();
        let mut left = Box::pin(fixture.catalogue.index(&cx));
        assert!(left.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    fixture.after(1);
    assert_eq!(read(), 1);
}

/// While the KV store cannot be read, a session that has ended stays so, and one that was known goes on for a time.
#[test]
fn a_logout_holds_while_the_kv_store_fails() {
    let fixture = Fixture::new();
    let (here, there) = (sessions(NEW, None), sessions(NEW, None));
    let (ended, other) = (fixture.log_in(&here), {
        fixture.after(1);
        fixture.log_in(&here)
    });
    assert!(fixture.is_open(&here, &other));
    now(here.end(&fixture.cx(), &ended)).unwrap();
    fixture.memory.fail_kv("ended:");
    assert!(!fixture.is_open(&there, &ended), "an instance that knows nothing of it");
    fixture.after(sessions::GRACE_SECONDS - 1);
    assert!(!fixture.is_open(&here, &ended));
    assert!(fixture.is_open(&here, &other));
    fixture.after(1);
    assert!(!fixture.is_open(&here, &other), "closed");
}
