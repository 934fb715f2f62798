//! Clients that speak HTTP/2.

use std::{
    io::{Read, Write},
    time::{Duration, Instant},
};

use bytes::Bytes;
use h2::{
    RecvStream,
    client::{Builder, SendRequest},
};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use platform_native::{Config, HostNames};
use rustls::{ClientConnection, StreamOwned};
use tokio::{net::TcpStream, task::JoinHandle};
use tokio_rustls::TlsConnector;

use crate::{
    over_tls::{Site, start},
    support::{self, read_head, upstream},
};

/// A connection. Its answers are read only as far as a test reads them.
pub struct Client {
    pub send: SendRequest<Bytes>,
    pub connection: JoinHandle<Result<(), h2::Error>>,
}

impl Client {
    pub async fn connect(site: &Site) -> Self {
        Self::with(site, |_| {}).await
    }

    /// With settings of its own.
    pub async fn with(site: &Site, change: impl FnOnce(&mut Builder)) -> Self {
        let stream = TcpStream::connect(site.host.address).await.unwrap();
        let connector = TlsConnector::from(site.client(&["h2", "http/1.1"]));
        let stream = connector.connect("localhost".try_into().unwrap(), stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let mut builder = Builder::new();
        builder.initial_connection_window_size(64 << 20).initial_window_size(8 << 20);
        change(&mut builder);
        let (send, connection) = builder.handshake(stream).await.unwrap();
        Self { send, connection: tokio::spawn(connection) }
    }

    /// Sends a request without a body. The answer's head is what is waited for.
    pub async fn ask(&mut self, request: Request<()>) -> Result<Response<RecvStream>, h2::Error> {
        let mut ready = self.send.clone().ready().await?;
        ready.send_request(request, true)?.0.await
    }

    pub async fn get(&mut self, target: &str) -> Response<RecvStream> {
        self.ask(request(target)).await.unwrap()
    }

    /// Waits until the host has ended the connection, with leave-taking or without.
    pub async fn ended(self) {
        let _held = self.send;
        if let Err(error) = self.connection.await.unwrap() {
            assert!(error.is_io() || error.reason() == Some(h2::Reason::NO_ERROR), "{error:?}");
        }
    }

    pub async fn text(&mut self, target: &str) -> String {
        let body = read(self.get(target).await.into_body()).await.unwrap();
        String::from_utf8(body).unwrap()
    }
}

pub fn request(target: &str) -> Request<()> {
    Request::get(format!("https://localhost{target}")).body(()).unwrap()
}

const PROBLEM: &str = "application/problem+json";

fn field<'a, B>(answer: &'a Response<B>, name: &str) -> &'a str {
    answer.headers()[name].to_str().unwrap()
}

/// Reads a body to its end.
pub async fn read(mut body: RecvStream) -> Result<Vec<u8>, h2::Error> {
    let mut all = Vec::new();
    while let Some(piece) = body.data().await {
        let piece = piece?;
        body.flow_control().release_capacity(piece.len())?;
        all.extend_from_slice(&piece);
    }
    Ok(all)
}

pub fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

#[test]
fn clients_that_know_it_get_it_and_others_get_http_1() {
    let site = start(|_| {});
    run(async {
        let mut client = Client::connect(&site).await;
        let answer = client.get("/facts").await;
        assert_eq!((answer.status(), answer.version()), (StatusCode::OK, http::Version::HTTP_2));
        assert!(answer.headers().contains_key("date"));
        assert_eq!(read(answer.into_body()).await.unwrap(), b"true 127.0.0.1");
    });
    for protocols in [&["http/1.1"][..], &[]] {
        let connection = ClientConnection::new(site.client(protocols), "localhost".try_into().unwrap()).unwrap();
        let mut stream = StreamOwned::new(connection, site.host.connect());
        stream.write_all(b"GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut all = String::new();
        stream.read_to_string(&mut all).unwrap();
        assert!(all.starts_with("HTTP/1.1 200 ") && all.ends_with("hello"), "{all}");
    }
    assert!(site.host.log.wait(3).iter().all(|line| line["status"] == 200));
}

#[test]
fn many_requests_at_once_have_their_bodies_and_their_lines() {
    const SIZES: [usize; 9] = [0, 1, 300, 16_383, 16_384, 16_385, 65_536, 100_000, 3_000_000];
    let site = start(|options| options.workers = 1);
    run(async {
        let mut client = Client::connect(&site).await;
        client.get("/hello").await;
        assert_eq!(client.send.current_max_send_streams(), 100);
        let started = Instant::now();
        let mut asked = Vec::new();
        for index in 0..90 {
            let n = SIZES[index % SIZES.len()];
            let mut ready = client.send.clone().ready().await.unwrap();
            let answer = ready.send_request(request(&format!("/bytes?n={n}")), true).unwrap().0;
            asked.push((n, answer));
            if index % 10 == 0 {
                let answer = ready.ready().await.unwrap().send_request(request("/slow?ms=500"), true).unwrap().0;
                asked.push((4, answer));
            }
        }
        for (n, answer) in asked {
            let answer = answer.await.unwrap();
            assert_eq!(answer.status(), 200);
            assert_eq!(read(answer.into_body()).await.unwrap().len(), n);
        }
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    });
    let lines = site.host.log.wait(1 + 99);
    for n in SIZES {
        let whole = lines.iter().filter(|line| line["bytes"] == n && line.get("complete").is_none()).count();
        assert!(whole >= 10, "{n}: {whole}");
    }
}

#[test]
fn a_body_is_handed_on_whole_with_its_length() {
    let site = start(|_| {});
    let body = "0123456789".repeat(200_000);
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nX-From: up\r\n\r\n{body}", body.len());
    let port = upstream(move |_, stream| support::answer_all(stream, &answer));
    let chunked = upstream(|_, stream| {
        support::answer_all(
            stream,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        );
    });
    run(async {
        let mut client = Client::connect(&site).await;
        for _ in 0..3 {
            let got = client.get(&format!("/proxy?port={port}")).await;
            assert_eq!(["content-length", "x-from"].map(|name| field(&got, name)), ["2000000", "up"]);
            assert!(read(got.into_body()).await.unwrap() == body.as_bytes());
        }
        let got = client.get(&format!("/proxy?port={chunked}")).await;
        assert!(!got.headers().contains_key("transfer-encoding"));
        assert_eq!(read(got.into_body()).await.unwrap(), b"abcde");
    });
    for line in &site.host.log.wait(4)[..3] {
        assert_eq!((&line["bytes"], line.get("complete")), (&2_000_000.into(), None));
    }
}

#[test]
fn head_and_304_have_their_length_and_no_body() {
    let site = start(|_| {});
    let unchanged = upstream(|_, stream| {
        support::answer_all(stream, "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n");
    });
    let long = upstream(|_, stream| support::answer_all(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"));
    run(async {
        let mut client = Client::connect(&site).await;
        let got = client.get(&format!("/proxy?port={unchanged}")).await;
        assert_eq!((got.status().as_u16(), field(&got, "etag")), (304, "\"a\""));
        assert!(got.body().is_end_stream());
        for (target, length) in [(format!("/proxy?port={long}"), "1234"), ("/bytes?n=100000".to_owned(), "100000")] {
            let mut head = request(&target);
            *head.method_mut() = Method::HEAD;
            let got = client.ask(head).await.unwrap();
            assert_eq!((got.status().as_u16(), field(&got, "content-length")), (200, length));
            assert!(got.body().is_end_stream());
        }
    });
    for line in site.host.log.wait(3) {
        assert_eq!((&line["bytes"], line.get("complete")), (&0.into(), None), "{line}");
    }
}

#[test]
fn a_body_that_breaks_off_resets_its_stream_alone() {
    let site = start(|_| {});
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n",
    ] {
        let port = upstream(move |_, mut stream| {
            read_head(&mut stream);
            stream.write_all(answer.as_bytes()).unwrap();
        });
        run(async {
            let mut client = Client::connect(&site).await;
            let broken = read(client.get(&format!("/proxy?port={port}")).await.into_body()).await;
            assert!(broken.unwrap_err().is_reset());
            assert_eq!(client.text("/hello").await, "hello");
        });
    }
    let lines = site.host.log.wait(4);
    let broken: Vec<_> = lines.iter().filter(|line| line["complete"] == false).collect();
    assert_eq!(broken.len(), 2);
    assert!(
        broken.iter().all(|line| line["failure"].as_str().unwrap().contains("body.read: Unavailable")),
        "{lines:?}"
    );
}

#[test]
fn a_client_that_gives_up_one_answer_goes_on_with_others() {
    const WHOLE: u64 = 64 << 20;
    let site = start(|_| {});
    run(async {
        let mut client = Client::connect(&site).await;
        let mut given_up = client.get(&format!("/bytes?n={WHOLE}")).await.into_body();
        let mut got = 0;
        while got < 1 << 20 {
            let piece = given_up.data().await.unwrap().unwrap().len();
            given_up.flow_control().release_capacity(piece).unwrap();
            got += piece;
        }
        drop(given_up);
        tokio::time::sleep(Duration::from_millis(300)).await;
        let line = &site.host.log.wait(1)[0];
        let bytes = line["bytes"].as_u64().unwrap();
        assert!(line["complete"] == false && (1 << 20..WHOLE).contains(&bytes), "{line}");
        // Before there is an answer.
        let mut ready = client.send.clone().ready().await.unwrap();
        let (answer, _) = ready.send_request(request("/slow?ms=60000"), true).unwrap();
        assert_eq!(client.text("/slow?ms=300").await, "slow");
        drop(answer);
        assert_eq!(client.text("/slow?ms=300").await, "slow");
        tokio::time::sleep(Duration::from_millis(300)).await;
        let lines = site.host.log.wait(4);
        let line = lines.iter().find(|line| line["status"] == 499).unwrap();
        assert_eq!((&line["complete"], &line["bytes"]), (&false.into(), &0.into()));
    });
}

#[test]
fn the_authority_is_the_host_and_cookies_are_one_line() {
    let names = Config::empty().with("ALLOWED_HOSTS", "gallery.example");
    let names = names.read(|lookup| HostNames::load(&lookup)).unwrap();
    let site = start(|options| options.host_names = names);
    run(async {
        let mut client = Client::connect(&site).await;
        let ask = |uri: &str, fields: &[(&'static str, &str)]| {
            let mut request = Request::get(uri).body(()).unwrap();
            for (name, value) in fields {
                request.headers_mut().append(*name, value.parse().unwrap());
            }
            request
        };
        for (uri, fields, status) in [
            ("https://gallery.example:8443/target?a=1", &[][..], 200),
            ("https://localhost/hello", &[("host", "LOCALHOST")], 200),
            ("https://evil.example/hello", &[], 421),
            ("https://evil.example/hello", &[("host", "localhost")], 400),
            ("https://localhost/hello", &[("host", "evil.example")], 400),
            ("https://localhost/hello", &[("host", "localhost"), ("host", "localhost")], 400),
        ] {
            let answer = client.ask(ask(uri, fields)).await.unwrap();
            assert_eq!(answer.status(), status, "{uri} {fields:?}");
            if status >= 400 {
                assert_eq!(field(&answer, "content-type"), PROBLEM);
            }
            let body = String::from_utf8(read(answer.into_body()).await.unwrap()).unwrap();
            if uri.contains("target") {
                assert_eq!(body, "/target?a=1 gallery.example:8443");
            }
        }
        let mut connect = Request::connect("localhost:443").body(()).unwrap();
        assert_eq!(client.ask(connect.clone()).await.unwrap().status(), 400);
        *connect.method_mut() = Method::GET;
        assert!(!client.ask(connect).await.is_ok_and(|answer| answer.status() == 200), "a target without a path");
        let mut client = Client::connect(&site).await;
        for (lines, seen) in
            [(&["a=1; b=2", "c=3", "d=\"4\""][..], "a=1; b=2; c=3; d=\"4\""), (&["a=1"], "a=1"), (&[], "")]
        {
            let fields: Vec<_> = lines.iter().map(|line| ("cookie", *line)).collect();
            let answer = client.ask(ask("https://localhost/cookies", &fields)).await.unwrap();
            assert_eq!(read(answer.into_body()).await.unwrap(), seen.as_bytes());
        }
    });
    assert!(!site.host.log.text().contains("evil"));
}

#[test]
fn a_head_that_is_too_long_is_refused() {
    let site = start(|_| {});
    run(async {
        let mut client = Client::connect(&site).await;
        let with = |length: usize| {
            let mut headers = HeaderMap::new();
            headers.insert("x", "x".repeat(length).parse().unwrap());
            let mut request = request("/hello");
            *request.headers_mut() = headers;
            request
        };
        assert_eq!(client.ask(with(30_000)).await.unwrap().status(), 200);
        let refused = client.ask(with(40_000)).await.unwrap();
        assert_eq!((refused.status().as_u16(), field(&refused, "content-type")), (431, PROBLEM));
        assert_eq!(client.ask(with(90_000)).await.unwrap().status(), 431);
        assert_eq!(client.text("/hello").await, "hello");
    });
    let statuses: Vec<_> = site.host.log.wait(3).iter().map(|line| line["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [200, 431, 200]);
}

#[test]
fn request_bodies_arrive_and_have_a_time_as_a_whole() {
    let site = start(|options| options.body_timeout = Duration::from_millis(600));
    run(async {
        let mut client = Client::connect(&site).await;
        let post = || Request::post("https://localhost/echo").body(()).unwrap();
        let mut ready = client.send.clone().ready().await.unwrap();
        let (answer, mut body) = ready.send_request(post(), false).unwrap();
        body.send_data("bo".into(), false).unwrap();
        body.send_data("dy".into(), true).unwrap();
        assert_eq!(read(answer.await.unwrap().into_body()).await.unwrap(), b"body");
        let (answer, mut body) = ready.ready().await.unwrap().send_request(post(), false).unwrap();
        body.send_data("x".into(), false).unwrap();
        let started = Instant::now();
        let answer = answer.await.unwrap();
        assert!((500..5000).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
        assert_eq!((answer.status().as_u16(), field(&answer, "content-type")), (408, PROBLEM));
        assert_eq!(client.text("/slow?ms=900").await, "slow");
    });
    assert_eq!(site.host.log.wait(3)[1]["status"], 408);
}

#[test]
fn what_is_not_http_2_leaves_a_line() {
    let site = start(|_| {});
    let connection = ClientConnection::new(site.client(&["h2"]), "localhost".try_into().unwrap()).unwrap();
    let mut stream = StreamOwned::new(connection, site.host.connect());
    stream.write_all(b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let _ = stream.read_to_end(&mut Vec::new());
    let line = &site.host.log.wait(1)[0];
    assert_eq!((&line["status"], &line["client"]), (&400.into(), &"127.0.0.0/24".into()));
    assert!(line["failure"].as_str().unwrap().contains("HTTP/2"), "{line}");
}

/// CVE-2023-44487: requests that are taken back at once.
#[test]
fn a_flood_of_resets_ends_its_connection_alone() {
    let site = start(|options| options.workers = 1);
    let mut flood = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    for stream in (1..4000_u32).step_by(2).map(u32::to_be_bytes) {
        // HEADERS of GET https://localhost/slow in fields of HPACK's static table and literals, then RST_STREAM.
        let fields = [&b"\x82\x87\x04\x05/slow\x01\x09localhost"[..]].concat();
        flood.extend([0, 0, u8::try_from(fields.len()).unwrap(), 1, 5]);
        flood.extend(stream);
        flood.extend(fields);
        flood.extend([0, 0, 4, 3, 0]);
        flood.extend(stream);
        flood.extend([0, 0, 0, 8]);
    }
    let connection = ClientConnection::new(site.client(&["h2"]), "localhost".try_into().unwrap()).unwrap();
    let mut stream = StreamOwned::new(connection, site.host.connect());
    let _ = stream.write_all(&flood);
    let started = Instant::now();
    let _ = stream.read_to_end(&mut Vec::new());
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    run(async { assert_eq!(Client::connect(&site).await.text("/hello").await, "hello") });
    std::thread::sleep(Duration::from_millis(300));
    let log = site.host.log.text();
    assert_eq!(log.matches("broke the rules of HTTP/2").count(), 1, "{log}");
}
