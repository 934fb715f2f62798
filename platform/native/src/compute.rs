//! Work that keeps a processor busy for long, on threads of its own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use platform::{Error, Kind};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

/// How much is done at once. More would take the processors from the viewers: a hash needs one of them and 19 MiB.
const AT_ONCE: usize = 2;
/// How much waits. More comes only from someone who guesses passwords.
const WAITING: usize = 32;
/// How long it waits.
const PATIENCE: Duration = Duration::from_secs(5);

const OPERATION: &str = "host.compute";

/// The threads of a process for such work. tokio makes and ends them.
pub(crate) struct Pool {
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Pool {
    pub fn new() -> Self {
        Self { permits: Arc::new(Semaphore::new(AT_ONCE)), waiting: AtomicUsize::new(0) }
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
        // The permit goes with the work: a client that leaves does not make room for more.
        let done = spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        // The panic's message went to standard error. It may quote anything, so it stays out of the log.
        done.await.map_err(|_| Error::because(Kind::Internal, OPERATION, "panicked"))
    }

    fn seat(&self) -> Option<Seat<'_>> {
        let seat = Seat(&self.waiting);
        (self.waiting.fetch_add(1, Ordering::Relaxed) < WAITING).then_some(seat)
    }
}

/// A place among those that wait.
struct Seat<'a>(&'a AtomicUsize);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
