//! A catalogue on another server or in the bucket, which cannot be read.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use contract::{Outcome, ensure, ensure_eq};
use harness::Wasi;

use crate::{
    fixture::{Fixture, Fixtures, Host},
    playback::session_token,
};

crate::tests!(catalogue: database_refuses, database_is_asked_twice, no_snapshot);

/// Requests with a session get a 503, and so do logins: who may enter is in the catalogue's index. All others succeed
/// as always.
fn unavailable(fixture: &Fixture) -> Outcome {
    let target = &fixture.target;
    let cookie = format!("session={}", session_token());
    let calls = [
        target.get("/auth"),
        target.get("/api/media"),
        target.get("/api/timeline"),
        target.get("/api/blocks/everything.0123456789abcdef"),
        target.get("/api/media/big.png"),
        target.get("/api/playback?key=big.png"),
        target.get("/api/cache-version"),
        target.get("/api/file/big.png"),
        target.get("/api/thumbnail/big.png"),
        target.video("/api/hls/playlist?key=absent.mp4"),
    ];
    for call in calls {
        let answer = call.anonymous().header("cookie", &cookie).expect(503)?;
        answer.has("content-type", "application/problem+json")?;
        answer.has("cache-control", "no-store")?;
        answer.need("retry-after")?;
    }
    target.log_in(&target.password).expect(503)?.need("retry-after")?;
    target.get("/api/media").anonymous().expect(401)?;
    target.get("/healthz").anonymous().expect(200)?;
    target.get("/").anonymous().expect(200)?;
    Ok(())
}

fn database_refuses(fixtures: &Fixtures) -> Outcome {
    if fixtures.host == Host::Wasi(Wasi::Spin) {
        // The database is a file that the first request opens.
        let fixture = fixtures.start()?;
        std::fs::write(fixture.data().join("gallery.db"), [b'?'; 4096]).map_err(|error| error.to_string())?;
        return unavailable(&fixture);
    }
    // No program listens on this port. A port that was free a moment ago may be another test's by now.
    let fixture = fixtures.start_with(&[("SQL_URL", "http://127.0.0.1:1"), ("SQL_AUTH_TOKEN", "hidden-token")])?;
    unavailable(&fixture)?;
    is_named(&fixture, "database")?;
    let log = fixture.log()?;
    ensure!(!log.contains("hidden-token"), "the log holds the token");
    Ok(())
}

/// A database over HTTP that fails is asked once more, and a read of it is two in the log.
fn database_is_asked_twice(fixtures: &Fixtures) -> Outcome {
    if fixtures.host == Host::Wasi(Wasi::Spin) {
        // The database is Spin's own.
        return Ok(());
    }
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let url = format!("http://{}", listener.local_addr().map_err(|error| error.to_string())?);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::SeqCst);
            let _ = refuse(stream);
        }
    });
    let fixture = fixtures.start_with(&[("SQL_URL", url.as_str()), ("CATALOGUE", "sql")])?;
    let before = asked.load(Ordering::SeqCst);
    let cookie = format!("session={}", session_token());
    let answer = fixture.target.get("/auth").anonymous().header("cookie", &cookie).expect(503)?;
    ensure_eq!(asked.load(Ordering::SeqCst) - before, 2, "requests to the database");
    ensure_eq!(answer.cost("sql-queries")?, 2, "queries");
    Ok(())
}

/// Reads a request to its end, and answers that it cannot be served.
fn refuse(stream: TcpStream) -> io::Result<()> {
    let mut input = BufReader::new(stream);
    let (mut length, mut line) = (0, String::new());
    while input.read_line(&mut line)? > 2 {
        let value = line.to_ascii_lowercase();
        length = value.strip_prefix("content-length:").and_then(|value| value.trim().parse().ok()).unwrap_or(length);
        line.clear();
    }
    io::copy(&mut input.by_ref().take(length), &mut io::sink())?;
    input.into_inner().write_all(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

/// The bucket with another name is empty.
fn no_snapshot(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start_with(&[("CATALOGUE", "snapshot"), ("R2_BUCKET_NAME", "another")])?;
    unavailable(&fixture)?;
    is_named(&fixture, "index")
}

/// Both services say what is wrong.
fn is_named(fixture: &Fixture, wrong: &str) -> Outcome {
    for call in [fixture.target.get("/readyz").anonymous(), fixture.target.video("/readyz").anonymous()] {
        let answer = call.expect(503)?;
        ensure!(answer.text()?.contains(&format!("\"{wrong}\"")), "{}: {}", answer.what, answer.text()?);
    }
    Ok(())
}
