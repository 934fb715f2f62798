//! How a response can end: it is complete, or cut off, or stalled, or its client leaves, or the host stops.

use std::{
    io::{Read, Write},
    net::Shutdown,
    time::{Duration, Instant},
};

use crate::support::{Answer, read_head, start, start_with, upstream};

#[test]
fn bytes_are_those_that_went_out_when_the_client_leaves() {
    const WHOLE: u64 = 64 << 20;
    let host = start();
    let mut stream = host.connect();
    stream.write_all(format!("GET /bytes?n={WHOLE} HTTP/1.1\r\nHost: t\r\n\r\n").as_bytes()).unwrap();
    let mut some = vec![0; 1 << 20];
    stream.read_exact(&mut some).unwrap();
    drop(stream);
    let line = &host.log.wait(1)[0];
    assert_eq!(line["complete"], false);
    let bytes = line["bytes"].as_u64().unwrap();
    assert!(((1 << 20) - 1000..WHOLE).contains(&bytes), "{line}");
}

#[test]
fn a_client_that_leaves_before_the_answer_is_logged_too() {
    let host = start();
    let mut stream = host.connect();
    stream.write_all(b"GET /slow?ms=60000 HTTP/1.1\r\nHost: t\r\n\r\n").unwrap();
    std::thread::sleep(Duration::from_secs(1));
    stream.shutdown(Shutdown::Both).unwrap();
    let line = &host.log.wait(1)[0];
    assert_eq!((&line["status"], &line["complete"], &line["bytes"]), (&499.into(), &false.into(), &0.into()));
}

#[test]
fn a_client_that_takes_nothing_is_left() {
    let host = start_with(|options| options.stall_timeout = Duration::from_millis(200));
    let mut stream = host.connect();
    stream.write_all(b"GET /bytes?n=67108864 HTTP/1.1\r\nHost: t\r\n\r\n").unwrap();
    assert_eq!(host.log.wait(1)[0]["complete"], false);
    drop(stream);
}

#[test]
fn a_slow_client_that_takes_something_is_served() {
    let host = start_with(|options| options.stall_timeout = Duration::from_secs(2));
    let mut stream = host.connect();
    stream.write_all(b"GET /bytes?n=16777216 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").unwrap();
    let mut piece = vec![0; 2 << 20];
    for _ in 0..7 {
        std::thread::sleep(Duration::from_millis(400));
        stream.read_exact(&mut piece).unwrap();
    }
    let rest = Answer::read(&mut stream);
    assert!(rest.error.is_none());
    assert!(host.log.wait(1)[0].get("complete").is_none());
}

#[test]
fn a_client_that_takes_too_little_for_too_long_is_left() {
    const LONG: Duration = Duration::from_secs(2);
    for (piece, is_left) in [(64 << 10, true), (1 << 20, false)] {
        // The pauses are far below what a client may pause.
        let host = start_with(|options| options.slowest = (4 << 20, LONG));
        let mut stream = host.connect();
        stream.write_all(b"GET /bytes?n=67108864 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").unwrap();
        let started = Instant::now();
        let (mut some, mut got) = (vec![0; piece], 0);
        // What the system keeps for the connection is taken at once.
        while started.elapsed() < LONG * 15 && host.log.text().is_empty() {
            std::thread::sleep(Duration::from_millis(if is_left { 200 } else { 100 }));
            if stream.read_exact(&mut some).is_err() {
                break;
            }
            got += piece;
        }
        let rest = Answer::read(&mut stream);
        let line = &host.log.wait(1)[0];
        assert_eq!(line.get("complete").is_some(), is_left, "{line}");
        got += rest.head.len() + rest.body.len();
        assert_eq!(got < 64 << 20, is_left, "{got}");
    }
}

#[test]
fn slow_heads_and_idle_connections_end() {
    let host = start_with(|options| options.header_timeout = Duration::from_millis(300));
    let started = Instant::now();
    let mut idle = host.connect();
    idle.write_all(b"GET /hello HTTP/1.1\r\nHost: t\r\n\r\n").unwrap();
    let mut slow = host.connect();
    slow.write_all(b"GET /hello HTTP/1.1\r\nHo").unwrap();
    let mut silent = host.connect();
    assert_eq!(Answer::read(&mut idle).text(), "hello");
    assert_ne!(Answer::read(&mut slow).status(), 200);
    assert_ne!(Answer::read(&mut silent).status(), 200);
    assert!((300..8000).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
    // A slow answer does not count as a slow head of a request.
    assert_eq!(host.get("/slow?ms=600").text(), "slow");
}

#[test]
fn a_body_that_breaks_off_ends_abnormally_and_is_logged_as_incomplete() {
    let short = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n";
    for answer in [short, chunked] {
        let host = start();
        let port = upstream(move |_, mut stream| {
            read_head(&mut stream);
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let got = host.get(&format!("/proxy?port={port}"));
        assert_eq!(got.status(), 200);
        let body = String::from_utf8_lossy(&got.body).into_owned();
        assert!(body.contains("only this"), "{body:?}");
        if answer == short {
            assert_eq!((got.header("content-length"), body.len()), (Some("1000"), 9));
        } else {
            assert!(!body.ends_with("0\r\n\r\n"), "a clean end: {body:?}");
        }
        let line = &host.log.wait(1)[0];
        assert_eq!((&line["complete"], &line["status"], &line["bytes"]), (&false.into(), &200.into(), &9.into()));
        assert!(line["failure"].as_str().unwrap().contains("body.read: Unavailable"), "{line}");
    }
}

#[test]
fn a_body_that_breaks_off_resets_a_connection_that_knows_no_other_abnormal_end() {
    let host = start();
    for (end, reset) in [("", true), ("0\r\n\r\n", false)] {
        let port = upstream(move |_, mut stream| {
            read_head(&mut stream);
            write!(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n{end}").unwrap();
        });
        let got = host.send(&format!("GET /proxy?port={port} HTTP/1.0\r\n\r\n"));
        assert_eq!(got.error.is_some(), reset, "{:?}", got.error);
    }
}

#[test]
fn a_body_that_stalls_ends_abnormally() {
    let host = start();
    let port = upstream(|_, mut stream| {
        read_head(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this").unwrap();
        std::thread::sleep(Duration::from_secs(20));
    });
    let started = Instant::now();
    let got = host.get(&format!("/proxy?port={port}&gap=100"));
    assert_eq!(got.body.len(), 9);
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(host.log.wait(1)[0]["failure"].as_str().unwrap().contains("body.read: Timeout"));
}

#[test]
fn stopping_finishes_what_is_under_way() {
    let mut host = start();
    let mut idle = host.connect();
    idle.write_all(b"GET /hello HTTP/1.1\r\nHost: t\r\n\r\n").unwrap();
    read_head(&mut idle);
    let mut busy = host.connect();
    busy.write_all(b"GET /slow?ms=2500 HTTP/1.1\r\nHost: t\r\n\r\n").unwrap();
    host.log.wait(1);
    std::thread::sleep(Duration::from_secs(1));
    let started = Instant::now();
    host.stop().unwrap();
    assert!(started.elapsed() < Duration::from_secs(8), "an idle connection held the host up");
    let answer = Answer::read(&mut busy);
    assert_eq!((answer.status(), answer.text()), (200, "slow"));
    assert!(answer.error.is_none());
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"hello");
    assert!(std::net::TcpStream::connect(host.address).is_err(), "still accepting");
    host.log.wait(2);
}

#[test]
fn stopping_finishes_a_body_that_is_being_sent() {
    const WHOLE: usize = 32 << 20;
    let mut host = start();
    let mut busy = host.connect();
    busy.write_all(format!("GET /bytes?n={WHOLE} HTTP/1.1\r\nHost: t\r\n\r\n").as_bytes()).unwrap();
    read_head(&mut busy);
    host.signal();
    std::thread::sleep(Duration::from_millis(200));
    let mut body = Vec::new();
    busy.read_to_end(&mut body).unwrap();
    assert_eq!(body.len(), WHOLE);
    host.stop().unwrap();
    assert!(host.log.wait(1)[0].get("complete").is_none());
}

#[test]
fn stopping_lets_a_slow_download_finish_and_does_not_wait_for_one_that_stands_still() {
    const WHOLE: usize = 64 << 20;
    let mut host = start();
    let request = format!("GET /bytes?n={WHOLE} HTTP/1.1\r\nHost: t\r\n\r\n");
    let [mut slow, mut still] = [(), ()].map(|()| {
        let mut stream = host.connect();
        stream.write_all(request.as_bytes()).unwrap();
        read_head(&mut stream);
        stream
    });
    let silent = host.connect();
    std::thread::sleep(Duration::from_millis(300));
    let started = Instant::now();
    host.signal();
    let reader = std::thread::spawn(move || {
        let mut piece = vec![0; WHOLE / 20];
        for _ in 0..20 {
            std::thread::sleep(Duration::from_secs(1));
            slow.read_exact(&mut piece).unwrap();
        }
        let mut rest = Vec::new();
        slow.read_to_end(&mut rest).unwrap();
        rest.len() + 20 * piece.len()
    });
    std::thread::sleep(Duration::from_millis(500));
    assert!(std::net::TcpStream::connect(host.address).is_err(), "still accepting");
    // A connection without a request ends at once.
    assert_eq!(Answer::read(&mut { silent }).head, "");
    assert!(started.elapsed() < Duration::from_secs(3));
    host.stop().unwrap();
    assert!((15..40).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
    assert_eq!(reader.join().unwrap(), WHOLE);
    let lines = host.log.wait(2);
    assert_eq!(lines.iter().filter(|line| line.get("complete").is_some()).count(), 1, "{lines:?}");
    let mut some = vec![0; 1 << 16];
    while still.read(&mut some).is_ok_and(|got| got > 0) {}
}

#[test]
fn stopping_does_not_wait_for_whoever_has_stopped_reading_the_log() {
    struct Stuck;
    impl Write for Stuck {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            std::thread::sleep(Duration::from_mins(10));
            Ok(0)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut host = start_with(|options| options.log = Box::new(Stuck));
    assert_eq!(host.get("/hello").text(), "hello");
    std::thread::sleep(Duration::from_millis(100));
    let started = Instant::now();
    host.stop().unwrap();
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}

#[test]
fn stopping_does_not_wait_longer_than_the_grace_period() {
    let mut host = start_with(|options| options.shutdown_grace = Duration::from_millis(200));
    let mut busy = host.connect();
    busy.write_all(b"GET /slow?ms=60000 HTTP/1.1\r\nHost: t\r\n\r\n").unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let started = Instant::now();
    host.stop().unwrap();
    assert!(started.elapsed() < Duration::from_secs(2));
    assert_eq!(host.log.wait(1)[0]["complete"], false);
}
