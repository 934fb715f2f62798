//! A body: bytes from this program, or a stream of the host that is forwarded as it is.

use bytes::Bytes;
use platform::{Error, Kind, headers::declared_length};
use wasip3::{
    http::types::{ErrorCode, Trailers},
    http_compat::IncomingMessage,
    wit_bindgen::{FutureReader, FutureWriter, StreamReader, StreamResult, StreamWriter},
    wit_future, wit_stream,
};

use crate::failure::failure;

/// How a body ends: with trailers, without, or broken off.
pub type End = FutureReader<Result<Option<Trailers>, ErrorCode>>;

/// By how much the buffer for a body of unknown length grows at a time, in bytes.
const ROOM: usize = 16 * 1024;
/// How much of a body is in the guest at a time, if it is one of several joined bodies, in bytes.
const HELD: usize = 64 * 1024;

/// See [`platform::Platform::Body`]. The pieces follow one another. Most bodies have one piece.
pub struct Body(Vec<Piece>);

enum Piece {
    Bytes(Bytes),
    Arriving(Arriving),
}

struct Arriving {
    stream: StreamReader<u8>,
    end: End,
    /// The Content-Length of the stream.
    declared: Option<u64>,
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(vec![Piece::Bytes(bytes)])
    }
}

impl Body {
    /// The body of a request or a response that comes from the host.
    pub(crate) fn arriving(message: impl IncomingMessage, headers: &http::HeaderMap) -> Self {
        // This future tells the sender that the body arrived well. The writer is dropped unwritten, and then says so.
        let (_, taken) = wit_future::new(|| Ok(()));
        let (stream, end) = message.consume_body(taken);
        Self(vec![Piece::Arriving(Arriving { stream, end, declared: declared_length(headers) })])
    }

    /// See [`platform::Platform::join`].
    pub fn join(pieces: Vec<Self>) -> Self {
        Self(pieces.into_iter().flat_map(|body| body.0).collect())
    }

    /// The parts from which the host makes a message. A stream that came from the host goes back to the host: its
    /// bytes never enter the guest, and if the stream breaks off, so does the message.
    pub(crate) fn into_parts(self) -> (Option<StreamReader<u8>>, End) {
        let pieces = match <[Piece; 1]>::try_from(self.0) {
            Ok([Piece::Arriving(whole)]) => return (Some(whole.stream), whole.end),
            Ok(bytes) => Vec::from(bytes),
            Err(pieces) => pieces,
        };
        // A writer that is dropped unwritten says that there are no trailers.
        let (ended, end) = wit_future::new(|| Ok(None));
        if pieces.iter().all(|piece| matches!(piece, Piece::Bytes(bytes) if bytes.is_empty())) {
            return (None, end);
        }
        let (writer, stream) = wit_stream::new();
        wasip3::spawn(write(pieces, writer, ended));
        (Some(stream), end)
    }

    /// See [`platform::Platform::collect`].
    pub async fn collect(self, max: usize) -> Result<Bytes, Error> {
        let pieces = match <[Piece; 1]>::try_from(self.0) {
            Ok([piece]) => return piece.collect(max).await,
            Err(pieces) => pieces,
        };
        let mut whole = Vec::new();
        for piece in pieces {
            whole.extend_from_slice(&piece.collect(max - whole.len()).await?);
        }
        Ok(whole.into())
    }
}

impl Piece {
    async fn collect(self, max: usize) -> Result<Bytes, Error> {
        let too_large = || Error::new(Kind::TooLarge, "body.collect");
        let Arriving { mut stream, end, declared } = match self {
            Self::Bytes(bytes) => return if bytes.len() > max { Err(too_large()) } else { Ok(bytes) },
            Self::Arriving(arriving) => arriving,
        };
        if declared.is_some_and(|length| length > max as u64) {
            return Err(too_large());
        }
        // Room for one byte more, so that the end of the stream is seen before the buffer has to grow.
        let room = declared.and_then(|length| usize::try_from(length).ok()).map_or(ROOM, |length| length + 1);
        let mut bytes = Vec::with_capacity(room);
        loop {
            if bytes.len() == bytes.capacity() {
                bytes.reserve(ROOM);
            }
            let (status, read) = stream.read(bytes).await;
            bytes = read;
            if bytes.len() > max {
                return Err(too_large());
            }
            if !matches!(status, StreamResult::Complete(_)) {
                break;
            }
        }
        end.await.map_err(|code| failure("body.read", code))?;
        if declared.is_some_and(|length| length != bytes.len() as u64) {
            return Err(Error::because(Kind::Unavailable, "body.read", "the body ended before its declared length"));
        }
        Ok(bytes.into())
    }
}

/// The other side has left, so a failure can be reported to nobody.
struct Left;

/// Writes the pieces one after the other, as fast as the other side accepts them. A piece that breaks off ends the
/// whole body with its failure.
async fn write(
    pieces: Vec<Piece>,
    mut writer: StreamWriter<u8>,
    ended: FutureWriter<Result<Option<Trailers>, ErrorCode>>,
) {
    for piece in pieces {
        let written = match piece {
            Piece::Bytes(bytes) => Ok(write_bytes(&mut writer, bytes.into()).await.map(drop)),
            Piece::Arriving(arriving) => arriving.write_into(&mut writer).await,
        };
        match written {
            Ok(Ok(())) => {}
            Ok(Err(Left)) => return,
            Err(code) => {
                drop(writer);
                // If the write fails, the reader has left.
                let _ = ended.write(Err(code)).await;
                return;
            }
        }
    }
}

/// Writes the bytes, and returns the emptied buffer.
async fn write_bytes(writer: &mut StreamWriter<u8>, bytes: Vec<u8>) -> Result<Vec<u8>, Left> {
    let rest = writer.write_all(bytes).await;
    if rest.is_empty() { Ok(rest) } else { Err(Left) }
}

impl Arriving {
    async fn write_into(mut self, writer: &mut StreamWriter<u8>) -> Result<Result<(), Left>, ErrorCode> {
        let mut buffer = Vec::with_capacity(HELD);
        let mut length = 0;
        loop {
            let (status, read) = self.stream.read(buffer).await;
            length += read.len() as u64;
            buffer = match write_bytes(writer, read).await {
                Ok(empty) => empty,
                Err(left) => return Ok(Err(left)),
            };
            if !matches!(status, StreamResult::Complete(_)) {
                break;
            }
        }
        self.end.await?;
        if self.declared.is_some_and(|declared| declared != length) {
            return Err(ErrorCode::HttpResponseIncomplete);
        }
        Ok(Ok(()))
    }
}
