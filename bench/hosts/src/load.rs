//! Clients that ask, wait for the whole answer, and ask again.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use harness::Failure;
use ureq::Agent;

use crate::cases::Case;

/// What a case came to.
pub struct Figures {
    pub name: &'static str,
    /// Of one client, the median.
    pub milliseconds: f64,
    /// Of all clients at once.
    pub per_second: f64,
    /// Store, SQL and KV use of the last request, as the service tells.
    pub operations: String,
}

static TURN: AtomicU64 = AtomicU64::new(0);

/// Measures one client, then many, each for `time`, after a tenth of it to warm up.
pub fn measure(case: &Case, time: Duration, clients: usize) -> Result<Figures, Failure> {
    run(case, time / 10)?;
    let (mut alone, operations) = run(case, time)?;
    alone.sort_unstable();
    let median = alone.get(alone.len() / 2).ok_or("no request was answered in time")?;
    let started = Instant::now();
    let counts = thread::scope(|scope| {
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(|| run(case, time))).collect();
        let join = |client: thread::ScopedJoinHandle<'_, Result<_, Failure>>| match client.join() {
            Ok(result) => result.map(|(times, _): (Vec<Duration>, String)| times.len()),
            Err(_) => Err("a client panicked".into()),
        };
        clients.into_iter().map(join).collect::<Result<Vec<usize>, Failure>>()
    })?;
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    let per_second = counts.iter().sum::<usize>() as f64 / started.elapsed().as_secs_f64();
    Ok(Figures { name: case.name, milliseconds: median.as_secs_f64() * 1e3, per_second, operations })
}

/// One client: the time of each answer, and the operations of the last.
fn run(case: &Case, time: Duration) -> Result<(Vec<Duration>, String), Failure> {
    let agent: Agent = Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    let (mut times, mut operations) = (Vec::new(), String::new());
    let end = Instant::now() + time;
    while Instant::now() < end {
        let mut request = match case.cold {
            None => agent.get(&case.url),
            Some(name) => agent.get(format!("{}?{name}=cold{}", case.url, TURN.fetch_add(1, Ordering::Relaxed))),
        };
        for (name, value) in &case.headers {
            request = request.header(*name, value);
        }
        let started = Instant::now();
        let mut answer = request.call()?;
        answer.body_mut().read_to_vec()?;
        times.push(started.elapsed());
        if answer.status().as_u16() != case.status {
            return Err(format!("{}: {} where {} was wanted", case.name, answer.status(), case.status).into());
        }
        operations =
            answer.headers().get("server-timing").and_then(|value| value.to_str().ok()).map(counts).unwrap_or_default();
    }
    Ok((times, operations))
}

/// `kv-reads 1, store-calls 2` of a `Server-Timing` header: what is not zero.
fn counts(timing: &str) -> String {
    let entries = timing.split(',').filter_map(|entry| entry.trim().split_once(";desc="));
    let used = entries.filter(|(_, count)| count.parse::<u32>().is_ok_and(|count| count > 0));
    used.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}
