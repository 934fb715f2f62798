//! A body: bytes from this program, or a stream of the host that is spliced into another stream, so that its bytes
//! never enter the guest.

use bytes::Bytes;
use platform::{Error, Kind, headers::declared_length, record::Sent};
use wasip2::{
    http::types::{IncomingBody, OutgoingBody},
    io::streams::{InputStream, OutputStream, StreamError},
};

use crate::failure::failure;

/// The most bytes that are read or spliced at a time. The host may read or splice fewer.
const PIECE: u64 = 64 * 1024;
/// The most bytes that `blocking-write-and-flush` accepts (wasi:io/streams@0.2).
const WRITE: usize = 4096;

/// See [`platform::Platform::Body`]. The pieces follow one another. Most bodies have one piece.
pub struct Body(Vec<Piece>);

enum Piece {
    Bytes(Bytes),
    Arriving(Arriving),
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

    /// Whether the body is empty, so that its message has no contents.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|piece| matches!(piece, Piece::Bytes(bytes) if bytes.is_empty()))
    }

    /// See [`platform::Platform::join`].
    pub(crate) fn join(pieces: Vec<Self>) -> Self {
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
            Piece::Bytes(bytes) => write(&bytes, &output, count),
            Piece::Arriving(arriving) => arriving.splice(&output, count),
        });
        match written.and_then(|()| Ok(output.blocking_flush()?)) {
            Ok(()) => Ok(()),
            Err(Stop::Broken(error)) => Err(error),
            Err(Stop::End) => Err(Error::because(Kind::Unavailable, "body.write", "the receiver has left")),
        }
    }

    /// See [`platform::Platform::collect`].
    pub(crate) fn collect(self, max: usize) -> Result<Bytes, Error> {
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

impl Arriving {
    /// Moves the bytes inside the host.
    fn splice(self, output: &OutputStream, count: &mut u64) -> Result<(), Stop> {
        let before = *count;
        loop {
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
