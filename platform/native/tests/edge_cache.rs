//! What the host keeps in memory of the answers that the services mark, and what it never keeps.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod support;

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use platform::{Cx, EdgeCache, Error, Facts, Kind, Platform, config::Lookup};
use platform_native::{Native, Shared};
use platform_s3::{Location, Objects};
use support::{read_head, upstream};
use tokio::task::{JoinSet, LocalSet, spawn_local};

const MIB: u64 = 1024 * 1024;

/// A store that counts its requests. `answer` gets the head of a request and its number.
fn store(answer: impl Fn(&str, usize) -> String + Send + Sync + 'static) -> (u16, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let port = upstream(move |_, mut stream| {
        loop {
            let head = read_head(&mut stream);
            if head.is_empty() {
                return;
            }
            let answer = answer(&head, counter.fetch_add(1, SeqCst));
            if stream.write_all(answer.as_bytes()).is_err() || answer.contains("the body breaks off") {
                return;
            }
        }
    });
    (port, count)
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nETag: \"a\"\r\nX-Other: b\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// The answer to a head with a range: the words of the range, and a whole if there is none.
fn by_range(head: &str) -> String {
    let (_, range) = head.split_once("range: bytes=").unwrap_or_default();
    let range = range.split_once('\r').map_or("", |(range, _)| range);
    match range {
        // To the first range, the store answers as one that does not know ranges.
        "0-9" | "" => ok("whole"),
        range => format!(
            "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {range}/9\r\nContent-Length: {}\r\n\r\n{range}",
            range.len()
        ),
    }
}

fn wish(version: &str) -> EdgeCache {
    EdgeCache { version: version.to_owned(), ttl: Duration::from_hours(1), tags: Vec::new() }
}

fn request(port: u16, path: &str, version: &str, headers: &[(HeaderName, &str)]) -> Request<Bytes> {
    let mut request = Request::builder().uri(format!("http://127.0.0.1:{port}/{path}")).body(Bytes::new()).unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(name.clone(), value.parse().unwrap());
    }
    request.extensions_mut().insert(wish(version));
    request
}

async fn read(native: &Native, request: Request<Bytes>) -> Result<(u16, String), Error> {
    let response = native.fetch(request).await?;
    let status = response.status().as_u16();
    let body = Native::collect(response.into_body(), 64 << 20).await?;
    Ok((status, String::from_utf8(body.to_vec()).unwrap()))
}

/// A worker of a process that keeps at most so many bytes.
fn on_worker<F: Future<Output = ()>>(bytes: u64, test: impl FnOnce(Native, Arc<Shared>) -> F) {
    let dir = tempfile::tempdir().unwrap();
    let shared = Shared::new(dir.path(), bytes).unwrap();
    let native = Native::open_sharing(dir.path(), None, &shared).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, test(native, shared));
}

#[test]
fn what_is_kept_is_not_asked_for_again_by_any_worker() {
    let (port, count) = store(|_, _| ok("thumbnail"));
    on_worker(MIB, |native, shared| async move {
        let dir = tempfile::tempdir().unwrap();
        let other = Native::open_sharing(dir.path(), None, &shared).unwrap();
        for worker in [&native, &native, &other] {
            // The signature changes every second, and is no part of the name.
            let signed = [(header::AUTHORIZATION, &*format!("{:p}", &worker))];
            assert_eq!(read(worker, request(port, "a", "1", &signed)).await.unwrap(), (200, "thumbnail".to_owned()));
        }
        assert_eq!(count.load(SeqCst), 1);
        let kept = other.kept(&wish("1"), || Some(request(port, "a", "1", &[]))).unwrap();
        assert_eq!((kept.headers().len(), &kept.headers()["etag"]), (2, &"\"a\"".parse().unwrap()));
        for (path, version) in [("b", "1"), ("a", "2")] {
            assert!(native.kept(&wish(version), || Some(request(port, path, version, &[]))).is_none());
            read(&native, request(port, path, version, &[])).await.unwrap();
        }
        assert_eq!(count.load(SeqCst), 3);
    });
}

#[test]
fn only_a_get_for_whatever_there_is_is_kept() {
    let (port, count) = store(|head, _| if head.starts_with("HEAD") { ok("") } else { ok("thumbnail") });
    on_worker(MIB, |native, shared| async move {
        let mut head = request(port, "a", "1", &[]);
        *head.method_mut() = Method::HEAD;
        native.fetch(head).await.unwrap();
        for name in [header::IF_MATCH, header::IF_UNMODIFIED_SINCE, header::IF_RANGE] {
            read(&native, request(port, "a", "1", &[(name, "\"a\"")])).await.unwrap();
        }
        // A query may hold a signature.
        read(&native, request(port, "a?X-Amz-Signature=secret", "1", &[])).await.unwrap();
        let mut unmarked = request(port, "a", "1", &[]);
        unmarked.extensions_mut().clear();
        read(&native, unmarked).await.unwrap();
        assert_eq!((count.load(SeqCst), shared.kept_bytes()), (6, 0));
    });
}

#[test]
fn the_conditions_of_one_client_are_not_those_of_all() {
    let (port, count) = store(|head, _| {
        assert!(!head.to_lowercase().contains("if-"), "{head}");
        ok("thumbnail")
    });
    on_worker(MIB, |native, _| async move {
        for name in [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE] {
            assert_eq!(read(&native, request(port, "a", "1", &[(name, "\"a\"")])).await.unwrap().0, 200);
        }
        assert_eq!(count.load(SeqCst), 1);
    });
}

#[test]
fn a_part_is_kept_by_its_range() {
    let (port, count) = store(|head, _| by_range(head));
    on_worker(MIB, |native, _| async move {
        for _ in 0..2 {
            for range in ["1-2", "3-4"] {
                let headers = [(header::RANGE, &*format!("bytes={range}"))];
                assert_eq!(read(&native, request(port, "a", "1", &headers)).await.unwrap(), (206, range.to_owned()));
            }
            assert_eq!(read(&native, request(port, "a", "1", &[])).await.unwrap(), (200, "whole".to_owned()));
        }
        assert_eq!(count.load(SeqCst), 3);
        for _ in 0..2 {
            read(&native, request(port, "a", "1", &[(header::RANGE, "bytes=0-9")])).await.unwrap();
        }
        assert_eq!(count.load(SeqCst), 5, "a whole for a part was kept");
    });
}

#[test]
fn parts_that_are_asked_for_together_are_kept_for_all_workers() {
    let (port, count) = store(|head, _| {
        thread::sleep(Duration::from_millis(100));
        by_range(head)
    });
    on_worker(MIB, |native, shared| async move {
        let dir = tempfile::tempdir().unwrap();
        let other = Native::open_sharing(dir.path(), None, &shared).unwrap();
        let ask = async |worker: &Native| {
            let parts = ["bytes=1-2", "bytes=3-4"].map(|range| request(port, "a", "1", &[(header::RANGE, range)]));
            let mut bodies = Vec::new();
            for answer in worker.fetch_all(Vec::from(parts)).await {
                bodies.push(Native::collect(answer.unwrap().into_body(), 100).await.unwrap());
            }
            bodies
        };
        let (first, second) = tokio::join!(ask(&native), ask(&other));
        for bodies in [first, second, ask(&native).await, ask(&other).await] {
            assert_eq!(bodies, ["1-2", "3-4"]);
        }
        assert_eq!(count.load(SeqCst), 2);
    });
}

/// Parts that are kept are neither signed nor counted as requests to the store.
#[test]
fn what_is_kept_of_several_objects_is_no_call_to_the_store() {
    let (port, count) = store(|head, _| by_range(head));
    on_worker(MIB, |native, _| async move {
        let find = |name: &str| {
            Some(match name {
                "S3_ENDPOINT" => format!("http://127.0.0.1:{port}"),
                "R2_BUCKET_NAME" => "photos".to_owned(),
                "R2_ACCESS_KEY_ID" => "id".to_owned(),
                "R2_SECRET_ACCESS_KEY" => "secret".to_owned(),
                _ => return None,
            })
        };
        let objects = Objects::new(Location::load(&Lookup(&find)).unwrap());
        for (ranges, calls) in [(vec!["1-2"], 1), (vec!["3-4", "1-2", "5-6"], 2), (vec!["1-2", "5-6", "3-4"], 0)] {
            let range = |range: &&str| HeaderValue::from_str(&format!("bytes={range}")).unwrap();
            let headers = |wanted| HeaderMap::from_iter([(header::RANGE, range(wanted))]);
            let all: Vec<_> = ranges.iter().map(|wanted| ("a".to_owned(), headers(wanted))).collect();
            let cx = Cx::new(&native, Facts { now: 1_700_000_000, entropy: [0; 32], https: false, client: None });
            let answers = objects.read_all(&cx, &all, Some(&wish("1"))).await.unwrap();
            assert_eq!((answers.len(), cx.record.store_calls.get()), (ranges.len(), calls));
            for (answer, wanted) in answers.into_iter().zip(ranges) {
                assert_eq!(Native::collect(answer.into_body(), 100).await.unwrap(), wanted);
            }
        }
        assert_eq!(count.load(SeqCst), 3);
    });
}

#[test]
fn no_other_answer_is_kept() {
    let answers = [
        "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone",
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/9\r\nContent-Length: 4\r\n\r\npart",
        "HTTP/1.1 500 X\r\nContent-Length: 4\r\n\r\noops",
        "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 4\r\n\r\nmore",
        "HTTP/1.1 304 Not Modified\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n0\r\n\r\n",
    ];
    for answer in answers {
        let (port, count) = store(|_, _| answer.to_owned());
        on_worker(MIB, |native, shared| async move {
            for _ in 0..2 {
                read(&native, request(port, "a", "1", &[])).await.unwrap();
            }
            assert_eq!((count.load(SeqCst), shared.kept_bytes()), (2, 0), "{answer}");
        });
    }
}

#[test]
fn a_body_that_breaks_off_is_an_error_and_is_not_kept() {
    let broken = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthe body breaks off";
    let (port, count) = store(move |_, number| if number == 0 { broken.to_owned() } else { ok("whole") });
    on_worker(MIB, |native, shared| async move {
        let error = read(&native, request(port, "a", "1", &[])).await.unwrap_err();
        assert_eq!((error.kind(), shared.kept_bytes()), (Kind::Unavailable, 0));
        for _ in 0..2 {
            assert_eq!(read(&native, request(port, "a", "1", &[])).await.unwrap().1, "whole");
        }
        assert_eq!(count.load(SeqCst), 2);
    });
}

#[test]
fn the_whole_stays_within_its_bytes() {
    let (port, count) = store(|_, _| ok(&"x".repeat(20_000)));
    on_worker(MIB, |native, shared| async move {
        for number in 0..200 {
            read(&native, request(port, &format!("{number}"), "1", &[])).await.unwrap();
            assert!(shared.kept_bytes() <= MIB, "{}", shared.kept_bytes());
        }
        assert!(shared.kept_bytes() > MIB / 2, "{}", shared.kept_bytes());
        let before = count.load(SeqCst);
        for number in 0..200 {
            read(&native, request(port, &format!("{number}"), "1", &[])).await.unwrap();
        }
        assert!(count.load(SeqCst) < before + 200, "nothing was kept");
    });
}

#[test]
fn one_large_value_does_not_drive_out_the_others() {
    let (port, count) = store(|_, _| ok(&"x".repeat(40_000)));
    on_worker(MIB, |native, shared| async move {
        for _ in 0..2 {
            assert_eq!(read(&native, request(port, "a", "1", &[])).await.unwrap().1.len(), 40_000);
        }
        assert_eq!((count.load(SeqCst), shared.kept_bytes()), (2, 0));
    });
}

#[test]
fn what_is_kept_grows_old() {
    let (port, count) = store(|_, _| ok("thumbnail"));
    on_worker(MIB, |native, _| async move {
        let short = || {
            let mut request = request(port, "a", "1", &[]);
            request.extensions_mut().insert(EdgeCache { ttl: Duration::from_millis(50), ..wish("1") });
            request
        };
        read(&native, short()).await.unwrap();
        native.sleep(Duration::from_millis(80)).await;
        read(&native, short()).await.unwrap();
        assert_eq!(count.load(SeqCst), 2);
    });
}

#[test]
fn with_0_nothing_is_kept() {
    let (port, count) = store(|_, _| ok("thumbnail"));
    on_worker(0, |native, _| async move {
        for _ in 0..2 {
            read(&native, request(port, "a", "1", &[])).await.unwrap();
        }
        assert!(native.kept(&wish("1"), || Some(request(port, "a", "1", &[]))).is_none());
        assert_eq!(count.load(SeqCst), 2);
    });
}

#[test]
fn many_who_want_the_same_ask_once() {
    let (port, count) = store(|_, _| {
        thread::sleep(Duration::from_millis(100));
        ok("thumbnail")
    });
    on_worker(MIB, |native, _| async move {
        let mut all = JoinSet::new();
        for _ in 0..20 {
            let native = native.clone();
            all.spawn_local(async move { read(&native, request(port, "a", "1", &[])).await });
        }
        while let Some(one) = all.join_next().await {
            assert_eq!(one.unwrap().unwrap().1, "thumbnail");
        }
        assert_eq!(count.load(SeqCst), 1);
    });
}

#[test]
fn if_the_first_fails_or_leaves_the_next_one_asks() {
    let (port, count) = store(|_, number| {
        thread::sleep(Duration::from_millis(100));
        if number < 2 { "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n".to_owned() } else { ok("thumbnail") }
    });
    on_worker(MIB, |native, _| async move {
        let ask = || {
            let native = native.clone();
            spawn_local(async move { read(&native, request(port, "a", "1", &[])).await.unwrap().0 })
        };
        let leaves = ask();
        native.sleep(Duration::from_millis(20)).await;
        let others: Vec<_> = (0..10).map(|_| ask()).collect();
        native.sleep(Duration::from_millis(20)).await;
        leaves.abort();
        let mut statuses = Vec::new();
        for other in others {
            statuses.push(other.await.unwrap());
        }
        statuses.sort_unstable();
        assert_eq!((statuses[8], statuses[9], count.load(SeqCst)), (200, 500, 3));
    });
}

/// A store that hangs holds up nobody but the first for long.
#[test]
fn nobody_waits_long_for_another() {
    let (port, _) = store(|_, number| {
        if number == 0 {
            thread::sleep(Duration::from_secs(4));
        }
        ok("thumbnail")
    });
    on_worker(MIB, |native, _| async move {
        let first = native.clone();
        let stuck = spawn_local(async move { read(&first, request(port, "a", "1", &[])).await });
        native.sleep(Duration::from_millis(50)).await;
        let started = std::time::Instant::now();
        assert_eq!(read(&native, request(port, "a", "1", &[])).await.unwrap().1, "thumbnail");
        assert!((800..3000).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
        assert!(native.kept(&wish("1"), || Some(request(port, "a", "1", &[]))).is_some(), "what came was not kept");
        stuck.abort();
    });
}
