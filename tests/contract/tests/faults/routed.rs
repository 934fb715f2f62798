//! Films through viewer-edge, when video-edge cannot be reached.

use std::net::TcpListener;

use contract::{Outcome, ensure};

use crate::{
    fixture::{Fixture, Fixtures},
    log,
};

crate::tests!(routed: video_is_gone, in_a_circle, no_films_here);

const FILM: &str = "/api/hls/playlist?key=film.mp4";

/// A gallery whose viewer-edge forwards films to `origin`.
fn start_fixture(fixtures: &Fixtures, origin: &str) -> Result<Fixture, String> {
    fixtures.start_with(&[("VIDEO_ORIGIN", origin), ("GALLERY_SPLIT", "127.0.0.1:0")])
}

fn free() -> Result<String, String> {
    let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    Ok(address.map_err(|error| error.to_string())?.to_string())
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

/// Without VIDEO_ORIGIN, a viewer-edge alone has no films, and answers 404.
fn no_films_here(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start_with(&[("GALLERY_SPLIT", "127.0.0.1:0")])?;
    fixture.target.get(FILM).expect(404)?.has("content-type", "application/problem+json")
}
