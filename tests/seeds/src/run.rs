//! The run of one seed.

use std::{
    cell::RefCell,
    future::Future,
    net::{IpAddr, Ipv4Addr},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use all_in_one::{AllInOne, Config};
use bytes::Bytes;
use gallery::session::{Generation, Purpose, SESSION_SECONDS, TokenKey};
use http::{Method, Request, header};
use platform::{Cx, Facts, Service as _, StoreName, config::Lookup, service};

use crate::{
    ask::{Ask, Viewer},
    check::{Answer, check},
    faulty::{Body, Fate, Faulty},
    library::Library,
    random::Random,
};

/// 2025-06-14T23:50:00Z: ten minutes before the day of the signing key changes.
const NOW: u64 = 1_749_945_000;
const SECRET: &str = "a secret for seeds, of more than thirty-two bytes";
/// The auth version in the store, and the one before it.
const VERSION: &str = "version seven";
const EARLIER: &str = "version six";
/// The most turns of a request. A request that takes so many hangs.
const MAX_TURNS: usize = 5000;
/// The most requests to the store: those that a request needs, their second tries, and those for a snapshot or for
/// several ranges.
const MAX_FETCHES: usize = 24;

/// The counts of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub requests: u64,
    /// Whole answers while things failed.
    pub full: u64,
    /// Answers that broke off.
    pub broken: u64,
    /// Answers with a status of 5xx.
    pub failed: u64,
    /// Clients that went away.
    pub gone: u64,
}

type Task<'a> = Pin<Box<dyn Future<Output = Answer> + 'a>>;

/// One request under way.
struct Underway<'a> {
    ask: Ask,
    viewer: Viewer,
    now: u64,
    task: Task<'a>,
    turns: usize,
}

thread_local! {
    /// Two configurations: with the catalogue in SQL, and in a snapshot.
    static CONFIGS: [Config; 2] = ["sql", "snapshot"].map(|catalogue| {
        let find = |name: &str| {
            let value = match name {
                "GALLERY_PASSWORD" => "correct horse",
                "AUTH_SECRET" => SECRET,
                "R2_ACCESS_KEY_ID" => "id",
                "R2_SECRET_ACCESS_KEY" => "secret",
                "R2_BUCKET_NAME" => "gallery",
                "S3_ENDPOINT" => "https://store.example",
                "CATALOGUE" => catalogue,
                _ => return None,
            };
            Some(value.to_owned())
        };
        Config::load(&Lookup(&find)).unwrap()
    });
}

/// Runs a seed: sixteen requests, up to four at once, while things fail, and then one request of each kind while
/// nothing fails. `Err` says what a client saw that it must not see.
pub fn run(library: &Rc<Library>, seed: u64) -> Result<Tally, String> {
    let fate = Rc::new(Fate::new(seed));
    let auth_version = ((StoreName::CacheVersion, "auth_version".to_owned()), vec![Some(Bytes::from(VERSION))]);
    let kv = Rc::new(RefCell::new([auth_version].into_iter().collect()));
    let at = Faulty { library: Rc::clone(library), fate, kv };
    let random = &at.fate.random;
    let config = CONFIGS.with(|configs| configs[random.below(2)].clone());
    let service = AllInOne::new(config);
    let mut tally = Tally::default();
    let mut underway: Vec<Underway<'_>> = Vec::new();
    let mut left = 16;
    while left > 0 || !underway.is_empty() {
        if left > 0 && (underway.is_empty() || (underway.len() < 4 && random.once_in(3))) {
            left -= 1;
            tally.requests += 1;
            underway.push(ask(&at, &service, Ask::any(random), random));
            continue;
        }
        let one = random.below(underway.len());
        if random.once_in(60) {
            tally.gone += 1;
            drop(underway.swap_remove(one));
            continue;
        }
        let Some(answer) = turn(&mut underway[one])? else { continue };
        let done = underway.swap_remove(one);
        let Underway { ask, viewer, now, .. } = done;
        check(&at, &ask, viewer, now, &answer, false).map_err(|wrong| format!("{viewer:?} asks {ask:?}: {wrong}"))?;
        tally.broken += u64::from(answer.broken);
        tally.failed += u64::from(answer.status.is_server_error());
        tally.full += u64::from(answer.status.is_success() && !answer.broken);
    }

    at.fate.on.set(false);
    for wanted in Ask::each() {
        let before = at.fate.fetches.get();
        // By then, an instance reads everything anew that it had in memory.
        let mut one = request(&at, &service, wanted, Viewer::Guest, NOW + 3700, random);
        let answer = loop {
            if let Some(answer) = turn(&mut one)? {
                break answer;
            }
        };
        let ask = &one.ask;
        let calm = check(&at, ask, Viewer::Guest, one.now, &answer, true);
        calm.map_err(|wrong| format!("when nothing fails any more, {ask:?}: {wrong}"))?;
        if answer.broken || !answer.status.is_success() {
            return Err(format!("when nothing fails any more, {ask:?}: {}", answer.status));
        }
        let fetches = at.fate.fetches.get() - before;
        if fetches > MAX_FETCHES {
            return Err(format!("{ask:?} takes {fetches} requests to the store"));
        }
    }
    Ok(tally)
}

/// Runs a request until it waits, and then returns `None`.
fn turn(one: &mut Underway<'_>) -> Result<Option<Answer>, String> {
    one.turns += 1;
    if one.turns > MAX_TURNS {
        return Err(format!("{:?} asks {:?}: hangs", one.viewer, one.ask));
    }
    match one.task.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Ok(Some(answer)),
        Poll::Pending => Ok(None),
    }
}

/// A request of a random viewer, with a clock of the host that may be wrong.
fn ask<'a>(at: &'a Faulty, service: &'a AllInOne, ask: Ask, random: &Random) -> Underway<'a> {
    let viewer =
        random.of(&[Viewer::Guest, Viewer::Guest, Viewer::Guest, Viewer::Guest, Viewer::Expelled, Viewer::Stranger]);
    // The clock is right, ten minutes off, or past midnight.
    let now = random.of(&[NOW, NOW, NOW, NOW + 1, NOW - 600, NOW + 600, NOW + 3600]);
    request(at, service, ask, viewer, now, random)
}

fn request<'a>(
    at: &'a Faulty,
    service: &'a AllInOne,
    ask: Ask,
    viewer: Viewer,
    now: u64,
    random: &Random,
) -> Underway<'a> {
    let key = TokenKey::derive(SECRET.as_bytes(), Purpose::Session);
    let token = |version: &str| {
        let generation = Generation { auth_version: version.to_owned(), epoch: 0 };
        key.mint(&generation, (NOW - 60, NOW - 60 + SESSION_SECONDS), random.bytes(), None)
    };
    let mut builder = Request::builder().uri(ask.target());
    match viewer {
        Viewer::Guest => builder = builder.header(header::COOKIE, format!("session={}", token(VERSION))),
        Viewer::Expelled => builder = builder.header(header::COOKIE, format!("session={}", token(EARLIER))),
        Viewer::Stranger => {}
    }
    if let Ask::Object { range: Some(range), .. } = &ask {
        builder = builder.header(header::RANGE, range);
    }
    let request = builder.method(Method::GET).body(Body::from(Bytes::new())).unwrap();
    let facts = Facts { now, entropy: random.bytes(), https: false, client: Some(IpAddr::V4(Ipv4Addr::LOCALHOST)) };
    let task = Box::pin(async move {
        let cx = Cx::new(at, facts);
        let mut response = service.handle(&cx, request).await;
        service::finish(&cx, &mut response, Duration::ZERO);
        let (parts, body) = response.into_parts();
        Answer { status: parts.status, headers: parts.headers, body: body.bytes.to_vec(), broken: body.broken }
    });
    Underway { ask, viewer, now, task, turns: 0 }
}
