//! The host as clients see it: requests, panics, the log, the shutdown.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod crowds;
mod endings;
mod long_work;
mod over_http2;
mod over_tls;
#[path = "../support/mod.rs"]
mod support;
mod windows;

use std::{
    collections::HashSet,
    io::{Read, Write},
    time::{Duration, Instant},
};

use platform::LogClient;
use platform_native::{Config, HostNames};
use support::{Answer, read_head, start, start_with, upstream};

#[test]
fn a_request_is_answered_and_logged() {
    let host = start();
    let answer = host.get("/hello?token=secret");
    assert_eq!((answer.status(), answer.text()), (200, "hello"));
    assert_eq!(answer.header("content-length"), Some("5"));
    assert!(answer.header("date").is_some() && answer.header("server-timing").is_some());
    let line = &host.log.wait(1)[0];
    assert_eq!(line["request_id"], answer.header("x-request-id").unwrap());
    assert_eq!(line["request_id"].as_str().unwrap().len(), 16);
    for (name, value) in [("service", "probe"), ("route", "/hello"), ("method", "GET"), ("cache", "bypass")] {
        assert_eq!(line[name], value);
    }
    assert_eq!((&line["status"], &line["bytes"]), (&200.into(), &5.into()));
    assert!(line["ms"].as_f64().unwrap() < 1000.0 && line.get("complete").is_none());
    assert!(!host.log.text().contains("secret"));
}

#[test]
fn the_log_and_server_timing_have_the_same_counts() {
    let host = start();
    let answer = host.get("/costs");
    let timing = answer.header("server-timing").unwrap();
    for part in ["cache;desc=hit", "kv-reads;desc=2", "kv-writes;desc=1", "store-calls;desc=0", "sql-queries;desc=1"] {
        assert!(timing.contains(part), "{timing}");
    }
    let line = &host.log.wait(1)[0];
    assert_eq!(line["kv_reads"], 2);
    assert_eq!((&line["kv_writes"], &line["sql_queries"]), (&1.into(), &1.into()));
}

#[test]
fn a_method_outside_the_known_ones_is_logged_as_other() {
    let host = start();
    host.send("SECRETWORD /hello HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    assert_eq!(host.log.wait(1)[0]["method"], "OTHER");
}

#[test]
fn head_has_the_length_and_no_body() {
    let host = start();
    let answer = host.send("HEAD /bytes?n=100000 HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    assert_eq!((answer.header("content-length"), answer.body.len()), (Some("100000"), 0));
    let line = &host.log.wait(1)[0];
    assert_eq!(line["bytes"], 0);
    assert!(line.get("complete").is_none(), "{line}");
}

#[test]
fn a_connection_serves_many_requests() {
    let host = start();
    let mut stream = host.connect();
    for _ in 0..100 {
        stream.write_all(b"GET /hello HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
        read_head(&mut stream);
        let mut body = [0; 5];
        stream.read_exact(&mut body).unwrap();
        assert_eq!(&body, b"hello");
    }
    let lines = host.log.wait(100);
    let ids: HashSet<_> = lines.iter().map(|line| line["request_id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 100);
}

#[test]
fn pipelined_requests_are_answered_and_logged_in_order() {
    let host = start();
    let answer = host.send(
        "GET /bytes?n=7 HTTP/1.1\r\nHost: t\r\n\r\nGET /bytes?n=8 HTTP/1.1\r\nHost: t\r\n\r\n\
         GET /bytes?n=9 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n",
    );
    assert_eq!(answer.text().matches("HTTP/1.1 200 OK").count(), 2, "and one in the head");
    let bytes: Vec<_> = host.log.wait(3).iter().map(|line| line["bytes"].as_u64().unwrap()).collect();
    assert_eq!(bytes, [7, 8, 9]);
}

#[test]
fn a_panic_is_a_500_with_the_request_id_and_the_worker_lives() {
    let host = start_with(|options| options.workers = 1);
    for target in ["/panic", "/panic?after=1"] {
        let answer = host.get(target);
        assert_eq!(answer.status(), 500);
        let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(problem["requestId"], answer.header("x-request-id").unwrap());
        assert!(!answer.text().contains("secret-words"));
    }
    assert_eq!(host.get("/hello").status(), 200);
    let lines = host.log.wait(3);
    assert_eq!((&lines[0]["status"], &lines[0]["route"]), (&500.into(), &"/panic".into()));
    assert!(lines[0]["failure"].as_str().unwrap().contains("panicked"));
    assert!(!host.log.text().contains("secret-words"));
}

#[test]
fn a_panic_leaves_the_requests_beside_it_alone() {
    let host = start_with(|options| options.workers = 1);
    let beside: Vec<_> = (0..15)
        .map(|_| {
            let mut stream = host.connect();
            stream.write_all(b"GET /slow?ms=200 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").unwrap();
            stream
        })
        .collect();
    assert_eq!(host.get("/panic").status(), 500);
    for mut stream in beside {
        assert_eq!(Answer::read(&mut stream).text(), "slow");
    }
}

#[test]
fn requests_wait_side_by_side_in_one_worker() {
    let host = start_with(|options| options.workers = 1);
    let started = Instant::now();
    let waiting: Vec<_> = (0..30)
        .map(|_| {
            let mut stream = host.connect();
            stream.write_all(b"GET /slow?ms=300 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").unwrap();
            stream
        })
        .collect();
    for mut stream in waiting {
        assert_eq!(Answer::read(&mut stream).text(), "slow");
    }
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}

#[test]
fn connections_are_shared_out_evenly() {
    let host = start();
    let mut seen = Vec::new();
    let mut open = Vec::new();
    for _ in 0..20 {
        let mut stream = host.connect();
        stream.write_all(b"GET /thread HTTP/1.1\r\nHost: t\r\n\r\n").unwrap();
        read_head(&mut stream);
        let mut name = [0; 8];
        stream.read_exact(&mut name).unwrap();
        seen.push(String::from_utf8(name.to_vec()).unwrap());
        open.push(stream);
    }
    assert_eq!(seen.iter().filter(|name| *name == "worker-0").count(), 10, "{seen:?}");
}

#[test]
fn a_body_is_handed_on_whole_with_its_length() {
    let host = start();
    let body = "0123456789".repeat(200_000);
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nX-From: up\r\n\r\n{body}", body.len());
    let port = upstream(move |_, stream| support::answer_all(stream, &answer));
    for _ in 0..3 {
        let got = host.get(&format!("/proxy?port={port}"));
        assert!(got.body == body.as_bytes() && got.error.is_none());
        assert_eq!(got.header("content-length"), Some("2000000"));
        assert_eq!(got.header("x-from"), Some("up"));
    }
    for line in host.log.wait(3) {
        assert_eq!((&line["bytes"], line.get("complete")), (&2_000_000.into(), None));
    }
}

#[test]
fn head_and_304_pass_with_their_length_and_without_a_body() {
    let host = start();
    let port = upstream(|_, mut stream| {
        while !read_head(&mut stream).is_empty() {
            stream.write_all(b"HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n").unwrap();
        }
    });
    let got = host.get(&format!("/proxy?port={port}"));
    assert_eq!((got.status(), got.header("etag"), got.body.len()), (304, Some("\"a\""), 0));
    let port = upstream(|_, stream| support::answer_all(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"));
    let got = host.send(&format!("HEAD /proxy?port={port} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"));
    assert_eq!((got.status(), got.header("content-length"), got.body.len()), (200, Some("1234"), 0));
    for line in host.log.wait(2) {
        assert!(line.get("complete").is_none(), "{line}");
    }
}

#[test]
fn targets() {
    let host = start();
    for (target, host_header, seen) in [
        ("/target?a=1", "h.example", "/target?a=1 h.example"),
        ("http://real.example:81/target?b", "other.example", "/target?b real.example:81"),
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nHost: {host_header}\r\nConnection: close\r\n\r\n");
        assert_eq!(host.send(&request).text(), seen);
    }
    for request in [
        "OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
        "CONNECT h.example:443 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
        "GET /target HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET /target HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
    ] {
        let answer = host.send(request);
        assert_eq!(answer.status(), 400, "{request}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    }
    assert_eq!(host.send("GET /target HTTP/1.0\r\n\r\n").text(), "/target -");
}

#[test]
fn a_host_name_that_is_not_the_gallery_s_is_misdirected() {
    let names = Config::empty().with("ALLOWED_HOSTS", "gallery.example");
    let names = names.read(|lookup| HostNames::load(&lookup)).unwrap();
    let host = start_with(|options| options.host_names = names);
    let ask = |target: &str, name: &str| {
        host.send(&format!("GET {target} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n"))
    };
    for name in ["gallery.example:8443", "127.0.0.1", "[::1]:80", "localhost:8080"] {
        assert_eq!(ask("/hello", name).text(), "hello", "{name}");
    }
    // The target's authority is what counts (RFC 9112 section 3.2.2).
    assert_eq!(ask("http://gallery.example/hello", "evil.example").text(), "hello");
    for (target, name) in [("/hello", "evil.example"), ("http://evil.example/hello", "localhost"), ("/hello", "")] {
        let answer = ask(target, name);
        assert_eq!((answer.status(), answer.header("content-type")), (421, Some("application/problem+json")));
        assert!(answer.text().contains("ALLOWED_HOSTS"), "{}", answer.text());
    }
    let lines = host.log.wait(8);
    let refused: Vec<_> = lines.iter().filter(|line| line["status"] == 421).collect();
    assert_eq!(refused.len(), 3);
    assert!(refused.iter().all(|line| line["failure"].as_str().unwrap().contains("ALLOWED_HOSTS")));
    assert!(!host.log.text().contains("evil"));
}

#[test]
fn what_is_not_http_is_refused() {
    let host = start();
    assert_eq!(host.send("nonsense\r\n\r\n").status(), 400);
    let line = &host.log.wait(1)[0];
    assert_eq!((&line["status"], &line["service"]), (&400.into(), &"host".into()));
    assert_eq!(line["client"], "127.0.0.0/24");
    assert!(line["failure"].as_str().unwrap().contains("not a request"), "{line}");
    assert_eq!(line["request_id"].as_str().unwrap().len(), 16);
    let long = format!("GET /hello HTTP/1.1\r\nHost: t\r\nX: {}\r\n\r\n", "x".repeat(40_000));
    assert_eq!(host.send(&long).status(), 431);
    let line = &host.log.wait(2)[1];
    assert_eq!(line["status"], 431);
    assert!(line["failure"].as_str().unwrap().contains("too long"), "{line}");
    assert!(!host.log.text().contains("nonsense") && !host.log.text().contains("xxx"));
    let fits = format!("GET /hello HTTP/1.1\r\nHost: t\r\nConnection: close\r\nX: {}\r\n\r\n", "x".repeat(30_000));
    assert_eq!(host.send(&fits).status(), 200);
}

#[test]
fn request_bodies_arrive_and_are_limited() {
    let host = start();
    let post = |length: usize, body: &str| {
        host.send(&format!(
            "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        ))
    };
    assert_eq!(post(4, "body").text(), "body");
    assert_eq!(post(0, "").text(), "");
    assert_eq!(post(1000, &"x".repeat(1000)).body.len(), 1000);
    assert_eq!(post(1001, &"x".repeat(1001)).status(), 502);
    let chunked = host.send(
        "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
         3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    );
    assert_eq!(chunked.text(), "abcde");
}

#[test]
fn forwarded_headers_count_only_where_they_are_trusted() {
    let request = "GET /facts HTTP/1.1\r\nHost: t\r\nConnection: close\r\nX-Forwarded-Proto: https,http\r\n\
                   X-Forwarded-For: 203.0.113.9, 198.51.100.7\r\n\r\n";
    assert_eq!(start().send(request).text(), "false 127.0.0.1");
    let host = start_with(|options| options.trust_forwarded = true);
    assert_eq!(host.send(request).text(), "true 198.51.100.7");
    assert_eq!(host.get("/facts").text(), "false 127.0.0.1");
    // The log shows whom the facts name.
    let clients: Vec<_> = host.log.wait(2).iter().map(|line| line["client"].as_str().unwrap().to_owned()).collect();
    assert_eq!(clients, ["198.51.100.0/24", "127.0.0.0/24"]);
}

#[test]
fn the_log_shows_as_much_of_an_address_as_it_is_told() {
    for (log_client, shown) in [(LogClient::Whole, "127.0.0.1".into()), (LogClient::Off, serde_json::Value::Null)] {
        let host = start_with(|options| options.log_client = log_client);
        host.get("/hello");
        host.send("nonsense\r\n\r\n");
        assert!(host.log.wait(2).iter().all(|line| line["client"] == shown), "{}", host.log.text());
    }
}

#[test]
fn each_listener_has_its_service() {
    struct Other;
    impl platform::Service for Other {
        async fn handle<P: platform::Platform>(
            &self,
            _: &platform::Cx<'_, P>,
            _: http::Request<P::Body>,
        ) -> http::Response<P::Body> {
            edge::respond::bytes(http::StatusCode::OK, "text/plain", "other")
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let mut options = platform_native::Options::new(dir.path());
    options.log = Box::new(std::io::sink());
    let mut host = platform_native::Host::new(options);
    let [first, second] = [(), ()].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    let addresses = [&first, &second].map(|listener| listener.local_addr().unwrap());
    host.mount(first, || support::Probe).mount(second, || Other);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = std::thread::spawn(move || host.run(async move { drop(stopped.await) }));
    for (address, wanted) in addresses.into_iter().zip(["hello", "other"]) {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.write_all(b"GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        assert_eq!(Answer::read(&mut stream).text(), wanted);
    }
    drop(stop);
    running.join().unwrap().unwrap();
}

#[test]
fn a_clock_that_went_back_stops_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let run = || {
        let mut options = platform_native::Options::new(dir.path());
        options.log = Box::new(std::io::sink());
        platform_native::Host::new(options).run(async { tokio::time::sleep(Duration::from_millis(50)).await })
    };
    let clock = dir.path().join("clock");
    run().unwrap();
    let seen: u64 = std::fs::read_to_string(&clock).unwrap().trim().parse().unwrap();
    assert!((now..now + 60).contains(&seen));
    std::fs::write(&clock, format!("{}", now + 3600)).unwrap();
    let error = run().unwrap_err().to_string();
    assert!(error.contains("set the clock right") && error.contains(clock.to_str().unwrap()), "{error}");
    assert_eq!(error.lines().count(), 1);
    std::fs::remove_file(&clock).unwrap();
    run().unwrap();
}

#[test]
fn a_database_that_cannot_be_opened_is_one_clear_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("gallery.db");
    std::fs::write(&path, "this is not a database, and longer than a header of one hundred bytes would be".repeat(9))
        .unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut host = platform_native::Host::new(platform_native::Options::new(dir.path()));
    host.mount(listener, || support::Probe);
    let error = host.run(std::future::pending()).unwrap_err().to_string();
    assert!(error.contains(path.to_str().unwrap()) && error.contains("not a database"), "{error}");
    assert_eq!(error.lines().count(), 1);
}
