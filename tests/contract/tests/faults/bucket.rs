//! The store does not answer, or refuses. The gallery gives the right status, and keeps nothing of the failure.

use std::{
    thread,
    time::{Duration, Instant},
};

use contract::{Answer, Call, Outcome, Target, ensure, ensure_eq, file_bytes};
use harness::relay::Mode;

use crate::{
    Named,
    fixture::{Fixture, Fixtures, Host},
};

/// The store's words, which no client may see.
pub const WORDS: &str = "InternalErrorOfTheStore";
pub const BIG: &str = "/api/file/big.png";
const THUMBNAIL: &str = "/api/thumbnail/big.png?size=small";
/// The longest that a client waits for a head. It includes the store's five seconds, the time that a request has
/// waited for another, and the delays of a busy machine.
const LONGEST: Duration = Duration::from_secs(7);

/// A way to fail, and the statuses that result.
struct Fault {
    name: &'static str,
    mode: Mode,
    file: u16,
    variant: u16,
    master: u16,
    /// The status on all hosts except the native one, if it differs.
    elsewhere: Option<u16>,
}

/// A whole HTTP response.
pub fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}connection: close\r\n\r\n{body}", body.len()).into()
}

fn xml(status: &str) -> Mode {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{WORDS}</Code></Error>");
    Mode::Answer(answer(status, "content-type: application/xml\r\n", &body))
}

impl Fault {
    /// Whether the other data in the bucket, beside the objects, is out of reach too.
    fn takes_all(&self) -> bool {
        matches!(self.mode, Mode::Refuse | Mode::Hang | Mode::Silent)
    }
}

fn fault(name: &'static str, mode: Mode, status: u16) -> Fault {
    Fault { name, mode, file: status, variant: status, master: status, elsewhere: None }
}

fn faults() -> Vec<Fault> {
    vec![
        fault("refused", Mode::Refuse, 503),
        fault("hung_up", Mode::Hang, 503),
        fault("silent", Mode::Silent, 504),
        // Without a stored master, one is made from a listing of the bucket. A missing bucket lists nothing.
        Fault { master: 502, ..fault("missing_404", xml("404 Not Found"), 404) },
        Fault {
            // Other hosts report only that there was no answer.
            elsewhere: Some(503),
            ..fault("no_http", Mode::Answer(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()), 502)
        },
        fault("head_cut", Mode::Answer(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()), 503),
    ]
}

/// Statuses of which the same becomes. What they mean is said above the hosts, in `platform/s3`, so only the native
/// host meets all of them. The others meet the first: they must hand it on, and not follow a redirect.
fn statuses() -> [(&'static str, Vec<Fault>); 2] {
    let passing = vec![
        fault("error_500", xml("500 Internal Server Error"), 503),
        fault("slow_down_503", xml("503 Slow Down"), 503),
        fault("throttled_429", xml("429 Too Many Requests"), 503),
    ];
    let lasting = vec![
        fault("redirect_301", xml("301 Moved Permanently"), 502),
        fault("forbidden_403", xml("403 Forbidden"), 502),
        fault("unauthorized_401", xml("401 Unauthorized"), 502),
        fault("bad_request_400", xml("400 Bad Request"), 502),
    ];
    [("passing_statuses", passing), ("lasting_statuses", lasting)]
}

pub fn all() -> Vec<Named> {
    let named = |fault: Fault| -> Named {
        (format!("bucket::{}", fault.name), Box::new(move |fixtures| survives(&fixtures.start()?, &fault)))
    };
    let alike = |(name, faults): (&str, Vec<Fault>)| -> Named {
        (format!("bucket::{name}"), Box::new(move |fixtures| survives_each(fixtures, &faults)))
    };
    let slow: Named = ("bucket::slow".to_owned(), Box::new(slow));
    faults().into_iter().map(named).chain(statuses().map(alike)).chain([slow]).collect()
}

/// The path of the film's master playlist.
pub fn master(target: &Target) -> Result<String, String> {
    target.master()
}

/// The path of a variant that nobody has requested before: its version is invented, so no cache has it.
pub fn variant(target: &Target) -> Result<String, String> {
    let master = master(target)?.replacen("playlist?key=", "", 1);
    Ok(format!("{}/540p.m3u8?v=madeup", master.split('&').next().unwrap_or_default()))
}

/// Checks a failure as a client should see it: it arrives soon, has its own status, invites another try, and reveals
/// nothing of the inside.
fn is_failure(answer: &Answer, status: u16, took: Duration) -> Outcome {
    let what = &answer.what;
    ensure_eq!(answer.status, status, "{what}: status");
    ensure!(took < LONGEST, "{what}: took {took:?}");
    answer.has("cache-control", "no-store")?;
    answer.has("content-type", "application/problem+json")?;
    if status >= 500 {
        let after = answer.need("retry-after")?;
        ensure!(after.parse::<u32>().is_ok_and(|seconds| seconds > 0), "{what}: Retry-After is {after}");
    }
    if !what.starts_with("HEAD") {
        ensure_eq!(answer.json()?["requestId"].as_str(), Some(answer.need("x-request-id")?), "{what}: requestId");
        ensure!(!answer.text()?.contains(WORDS), "{what}: the store's words");
    }
    for name in ["etag", "last-modified", "accept-ranges", "content-disposition"] {
        answer.lacks(name)?;
    }
    Ok(())
}

/// Checks that the call fails as it should.
pub fn fails(call: Call<'_>, status: u16) -> Outcome {
    let since = Instant::now();
    let answer = call.send()?;
    is_failure(&answer, status, since.elapsed())
}

/// Each fault meets a gallery of its own, which has kept nothing of the one before.
fn survives_each(fixtures: &Fixtures, faults: &[Fault]) -> Outcome {
    let met = if fixtures.host == Host::Native { faults.len() } else { 1 };
    for fault in &faults[..met] {
        survives(&fixtures.start()?, fault).map_err(|wrong| format!("{}: {wrong}", fault.name))?;
    }
    Ok(())
}

fn survives(fixture: &Fixture, fault: &Fault) -> Outcome {
    let target = &fixture.target;
    let (master, variant) = (master(target)?, variant(target)?);
    set(fixture, fault.mode.clone())?;
    let status = |native| fault.elsewhere.filter(|_| fixture.host != Host::Native).unwrap_or(native);
    // The calls run side by side, because some take until the gallery's timeouts.
    let calls = [
        (target.get(BIG), status(fault.file)),
        (target.get(BIG).header("range", "bytes=0-9"), status(fault.file)),
        (target.get(BIG).head(), status(fault.file)),
        (target.get(THUMBNAIL), status(fault.file)),
        (target.video(&variant), status(fault.variant)),
        (target.video(&master), status(fault.master)),
    ];
    thread::scope(|scope| {
        let calls = calls.map(|(call, status)| scope.spawn(move || fails(call, status)));
        calls.into_iter().try_for_each(|call| call.join().map_err(|_| "a client panicked".to_owned())?)
    })?;
    // Requests that need no store still succeed.
    target.get("/").expect(200)?;
    if !(fault.takes_all() && fixture.host.needs_the_bucket_for_more()) {
        target.get("/api/media").expect(200)?;
        target.log_in(&target.password).expect(200)?;
    }
    recovers(fixture)
}

/// A delay of two seconds is not a failure.
fn slow(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let target = &fixture.target;
    let (master, variant) = (master(target)?, variant(target)?);
    set(&fixture, Mode::Slow(Duration::from_secs(2)))?;
    let file = target.get(BIG).expect(200)?;
    ensure!(file.body == file_bytes("big.png")?, "other bytes of a slow store");
    target.get(THUMBNAIL).expect(200)?.has("content-type", "image/webp")?;
    target.video(&variant).expect(200)?.need("etag")?;
    target.video(&master).expect(200)?.need("etag")?;
    Ok(())
}

/// Once the store is back, the gallery works at once, and has kept nothing of the failure.
pub fn recovers(fixture: &Fixture) -> Outcome {
    set(fixture, Mode::Pass)?;
    let target = &fixture.target;
    let file = target.get(BIG).expect(200)?;
    ensure!(file.body == file_bytes("big.png")?, "other bytes after the failure");
    target.get(THUMBNAIL).expect(200)?.has("content-type", "image/webp")?;
    let master = target.video(&master(target)?).expect(200)?;
    ensure_eq!(master.cost_text("cache")?, "miss", "the master after the failure: cache");
    ensure!(master.text()?.contains("#EXT-X-STREAM-INF:"), "the master has no variant");
    let variant = target.video(&variant(target)?).expect(200)?;
    let text = variant.text()?;
    ensure!(text.trim_end().ends_with("#EXT-X-ENDLIST"), "the variant has no end");
    let segment = text.lines().find(|line| line.starts_with("http")).ok_or("the variant has no segment")?;
    Call::new(segment.to_owned()).expect(200)?;
    Ok(())
}

/// From now on, the store behaves in this mode.
pub fn set(fixture: &Fixture, mode: Mode) -> Outcome {
    fixture.relay.set(mode).map_err(|error| format!("the relay: {error}"))
}
