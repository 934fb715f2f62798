//! Why the body of a request ended early.
//!
//! `s3s` verifies hashes and chunk signatures while the body is read. `s3s-fs` reports every failure there as 500.
//! But the mistake is the client's, and S3 has codes for it.

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
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

/// The failure of the body, if it failed, in the words of the verifier.
#[derive(Clone, Default)]
pub struct Failure(Arc<OnceLock<String>>);

/// Passes through `body`, and notes its failure.
pub fn watch(body: StreamingBlob) -> (StreamingBlob, Failure) {
    let failure = Failure::default();
    (StreamingBlob::new(Watched { body, failure: failure.clone() }), failure)
}

struct Watched {
    body: StreamingBlob,
    failure: Failure,
}

impl Stream for Watched {
    type Item = Result<Bytes, StdError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut self.body).poll_next(cx);
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
