//! Playback tokens that can be made only with the secret: every kind of token that must be refused, on each route.

use std::time::{SystemTime, UNIX_EPOCH};

use contract::{Answer, Call, Outcome, ensure_eq};
use gallery::{
    playback,
    session::{Claims, Generation, Purpose, TokenKey},
    window::WANTED_LIFE,
};
use harness::ENVIRONMENT;

use crate::{
    cost::warm_up,
    fixture::{Fixture, Fixtures},
    kv::statement,
};

crate::tests!(playback: every_token_on_every_route, costs_what_a_cookie_costs, ends_with_the_sessions, on_one_host_too);

const HOUR: u64 = 3600;

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn secret() -> &'static str {
    ENVIRONMENT.iter().find(|(name, _)| *name == "AUTH_SECRET").map_or("", |(_, value)| *value)
}

fn generation(auth_version: &str) -> Generation {
    Generation { auth_version: auth_version.to_owned(), epoch: 0 }
}

/// A session minted under an auth version.
fn session(secret: &str, auth_version: &str) -> Result<Claims, String> {
    let key = TokenKey::derive(secret.as_bytes(), Purpose::Session);
    let token = key.mint(&generation(auth_version), (now(), now() + HOUR), [7; 16], None);
    key.verify(&token, now()).ok_or_else(|| "the session does not hold".to_owned())
}

/// The token of a session that goes on.
pub fn session_token() -> String {
    let key = TokenKey::derive(secret().as_bytes(), Purpose::Session);
    key.mint(&generation("1"), (now(), now() + HOUR), [8; 16], None)
}

/// A token for a film, minted at a time under an auth version.
fn token(secret: &str, auth_version: &str, film: &str, at: u64) -> Result<String, String> {
    let key = TokenKey::derive(secret.as_bytes(), Purpose::Playback);
    Ok(playback::mint(&key, &session(secret, auth_version)?, film, at, 12.0))
}

/// A valid token for a film.
pub fn token_of(film: &str) -> Result<String, String> {
    token(secret(), "1", film, now())
}

fn film(fixture: &Fixture) -> Result<String, String> {
    let films = fixture.target.get("/api/media?type=video").expect(200)?.json()?;
    films["items"][0]["key"].as_str().map(str::to_owned).ok_or_else(|| "there is no film".to_owned())
}

/// The three routes, with or without a token, and the status of a successful answer.
fn routes(fixture: &Fixture, token: Option<&str>, film: &str) -> Vec<(String, u16)> {
    let film = film.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let token = token.map(|token| format!("~{token}/")).unwrap_or_default();
    let base = format!("{}/api/hls/{token}", fixture.target.video_base);
    vec![
        (format!("{base}playlist?key={film}"), 200),
        (format!("{base}{film}/540p.m3u8"), 200),
        (format!("{base}{film}/540p_000.ts"), 302),
    ]
}

fn every_token_on_every_route(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let film = film(&fixture)?;
    let (film, secret, now) = (film.as_str(), secret(), now());
    let sessions = TokenKey::derive(secret.as_bytes(), Purpose::Session);
    for (what, token, holds) in [
        ("good", token(secret, "1", film, now)?, true),
        ("of an hour ago", token(secret, "1", film, now - HOUR)?, true),
        ("expired", token(secret, "1", film, now - WANTED_LIFE)?, false),
        ("long expired", token(secret, "1", film, now - 30 * 24 * HOUR)?, false),
        ("from the future", token(secret, "1", film, now + 5 * HOUR)?, false),
        ("revoked", token(secret, "0", film, now)?, false),
        ("of another film", token(secret, "1", "another.mp4", now)?, false),
        ("of no film", token(secret, "1", "", now)?, false),
        ("of another secret", token("another secret of more than thirty-two bytes", "1", film, now)?, false),
        ("a session", sessions.mint(&generation("1"), (now, now + HOUR), [7; 16], None), false),
        ("this visitor's session", fixture.target.token()?.to_owned(), false),
        ("signed as a session", playback::mint(&sessions, &session(secret, "1")?, film, now, 12.0), false),
    ] {
        for (url, status) in routes(&fixture, Some(&token), film) {
            for method in ["GET", "HEAD"] {
                let answer = Call::new(url.clone()).method(method).send()?;
                ensure_eq!(answer.status, if holds { status } else { 401 }, "{what}, {method} {url}");
                if !holds {
                    nothing_is_told(&answer)?;
                }
            }
        }
        // Only a token that was signed as a session counts in the cookie.
        let cookie = format!("session={token}");
        let wanted = if what.contains("session") { 200 } else { 401 };
        Call::new(format!("{}/auth", fixture.target.base)).header("cookie", cookie).expect(wanted)?;
    }
    // Requests without any token.
    for (url, _) in routes(&fixture, None, film) {
        nothing_is_told(&Call::new(url).expect(401)?)?;
    }
    Ok(())
}

fn nothing_is_told(answer: &Answer) -> Outcome {
    answer.has("cache-control", "no-store")?;
    for gone in ["etag", "last-modified", "location", "content-range", "cdn-cache-control", "surrogate-control"] {
        answer.lacks(gone)?;
    }
    Ok(())
}

/// For a token, as for a session, the auth version is in memory. A forged token costs a MAC.
fn costs_what_a_cookie_costs(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    warm_up(&fixture.target)?;
    let film = film(&fixture)?;
    let good = token_of(&film)?;
    let bad = token(secret(), "1", "another.mp4", now())?;
    let (by_cookie, by_token) = (routes(&fixture, None, &film), routes(&fixture, Some(&good), &film));
    for ((by_cookie, status), (by_token, _)) in by_cookie.into_iter().zip(by_token) {
        // The first requests fill the caches, and tell each worker of both sessions.
        for _ in 0..6 {
            fixture.target.follow(&by_cookie).expect(status)?;
            Call::new(by_token.clone()).expect(status)?;
        }
        let (with_cookie, with_token) =
            (fixture.target.follow(&by_cookie).expect(status)?, Call::new(by_token).expect(status)?);
        for cost in ["kv-reads", "kv-writes", "sql-queries", "store-calls"] {
            ensure_eq!(with_token.cost(cost)?, with_cookie.cost(cost)?, "{}: {cost}", with_cookie.what);
        }
    }
    for (url, _) in routes(&fixture, Some(&bad), &film) {
        let refused = Call::new(url).expect(401)?;
        for cost in ["kv-reads", "kv-writes", "sql-queries", "store-calls"] {
            ensure_eq!(refused.cost(cost)?, 0, "{}: {cost}", refused.what);
        }
    }
    Ok(())
}

/// A new auth version ends the tokens that were given out under the old one, as it ends the sessions.
fn ends_with_the_sessions(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let film = film(&fixture)?;
    let (old, new) = (token(secret(), "1", &film, now())?, token(secret(), "2", &film, now())?);
    for (url, status) in routes(&fixture, Some(&old), &film) {
        Call::new(url).expect(status)?;
    }
    let bump = "INSERT INTO kv (store, key, value) VALUES ('CACHE_VERSION', 'auth_version', CAST('2' AS BLOB))";
    statement(&fixture, bump)?;
    // A token with the new version makes a worker read the version again. Otherwise a worker uses the old version for
    // a minute.
    for _ in 0..40 {
        for (url, status) in routes(&fixture, Some(&new), &film) {
            Call::new(url).expect(status)?;
        }
    }
    let mut refused = 0;
    for _ in 0..40 {
        for (url, _) in routes(&fixture, Some(&old), &film) {
            refused += u32::from(Call::new(url).send()?.status == 401);
        }
    }
    ensure_eq!(refused, 120, "requests refused that came with an old token");
    Ok(())
}

/// If an operator names an origin for films, even the gallery's own, the URLs open films without a cookie.
fn on_one_host_too(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start_with(&[("VIDEO_API_BASE", "https://gallery.example")])?;
    let master = fixture.target.master()?;
    let path = master.strip_prefix("https://gallery.example/api/hls/~").ok_or("the URL has no token there")?;
    let token = path.split('/').next().unwrap_or_default();
    ensure_eq!(token.len(), token_of(&film(&fixture)?)?.len(), "the token's length");
    let playlist = Call::new(format!("{}/api/hls/~{path}", fixture.target.base)).expect(200)?;
    let variant = playlist.text()?.lines().find(|line| !line.starts_with('#')).ok_or("the master has no variant")?;
    let below = path.split_once('/').map(|(token, _)| token).unwrap_or_default();
    Call::new(format!("{}/api/hls/~{below}/{variant}", fixture.target.base)).expect(200)?;
    Ok(())
}
