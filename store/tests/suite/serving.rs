//! Connections, shutdown, and requests that make no sense.

use std::{
    io::{BufReader, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::common::{client::read_head, request, start, start_in};

#[test]
fn a_connection_serves_many_requests() {
    let store = start();
    store.put("a", "bytes").ok(200);
    let url = store.get_url("a");
    let target = url.split_once(&store.addr().to_string()).unwrap().1;
    let mut stream = TcpStream::connect(store.addr()).unwrap();
    for _ in 0..3 {
        write!(stream, "GET {target} HTTP/1.1\r\nhost: {}\r\n\r\n", store.addr()).unwrap();
        let mut reader = BufReader::new(&stream);
        assert_eq!(read_head(&mut reader).0, 200);
        let mut body = [0; 5];
        reader.read_exact(&mut body).unwrap();
        assert_eq!(&body, b"bytes");
    }
}

#[test]
fn stopping_lets_a_download_end_and_refuses_new_ones() {
    let store = start();
    let body = vec![7; 16 << 20];
    store.put("a", &body).ok(200);
    let addr = store.addr();
    let download = request("GET", &store.get_url("a")).open();
    let mut reader = BufReader::new(download);
    assert_eq!(read_head(&mut reader).0, 200);
    let rest = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        let mut got = vec![];
        reader.read_to_end(&mut got).unwrap();
        got
    });
    let since = Instant::now();
    drop(store.stop());
    assert!(since.elapsed() < Duration::from_secs(4), "{:?}", since.elapsed());
    assert!(rest.join().unwrap() == body);
    assert!(TcpStream::connect(addr).is_err());
}

#[test]
fn dropping_stops() {
    let folder = tempfile::tempdir().unwrap();
    let running = store::spawn(crate::common::config(folder.path()), ([127, 0, 0, 1], 0).into()).unwrap();
    let addr = running.addr();
    drop(running);
    assert!(TcpStream::connect(addr).is_err());
    drop(start_in(folder));
}

#[test]
fn nonsense_is_answered_and_the_store_lives_on() {
    let store = start();
    for line in [
        "GET / HTTP/1.1",
        "BREW /pot HTTP/1.1",
        "GET /%zz HTTP/1.1",
        "GET /gallery/a?X-Amz-Signature HTTP/1.1",
        "GET /gallery/a?X-Amz-Signature=x&X-Amz-Expires=1&X-Amz-Credential=//// HTTP/1.1",
        "GET /gallery/a?X-Amz-Signature=x&X-Amz-Expires=1&X-Amz-Credential=a/b/auto/s3/aws4_request HTTP/1.1",
        "GET /gallery/a?%ff=%ff HTTP/1.1",
        "PUT /gallery HTTP/1.1",
        "DELETE / HTTP/1.1",
        "POST /gallery/a?uploads HTTP/1.1",
        "GET http://else.example/gallery/a HTTP/1.1",
        "CONNECT a:1 HTTP/1.1",
        "garbage",
        "GET / HTTP/9.9",
    ] {
        for header in [
            "authorization: AWS4-HMAC-SHA256",
            "authorization: AWS4-HMAC-SHA256 Credential=,=,,",
            "range: bytes=\u{e9}",
        ] {
            let mut stream = TcpStream::connect(store.addr()).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            let request = format!("{line}\r\nhost: x\r\n{header}\r\nconnection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).unwrap();
            let mut response = vec![];
            stream.read_to_end(&mut response).unwrap();
            let text = String::from_utf8_lossy(&response);
            assert!(text.starts_with("HTTP/1.1 4") || text.starts_with("HTTP/1.1 501"), "{line} | {header}: {text}");
        }
    }
    store.put("a", "x").ok(200);
    assert_eq!(store.get("a").ok(200).text(), "x");
}
