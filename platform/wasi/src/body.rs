//! A body: bytes from this program, or a stream of the host that is forwarded as it is.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::{
    Stream, StreamExt as _,
    future::{join, try_join},
    stream::unfold,
};
use platform::{AHEAD, Error, Kind, Pieces, Platform, headers::declared_length, record::host_failure};
use wasip3::{
    http::types::{ErrorCode, Trailers},
    http_compat::IncomingMessage,
    wit_bindgen::{FutureReader, FutureWriter, StreamReader, StreamResult, StreamWriter},
    wit_future, wit_stream,
};

use crate::{failure::failure, log::log};

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
    Made(Made),
}

/// The pieces of a body that is made while it is sent. See [`platform::Platform::stream`].
type Made = Pin<Box<dyn Stream<Item = Result<Body, Error>>>>;

struct Arriving {
    stream: StreamReader<u8>,
    /// Taken once the stream has ended.
    end: Option<End>,
    /// The Content-Length of the stream.
    declared: Option<u64>,
    /// How many bytes of it have been written elsewhere.
    written: u64,
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
        let declared = declared_length(headers);
        Self(vec![Piece::Arriving(Arriving { stream, end: Some(end), declared, written: 0 })])
    }

    /// See [`platform::Platform::join`].
    pub fn join(pieces: Vec<Self>) -> Self {
        Self(pieces.into_iter().flat_map(|body| body.0).collect())
    }

    /// See [`platform::Platform::stream`].
    pub fn made<P, S>(platform: impl Fn() -> P + 'static, pieces: S) -> Self
    where
        P: Platform<Body = Self>,
        S: Pieces<P>,
    {
        Self(vec![Piece::Made(Box::pin(unfold((platform, pieces), |(platform, mut pieces)| async {
            let piece = pieces.next(&platform(), crate::now()).await?;
            Some((piece, (platform, pieces)))
        })))])
    }

    /// The parts from which the host makes a message. A stream that came from the host goes back to the host: its
    /// bytes never enter the guest, and if the stream breaks off, so does the message.
    pub(crate) fn into_parts(self) -> (Option<StreamReader<u8>>, End) {
        let pieces = match <[Piece; 1]>::try_from(self.0) {
            Ok([Piece::Arriving(Arriving { stream, end: Some(end), .. })]) => return (Some(stream), end),
            Ok(piece) => Vec::from(piece),
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
        let Arriving { mut stream, end, declared, .. } = match self {
            Self::Bytes(bytes) => return if bytes.len() > max { Err(too_large()) } else { Ok(bytes) },
            Self::Arriving(arriving) => arriving,
            Self::Made(mut made) => {
                let mut whole = Vec::new();
                while let Some(body) = made.next().await {
                    whole.extend_from_slice(&Box::pin(body?.collect(max - whole.len())).await?);
                }
                return Ok(whole.into());
            }
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
        if let Some(end) = end {
            end.await.map_err(|code| failure("body.read", code))?;
        }
        if declared.is_some_and(|length| length != bytes.len() as u64) {
            return Err(Error::because(Kind::Unavailable, "body.read", "the body ended before its declared length"));
        }
        Ok(bytes.into())
    }
}

/// Why the writing of a body stopped.
enum Stop {
    /// The other side has left, so a failure can be reported to nobody.
    Left,
    Broken(ErrorCode),
}

/// Writes the pieces one after the other, as fast as the other side accepts them. A piece that breaks off ends the
/// whole body with its failure.
async fn write(
    pieces: Vec<Piece>,
    mut writer: StreamWriter<u8>,
    ended: FutureWriter<Result<Option<Trailers>, ErrorCode>>,
) {
    for piece in pieces {
        let written = match piece {
            Piece::Made(made) => write_made(made, &mut writer).await,
            mut piece => piece.write_into(&mut writer, None).await,
        };
        match written {
            Ok(()) => {}
            Err(Stop::Left) => return,
            Err(Stop::Broken(code)) => {
                drop(writer);
                // If the write fails, the reader has left.
                let _ = ended.write(Err(code)).await;
                return;
            }
        }
    }
}

/// Writes pieces that are made meanwhile.
async fn write_made(mut made: Made, writer: &mut StreamWriter<u8>) -> Result<(), Stop> {
    let mut next = made.next().await;
    while let Some(body) = next {
        let broken = |error: Error| {
            log(&host_failure(&error.to_string()));
            Stop::Broken(ErrorCode::HttpResponseIncomplete)
        };
        let mut pieces = body.map_err(broken)?.0;
        let mut last = pieces.pop();
        for mut piece in pieces {
            piece.write_into(writer, None).await?;
        }
        if let Some(last) = &mut last {
            last.write_into(writer, Some(AHEAD)).await?;
        }
        let rest = async {
            match &mut last {
                Some(last) => last.write_into(writer, None).await,
                None => Ok(()),
            }
        };
        let (written, following) = join(rest, made.next()).await;
        written?;
        next = following;
    }
    Ok(())
}

/// Writes the bytes, and returns the emptied buffer.
async fn write_bytes(writer: &mut StreamWriter<u8>, bytes: Vec<u8>) -> Result<Vec<u8>, Stop> {
    let rest = writer.write_all(bytes).await;
    if rest.is_empty() { Ok(rest) } else { Err(Stop::Left) }
}

impl Piece {
    /// Writes the piece. With `but`, all but so many bytes of it, and the rest in a second call.
    async fn write_into(&mut self, writer: &mut StreamWriter<u8>, but: Option<u64>) -> Result<(), Stop> {
        match self {
            Self::Bytes(_) if but.is_some() => Ok(()),
            Self::Bytes(bytes) => write_bytes(writer, std::mem::take(bytes).into()).await.map(drop),
            Self::Arriving(arriving) => arriving.write_into(writer, but).await,
            // A piece of a piece. No service makes one.
            Self::Made(_) => Err(Stop::Broken(ErrorCode::InternalError(None))),
        }
    }
}

impl Arriving {
    /// One part is written while the next is read: each passes the boundary to the host.
    async fn write_into(&mut self, writer: &mut StreamWriter<u8>, but: Option<u64>) -> Result<(), Stop> {
        if self.is_near_its_end(but) {
            return Ok(());
        }
        let mut spare = Vec::with_capacity(HELD);
        let (mut status, mut part) = self.stream.read(Vec::with_capacity(HELD)).await;
        loop {
            self.written += part.len() as u64;
            if !matches!(status, StreamResult::Complete(_)) {
                write_bytes(writer, part).await?;
                break;
            }
            if self.is_near_its_end(but) {
                return write_bytes(writer, part).await.map(drop);
            }
            let next = async { Ok(self.stream.read(spare).await) };
            (spare, (status, part)) = try_join(write_bytes(writer, part), next).await?;
        }
        if let Some(end) = self.end.take() {
            end.await.map_err(Stop::Broken)?;
        }
        if self.declared.is_some_and(|declared| declared != self.written) {
            return Err(Stop::Broken(ErrorCode::HttpResponseIncomplete));
        }
        Ok(())
    }

    /// Whether at most so many bytes are left. A piece of unknown length may end at any time.
    fn is_near_its_end(&self, but: Option<u64>) -> bool {
        let left = self.declared.map_or(0, |declared| declared.saturating_sub(self.written));
        but.is_some_and(|but| left <= but)
    }
}
