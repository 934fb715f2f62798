//! Films through viewer-edge, when video-edge cannot be reached.

use std::{
    io::{self, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    thread,
    time::Duration,
};

use contract::{Outcome, ensure};
use harness::free_address;

use crate::{
    fixture::{Fixture, Fixtures},
    log,
};

crate::tests!(routed: video_is_gone, in_a_circle, no_films_here, a_trace_goes_on);

const FILM: &str = "/api/hls/playlist?key=film.mp4";

/// A gallery whose viewer-edge forwards films to `origin`.
fn start_fixture(fixtures: &Fixtures, origin: &str) -> Result<Fixture, String> {
    fixtures.start_with(&[("VIDEO_ORIGIN", origin), ("GALLERY_SPLIT", "127.0.0.1:0")])
}

fn free() -> Result<String, String> {
    Ok(free_address().map_err(|error| error.to_string())?.to_string())
}

/// Requests for films get a 503 of the gallery. Photos come as always.
fn video_is_gone(fixtures: &Fixtures) -> Outcome {
    let fixture = start_fixture(fixtures, &format!("http://{}", free()?))?;
    let answer = fixture.target.get(FILM).expect(503)?;
    answer.has("content-type", "application/problem+json")?;
    answer.has("cache-control", "no-store")?;
    answer.need("retry-after")?;
    fixture.target.get("/api/media").expect(200)?;
    Ok(())
}

/// A request arrives that viewer-edge itself has forwarded, because VIDEO_ORIGIN is the origin of a viewer-edge. The
/// log says so.
fn in_a_circle(fixtures: &Fixtures) -> Outcome {
    let fixture = start_fixture(fixtures, &format!("http://{}", free()?))?;
    fixture.target.get(FILM).header("via", "1.0 proxy, 1.1 edge-gallery").expect(503)?.need("retry-after")?;
    let lines = log::lines(&fixture, 2)?;
    let said = lines.iter().any(|line| line["failure"].as_str().is_some_and(|words| words.contains("leads back")));
    ensure!(said, "the log does not say what is wrong: {lines:?}");
    Ok(())
}

/// video-edge learns the trace of the client's request, and viewer-edge's part in it. The log names the trace.
fn a_trace_goes_on(fixtures: &Fixtures) -> Outcome {
    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let origin = format!("http://{}", listener.local_addr().map_err(|error| error.to_string())?);
    let (tell, heads) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = tell.send(answered(stream).unwrap_or_default());
        }
    });
    let fixture = start_fixture(fixtures, &origin)?;
    let film = || fixture.target.get(FILM);
    let part = "00f067aa0ba902b7-01";
    for (given, is_told) in [
        (Some(format!("00-{ID}-{part}")), true),
        (Some(format!("00-{}-{part}", ID.to_uppercase())), false),
        (None, false),
    ] {
        let answer = given.iter().fold(film(), |call, given| call.header("traceparent", given)).expect(404)?;
        let head = heads.recv_timeout(Duration::from_secs(5)).map_err(|error| error.to_string())?;
        let id = answer.need("x-request-id")?;
        let line = format!("traceparent: 00-{ID}-{id}-01\r\n");
        ensure!(head.contains(&line) == is_told, "{given:?}: {head}");
        ensure!(is_told || !head.contains("traceparent"), "{given:?}: {head}");
        let line = log::line_of(&fixture, id)?;
        ensure!(line["trace_id"].as_str() == is_told.then_some(ID), "{given:?}: {line}");
    }
    Ok(())
}

/// Reads the head of a request, and answers it with a 404.
fn answered(mut stream: TcpStream) -> io::Result<String> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        head.push(byte[0]);
    }
    stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
    Ok(String::from_utf8_lossy(&head).to_lowercase())
}

/// Without VIDEO_ORIGIN, a viewer-edge alone has no films, and answers 404.
fn no_films_here(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start_with(&[("GALLERY_SPLIT", "127.0.0.1:0")])?;
    fixture.target.get(FILM).expect(404)?.has("content-type", "application/problem+json")
}
