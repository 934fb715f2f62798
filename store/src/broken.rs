//! What the operator is told of a disk or an index that fails. `s3s` sends a client the code only, and keeps the cause.

use std::{
    error::Error,
    io::{self, Write as _},
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use http::StatusCode;
use s3s::{S3Error, S3ErrorCode, S3Result};

/// The result for the client. An internal error is told on standard error, a line a second at most. A disk without room
/// is one of its own, because to try again would not help.
pub fn told<T>(result: S3Result<T>) -> S3Result<T> {
    result.map_err(|error| {
        let Some(source) = error.source().filter(|_| *error.code() == S3ErrorCode::InternalError) else { return error };
        if is_turn(seconds()) {
            let _ = writeln!(io::stderr(), "store: {source}");
        }
        if has_no_room(source) { full() } else { error }
    })
}

/// The words of `MinIO`, which clients know.
fn full() -> S3Error {
    let words = "The disk of the store has no room left.";
    let mut error = S3Error::with_message(S3ErrorCode::Custom("XMinioStorageFull".into()), words);
    error.set_status_code(StatusCode::INSUFFICIENT_STORAGE);
    error
}

fn has_no_room(error: &(dyn Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |&error| error.source());
    causes.any(|cause| {
        let of_disk = cause.downcast_ref().map(io::Error::kind);
        let of_index = cause.downcast_ref().and_then(rusqlite::Error::sqlite_error_code);
        matches!(of_disk, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
            || of_index == Some(rusqlite::ErrorCode::DiskFull)
    })
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Whether nothing was told in this second.
fn is_turn(now: u64) -> bool {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.swap(now, Ordering::Relaxed) != now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_without_room_is_told_from_other_failures() {
        let code = |error: S3Error| {
            let told = told::<()>(Err(error)).unwrap_err();
            (told.code().as_str().to_owned(), told.status_code())
        };
        let full = ("XMinioStorageFull".to_owned(), Some(StatusCode::INSUFFICIENT_STORAGE));
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded] {
            assert_eq!(code(S3Error::internal_error(io::Error::from(kind))), full);
        }
        let of_index = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL), None);
        assert_eq!(code(S3Error::internal_error(of_index)), full);
        let other = io::Error::from(io::ErrorKind::PermissionDenied);
        assert_eq!(code(S3Error::internal_error(other)).0, "InternalError");
        assert_eq!(code(s3s::s3_error!(NoSuchUpload)).0, "NoSuchUpload");
    }
}
