//! Random ranges and conditions on objects of any size and on stores with various manners. The expected places are
//! counted in another way.
//!
//! `RANGE_CASES=10000000 cargo test -p edge --test ranges` runs more than the usual 100,000.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "../../../tests/oracle/src/random.rs"]
#[allow(dead_code, reason = "the oracle uses more of it")]
mod random;
mod store;

use std::{future::Future, pin::pin, task};

use edge::{
    Failure,
    object_response::{self, Presentation},
};
use gallery::range::MAX_RANGES;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use platform::{Cx, Facts, Problem};
use platform_s3::{Location, Objects};
use random::Random;
use sigv4::{Bucket, Credentials, UrlStyle};
use store::{Body, Manners, Piece, Store, Version};

const CASES: u64 = 100_000;

const TAGS: [&str; 2] = ["\"first\"", "\"second\""];
const DATES: [&str; 2] = ["Wed, 21 Oct 2015 07:28:00 GMT", "Thu, 22 Oct 2015 07:28:00 GMT"];
/// A tag of neither version.
const OTHER: &str = "\"other\"";

/// More bytes than a delimiter of a multipart body can have. If each part has this many bytes, the body is never
/// longer than the file.
const DELIMITER: u64 = 200;

/// A request, and what is known about it without parsing it.
#[derive(Debug)]
struct Case {
    method: Method,
    /// First and last byte as the request names them. A suffix has no first byte, an open range has no last byte.
    ranges: Vec<(Option<u64>, Option<u64>)>,
    if_match: Option<&'static str>,
    if_none_match: Option<&'static str>,
    if_range: Option<&'static str>,
    headers: HeaderMap,
}

fn size(random: &mut Random) -> u64 {
    match random.below(8) {
        0 => random.below(3),
        1 => random.within(3..=600),
        2 | 3 => random.within(600..=100_000),
        4 => (1 << 32) - 2 + random.below(5),
        5 => random.within(1 << 20..=1 << 34),
        _ => random.within(1..=6 << 30),
    }
}

/// A number that is likely to matter: near the ends of the object, near the ends of other ranges, or near 32 bits.
fn position(random: &mut Random, size: u64, others: &[u64]) -> u64 {
    let base = match random.below(8) {
        0 => 0,
        1 => size,
        2 => 1 << 32,
        3 | 4 if !others.is_empty() => random.pick(others),
        5 => size.saturating_sub(random.below(1000)),
        6 if random.one_in(20) => u64::MAX - 3,
        _ => random.below(size.max(1)),
    };
    base.saturating_sub(2).saturating_add(random.below(5))
}

impl Case {
    fn random(random: &mut Random, size: u64) -> Self {
        let count = if random.one_in(2) { 1 } else { random.within(2..=MAX_RANGES as u64 + 1) };
        let mut seen = Vec::new();
        let ranges = (0..count)
            .map(|_| {
                let (a, b) = (position(random, size, &seen), position(random, size, &seen));
                seen.extend([a, b]);
                match random.below(6) {
                    0 => (None, Some(if random.one_in(2) { a } else { random.below(2000) })),
                    1 => (Some(a), None),
                    2 | 3 => (Some(a), Some(a.saturating_add(random.below(3000)))),
                    _ => (Some(a.min(b)), Some(a.max(b))),
                }
            })
            .collect();
        let tags = [TAGS[0], TAGS[1], OTHER, "*"];
        let mut maybe = |one_in, from: &[&'static str]| random.one_in(one_in).then(|| random.pick(from));
        let if_match = maybe(8, &tags);
        let if_none_match = maybe(8, &tags);
        let if_range = maybe(6, &[TAGS[0], TAGS[1], OTHER, DATES[0], DATES[1], "W/\"first\""]);
        let method = if random.one_in(20) { Method::HEAD } else { Method::GET };
        let mut case = Self { method, ranges, if_match, if_none_match, if_range, headers: HeaderMap::new() };
        case.headers = case.header_map(random);
        case
    }

    fn header_map(&self, random: &mut Random) -> HeaderMap {
        let mut digits = |number: Option<u64>| match number {
            None => String::new(),
            // A number may be written with leading zeros, or be too large for any number type here.
            Some(u64::MAX) => "9".repeat(60),
            Some(number) if random.one_in(50) => format!("{number:060}"),
            Some(number) => number.to_string(),
        };
        let specs: Vec<String> =
            self.ranges.iter().map(|(first, last)| format!("{}-{}", digits(*first), digits(*last))).collect();
        let separator = random.pick(&[",", ", ", " ,\t", ",,"]);
        let unit = random.pick(&["bytes", "Bytes", "BYTES"]);
        let range = format!("{unit}={}", specs.join(separator));
        let mut headers = HeaderMap::new();
        let mut put = |name: HeaderName, text: &str| headers.insert(name, HeaderValue::from_str(text).unwrap());
        put(header::RANGE, &range);
        for (name, value) in [
            (header::IF_MATCH, self.if_match),
            (header::IF_NONE_MATCH, self.if_none_match),
            (header::IF_RANGE, self.if_range),
        ] {
            if let Some(value) = value {
                put(name, value);
            }
        }
        headers
    }

    /// The requested bytes as places: sorted, not touching, and no byte twice.
    fn places(&self, size: u64) -> Vec<(u64, u64)> {
        let size = i128::from(size);
        let mut places: Vec<(i128, i128)> = self
            .ranges
            .iter()
            .map(|range| match *range {
                (None, length) => ((size - i128::from(length.unwrap())).max(0), size - 1),
                (Some(first), last) => (first.into(), last.map_or(size - 1, i128::from).min(size - 1)),
            })
            .filter(|(first, last)| first <= last)
            .collect();
        places.sort_unstable();
        let mut apart: Vec<(u64, u64)> = Vec::new();
        for (first, last) in places {
            let (first, last) = (u64::try_from(first).unwrap(), u64::try_from(last).unwrap());
            match apart.last_mut() {
                Some(before) if first <= before.1 + 1 => before.1 = before.1.max(last),
                _ => apart.push((first, last)),
            }
        }
        apart
    }

    fn wants(&self, version: usize) -> bool {
        self.if_match.is_none_or(|tag| tag == "*" || tag == TAGS[version])
    }

    fn has(&self, version: usize) -> bool {
        self.if_none_match.is_some_and(|tag| tag == "*" || tag == TAGS[version])
    }

    /// Whether the ranges apply, and are not too many.
    fn counts(&self, version: usize) -> bool {
        let part_is_of = self.if_range.is_none_or(|validator| [TAGS[version], DATES[version]].contains(&validator));
        self.method == Method::GET && part_is_of && self.ranges.len() <= MAX_RANGES
    }
}

fn manners(random: &mut Random) -> Manners {
    let mut rarely = |one_in| random.one_in(one_in);
    let (knows_no_ranges, knows_no_conditions, hides_size, hides_tag) = (rarely(20), rarely(5), rarely(4), rarely(4));
    Manners {
        changes_after: random.one_in(4).then(|| usize::try_from(random.within(1..=3)).unwrap()),
        fails_at: random.one_in(10).then(|| usize::try_from(random.below(4)).unwrap()),
        knows_no_ranges,
        knows_no_conditions,
        hides_size,
        hides_tag,
        encoding: None,
    }
}

/// Runs a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut task::Context::from_waker(task::Waker::noop())) {
        task::Poll::Ready(value) => value,
        task::Poll::Pending => panic!("it waits"),
    }
}

fn objects() -> Objects {
    let bucket = Bucket::new("http://store.test", UrlStyle::Path, "media", "auto").unwrap();
    Objects::new(Location {
        name: "bucket".to_owned(),
        bucket,
        public: None,
        credentials: Credentials::new("id", "secret"),
    })
}

fn serve(objects: &Objects, store: &Store, case: &Case, entropy: [u8; 32]) -> Result<Response<Body>, Problem> {
    let cx = Cx::new(store, Facts { now: 1_700_000_000, entropy, https: false, client: None });
    let mut head = Request::new(()).into_parts().0;
    head.method = case.method.clone();
    head.headers = case.headers.clone();
    let presentation =
        Presentation { cache_control: "private", content_type: None, disposition: None, tag: None, edge_cache: None };
    let answer = now(object_response::serve(objects, &cx, &head, "film.mp4", &presentation));
    answer.map_err(|failure: Failure| failure.into_problem(&cx.record))
}

/// What a test run must have seen, so that the run is known to test something.
#[derive(Debug, Default)]
struct Seen {
    whole: u64,
    part: u64,
    several: u64,
    outside: u64,
    not_modified: u64,
    failed: u64,
    of_the_second: u64,
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap()
}

fn check(case: &Case, store: &Store, outcome: Result<Response<Body>, Problem>, seen: &mut Seen) {
    let size = |version: usize| store.versions[version].size;
    let reached: &[usize] =
        if store.manners.changes_after.is_some_and(|after| after < store.requests.get()) { &[0, 1] } else { &[0] };
    let response = match outcome {
        Ok(response) => response,
        Err(problem) => {
            let explained = |version: usize| match problem.status {
                StatusCode::PRECONDITION_FAILED => !case.wants(version),
                StatusCode::RANGE_NOT_SATISFIABLE => {
                    let told = problem.headers.iter().find(|(name, _)| name == header::CONTENT_RANGE);
                    told.unwrap().1 == format!("bytes */{}", size(version)).as_str()
                        && size(version) > 0
                        && case.wants(version)
                        && !case.has(version)
                        && case.counts(version)
                        && case.places(size(version)).is_empty()
                }
                status => panic!("{status}"),
            };
            assert!(reached.iter().any(|version| explained(*version)), "{problem:?}");
            let counter =
                if problem.status == StatusCode::PRECONDITION_FAILED { &mut seen.failed } else { &mut seen.outside };
            *counter += 1;
            return;
        }
    };
    let headers = response.headers();
    let version = TAGS.iter().position(|tag| *tag == text(headers, "etag")).unwrap();
    assert!(reached.contains(&version), "a version that nobody has asked for");
    assert_eq!(text(headers, "last-modified"), DATES[version]);
    assert_eq!(text(headers, "cache-control"), "private");
    assert!(case.wants(version), "If-Match");
    if response.status() == StatusCode::NOT_MODIFIED {
        assert!(case.has(version) && response.body().0.is_empty(), "a 304");
        seen.not_modified += 1;
        return;
    }
    assert!(!case.has(version), "If-None-Match");
    seen.of_the_second += version as u64;
    let parts = parts(&response, size(version), version, &case.method);
    let mut places = parts.clone();
    places.sort_unstable();
    let wanted = case.places(size(version));
    match response.status() {
        StatusCode::PARTIAL_CONTENT => {
            assert!(case.counts(version), "a part for nothing");
            assert_eq!(places, wanted);
            *(if places.len() > 1 { &mut seen.several } else { &mut seen.part }) += 1;
        }
        StatusCode::OK => {
            let total: u64 = wanted.iter().map(|(first, last)| last - first + 1 + DELIMITER).sum::<u64>() + DELIMITER;
            let excused = !case.counts(version)
                || size(version) == 0
                || store.manners.knows_no_ranges
                || reached.len() > 1
                || (wanted.len() > 1 && total > size(version));
            assert!(excused, "the whole for a part");
            seen.whole += 1;
        }
        status => panic!("{status}"),
    }
    let requests = store.requests.get();
    let one_part = response.status() == StatusCode::PARTIAL_CONTENT && case.ranges.len() == 1;
    let as_usual = store.manners.fails_at.is_none() && reached.len() == 1;
    assert!(requests == 1 || !(one_part && as_usual), "{requests} requests for one part");
    assert!(requests <= MAX_RANGES + 4, "{requests} requests");
}

/// Checks everything around the parts of a body, and returns the places that the body holds. All are of one version
/// of the object.
fn parts(response: &Response<Body>, size: u64, version: usize, method: &Method) -> Vec<(u64, u64)> {
    let (headers, pieces) = (response.headers(), &response.body().0);
    let stored = |piece: &Piece| match piece {
        Piece::Stored { version: of, first, last } if *of == version => (*first, *last),
        piece => panic!("{piece:?}"),
    };
    let made = |piece: &Piece| match piece {
        Piece::Made(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        piece @ Piece::Stored { .. } => panic!("{piece:?}"),
    };
    let length: u64 = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Made(bytes) => bytes.len() as u64,
            Piece::Stored { first, last, .. } => last - first + 1,
        })
        .sum();
    let declared: u64 = text(headers, "content-length").parse().unwrap();
    if *method == Method::HEAD {
        assert_eq!((response.status(), declared), (StatusCode::OK, size));
        return Vec::new();
    }
    assert_eq!(declared, length, "Content-Length");
    assert!(length <= size, "{length} bytes of {size}");
    let Some(boundary) = text(headers, "content-type").strip_prefix("multipart/byteranges; boundary=") else {
        assert_eq!(text(headers, "content-type"), "video/mp4");
        let parts: Vec<_> = pieces.iter().map(stored).collect();
        if response.status() == StatusCode::PARTIAL_CONTENT {
            let (first, last) = parts[0];
            assert_eq!(text(headers, "content-range"), format!("bytes {first}-{last}/{size}"));
        } else {
            assert!(headers.get(header::CONTENT_RANGE).is_none());
            let whole: Vec<_> = size.checked_sub(1).map(|last| (0, last)).into_iter().collect();
            assert_eq!(parts, whole);
        }
        return parts;
    };
    assert!(headers.get(header::CONTENT_RANGE).is_none(), "Content-Range of a multipart response");
    let mut parts = Vec::new();
    let (last_piece, pairs) = pieces.split_last().unwrap();
    for (number, pair) in pairs.chunks(2).enumerate() {
        let (first, last) = stored(&pair[1]);
        let line_end = if number == 0 { "" } else { "\r\n" };
        let wanted = format!(
            "{line_end}--{boundary}\r\nContent-Type: video/mp4\r\nContent-Range: bytes {first}-{last}/{size}\r\n\r\n"
        );
        assert_eq!(made(&pair[0]), wanted);
        parts.push((first, last));
    }
    assert_eq!(made(last_piece), format!("\r\n--{boundary}--\r\n"));
    assert!(parts.len() > 1, "a multipart response with one part");
    parts
}

#[test]
fn every_byte_is_the_one_asked_for() {
    let cases = std::env::var("RANGE_CASES").map_or(CASES, |count| count.parse().unwrap());
    let objects = objects();
    let mut seen = Seen::default();
    for seed in 0..cases {
        let random = &mut Random::new(seed);
        let first = size(random);
        let second = if random.one_in(2) { first } else { size(random) };
        let version = |at: usize, size| Version { size, tag: TAGS[at], date: DATES[at] };
        let versions = [version(0, first), version(1, second)];
        let case = Case::random(random, versions[0].size);
        let store = Store::new(versions, manners(random));
        let entropy = [u8::try_from(seed % 256).unwrap(); 32];
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let outcome = serve(&objects, &store, &case, entropy);
            check(&case, &store, outcome, &mut seen);
        }));
        assert!(outcome.is_ok(), "case {seed}: {case:#?} at {store:#?}");
    }
    let Seen { whole, part, several, outside, not_modified, failed, of_the_second } = seen;
    let all = [whole, part, several, outside, not_modified, failed, of_the_second];
    assert!(all.iter().all(|count| *count >= cases / 200), "{seen:?}");
}

#[test]
fn a_stored_encoding_is_handed_on_with_the_bytes() {
    let size = 100_000;
    let versions = || TAGS.map(|tag| Version { size, tag, date: DATES[0] });
    let ask = |range: &'static str, encoding| {
        let mut case = Case::random(&mut Random::new(1), size);
        (case.method, case.headers) = (Method::GET, HeaderMap::new());
        case.headers.insert(header::RANGE, HeaderValue::from_static(range));
        let store = Store::new(versions(), Manners { encoding: Some(encoding), ..Manners::default() });
        serve(&objects(), &store, &case, [0; 32]).unwrap()
    };
    // A multipart body would not be encoded, so several ranges get the whole.
    for (range, status) in [("none", 200), ("bytes=5-9", 206), ("bytes=0-0,50000-60000", 200)] {
        for (stored, sent) in [("gzip", "gzip"), ("br, gzip", "br, gzip"), ("aws-chunked,gzip", "gzip")] {
            let response = ask(range, stored);
            assert_eq!((response.status().as_u16(), text(response.headers(), "content-encoding")), (status, sent));
            assert_eq!(text(response.headers(), "etag"), TAGS[0]);
        }
    }
    for none in ["aws-chunked", "aws-chunked,", "identity"] {
        assert_eq!(ask("none", none).headers().get(header::CONTENT_ENCODING), None, "{none}");
    }
}
