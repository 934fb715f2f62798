//! Clients that send a request, read the whole answer, and send the request again.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use harness::Failure;
use ureq::{Agent, http::Response};

use crate::cases::Case;

/// The figures of a case.
pub struct Figures {
    pub name: &'static str,
    /// The median time of an answer to one client.
    pub milliseconds: f64,
    /// The answers per second to all clients together.
    pub per_second: f64,
    /// The bytes of the body.
    pub bytes: usize,
    /// Store, SQL and KV use of the last request, as the service reports it.
    pub operations: String,
}

static TURN: AtomicU64 = AtomicU64::new(0);

/// Measures one client and then many, each for `time`. Before that, warms up for a tenth of `time`.
pub fn measure(case: &Case, time: Duration, clients: usize) -> Result<Figures, Failure> {
    run(case, time / 10)?;
    let (mut alone, bytes, operations) = run(case, time)?;
    alone.sort_unstable();
    let median = alone.get(alone.len() / 2).ok_or("no request was answered in time")?;
    let started = Instant::now();
    let counts = thread::scope(|scope| {
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(|| run(case, time))).collect();
        let join = |client: thread::ScopedJoinHandle<'_, Result<_, Failure>>| match client.join() {
            Ok(result) => result.map(|(times, ..): (Vec<Duration>, usize, String)| times.len()),
            Err(_) => Err("a client panicked".into()),
        };
        clients.into_iter().map(join).collect::<Result<Vec<usize>, Failure>>()
    })?;
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    let per_second = counts.iter().sum::<usize>() as f64 / started.elapsed().as_secs_f64();
    Ok(Figures { name: case.name, milliseconds: median.as_secs_f64() * 1e3, per_second, bytes, operations })
}

/// One client: the time of each answer, and the bytes and operations of the last.
fn run(case: &Case, time: Duration) -> Result<(Vec<Duration>, usize, String), Failure> {
    let agent = agent();
    let (mut times, mut bytes, mut operations) = (Vec::new(), 0, String::new());
    let end = Instant::now() + time;
    while Instant::now() < end {
        let (taken, answer) = ask(&agent, case)?;
        times.push(taken);
        operations =
            answer.headers().get("server-timing").and_then(|value| value.to_str().ok()).map(counts).unwrap_or_default();
        bytes = *answer.body();
    }
    Ok((times, bytes, operations))
}

/// The time of one client's answer in terms of that of another case: the median of rounds in which both are asked.
pub fn paired(case: &Case, other: &Case, time: Duration) -> Result<f64, Failure> {
    const ROUNDS: u32 = 9;
    let median = |case: &Case| -> Result<f64, Failure> {
        let (mut times, ..) = run(case, time / ROUNDS / 2)?;
        times.sort_unstable();
        Ok(times.get(times.len() / 2).ok_or("no request was answered in time")?.as_secs_f64())
    };
    let mut ratios = Vec::new();
    for round in 0..ROUNDS {
        // The one that goes first has no advantage over all rounds.
        let (own, others) = if round % 2 == 0 {
            let own = median(case)?;
            (own, median(other)?)
        } else {
            let others = median(other)?;
            (median(case)?, others)
        };
        ratios.push(own / others);
    }
    ratios.sort_unstable_by(f64::total_cmp);
    Ok(ratios[ratios.len() / 2])
}

/// Runs many clients that request all cases in turn. Returns the times for each case.
pub fn mix(cases: &[Case], time: Duration, clients: usize) -> Result<Vec<Vec<Duration>>, Failure> {
    let client = |first: usize| -> Result<_, Failure> {
        let agent = agent();
        let mut times = vec![Vec::new(); cases.len()];
        let end = Instant::now() + time;
        for (at, case) in cases.iter().enumerate().cycle().skip(first % cases.len()) {
            if Instant::now() >= end {
                break;
            }
            times[at].push(ask(&agent, case)?.0);
        }
        Ok(times)
    };
    thread::scope(|scope| {
        let clients: Vec<_> = (0..clients).map(|first| scope.spawn(move || client(first))).collect();
        let mut all = vec![Vec::new(); cases.len()];
        for client in clients {
            let times = client.join().map_err(|_| "a client panicked")??;
            all.iter_mut().zip(times).for_each(|(all, times)| all.extend(times));
        }
        Ok(all)
    })
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into()
}

/// Sends one request, whose answer must be right. Returns its time, and the answer with the length of its body.
fn ask(agent: &Agent, case: &Case) -> Result<(Duration, Response<usize>), Failure> {
    let mut request = match case.cold {
        None => agent.get(&case.url),
        Some(name) => agent.get(format!("{}?{name}=cold{}", case.url, TURN.fetch_add(1, Ordering::Relaxed))),
    };
    for (name, value) in &case.headers {
        request = request.header(*name, value);
    }
    let started = Instant::now();
    let mut answer = request.call()?;
    let body = answer.body_mut().read_to_vec()?;
    let taken = started.elapsed();
    if answer.status().as_u16() != case.status {
        return Err(format!("{}: {} where {} was wanted", case.name, answer.status(), case.status).into());
    }
    if case.body.as_ref().is_some_and(|wanted| *wanted != body) {
        return Err(format!("{}: another body than before", case.name).into());
    }
    Ok((taken, answer.map(|_| body.len())))
}

/// The counts of a `Server-Timing` header that are not zero, such as `kv-reads 1, store-calls 2`.
fn counts(timing: &str) -> String {
    let entries = timing.split(',').filter_map(|entry| entry.trim().split_once(";desc="));
    let used = entries.filter(|(_, count)| count.parse::<u32>().is_ok_and(|count| count > 0));
    used.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}
