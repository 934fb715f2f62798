//! The behaviour of `Platform::fetch`, `fetch_all`, `collect` and `join`, against real servers.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod support;

use std::{
    io::Write,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Method, Request, Response};
use platform::{Error, Kind, Platform, Timeouts};
use platform_native::{Body, Native};
use support::{answer_all, on_native, read_head, upstream};

const SOON: Duration = Duration::from_millis(400);

fn to(port: u16) -> Request<Bytes> {
    Request::builder().uri(format!("http://127.0.0.1:{port}/path?query=1")).body(Bytes::new()).unwrap()
}

fn within(mut request: Request<Bytes>, timeouts: Timeouts) -> Request<Bytes> {
    request.extensions_mut().insert(timeouts);
    request
}

fn kind<T>(result: Result<T, Error>) -> Kind {
    result.err().expect("a failure").kind()
}

/// A server that sends a head, and then pieces with a pause before each.
fn pieces(head: &'static str, pause: Duration, pieces: &'static [&'static str]) -> u16 {
    upstream(move |_, mut stream| {
        while !read_head(&mut stream).is_empty() {
            stream.write_all(head.as_bytes()).unwrap();
            for piece in pieces {
                std::thread::sleep(pause);
                if stream.write_all(piece.as_bytes()).is_err() {
                    return;
                }
            }
        }
    })
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(Native::collect(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
}

#[test]
fn host_is_taken_from_the_uri_and_nothing_else_is_added() {
    let seen = Arc::new(Mutex::new(String::new()));
    let heads = Arc::clone(&seen);
    let port = upstream(move |_, mut stream| {
        *heads.lock().unwrap() = read_head(&mut stream);
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
    });
    on_native(|native| async move {
        let mut request = to(port);
        request.headers_mut().insert("host", "forged.example".parse().unwrap());
        request.headers_mut().insert("range", "bytes=0-1".parse().unwrap());
        assert_eq!(native.fetch(request).await.unwrap().status(), 204);
    });
    let head = format!("GET /path?query=1 HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nrange: bytes=0-1\r\n\r\n");
    assert_eq!(*seen.lock().unwrap(), head);
}

#[test]
fn a_request_body_is_sent_with_its_length() {
    let port = upstream(|_, mut stream| {
        let head = read_head(&mut stream);
        let length = head.contains("content-length: 4\r\n");
        let mut body = [0; 4];
        std::io::Read::read_exact(&mut stream, &mut body).unwrap();
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{length} {}", String::from_utf8_lossy(&body));
        stream.write_all(answer.as_bytes()).unwrap();
    });
    on_native(|native| async move {
        let mut request = to(port).map(|_| Bytes::from_static(b"body"));
        *request.method_mut() = Method::POST;
        assert_eq!(text(native.fetch(request).await.unwrap()).await, "true body");
    });
}

#[test]
fn every_status_is_a_response_and_redirects_are_not_followed() {
    for status in [200, 301, 307, 403, 404, 429, 500, 503] {
        let port = upstream(move |_, stream| {
            let head = format!("HTTP/1.1 {status} X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 4\r\n\r\nbody");
            answer_all(stream, &head);
        });
        on_native(|native| async move {
            let response = native.fetch(to(port)).await.unwrap();
            assert_eq!(response.status(), status);
            assert_eq!(text(response).await, "body");
        });
    }
}

#[test]
fn no_byte_of_the_body_is_changed() {
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n";
    let port = pieces(head, Duration::ZERO, &["\u{1f}not gzip!"]);
    on_native(|native| async move {
        let response = native.fetch(to(port)).await.unwrap();
        assert_eq!(response.headers()["content-encoding"], "gzip");
        assert_eq!(text(response).await, "\u{1f}not gzip!");
    });
}

#[test]
fn hop_by_hop_headers_are_gone() {
    let head = "HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Private\r\nKeep-Alive: timeout=5\r\nX-Private: 1\r\n\
                Transfer-Encoding: chunked\r\nETag: \"a\"\r\n\r\n";
    let port = pieces(head, Duration::ZERO, &["2\r\nab\r\n0\r\n\r\n"]);
    on_native(|native| async move {
        let response = native.fetch(to(port)).await.unwrap();
        let names: Vec<_> = response.headers().keys().map(http::HeaderName::as_str).collect();
        assert_eq!(names, ["etag"]);
        assert_eq!(text(response).await, "ab");
    });
}

#[test]
fn connections_are_used_again() {
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    let port = upstream(move |_, stream| {
        counter.fetch_add(1, SeqCst);
        answer_all(stream, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody");
    });
    on_native(|native| async move {
        for _ in 0..20 {
            assert_eq!(text(native.fetch(to(port)).await.unwrap()).await, "body");
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(connections.load(SeqCst), 1);
}

/// A server that answers once per connection and does not say that it will close.
fn forgetful(after_first: impl Fn(&mut std::net::TcpStream) + Send + Sync + 'static) -> (u16, Arc<AtomicUsize>) {
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    let port = upstream(move |_, mut stream| {
        if !read_head(&mut stream).is_empty() {
            counter.fetch_add(1, SeqCst);
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody").unwrap();
        }
        after_first(&mut stream);
    });
    (port, requests)
}

#[test]
fn a_used_connection_that_was_closed_costs_no_request() {
    let (port, requests) = forgetful(|_| {});
    on_native(|native| async move {
        for round in 0..50 {
            let mut request = to(port);
            *request.method_mut() = if round % 2 == 0 { Method::GET } else { Method::HEAD };
            native.fetch(request).await.unwrap();
            // In some rounds the host sees the close before the next request, in others it does not.
            native.sleep(Duration::from_millis(round % 3)).await;
        }
    });
    assert_eq!(requests.load(SeqCst), 50);
}

#[test]
fn a_used_connection_that_breaks_under_the_request_is_tried_anew_only_if_that_is_safe() {
    let (port, requests) = forgetful(|stream| drop(read_head(stream)));
    on_native(|native| async move {
        for method in [Method::GET, Method::GET, Method::POST] {
            let result = {
                let mut request = to(port);
                *request.method_mut() = method.clone();
                native.fetch(request).await
            };
            match method {
                Method::POST => assert_eq!(kind(result), Kind::Unavailable),
                _ => assert_eq!(text(result.unwrap()).await, "body"),
            }
            native.sleep(Duration::from_millis(20)).await;
        }
    });
    assert_eq!(requests.load(SeqCst), 2);
}

#[test]
fn a_new_connection_that_breaks_is_not_tried_again() {
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    let port = upstream(move |_, mut stream| {
        counter.fetch_add(1, SeqCst);
        read_head(&mut stream);
    });
    on_native(|native| async move { assert_eq!(kind(native.fetch(to(port)).await), Kind::Unavailable) });
    assert_eq!(connections.load(SeqCst), 1);
}

#[test]
fn a_refused_connection_is_unavailable() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    on_native(|native| async move {
        assert_eq!(kind(native.fetch(to(free)).await), Kind::Unavailable);
        let nowhere = Request::builder().uri("http://no-such-host.invalid/").body(Bytes::new()).unwrap();
        let slow = Timeouts { connect: Duration::from_secs(10), ..Timeouts::DEFAULT };
        assert_eq!(kind(native.fetch(within(nowhere, slow)).await), Kind::Unavailable);
    });
}

#[test]
fn an_answer_that_is_none_is_invalid() {
    for answer in ["nonsense\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"] {
        let port = upstream(move |_, stream| answer_all(stream, answer));
        on_native(|native| async move { assert_eq!(kind(native.fetch(to(port)).await), Kind::Invalid, "{answer}") });
    }
}

#[test]
fn a_request_that_goes_nowhere_is_invalid() {
    on_native(|native| async move {
        for uri in ["/path", "ftp://h.example/", "http://user:word@h.example/"] {
            let request = Request::builder().uri(uri).body(Bytes::new()).unwrap();
            assert_eq!(kind(native.fetch(request).await), Kind::Invalid, "{uri}");
        }
    });
}

#[test]
fn the_connect_timeout_holds_tls_included() {
    let port = upstream(|_, stream| {
        std::thread::sleep(Duration::from_secs(5));
        drop(stream);
    });
    on_native(|native| async move {
        let request = Request::builder().uri(format!("https://127.0.0.1:{port}/")).body(Bytes::new()).unwrap();
        let started = Instant::now();
        let result = native.fetch(within(request, Timeouts { connect: SOON, ..Timeouts::DEFAULT })).await;
        let error = result.err().unwrap();
        assert_eq!((error.kind(), error.operation()), (Kind::Timeout, "fetch.connect"));
        assert!((SOON..SOON * 6).contains(&started.elapsed()), "{:?}", started.elapsed());
    });
}

#[test]
fn the_first_byte_timeout_holds_and_its_connection_is_not_used_again() {
    let port = upstream(|number, mut stream| {
        read_head(&mut stream);
        if number == 0 {
            std::thread::sleep(SOON * 3);
        }
        let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{number}").as_bytes());
    });
    on_native(|native| async move {
        let timeouts = Timeouts { first_byte: SOON, ..Timeouts::DEFAULT };
        let started = Instant::now();
        assert_eq!(kind(native.fetch(within(to(port), timeouts)).await), Kind::Timeout);
        assert!((SOON..SOON * 6).contains(&started.elapsed()), "{:?}", started.elapsed());
        native.sleep(SOON * 3).await;
        assert_eq!(text(native.fetch(within(to(port), timeouts)).await.unwrap()).await, "1");
    });
}

const PIECE: usize = 16 * 1024;
const PIECES: usize = 6;

/// A server that takes its time to read a body, and then does this.
fn reads_slowly(then: fn(&mut std::net::TcpStream)) -> u16 {
    upstream(move |_, mut stream| {
        read_head(&mut stream);
        let mut piece = vec![0; PIECE];
        for _ in 0..PIECES {
            std::thread::sleep(SOON / 2);
            if std::io::Read::read_exact(&mut stream, &mut piece).is_err() {
                return;
            }
        }
        then(&mut stream);
    })
}

#[test]
fn the_first_byte_timeout_leaves_time_to_send_a_large_body() {
    let prompt = reads_slowly(|stream| stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap());
    let silent = reads_slowly(|_| std::thread::sleep(Duration::from_secs(20)));
    on_native(|native| async move {
        let put = |port| {
            let timeouts = Timeouts { first_byte: SOON, ..Timeouts::DEFAULT };
            let mut request = within(to(port), timeouts).map(|_| Bytes::from(vec![0_u8; PIECES * PIECE]));
            *request.method_mut() = Method::PUT;
            native.fetch(request)
        };
        assert_eq!(put(prompt).await.unwrap().status(), 204);
        let started = Instant::now();
        assert_eq!(kind(put(silent).await), Kind::Timeout);
        assert!((SOON..Duration::from_secs(10)).contains(&started.elapsed()), "{:?}", started.elapsed());
    });
}

#[test]
fn the_gap_timeout_holds_between_pieces_and_not_over_all() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    let steady = pieces(HEAD, Duration::from_millis(250), &["ab", "cd", "ef", "gh", "ij"]);
    let stalls = pieces(HEAD, Duration::from_millis(100), &["ab"]);
    on_native(|native| async move {
        let timeouts = Timeouts { between_bytes: Duration::from_secs(1), ..Timeouts::DEFAULT };
        let response = native.fetch(within(to(steady), timeouts)).await.unwrap();
        assert_eq!(text(response).await, "abcdefghij");
        let response = native.fetch(within(to(stalls), timeouts)).await.unwrap();
        let started = Instant::now();
        assert_eq!(kind(Native::collect(response.into_body(), 100).await), Kind::Timeout);
        assert!((900..5000).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
    });
}

#[test]
fn all_are_sent_at_once_and_stand_in_order() {
    let port = upstream(|_, mut stream| {
        let head = read_head(&mut stream);
        let number: u64 = head.split(['/', ' ']).nth(2).unwrap().parse().unwrap();
        std::thread::sleep(Duration::from_millis(300 - number * 20));
        stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{number}").as_bytes()).unwrap();
    });
    on_native(|native| async move {
        let requests: Vec<_> = (0..10)
            .map(|number| {
                let uri = if number == 4 { "ftp://x/".into() } else { format!("http://127.0.0.1:{port}/{number}") };
                Request::builder().uri(uri).body(Bytes::new()).unwrap()
            })
            .collect();
        let started = Instant::now();
        let answers = native.fetch_all(requests).await;
        assert!(started.elapsed() < Duration::from_millis(1500), "one after the other: {:?}", started.elapsed());
        for (number, answer) in answers.into_iter().enumerate() {
            if number == 4 {
                assert_eq!(kind(answer), Kind::Invalid);
            } else {
                assert_eq!(text(answer.unwrap()).await, number.to_string());
            }
        }
        assert!(native.fetch_all(Vec::new()).await.is_empty());
    });
}

#[test]
fn a_request_given_up_is_taken_back() {
    let (left, gone) = std::sync::mpsc::channel();
    let port = upstream(move |_, mut stream| {
        read_head(&mut stream);
        assert_eq!(read_head(&mut stream), "");
        left.send(()).unwrap();
    });
    on_native(|native| async move {
        assert!(tokio::time::timeout(SOON, native.fetch_all(vec![to(port), to(port)])).await.is_err());
        native.sleep(SOON).await;
    });
    for _ in 0..2 {
        gone.recv_timeout(Duration::from_secs(2)).expect("the connection is closed");
    }
}

#[test]
fn collect_gives_the_whole_body_up_to_its_limit() {
    const SIZED: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let pause = Duration::from_millis(10);
    let ports = [
        pieces(SIZED, Duration::ZERO, &["0123456789"]),
        pieces(SIZED, pause, &["012", "345", "6789"]),
        pieces(CHUNKED, pause, &["3\r\n012\r\n", "3\r\n345\r\n", "4\r\n6789\r\n", "0\r\n\r\n"]),
    ];
    on_native(|native| async move {
        for port in ports {
            for (max, wanted) in [(100, true), (10, true), (9, false), (4, false), (0, false)] {
                let body = native.fetch(to(port)).await.unwrap().into_body();
                match Native::collect(body, max).await {
                    Ok(whole) => assert!(wanted && whole == "0123456789", "{max}: {whole:?}"),
                    Err(error) => assert!(!wanted && error.kind() == Kind::TooLarge, "{max}: {error}"),
                }
            }
        }
        let made = || Body::from(Bytes::from_static(b"made"));
        assert_eq!(Native::collect(made(), 4).await.unwrap(), "made");
        assert_eq!(kind(Native::collect(made(), 3).await), Kind::TooLarge);
        assert_eq!(Native::collect(Body::from(Bytes::new()), 0).await.unwrap(), "");
    });
}

#[test]
fn a_body_cut_short_is_unavailable() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n012345678",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n012\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n012\r\nzz\r\n",
    ] {
        let port = upstream(move |_, mut stream| {
            read_head(&mut stream);
            stream.write_all(answer.as_bytes()).unwrap();
        });
        on_native(|native| async move {
            let body = native.fetch(to(port)).await.unwrap().into_body();
            assert_eq!(kind(Native::collect(body, 100).await), Kind::Unavailable, "{answer}");
        });
    }
}

#[test]
fn joined_bodies_follow_each_other() {
    let whole = pieces("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", Duration::from_millis(10), &["012", "345"]);
    let short = upstream(|_, mut stream| {
        read_head(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n678").unwrap();
    });
    let made = |text: &'static str| Body::from(Bytes::from_static(text.as_bytes()));
    on_native(|native| async move {
        let arriving = async |port| native.fetch(to(port)).await.unwrap().into_body();
        let joined = || async {
            Native::join(vec![made("<"), arriving(whole).await, made(""), made("|"), arriving(whole).await])
        };
        assert_eq!(Native::collect(joined().await, 14).await.unwrap(), "<012345|012345");
        assert_eq!(kind(Native::collect(joined().await, 13).await), Kind::TooLarge);
        assert_eq!(Native::collect(Native::join(Vec::new()), 0).await.unwrap(), "");
        let nested = Native::join(vec![made("("), joined().await, made(")")]);
        assert_eq!(Native::collect(nested, 100).await.unwrap(), "(<012345|012345)");
        let broken = Native::join(vec![made("<"), arriving(short).await, made(">")]);
        assert_eq!(kind(Native::collect(broken, 100).await), Kind::Unavailable);
    });
}

#[test]
fn sleep_waits() {
    on_native(|native| async move {
        let started = Instant::now();
        native.sleep(Duration::from_millis(50)).await;
        assert!(started.elapsed() >= Duration::from_millis(50));
    });
}
