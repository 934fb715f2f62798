//! A catalogue on another server or in the bucket, which cannot be read.

use contract::{Outcome, ensure};
use harness::Wasi;

use crate::{
    fixture::{Fixture, Fixtures, Host},
    playback::session_token,
};

crate::tests!(catalogue: database_refuses, no_snapshot);

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
