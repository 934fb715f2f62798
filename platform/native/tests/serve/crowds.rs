//! Clients that are many, or that send slowly.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use crate::support::{Answer, start, start_with};

/// A login whose body has begun, and will take long.
fn begin_body(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 500\r\n\r\nx").unwrap();
    stream
}

#[test]
fn a_body_has_a_time_as_a_whole() {
    let host = start_with(|options| options.body_timeout = Duration::from_millis(600));
    let mut stream = begin_body(host.address);
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let started = Instant::now();
    let mut answer = vec![0; 4096];
    // Each pause is short. Only together they are too long.
    let got = loop {
        match stream.read(&mut answer) {
            Ok(got) => break got,
            Err(_) => stream.write_all(b"x").unwrap(),
        }
        assert!(started.elapsed() < Duration::from_secs(10), "it goes on and on");
    };
    assert!(started.elapsed() >= Duration::from_millis(500), "{:?}", started.elapsed());
    let said = String::from_utf8_lossy(&answer[..got]);
    assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
    assert!(said.contains("application/problem+json") && said.contains("connection: close"), "{said}");
    let line = &host.log.wait(1)[0];
    assert_eq!(line["status"], 408);
    assert!(line["failure"].as_str().unwrap().contains("body.read: Timeout"), "{line}");
    // A body that ends in time is taken, however long the answer takes.
    assert_eq!(host.get("/slow?ms=900").text(), "slow");
}

#[test]
fn eleven_hundred_slow_bodies_leave_room_for_others() {
    let host = start();
    let mut slow: Vec<_> = (0..1100).map(|_| begin_body(host.address)).collect();
    for _ in 0..20 {
        let started = Instant::now();
        assert_eq!(host.get("/hello").text(), "hello");
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    }
    // None of them was sent away either: they have their time.
    for stream in &mut slow {
        stream.set_nonblocking(true).unwrap();
        assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    }
}

#[test]
fn a_connection_too_many_is_closed_at_once_and_counted_in_one_line() {
    let host = start_with(|options| options.connections = Some(10));
    let mut held: Vec<_> = (0..10).map(|_| begin_body(host.address)).collect();
    for stream in &mut held {
        stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    }
    let started = Instant::now();
    for _ in 0..50 {
        let mut stream = host.connect();
        let _ = stream.write_all(b"GET /hello HTTP/1.1\r\nHost: t\r\n\r\n");
        assert_eq!(Answer::read(&mut stream).status(), 0);
    }
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    let line = &host.log.wait(1)[0];
    assert_eq!((&line["service"], &line["connections_refused"]), (&"host".into(), &50.into()));
    drop(held.pop());
    // The first line stands. The others have left: 499.
    host.log.wait(2);
    assert_eq!(host.get("/hello").text(), "hello");
}
