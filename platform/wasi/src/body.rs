//! A body: bytes we made, or a stream of the host's that is forwarded as it is.

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

/// How much room a body of unknown length is given at a time, in bytes.
const ROOM: usize = 16 * 1024;
/// How much of a body is in the guest at a time when it is one of several, in bytes.
const HELD: usize = 64 * 1024;

/// See [`platform::Platform::Body`]. Its pieces one after the other; mostly there is one.
pub struct Body(Vec<Piece>);

enum Piece {
    Bytes(Bytes),
    Arriving(Arriving),
}

struct Arriving {
    stream: StreamReader<u8>,
    end: End,
    /// Its Content-Length.
    declared: Option<u64>,
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(vec![Piece::Bytes(bytes)])
    }
}

impl Body {
    /// What a request or a response of the host's brings.
    pub(crate) fn arriving(message: impl IncomingMessage, headers: &http::HeaderMap) -> Self {
        // The other direction: that we have taken it well. Dropped unwritten, the writer says so.
        let (_, taken) = wit_future::new(|| Ok(()));
        let (stream, end) = message.consume_body(taken);
        Self(vec![Piece::Arriving(Arriving { stream, end, declared: declared_length(headers) })])
    }

    /// See [`platform::Platform::join`].
    pub fn join(pieces: Vec<Self>) -> Self {
        Self(pieces.into_iter().flat_map(|body| body.0).collect())
    }

    /// What the host makes a message of. A stream that came from it goes back to it: its bytes never enter the guest,
    /// and if it breaks off, so does the message.
    pub(crate) fn into_parts(self) -> (Option<StreamReader<u8>>, End) {
        let pieces = match <[Piece; 1]>::try_from(self.0) {
            Ok([Piece::Arriving(whole)]) => return (Some(whole.stream), whole.end),
            Ok(bytes) => Vec::from(bytes),
            Err(pieces) => pieces,
        };
        // Dropped unwritten, the writer says that there are no trailers.
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
        // Room for one more, to be told of the end without asking for more room.
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

/// The other side has left: nobody is there to hear of it.
struct Left;

/// Writes pieces one after the other, as the other side takes them. One that breaks off ends all with its failure.
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
                // Whoever does not take it has left.
                let _ = ended.write(Err(code)).await;
                return;
            }
        }
    }
}

/// Gives the emptied buffer back.
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
