//! The log has one JSON object for each request, and holds nothing that an attacker could use.

use std::{collections::HashMap, thread, time::Duration};

use contract::{Answer, Call, Outcome, ensure, ensure_eq};
use harness::{ENVIRONMENT, PHOTOS, relay::Mode};
use serde_json::Value;

use crate::{
    bucket::{BIG, WORDS, answer},
    fixture::{Fixture, Fixtures},
    playback::token_of,
};

crate::tests!(log: one_object_a_request, holds_no_secret, tells_by_which_code_the_store_refused);

fn playback_token(films: &Answer) -> Result<String, String> {
    let film = &films.json()?["items"][0];
    token_of(film["key"].as_str().ok_or("there is no film")?)
}

/// Sends some requests of every kind, also while the store is broken.
fn traffic(fixture: &Fixture) -> Result<Vec<Answer>, String> {
    let target = &fixture.target;
    let films = target.get("/api/media?type=video").expect(200)?;
    let master_path = films.json()?["items"][0]["hls"].as_str().ok_or("there is no film")?.to_owned();
    let master = target.video(&master_path).expect(200)?;
    let first = master.text()?.lines().find(|line| !line.starts_with('#')).ok_or("the master has no variant")?;
    let variant = format!("/api/hls/{first}");
    let segment = variant.replacen(".m3u8", "_000.ts", 1);
    let tag = master.need("etag")?.to_owned();
    let mut calls = vec![
        target.get("/"),
        target.get("/healthz"),
        target.get("/auth"),
        target.get("/api/media"),
        target.get("/api/media?cursor=garbled-secret-cursor"),
        target.get("/api/timeline"),
        target.get("/api/timeline?view=secret-view"),
        target.get("/api/blocks/everything.0123456789abcdef"),
        target.get("/api/media/absent-secret.jpg"),
        target.get("/api/playback?key=absent-secret.mp4"),
        target.get("/api/cache-version"),
        target.get("/api/file/absent-secret.jpg"),
        target.get("/api/file/%zz"),
        target.get("/api/file/big.png").head(),
        target.get("/api/file/big.png").header("range", "bytes=5-1004"),
        target.get("/api/file/big.png").header("range", "bytes=99999999-"),
        target.get("/api/media").method("DELETE"),
        target.get("/api/media").anonymous(),
        target.get("/api/media").anonymous().header("cookie", "session=forged-secret-cookie"),
        target.get("/no/such/secret-path?secret-query"),
        target.log_in("a wrong secret-password"),
        target.log_in(&target.password),
        target.video(&master_path).header("if-none-match", tag),
        target.video(&variant),
        target.video(&variant),
        target.video(&segment),
        target.video("/api/hls/playlist?key=absent-secret.mp4"),
    ];
    let tokens = [playback_token(&films)?, "A".repeat(99)];
    calls.extend(tokens.iter().flat_map(|token| {
        [&master_path, &variant, &segment]
            .map(|path| target.video(&path.replacen("hls/", &format!("hls/~{token}/"), 1)))
    }));
    for (key, ..) in PHOTOS {
        let encoded = key.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        calls.push(target.get(&format!("/api/file/{encoded}")));
        calls.push(target.get(&format!("/api/thumbnail/{encoded}?size=small")));
    }
    let mut answers: Vec<Answer> = calls.into_iter().map(Call::send).collect::<Result<_, _>>()?;
    for mode in [Mode::Refuse, Mode::Answer(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n".to_vec())] {
        fixture.relay.set(mode).map_err(|error| error.to_string())?;
        answers.push(target.get("/api/file/big.png").send()?);
        answers.push(target.video(&format!("{variant}madeup")).send()?);
    }
    answers.extend([films, master]);
    Ok(answers)
}

/// The lines of the log, once it has a line for each of `count` requests.
pub fn lines(fixture: &Fixture, count: usize) -> Result<Vec<Value>, String> {
    let mut text = String::new();
    for _ in 0..100 {
        text = fixture.log()?;
        if text.lines().count() >= count && text.ends_with('\n') {
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    text.lines().map(|line| serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))).collect()
}

/// The line of a request, once the log has it.
pub fn line_of(fixture: &Fixture, id: &str) -> Result<Value, String> {
    for _ in 0..200 {
        let known = lines(fixture, 0)?.into_iter().find(|line| line["request_id"] == id);
        if let Some(line) = known {
            return Ok(line);
        }
        thread::sleep(Duration::from_millis(20));
    }
    Err(format!("no line for {id}"))
}

const PATTERNS: [&str; 16] = [
    "/healthz",
    "/api/media",
    "/api/media/:key",
    "/api/timeline",
    "/api/blocks/:name",
    "/api/playback",
    "/api/file/:key",
    "/api/thumbnail/:key",
    "/api/cache-version",
    "/login",
    "/logout",
    "/auth",
    "/*",
    "/api/hls/playlist",
    "/api/hls/:key/:variant.m3u8",
    "/api/hls/:key/:segment",
];

fn one_object_a_request(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let answers = traffic(&fixture)?;
    // The one login for the session is not among the answers.
    let lines = lines(&fixture, answers.len() + 1)?;
    ensure_eq!(lines.len(), answers.len() + 1, "log lines");
    let mut by_id: HashMap<&str, &Value> = HashMap::new();
    for line in &lines {
        let id = line["request_id"].as_str().ok_or_else(|| format!("no request_id: {line}"))?;
        ensure!(by_id.insert(id, line).is_none(), "two lines for {id}");
        ensure!(matches!(line["service"].as_str(), Some("viewer-edge" | "video-edge")), "service: {line}");
        ensure!(line["route"].as_str().is_some_and(|route| PATTERNS.contains(&route)), "route: {line}");
        ensure!(line["ms"].as_f64().is_some_and(|ms| (0.0..30_000.0).contains(&ms)), "ms: {line}");
        ensure!(matches!(line["cache"].as_str(), Some("hit" | "miss" | "bypass")), "cache: {line}");
    }
    for answer in &answers {
        let line = by_id.get(answer.need("x-request-id")?).ok_or_else(|| format!("no line for {}", answer.what))?;
        ensure_eq!(line["status"].as_u64(), Some(u64::from(answer.status)), "{}: status", answer.what);
        ensure_eq!(line["method"].as_str(), answer.what.split(' ').next(), "{}: method", answer.what);
        ensure_eq!(line["bytes"].as_u64(), Some(answer.body.len() as u64), "{}: bytes", answer.what);
        ensure_eq!(line["cache"].as_str(), Some(answer.cost_text("cache")?), "{}: cache", answer.what);
        for (field, name) in [
            ("kv_reads", "kv-reads"),
            ("kv_writes", "kv-writes"),
            ("store_calls", "store-calls"),
            ("sql_queries", "sql-queries"),
        ] {
            ensure_eq!(line[field].as_u64(), Some(u64::from(answer.cost(name)?)), "{}: {field}", answer.what);
        }
        ensure_eq!(line["failure"].is_string(), answer.status >= 500, "{}: whether the failure is told", answer.what);
    }
    Ok(())
}

/// A code of the known list is told, and no other word of the store.
fn tells_by_which_code_the_store_refused(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    fixture.target.get(BIG).expect(200)?;
    for (status, code, told, client) in [
        ("403 Forbidden", "RequestTimeTooSkewed", "403 RequestTimeTooSkewed", 502),
        ("403 Forbidden", "SignatureDoesNotMatch", "403 SignatureDoesNotMatch", 502),
        ("503 Slow Down", "SlowDown", "503 SlowDown", 503),
        ("403 Forbidden", WORDS, "403", 502),
    ] {
        let body = format!("<Error><Code>{code}</Code><Message>{WORDS}</Message></Error>");
        let mode = Mode::Answer(answer(status, "content-type: application/xml\r\n", &body));
        fixture.relay.set(mode).map_err(|error| error.to_string())?;
        let refused = fixture.target.get(BIG).header("range", "bytes=0-9").expect(client)?;
        ensure!(!refused.text()?.contains(code), "{}: the store's code", refused.what);
        let line = line_of(&fixture, refused.need("x-request-id")?)?;
        let failure = line["failure"].as_str().unwrap_or_default();
        ensure!(failure.ends_with(&format!("the store answered {told}")), "{code}: {failure}");
    }
    Ok(())
}

fn holds_no_secret(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let count = traffic(&fixture)?.len();
    lines(&fixture, count)?;
    let log = fixture.log()?;
    let stderr = fixture.stderr()?;
    ensure!(log.len() > 5_000, "only {} bytes of log", log.len());
    let mut never =
        vec![fixture.target.token()?, "secret", "X-Amz", "Signature", "AWS4", "cookie", "session=", "http://"];
    never.extend(ENVIRONMENT.iter().filter(|(name, _)| *name != "R2_BUCKET_NAME").map(|(_, value)| *value));
    never.extend(["big.png", "plain.png", "Tanz", "Hochzeit", "IMG_0042", "b+c", "%2B", "tilde", "日本", "%E6"]);
    let films = fixture.target.get("/api/media?type=video").expect(200)?.json()?;
    let film = films["items"][0]["key"].as_str().ok_or("there is no film")?;
    let token = token_of(film)?;
    never.extend([film, token.as_str(), "AAAAAAAAAA", "/~"]);
    for (name, text) in [("the log", &log), ("stderr", &stderr)] {
        for word in &never {
            if let Some(line) = text.lines().find(|line| line.contains(word)) {
                return Err(format!("{name} holds {word:?}: {line}"));
            }
        }
    }
    Ok(())
}
