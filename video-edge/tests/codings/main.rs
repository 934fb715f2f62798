//! Playlists as gzip and as text: the same content, and for each coding its own tag.

#![allow(clippy::unwrap_used)]

#[path = "../versions/fixture.rs"]
mod fixture;

use std::io::Read as _;

use bytes::Bytes;
use fixture::Fixture;
use http::{HeaderName, Method, Request, Response, header};

const FILM: &str = "film.mp4";
const VERSION: &str = "0123456789abcdef";
const MASTER: &str = "/api/hls/playlist?key=film.mp4";
const VARIANT: &str = "/api/hls/film.mp4/720p.m3u8";
const DELIVERIES: [&str; 4] = ["presign", "redirect", "proxy", "public"];

/// The service, and a film of some segments.
fn at(delivery: &str, version: Option<&str>) -> Fixture {
    let at = Fixture::new(delivery);
    at.film(FILM, version);
    let prefix = gallery::layout::hls_prefix(FILM, version);
    let segments: Vec<String> = (0..50).map(|number| format!("#EXTINF:4.000000,é\n720p_{number:03}.ts\n")).collect();
    let segments = segments.concat();
    at.put(&format!("{prefix}720p.m3u8"), &format!("#EXTM3U\n#EXT-X-TARGETDURATION:4\n{segments}#EXT-X-ENDLIST\n"));
    at.put(&format!("{prefix}master.m3u8"), "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2000000\n720p.m3u8\n");
    at
}

/// Each delivery, with a film of each kind, and each of its playlists.
fn each(check: impl Fn(&Fixture, &str)) {
    for delivery in DELIVERIES {
        for version in [None, Some(VERSION)] {
            let at = at(delivery, version);
            for path in [MASTER, VARIANT] {
                check(&at, path);
            }
        }
    }
}

fn ask(at: &Fixture, method: Method, path: &str, headers: &[(HeaderName, &str)]) -> Response<Bytes> {
    let request = Request::builder().method(method).uri(path);
    at.send(headers.iter().fold(request, |request, (name, value)| request.header(name, *value)))
}

fn get(at: &Fixture, path: &str, accepted: &str) -> Response<Bytes> {
    ask(at, Method::GET, path, &[(header::ACCEPT_ENCODING, accepted)])
}

fn of<'a>(response: &'a Response<Bytes>, name: &HeaderName) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

fn gunzip(body: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(body).read_to_end(&mut text).unwrap();
    text
}

#[test]
fn gzip_and_text_have_the_same_content() {
    each(|at, path| {
        let text = ask(at, Method::GET, path, &[]);
        // The second time, it comes from the store.
        for _ in 0..2 {
            let gzip = get(at, path, "gzip, deflate, br");
            assert_eq!((gzip.status().as_u16(), text.status().as_u16()), (200, 200));
            assert_eq!(of(&gzip, &header::CONTENT_ENCODING), Some("gzip"));
            assert!(gunzip(gzip.body()) == *text.body(), "{path}");
            assert!(text.body().starts_with(b"#EXTM3U\n") && text.body().ends_with(b"\n"));
            for answer in [&gzip, &text] {
                assert_eq!(of(answer, &header::VARY), Some("Accept-Encoding"));
                assert_eq!(of(answer, &header::CONTENT_TYPE), Some("application/vnd.apple.mpegurl"));
                let length: usize = of(answer, &header::CONTENT_LENGTH).unwrap().parse().unwrap();
                assert_eq!(length, answer.body().len());
            }
        }
    });
}

#[test]
fn weights_decide() {
    let at = at("presign", None);
    for (accepted, coding) in [
        ("gzip", Some("gzip")),
        ("*", Some("gzip")),
        ("identity;q=0, gzip;q=0.1", Some("gzip")),
        ("gzip;q=0", None),
        ("gzip;q=0.1, identity", None),
        ("br", None),
        ("", None),
    ] {
        for path in [MASTER, VARIANT] {
            let answer = get(&at, path, accepted);
            assert_eq!(of(&answer, &header::CONTENT_ENCODING), coding, "{accepted}");
            assert_eq!(answer.body().starts_with(b"#EXTM3U\n"), coding.is_none(), "{accepted}");
        }
    }
}

#[test]
fn each_coding_has_a_tag_and_its_304() {
    each(|at, path| {
        let (text, gzip) = (get(at, path, ""), get(at, path, "gzip"));
        let (text, gzip) = (of(&text, &header::ETAG).unwrap(), of(&gzip, &header::ETAG).unwrap());
        assert_eq!(gzip, format!("{}-gzip\"", text.strip_suffix('"').unwrap()));
        for (accepted, own, other) in [("", text, gzip), ("gzip", gzip, text)] {
            let with = |tag: &str| {
                ask(at, Method::GET, path, &[(header::ACCEPT_ENCODING, accepted), (header::IF_NONE_MATCH, tag)])
            };
            let known = with(own);
            assert_eq!((known.status().as_u16(), known.body().len()), (304, 0));
            assert_eq!(of(&known, &header::ETAG), Some(own));
            assert_eq!(of(&known, &header::VARY), Some("Accept-Encoding"));
            assert_eq!(of(&known, &header::CONTENT_ENCODING), None);
            assert_eq!(with(other).status().as_u16(), 200);
        }
    });
}

#[test]
fn head_is_get_without_the_body() {
    each(|at, path| {
        for accepted in ["", "gzip"] {
            let get = get(at, path, accepted);
            let head = ask(at, Method::HEAD, path, &[(header::ACCEPT_ENCODING, accepted)]);
            assert!(head.body().is_empty());
            assert_eq!(head.headers(), get.headers(), "{path}");
        }
    });
}
