//! Why the body of a request ended early.
//!
//! `s3s` verifies hashes and chunk signatures while the body is read. `s3s-fs` reports every failure there as 500.
//! But the mistake is the client's, and S3 has codes for it.

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::Duration,
};

use futures_core::Stream;
use http::StatusCode;
use hyper::body::Bytes;
use s3s::{
    S3Error, S3ErrorCode, StdError,
    dto::StreamingBlob,
    s3_error,
    stream::{ByteStream, RemainingLength},
};

use crate::stall::Patience;

/// The failure of the body, if it failed, in the words of the verifier.
#[derive(Clone, Default)]
pub struct Failure(Arc<OnceLock<String>>);

/// How long the next bytes of a body may take. A client that lost its network may never say so.
pub const PATIENCE: Duration = Duration::from_mins(5);

/// Passes through `body`, and notes its failure. A body of which nothing comes for `patience` has failed.
pub fn watch(body: StreamingBlob, patience: Duration) -> (StreamingBlob, Failure) {
    let failure = Failure::default();
    let patience = Patience::new(patience);
    (StreamingBlob::new(Watched { body, failure: failure.clone(), patience }), failure)
}

struct Watched {
    body: StreamingBlob,
    failure: Failure,
    patience: Patience,
}

impl Stream for Watched {
    type Item = Result<Bytes, StdError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut self.body).poll_next(cx);
        let polled = self.patience.with(cx, polled, || Some(Err("no more of the body came".into())));
        if let Poll::Ready(Some(Err(error))) = &polled {
            self.failure.0.get_or_init(|| error.to_string());
        }
        polled
    }
}

impl ByteStream for Watched {
    fn remaining_length(&self) -> RemainingLength {
        self.body.remaining_length()
    }
}

impl Failure {
    /// The error for the answer: that of the body if it failed, otherwise `other`.
    pub fn or(&self, other: S3Error) -> S3Error {
        // The types of these errors are private to `s3s`, but their names show in the text.
        match self.0.get() {
            None => other,
            Some(text) if text.contains("Sha256Mismatch") => {
                let mut error = S3Error::with_message(
                    S3ErrorCode::Custom("XAmzContentSHA256Mismatch".into()),
                    "The provided 'x-amz-content-sha256' header does not match what was computed.",
                );
                error.set_status_code(StatusCode::BAD_REQUEST);
                error
            }
            Some(text) if text.contains("SignatureMismatch") => s3_error!(SignatureDoesNotMatch),
            Some(_) => s3_error!(IncompleteBody),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, time::Duration};

    use futures_core::Stream;
    use s3s::{Body, S3ErrorCode};

    use super::*;

    /// A body that never goes on.
    struct Silent;

    impl Stream for Silent {
        type Item = Result<Bytes, StdError>;

        fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            Poll::Pending
        }
    }

    impl ByteStream for Silent {
        fn remaining_length(&self) -> RemainingLength {
            RemainingLength::unknown()
        }
    }

    async fn next(body: &mut StreamingBlob) -> Option<Result<Bytes, StdError>> {
        poll_fn(|cx| Pin::new(&mut *body).poll_next(cx)).await
    }

    #[tokio::test]
    async fn a_body_that_does_not_go_on_fails() {
        let other = || s3_error!(InternalError);
        let (mut body, failure) = watch(StreamingBlob::new(Silent), Duration::from_millis(50));
        assert!(next(&mut body).await.unwrap().is_err());
        assert_eq!(*failure.or(other()).code(), S3ErrorCode::IncompleteBody);
        let (mut body, failure) = watch(Body::from("x".to_owned()).into(), Duration::from_millis(50));
        assert_eq!(next(&mut body).await.unwrap().unwrap(), "x");
        assert!(next(&mut body).await.is_none());
        assert_eq!(*failure.or(other()).code(), S3ErrorCode::InternalError);
    }
}
