//! Trouble that may pass, and how long it is waited out.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::StoreError;
use super::lanes::{Lanes, TICK};
use crate::Stop;

/// The longest `Retry-After` that is heeded.
const MAX_RETRY_AFTER: Duration = Duration::from_mins(1);
/// One object is tried so often, however long that takes: a large upload may fail after an hour.
const TRIES: u32 = 4;

/// Why an attempt failed.
#[derive(Debug)]
pub enum Trouble {
    /// The next attempt would fail in the same way.
    Lasting(StoreError),
    Passing {
        error: StoreError,
        /// How long the store wants to be left alone.
        after: Option<Duration>,
        /// Whether fewer requests may help.
        is_busy: bool,
    },
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Lasting(error)
    }
}

impl Trouble {
    pub fn into_error(self) -> StoreError {
        match self {
            Self::Lasting(error) | Self::Passing { error, .. } => error,
        }
    }
}

/// The patience with a store, which all threads share.
pub struct Retry {
    lanes: Lanes,
    patience: Duration,
    stop: Stop,
    /// Why the store was given up.
    given_up: OnceLock<StoreError>,
}

impl Retry {
    /// Of a patience of 5 minutes, the first pause takes at most 0.5 s, and no pause more than 20 s.
    pub fn new(connections: usize, patience: Duration, stop: Stop) -> Self {
        Self { lanes: Lanes::new(connections), patience, stop, given_up: OnceLock::new() }
    }

    /// Tries `attempt` until it succeeds, fails for good, or the patience is used up. If no thread had any success
    /// meanwhile, and the store `answers` nothing else either, the error is fatal, and all threads give up.
    pub fn run<T>(
        &self,
        mut attempt: impl FnMut() -> Result<T, Trouble>,
        answers: impl Fn() -> bool,
    ) -> Result<T, StoreError> {
        let mut tries = 0;
        // The time that this object has cost. The wait for a lane is not its fault.
        let mut spent = Duration::ZERO;
        let mut last = None;
        let mut first = None;
        loop {
            let Some(lane) = self.lanes.enter(&self.stop) else {
                let stopped = || StoreError::local("interrupted".to_owned());
                return Err(self.given_up.get().cloned().or(last).unwrap_or_else(stopped));
            };
            let began = Instant::now();
            let (error, after, is_busy) = match attempt() {
                Ok(value) => {
                    lane.succeeded();
                    return Ok(value);
                }
                Err(Trouble::Lasting(error)) => return Err(error),
                Err(Trouble::Passing { error, after, is_busy }) => (error, after, is_busy),
            };
            let after = after.map(|after| after.min(MAX_RETRY_AFTER).min(self.patience));
            lane.failed(is_busy, after);
            drop(lane);
            tries += 1;
            let counts = self.lanes.counts();
            let (since, before) = *first.get_or_insert((Instant::now(), counts));
            let pause = self.backoff(tries).max(after.unwrap_or_default());
            spent += began.elapsed() + pause;
            let is_silent = counts.successes == before.successes;
            // Lanes are few when nothing works, so no thread may have tried often.
            let is_dead =
                is_silent && since.elapsed() >= self.patience && counts.failures - before.failures >= u64::from(TRIES);
            if is_dead || (tries >= TRIES && spent >= self.patience) {
                return Err(if is_silent && !self.stop.is_requested() && !answers() {
                    self.give_up(&error)
                } else {
                    error
                });
            }
            if !self.wait(pause) {
                return Err(error);
            }
            last = Some(error);
        }
    }

    fn give_up(&self, error: &StoreError) -> StoreError {
        let error = self.given_up.get_or_init(|| StoreError::fatal(error.to_string())).clone();
        self.lanes.shut();
        error
    }

    /// Waits before the next attempt. `false` if the run is to stop.
    pub fn pause(&self, tries: u32) -> bool {
        self.wait(self.backoff(tries))
    }

    /// Up to twice as long each time. Requests that failed together are not repeated together.
    fn backoff(&self, tries: u32) -> Duration {
        let longest = (self.patience / 600).saturating_mul(1 << (tries - 1).min(16)).min(self.patience / 15);
        longest.mul_f64(fastrand::f64())
    }

    /// `false` if the run is to stop, or the store was given up.
    pub fn wait(&self, pause: Duration) -> bool {
        let until = Instant::now() + pause;
        loop {
            if self.stop.is_requested() || self.given_up.get().is_some() {
                return false;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            std::thread::sleep(left.min(TICK));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;

    const SHORT: Duration = Duration::from_millis(300);

    fn passing(after: Option<Duration>) -> Trouble {
        Trouble::Passing { error: StoreError::local("trouble".into()), after, is_busy: true }
    }

    fn retry(patience: Duration) -> Retry {
        Retry::new(4, patience, Stop::default())
    }

    #[test]
    fn what_passes_is_tried_again_and_what_lasts_is_not() {
        let mut tries = 0;
        let run = retry(SHORT).run(
            || {
                tries += 1;
                if tries < 4 { Err(passing(None)) } else { Ok(tries) }
            },
            || panic!("nobody asks while there is patience"),
        );
        assert_eq!(run.unwrap(), 4);
        let mut tries = 0;
        let lasting = || {
            tries += 1;
            Err::<(), _>(StoreError::local("no".into()).into())
        };
        assert_eq!(retry(SHORT).run(lasting, || true).unwrap_err().to_string(), "no");
        assert_eq!(tries, 1);
    }

    #[test]
    fn patience_ends_and_a_silent_store_is_given_up() {
        let began = Instant::now();
        let alive = retry(SHORT);
        assert!(!alive.run(|| Err::<(), _>(passing(None)), || true).unwrap_err().fatal, "it answers others");
        assert!(alive.run(|| Ok(()), || true).is_ok());
        let silent = retry(SHORT);
        assert!(silent.run(|| Err::<(), _>(passing(None)), || false).unwrap_err().fatal);
        let others = silent.run(|| Ok(()), || true).unwrap_err();
        assert!(others.fatal && others.to_string() == "trouble", "and nothing else is tried");
        assert!(began.elapsed() >= SHORT && began.elapsed() < 20 * SHORT, "{:?}", began.elapsed());
    }

    #[test]
    fn all_threads_give_up_a_dead_store_together() {
        let (retry, asked) = (Retry::new(64, SHORT, Stop::default()), AtomicU32::new(0));
        let began = Instant::now();
        thread::scope(|scope| {
            let runs: Vec<_> = (0..64)
                .map(|_| {
                    scope.spawn(|| {
                        let attempt = || {
                            thread::sleep(Duration::from_millis(30));
                            Err::<(), _>(passing(None))
                        };
                        retry.run(attempt, || {
                            asked.fetch_add(1, Ordering::SeqCst);
                            false
                        })
                    })
                })
                .collect();
            assert!(runs.into_iter().any(|run| run.join().unwrap().unwrap_err().fatal));
        });
        assert!(began.elapsed() < 5 * SHORT, "64 threads in one lane: {:?}", began.elapsed());
        assert!(asked.load(Ordering::SeqCst) < 64);
    }

    #[test]
    fn the_store_says_when() {
        let retry = retry(Duration::from_secs(10));
        let began = Instant::now();
        let mut tries = 0;
        let run = retry.run(
            || {
                tries += 1;
                if tries == 1 { Err(passing(Some(Duration::from_millis(400)))) } else { Ok(()) }
            },
            || true,
        );
        assert!(run.is_ok() && began.elapsed() >= Duration::from_millis(400));
    }

    #[test]
    fn a_stop_ends_a_wait() {
        let stop = Stop::default();
        let retry = Retry::new(4, Duration::from_mins(5), stop.clone());
        let began = Instant::now();
        thread::scope(|scope| {
            let run = scope.spawn(|| retry.run(|| Err::<(), _>(passing(Some(Duration::from_mins(1)))), || true));
            thread::sleep(Duration::from_millis(50));
            stop.request();
            assert_eq!(run.join().unwrap().unwrap_err().to_string(), "trouble");
        });
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    }

    #[test]
    fn pauses_grow_to_a_limit() {
        let retry = retry(Duration::from_mins(5));
        let longest = |tries| (0..200).map(|_| retry.backoff(tries)).max().unwrap().as_secs_f64();
        assert!(longest(1) <= 0.5 && longest(1) > 0.3);
        assert!(longest(4) <= 4.0 && longest(4) > 2.0);
        assert!(longest(40) <= 20.0 && longest(40) > 15.0);
    }
}
