//! A body: bytes from this program, or a stream of the host that is spliced into another stream, so that its bytes
//! never enter the guest.

use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream::unfold};
use platform::{AHEAD, Error, Kind, Pieces, Platform, headers::declared_length, record::Sent};
use wasip2::{
    http::types::{IncomingBody, OutgoingBody},
    io::streams::{InputStream, OutputStream, StreamError},
};

use crate::{failure::failure, now, run::run};

/// The most bytes that are read or spliced at a time. The host may read or splice fewer.
const PIECE: u64 = 64 * 1024;
/// The most bytes that `blocking-write-and-flush` accepts (wasi:io/streams@0.2).
const WRITE: usize = 4096;

/// See [`platform::Platform::Body`]. The pieces follow one another. Most bodies have one piece.
pub struct Body(Vec<Piece>);

enum Piece {
    Bytes(Bytes),
    Arriving(Arriving),
    Made(Made),
}

/// The pieces of a body that is made while it is sent. See [`platform::Platform::stream`].
struct Made {
    pieces: Pin<Box<dyn Stream<Item = Result<Body, Error>>>>,
    /// What was asked for and has come before its turn.
    next: Poll<Option<Result<Body, Error>>>,
}

struct Arriving {
    // The stream is a child of the body, and is dropped before it.
    stream: InputStream,
    _body: IncomingBody,
    /// The Content-Length of the stream.
    declared: Option<u64>,
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(vec![Piece::Bytes(bytes)])
    }
}

/// Why the reading or writing of a body stopped.
enum Stop {
    /// The stream ended.
    End,
    Broken(Error),
}

impl From<StreamError> for Stop {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Closed => Self::End,
            StreamError::LastOperationFailed(error) => {
                Self::Broken(Error::because(Kind::Unavailable, "body.stream", error.to_debug_string()))
            }
        }
    }
}

impl Body {
    /// The body of a request or a response that comes from the host.
    pub(crate) fn arriving(body: IncomingBody, headers: &http::HeaderMap) -> Result<Self, Error> {
        let taken = |()| Error::because(Kind::Internal, "body.stream", "the body is taken already");
        let stream = body.stream().map_err(taken)?;
        Ok(Self(vec![Piece::Arriving(Arriving { stream, _body: body, declared: declared_length(headers) })]))
    }

    /// See [`platform::Platform::stream`].
    pub fn made<P, S>(platform: impl Fn() -> P + 'static, pieces: S) -> Self
    where
        P: Platform<Body = Self>,
        S: Pieces<P>,
    {
        let pieces = Box::pin(unfold((platform, pieces), |(platform, mut pieces)| async {
            let piece = pieces.next(&platform(), now()).await?;
            Some((piece, (platform, pieces)))
        }));
        Self(vec![Piece::Made(Made { pieces, next: Poll::Pending })])
    }

    /// Whether the body is empty, so that its message has no contents.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|piece| matches!(piece, Piece::Bytes(bytes) if bytes.is_empty()))
    }

    /// See [`platform::Platform::join`].
    pub fn join(pieces: Vec<Self>) -> Self {
        Self(pieces.into_iter().flat_map(|body| body.0).collect())
    }

    /// Writes the whole body into a message, and says how many bytes that was. A message whose body broke off is
    /// never finished, so its receiver sees an abnormal end.
    pub(crate) fn write_into(self, message: OutgoingBody) -> (Sent, Result<(), Error>) {
        let mut bytes = 0;
        let written = self
            .copy_into(&message, &mut bytes)
            .and_then(|()| OutgoingBody::finish(message, None).map_err(|code| failure("body.finish", code)));
        (Sent { bytes, complete: written.is_ok() }, written)
    }

    fn copy_into(self, message: &OutgoingBody, count: &mut u64) -> Result<(), Error> {
        let taken = |()| Error::because(Kind::Internal, "body.write", "the body is taken already");
        // The output is a child of the message's body, and is dropped before the body is finished.
        let output = message.write().map_err(taken)?;
        let written = self.0.into_iter().try_for_each(|piece| match piece {
            Piece::Made(made) => made.write(&output, count),
            piece => piece.write(&output, count, None),
        });
        match written.and_then(|()| Ok(output.blocking_flush()?)) {
            Ok(()) => Ok(()),
            Err(Stop::Broken(error)) => Err(error),
            Err(Stop::End) => Err(Error::because(Kind::Unavailable, "body.write", "the receiver has left")),
        }
    }

    /// See [`platform::Platform::collect`].
    pub fn collect(self, max: usize) -> Result<Bytes, Error> {
        let pieces = match <[Piece; 1]>::try_from(self.0) {
            Ok([piece]) => return piece.collect(max),
            Err(pieces) => pieces,
        };
        let mut whole = Vec::new();
        for piece in pieces {
            whole.extend_from_slice(&piece.collect(max - whole.len())?);
        }
        Ok(whole.into())
    }
}

impl Piece {
    fn collect(self, max: usize) -> Result<Bytes, Error> {
        let too_large = || Error::new(Kind::TooLarge, "body.collect");
        let arriving = match self {
            Self::Bytes(bytes) => return if bytes.len() > max { Err(too_large()) } else { Ok(bytes) },
            Self::Arriving(arriving) => arriving,
            Self::Made(mut made) => {
                let mut whole = Vec::new();
                while let Some(body) = made.take()? {
                    whole.extend_from_slice(&body?.collect(max - whole.len())?);
                }
                return Ok(whole.into());
            }
        };
        if arriving.declared.is_some_and(|length| length > max as u64) {
            return Err(too_large());
        }
        let room = arriving.declared.and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
        let mut bytes = Vec::with_capacity(room);
        loop {
            match arriving.stream.blocking_read(PIECE).map_err(Stop::from) {
                Ok(piece) if piece.len() > max - bytes.len() => return Err(too_large()),
                Ok(piece) => bytes.extend_from_slice(&piece),
                Err(Stop::End) => break,
                Err(Stop::Broken(error)) => return Err(error),
            }
        }
        arriving.check(bytes.len() as u64)?;
        Ok(bytes.into())
    }
}

impl Piece {
    /// Writes the piece. Near its end, `following` is asked for.
    fn write(self, output: &OutputStream, count: &mut u64, following: Option<&mut Made>) -> Result<(), Stop> {
        match self {
            Self::Bytes(bytes) => {
                following.map(Made::ask);
                write(&bytes, output, count)
            }
            Self::Arriving(arriving) => arriving.splice(output, count, following),
            // A piece of a piece. No service makes one.
            Self::Made(_) => Err(Stop::Broken(Error::new(Kind::Internal, "body.write"))),
        }
    }
}

impl Made {
    /// Sends the request for the next piece. Host calls block, so what comes before the request is waited for.
    fn ask(&mut self) {
        if self.next.is_pending() {
            self.next = self.pieces.as_mut().poll_next(&mut Context::from_waker(Waker::noop()));
        }
    }

    /// The next piece, which is waited for.
    fn take(&mut self) -> Result<Option<Result<Body, Error>>, Error> {
        match std::mem::replace(&mut self.next, Poll::Pending) {
            Poll::Ready(next) => Ok(next),
            Poll::Pending => run(self.pieces.next()),
        }
    }

    /// Writes the pieces, each of which is asked for when its turn is near.
    fn write(mut self, output: &OutputStream, count: &mut u64) -> Result<(), Stop> {
        while let Some(body) = self.take().map_err(Stop::Broken)? {
            let mut pieces = body.map_err(Stop::Broken)?.0;
            let last = pieces.pop();
            for piece in pieces {
                piece.write(output, count, None)?;
            }
            if let Some(last) = last {
                last.write(output, count, Some(&mut self))?;
            }
        }
        Ok(())
    }
}

impl Arriving {
    /// Moves the bytes inside the host.
    fn splice(self, output: &OutputStream, count: &mut u64, mut following: Option<&mut Made>) -> Result<(), Stop> {
        let before = *count;
        loop {
            let left = self.declared.map_or(0, |declared| declared.saturating_sub(*count - before));
            if left <= AHEAD
                && let Some(following) = following.take()
            {
                following.ask();
            }
            match output.blocking_splice(&self.stream, PIECE) {
                Ok(spliced) => *count += spliced,
                // Either the input or the output has ended. The length tells which, and so does the flush after this.
                Err(StreamError::Closed) => return self.check(*count - before).map_err(Stop::Broken),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn check(&self, length: u64) -> Result<(), Error> {
        if self.declared.is_some_and(|declared| declared != length) {
            return Err(Error::because(Kind::Unavailable, "body.read", "the body ended before its declared length"));
        }
        Ok(())
    }
}

fn write(bytes: &[u8], output: &OutputStream, count: &mut u64) -> Result<(), Stop> {
    for piece in bytes.chunks(WRITE) {
        output.blocking_write_and_flush(piece)?;
        *count += piece.len() as u64;
    }
    Ok(())
}
