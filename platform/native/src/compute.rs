//! Work that keeps a processor busy for long, on threads of its own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use platform::{Error, Kind};
use tokio::{
    sync::{Semaphore, oneshot},
    time::timeout,
};

use crate::processor::{Spent, thread_time};

/// The most that is done at once: a hash needs a processor and 19 MiB.
const AT_ONCE: usize = 2;
/// How much waits. More comes only from someone who guesses passwords.
const WAITING: usize = 32;
/// How long it waits.
const PATIENCE: Duration = Duration::from_secs(5);

const OPERATION: &str = "host.compute";

/// The limits of a process for such work. Each piece of work has a thread, which ends with it.
pub(crate) struct Pool {
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Pool {
    pub fn new() -> Self {
        // At least half of the processors are left to the viewers.
        let at_once = thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).clamp(1, AT_ONCE));
        Self { permits: Arc::new(Semaphore::new(at_once)), waiting: AtomicUsize::new(0) }
    }

    /// See [`platform::Platform::compute`].
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let throttled = || Error::because(Kind::Throttled, OPERATION, "too much of this work waits");
        let permit = if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            permit
        } else {
            let _seat = self.seat().ok_or_else(throttled)?;
            let permit = timeout(PATIENCE, Arc::clone(&self.permits).acquire_owned()).await;
            permit.map_err(|_| throttled())?.map_err(|error| Error::because(Kind::Internal, OPERATION, error))?
        };
        let (tell, done) = oneshot::channel();
        // The permit goes with the work: a client that leaves does not make room for more.
        let begun = thread::Builder::new().name("compute".to_owned()).spawn(move || {
            let _permit = permit;
            stand_back();
            let before = thread_time();
            let value = work();
            let took = before.zip(thread_time()).map(|(before, after)| after.saturating_sub(before));
            // Nobody listens if the client has left.
            let _ = tell.send((value, took.unwrap_or_default()));
        });
        begun.map_err(|error| Error::because(Kind::Unavailable, OPERATION, error))?;
        // The panic's message went to standard error. It may quote anything, so it stays out of the log.
        let (value, took) = done.await.map_err(|_| Error::because(Kind::Internal, OPERATION, "panicked"))?;
        if let Some(spent) = Spent::current() {
            spent.add(took);
        }
        Ok(value)
    }

    fn seat(&self) -> Option<Seat<'_>> {
        let seat = Seat(&self.waiting);
        (self.waiting.fetch_add(1, Ordering::Relaxed) < WAITING).then_some(seat)
    }
}

/// Lets every other thread go first. Only Linux has a priority for a single thread, and a thread that gave its priority
/// up cannot take it back: that is why none serves twice.
fn stand_back() {
    /// The lowest priority that POSIX knows.
    #[cfg(target_os = "linux")]
    const LAST: i32 = 19;
    // If the system refuses, the limit of what is done at once still holds.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, LAST);
}

/// A place among those that wait.
struct Seat<'a>(&'a AtomicUsize);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
