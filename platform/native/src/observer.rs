//! Whoever counts what the host does, beside the log.

use std::time::Duration;

use platform::Record;

/// A request that has ended, just before its log line is written.
pub struct Ended<'a> {
    pub record: &'a Record,
    /// One of a fixed set.
    pub method: &'static str,
    pub status: u16,
    /// Until the head of the answer.
    pub head: Duration,
    /// The bytes of the body that were sent.
    pub bytes: u64,
    /// Whether the whole body was sent.
    pub complete: bool,
}

/// Hears of everything that the log says. It is called on the threads that serve, so it must not wait.
pub trait Observer: Send + Sync {
    /// A request has ended. It is called once for each line of the log that is about a request.
    fn ended(&self, ended: &Ended<'_>);

    /// A connection too many was closed.
    fn refused_connection(&self);

    /// A line of the log was lost: it could not be written, or nobody read the log fast enough.
    fn dropped_line(&self);
}
