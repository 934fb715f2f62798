//! Clients that look at the gallery all the time, and ask once more where a request without effects was lost.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use contract::{Answer, Target};

/// Before a client asks again. A machine that goes takes some milliseconds until it refuses connections, and who asks
/// at once may be given to it a second time.
const PAUSE: Duration = Duration::from_millis(100);

/// What clients saw.
#[derive(Default)]
pub struct Seen {
    /// How long each request took, its second try included.
    times: Vec<Duration>,
    pub retries: usize,
    /// What was lost twice, or got a status that is none of success.
    pub errors: Vec<String>,
}

impl Seen {
    pub fn requests(&self) -> usize {
        self.times.len()
    }

    /// The time within which so many of a hundred requests were answered.
    fn percentile(&self, hundredths: usize) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        times.get((times.len() * hundredths / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
    }

    /// One line of figures.
    pub fn figures(&self, span: Duration) -> String {
        format!(
            "{} requests in {:.1} s, {:.0} a second, half within {} ms, 99 % within {} ms, {} asked again, {} errors",
            self.requests(),
            span.as_secs_f64(),
            f64::from(u32::try_from(self.requests()).unwrap_or(u32::MAX)) / span.as_secs_f64(),
            self.percentile(50).as_millis(),
            self.percentile(99).as_millis(),
            self.retries,
            self.errors.len(),
        )
    }

    fn add(&mut self, other: Self) {
        self.times.extend(other.times);
        self.retries += other.retries;
        self.errors.extend(other.errors);
    }
}

/// Lets `clients` ask these paths in turn while `work` runs. Returns what they saw, and how long it took.
pub fn during<T>(
    target: &Target,
    paths: &[String],
    clients: usize,
    work: impl FnOnce() -> Result<T, String>,
) -> Result<(T, Seen, Duration), String> {
    // All clients share the session.
    target.cookie()?;
    let over = AtomicBool::new(false);
    let began = Instant::now();
    thread::scope(|scope| {
        let looking: Vec<_> = (0..clients)
            .map(|client| {
                let over = &over;
                scope.spawn(move || look(target, paths, client, over))
            })
            .collect();
        let done = work();
        over.store(true, Ordering::Relaxed);
        let mut seen = Seen::default();
        for client in looking {
            seen.add(client.join().map_err(|_| "a client panicked")?);
        }
        Ok((done?, seen, began.elapsed()))
    })
}

fn look(target: &Target, paths: &[String], client: usize, over: &AtomicBool) -> Seen {
    let mut seen = Seen::default();
    for path in paths.iter().cycle().skip(client) {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let began = Instant::now();
        let mut answer = ask(target, path);
        if answer.is_err() {
            seen.retries += 1;
            thread::sleep(PAUSE);
            answer = ask(target, path);
        }
        seen.times.push(began.elapsed());
        seen.errors.extend(answer.err());
    }
    seen
}

/// What a client asks again: a connection that ends, and what a load balancer says where a machine is gone.
fn ask(target: &Target, path: &str) -> Result<Answer, String> {
    let answer = target.follow(path).send()?;
    let is_well = matches!(answer.status, 200 | 206 | 302);
    if is_well { Ok(answer) } else { Err(format!("{}: {}", answer.what, answer.status)) }
}
