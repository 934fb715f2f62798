//! Viewers whose requests are in one instance at once.

use std::{
    collections::HashSet,
    io::Read as _,
    sync::{
        Barrier,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

use contract::{Answer, Call, Outcome, Target, ensure, ensure_eq, file_bytes};
use gallery::key::percent_encode;
use harness::{
    Ended, LargeObject, PHOTOS, Wasi, WasiHost,
    relay::{Mode, Relay},
};

use crate::fixture::{Library, address, ended, is_at};

/// How many requests an instance takes at once. This is the host's default.
const AT_ONCE: u64 = 16;
/// More viewers than that, so that the instance is full.
const VIEWERS: usize = 32;
const ROUNDS: usize = 40;
/// How long the store takes, so that requests gather.
const STORE: Duration = Duration::from_millis(50);
/// How many pairs of requests must have been in one instance at the same time.
const PAIRS: u64 = 10_000;
/// The headers that tell one answer from another, beside the body.
const MARKS: [&str; 5] = ["content-type", "content-length", "content-range", "etag", "content-disposition"];

fn relay(library: &Library) -> Result<Relay, String> {
    Relay::start(library.store()?).map_err(|error| format!("the relay: {error}"))
}

fn set(relay: &Relay, mode: Mode) -> Outcome {
    relay.set(mode).map_err(|error| format!("the relay: {error}"))
}

/// A request of a viewer, and the answer that it gets when it is alone.
struct Wish {
    path: String,
    range: Option<&'static str>,
    /// Whether the request is sent without a session.
    anonymous: bool,
    alone: Answer,
}

impl Wish {
    fn call<'a>(target: &'a Target, path: &str, range: Option<&str>, anonymous: bool) -> Call<'a> {
        let call = target.follow(path);
        let call = if anonymous { call.anonymous() } else { call };
        range.into_iter().fold(call, |call, range| call.header("range", range))
    }

    fn new(target: &Target, path: &str, range: Option<&'static str>, anonymous: bool) -> Result<Self, String> {
        let alone = Self::call(target, path, range, anonymous).send()?;
        ensure_eq!(
            alone.status,
            if anonymous {
                401
            } else if range.is_some() {
                206
            } else {
                200
            },
            "{path}: status"
        );
        Ok(Self { path: path.to_owned(), range, anonymous, alone })
    }

    /// Sends the request again, checks the answer, and returns the request's id.
    fn come_true(&self, target: &Target) -> Result<String, String> {
        let came = Self::call(target, &self.path, self.range, self.anonymous).send()?;
        let id = came.need("x-request-id")?.to_owned();
        ensure_eq!(came.status, self.alone.status, "{}: status", came.what);
        for name in MARKS {
            ensure_eq!(came.header(name), self.alone.header(name), "{}: {name}", came.what);
        }
        if self.anonymous {
            // The body holds the request's id, and nothing else that differs between requests.
            ensure_eq!(came.json()?["requestId"].as_str(), Some(id.as_str()), "{}: whose body", came.what);
        } else {
            ensure!(came.body == self.alone.body, "{}: other bytes", came.what);
        }
        Ok(id)
    }
}

/// Everything that a viewer may request. No two answers are the same.
fn wishes(target: &Target) -> Result<Vec<Wish>, String> {
    let mut wishes = Vec::new();
    let mut add =
        |path: &str, range, anonymous| Wish::new(target, path, range, anonymous).map(|wish| wishes.push(wish));
    for (key, ..) in PHOTOS {
        let file = format!("/api/file/{}", percent_encode(key));
        add(&file, None, false)?;
        add(&file, Some("bytes=7-307"), false)?;
        add(&format!("/api/thumbnail/{}?size=small", percent_encode(key)), None, false)?;
        add(&file, None, true)?;
    }
    for limit in 1..=PHOTOS.len() {
        add(&format!("/api/media?type=image&limit={limit}"), None, false)?;
    }
    let master = target.master()?;
    add(&master, None, false)?;
    let text = target.video(&master).expect(200)?;
    for variant in text.text()?.lines().filter(|line| !line.starts_with('#')) {
        add(&format!("/api/hls/{variant}"), None, false)?;
        // The version is invented, so nobody has this playlist, and it is made anew.
        add(&format!("/api/hls/{}", variant.replace("?v=", "?v=anew")), None, false)?;
    }
    Ok(wishes)
}

/// Each answer is whole and belongs to its own request, whoever else is in the instance.
pub fn no_byte_of_another(wasi: Wasi, library: &Library) -> Outcome {
    let relay = relay(library)?;
    let host = library.host(wasi, &relay.url(), &["--instances", "1", "--reuse", "1000000"])?;
    let password = &library.gallery()?.password;
    let viewer = || Target::new(&host.url, &host.url, relay.url(), password);
    let wishes = wishes(&viewer())?;
    set(&relay, Mode::Slow(STORE))?;
    let start = Barrier::new(VIEWERS);
    let visit = |number: usize| -> Result<(Vec<String>, String), String> {
        let own = viewer();
        start.wait();
        let session = own.cookie()?.to_owned();
        let wishes = (0..ROUNDS).map(|round| &wishes[(number * 5 + round * 7) % wishes.len()]);
        let ids = wishes.map(|wish| wish.come_true(&own)).collect::<Result<_, _>>()?;
        Ok((ids, session))
    };
    let (mut ids, mut sessions) = (HashSet::new(), HashSet::new());
    let mut pairs = 0;
    for round in 1.. {
        let visits = thread::scope(|scope| {
            let visitors: Vec<_> = (0..VIEWERS).map(|number| scope.spawn(move || visit(number))).collect();
            let join = |visitor: thread::ScopedJoinHandle<'_, _>| {
                visitor.join().map_err(|_| "a viewer panicked".to_owned())?
            };
            visitors.into_iter().map(join).collect::<Result<Vec<_>, String>>()
        })?;
        for (own, session) in visits {
            ensure!(sessions.insert(session), "two viewers have one session");
            for id in own {
                ensure!(ids.insert(id), "two requests have one id");
            }
        }
        let instances = ended(&host, (round * VIEWERS * (ROUNDS + 1)) as u64)?;
        ensure!(instances.iter().all(|instance| !instance.trapped), "an instance trapped: {instances:?}");
        pairs = instances.iter().map(|instance| instance.pairs).sum();
        ensure_eq!(instances.iter().map(|instance| instance.at_once).max(), Some(AT_ONCE), "the most at once");
        if pairs >= PAIRS || round == 10 {
            break;
        }
    }
    ensure!(pairs >= PAIRS, "only {pairs} pairs of requests met");
    Ok(())
}

/// The memory of the guest, in bytes. It is enough for everything except a playlist of [`PLAYLIST`] bytes.
const MEMORY: &str = "5242880";
/// The length of the longest playlist that is read, in bytes.
const PLAYLIST: u64 = 4 * 1024 * 1024;
const LARGE: u64 = 4 * 1024 * 1024;
const STREAMING: usize = 4;
const WAITING: usize = 10;
/// How many of the photos are small. The last photo is the large object.
const SMALL: usize = PHOTOS.len() - 1;
/// How long the store takes. The requests that are to be in the instance together arrive during this time.
const A_WHILE: Duration = Duration::from_millis(1500);

/// How a request ended whose neighbour in the instance trapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Whole,
    /// The status says that it failed, or the connection broke.
    Failed,
}

/// A trap ends the instance. Every other request in it gets the whole answer, or sees that there is none. Later
/// requests are served.
pub fn one_that_traps(wasi: Wasi, library: &Library) -> Outcome {
    let failed = |error: std::io::Error| format!("a large object: {error}");
    let relay = relay(library)?;
    let photo = LargeObject::start(address(&relay.url())?, "/gallery/big.png", LARGE).map_err(failed)?;
    let film = demo::short_film().key;
    let gallery = library.gallery()?;
    let (url, store) = (&gallery.url, &gallery.store_url);
    let master = Target::new(url, url, store, &gallery.password).master()?;
    let version = master.split_once("&v=").map(|(_, version)| format!("{version}/")).unwrap_or_default();
    let path = format!("/gallery/hls/{}/{version}540p.m3u8", percent_encode(film));
    let playlist = LargeObject::start(address(&photo.url())?, &path, PLAYLIST).map_err(failed)?;
    let host = library.host(wasi, &playlist.url(), &["--instances", "1", "--memory-limit", MEMORY])?;
    let target = Target::new(&host.url, &host.url, relay.url(), &library.gallery()?.password);
    let cookie = target.cookie()?;
    target.get("/api/media").expect(200)?;

    photo.hold();
    set(&relay, Mode::Slow(A_WHILE))?;
    let (begun, streams) = channel();
    let ends = thread::scope(|scope| -> Result<Vec<End>, String> {
        let (url, target) = (format!("{}/api/file/big.png", host.url), &target);
        let streaming = (0..STREAMING).map(|_| {
            let (begun, url) = (begun.clone(), url.clone());
            scope.spawn(move || stream(&url, cookie, &begun))
        });
        let mut viewers: Vec<_> = streaming.collect();
        wait_for(&streams)?;
        viewers.extend((0..WAITING).map(|number| {
            let photo = PHOTOS[number % SMALL].0;
            scope.spawn(move || photo_or_failure(target, photo))
        }));
        // By then these requests wait for the store, or they arrive later and meet the end of the instance.
        thread::sleep(A_WHILE / 2);
        let trapped = target.video(&format!("/api/hls/{}/540p.m3u8?v=madeup", percent_encode(film))).send()?;
        ensure_eq!(trapped.status, 500, "the request that trapped: status");
        photo.release();
        let join =
            |viewer: thread::ScopedJoinHandle<'_, _>| viewer.join().map_err(|_| "a viewer panicked".to_owned())?;
        viewers.into_iter().map(join).collect()
    })?;
    ensure!(ends.contains(&End::Failed), "no one was in the instance: {ends:?}");
    set(&relay, Mode::Pass)?;
    for (photo, ..) in &PHOTOS[..SMALL] {
        ensure_eq!(photo_or_failure(&target, photo)?, End::Whole, "{photo}, after the trap");
    }
    let trapped = instance_that_trapped(&host)?;
    ensure!(trapped.at_once > 1, "it was alone in its instance: {trapped:?}");
    Ok(())
}

/// Reads the large original, and sends a message when the reading has begun.
fn stream(url: &str, cookie: &str, begun: &Sender<()>) -> Result<End, String> {
    let answer = ureq::get(url).header("cookie", cookie).call();
    let mut answer = answer.map_err(|error| format!("{url}: {error}"))?;
    let mut body = answer.body_mut().as_reader();
    let mut buffer = vec![0; 64 * 1024];
    let mut position = 0;
    loop {
        // The body broke off.
        let Ok(read) = body.read(&mut buffer) else { return Ok(End::Failed) };
        if read == 0 {
            break;
        }
        is_at(position, &buffer[..read])?;
        if position == 0 {
            let _ = begun.send(());
        }
        position += read as u64;
    }
    ensure_eq!(position, LARGE, "bytes of what came to its end");
    Ok(End::Whole)
}

fn wait_for(streams: &Receiver<()>) -> Outcome {
    for _ in 0..STREAMING {
        streams.recv_timeout(Duration::from_secs(10)).map_err(|_| "a body that does not begin".to_owned())?;
    }
    Ok(())
}

fn photo_or_failure(target: &Target, photo: &str) -> Result<End, String> {
    // The connection broke.
    let Ok(answer) = target.get(&format!("/api/file/{}", percent_encode(photo))).send() else { return Ok(End::Failed) };
    if answer.status >= 500 {
        return Ok(End::Failed);
    }
    ensure_eq!(answer.status, 200, "{photo}: status");
    ensure!(answer.body == file_bytes(photo)?, "{photo}: other bytes");
    Ok(End::Whole)
}

fn instance_that_trapped(host: &WasiHost) -> Result<Ended, String> {
    let ended = host.ended().map_err(|failure| failure.to_string())?;
    ended.into_iter().find(|instance| instance.trapped).ok_or_else(|| "no instance trapped".to_owned())
}
