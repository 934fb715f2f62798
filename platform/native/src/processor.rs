//! The processor's time of a request: what its own code took until the head of the answer, by the clock of the thread.
//!
//! Connections to clients and stores are served for many requests together, so their work counts for none of them.

use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::pin,
    rc::Rc,
    time::Duration,
};

thread_local! {
    /// The time of the request that is being served just now.
    static CURRENT: RefCell<Option<Spent>> = const { RefCell::new(None) };
}

/// What a request has taken so far.
#[derive(Clone, Default)]
pub(crate) struct Spent(Rc<Cell<Duration>>);

impl Spent {
    /// The request that is being served on this thread, if there is one.
    pub fn current() -> Option<Self> {
        CURRENT.with_borrow(Clone::clone)
    }

    pub fn add(&self, time: Duration) {
        self.0.set(self.0.get().saturating_add(time));
    }
}

/// Runs a future to its end. Returns its value, and the processor's time of its polls and of what it had done on
/// threads for long work. `None` on systems without a clock for each thread.
pub(crate) async fn timed<T>(future: impl Future<Output = T>) -> (T, Option<Duration>) {
    let (mut future, spent) = (pin!(future), Spent::default());
    let mut is_known = true;
    let value = poll_fn(|task| {
        let _serving = Serving(CURRENT.replace(Some(spent.clone())));
        let before = thread_time();
        let polled = future.as_mut().poll(task);
        match before.zip(thread_time()) {
            Some((before, after)) => spent.add(after.saturating_sub(before)),
            None => is_known = false,
        }
        polled
    })
    .await;
    (value, is_known.then(|| spent.0.get()))
}

/// Puts back which request was served before.
struct Serving(Option<Spent>);

impl Drop for Serving {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// How long this thread has had a processor.
#[cfg(unix)]
pub(crate) fn thread_time() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::ThreadCPUTime).try_into().ok()
}

#[cfg(not(unix))]
pub(crate) fn thread_time() -> Option<Duration> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn work(time: Duration) {
        let now = || thread_time().unwrap_or(Duration::MAX);
        let begun = now();
        while now().saturating_sub(begun) < time {
            std::hint::black_box(0);
        }
    }

    #[test]
    fn work_counts_and_waiting_does_not() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (value, spent) = runtime.block_on(timed(async {
            work(Duration::from_millis(20));
            tokio::time::sleep(Duration::from_millis(300)).await;
            work(Duration::from_millis(20));
            7
        }));
        let spent = spent.unwrap();
        assert_eq!(value, 7);
        assert!(spent >= Duration::from_millis(40) && spent < Duration::from_millis(200), "{spent:?}");
        assert!(Spent::current().is_none());
    }

    /// Two requests that take turns on a thread.
    #[test]
    fn each_request_has_its_own_time() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let request = |milliseconds| async move {
            for _ in 0..10 {
                work(Duration::from_millis(milliseconds));
                tokio::task::yield_now().await;
            }
        };
        let (((), little), ((), much)) =
            runtime.block_on(async { tokio::join!(timed(request(1)), timed(request(10))) });
        let (little, much) = (little.unwrap(), much.unwrap());
        assert!(little >= Duration::from_millis(10) && much >= Duration::from_millis(100), "{little:?} {much:?}");
        assert!(little < Duration::from_millis(60), "{little:?}");
    }

    #[test]
    fn long_work_on_another_thread_counts() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let pool = crate::compute::Pool::new();
        let (_, spent) = runtime.block_on(timed(pool.run(|| work(Duration::from_millis(50)))));
        assert!(spent.unwrap() >= Duration::from_millis(50), "{spent:?}");
    }
}
