//! Runs futures on a host whose calls block.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use platform::{Error, Kind};

/// Runs a future to its end. Host calls block, so a future that is not ready is one that has sent a request and lets
/// others send theirs, see [`send`](crate::fetch::send). Any other would never be ready.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> Result<T, Error> {
    let woken = Arc::new(Woken(AtomicBool::new(false)));
    let waker = Waker::from(Arc::clone(&woken));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return Ok(value),
            Poll::Pending if woken.0.swap(false, Ordering::Relaxed) => {}
            Poll::Pending => {
                return Err(Error::because(Kind::Internal, "service.handle", "waits for what no host call brings"));
            }
        }
    }
}

/// Whether a future that is not ready wants to be polled again.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
