//! Hosts that read their configuration with each request: missing values, and what the log says about them.

use std::{thread, time::Duration};

use contract::{Call, Outcome, ensure};
use harness::{ENVIRONMENT, relay::Mode};

use crate::{
    bucket::{BIG, master, set, variant},
    fixture::{Fixture, Fixtures},
};

crate::tests!(setup: secret_is_missing, log_has_no_secret);

/// Waits for a while until the log is complete, and returns it.
pub fn log(fixture: &Fixture, is_complete: impl Fn(&str) -> bool) -> Result<String, String> {
    for _ in 0..100 {
        let log = fixture.log()?;
        if is_complete(&log) {
            return Ok(log);
        }
        thread::sleep(Duration::from_millis(20));
    }
    fixture.log()
}

/// A secret, and a name that is none: some hosts keep them apart. The same code misses all names, and `start.rs` starts
/// the native host without each.
const MISSING: [&str; 2] = ["AUTH_SECRET", "R2_BUCKET_NAME"];

/// The log has a line that names what is missing. The client does not learn the name.
fn secret_is_missing(fixtures: &Fixtures) -> Outcome {
    for name in MISSING {
        let fixture = fixtures.start_with(&[(name, "")])?;
        let answer = Call::new(format!("{}/api/media", fixture.target.base)).expect(503)?;
        answer.has("content-type", "application/problem+json")?;
        answer.has("cache-control", "no-store")?;
        answer.need("retry-after")?;
        ensure!(!answer.text()?.contains(name), "the client hears what is missing: {}", answer.text()?);
        let named = format!("{name} is not set");
        let log = log(&fixture, |log| log.contains(&named))?;
        ensure!(log.contains(&named), "the log does not name {name}: {log}");
        for (_, value) in ENVIRONMENT.iter().filter(|(_, value)| *value != "gallery") {
            ensure!(!log.contains(value), "without {name} the log shows {value:?}");
        }
    }
    Ok(())
}

fn log_has_no_secret(fixtures: &Fixtures) -> Outcome {
    let fixture = fixtures.start()?;
    let target = &fixture.target;
    let (master, variant) = (master(target)?, variant(target)?);
    let paths = [BIG, "/api/thumbnail/big.png?size=small", &master, &variant, "/api/file/absent.png"];
    for path in paths {
        target.follow(path).send()?;
    }
    target.log_in("not the password").expect(401)?;
    set(&fixture, Mode::Refuse)?;
    for path in paths {
        target.follow(path).send()?;
    }
    let told = |log: &str| log.matches("\"request_id\"").count();
    let log = log(&fixture, |log| told(log) > 2 * paths.len())?;
    let stderr = fixture.stderr()?;
    ensure!(told(&log) > 2 * paths.len(), "the log lacks requests: {log}");
    ensure!(log.contains("\"status\":401") && log.contains("\"failure\""), "the log lacks what was done: {log}");
    let mut never = vec![target.token()?, "X-Amz-Signature", "not the password", "big.png", "absent"];
    never.extend(ENVIRONMENT.iter().filter(|(name, _)| *name != "R2_BUCKET_NAME").map(|(_, value)| *value));
    for word in never {
        ensure!(!log.contains(word) && !stderr.contains(word), "{word} is in the log");
    }
    Ok(())
}
