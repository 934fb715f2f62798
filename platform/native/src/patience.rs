//! Waiting for a busy SQLite file without blocking the thread of the worker.

use std::time::{Duration, Instant};

use rusqlite::ErrorCode;

const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// Repeats `operation` for at most `patience`, while another connection holds the lock that it needs.
///
/// SQLite's own busy handler would sleep on the thread, and block every other request of the worker. `operation` is
/// one statement or one transaction, so an operation that found the file busy has had no effect.
pub(crate) async fn patiently<T>(
    patience: Duration,
    mut operation: impl FnMut() -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let started = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        match operation() {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && started.elapsed() < patience =>
            {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            result => return result,
        }
    }
}
