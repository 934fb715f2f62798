//! A body: bytes we made, or a stream of the host's that is handed on as it is.

use bytes::Bytes;
use platform::{Error, Kind, object::declared_length};
use wasip3::{
    http::types::{ErrorCode, Trailers},
    http_compat::IncomingMessage,
    wit_bindgen::{FutureReader, StreamReader, StreamResult},
    wit_future, wit_stream,
};

/// How a body ends: with trailers, without, or broken off.
pub type End = FutureReader<Result<Option<Trailers>, ErrorCode>>;

/// How much room a body of unknown length is given at a time, in bytes.
const PIECE: usize = 16 * 1024;

/// See [`platform::Platform::Body`].
pub struct Body(Inner);

enum Inner {
    Bytes(Bytes),
    Arriving {
        stream: StreamReader<u8>,
        end: End,
        /// Its Content-Length.
        declared: Option<u64>,
    },
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Inner::Bytes(bytes))
    }
}

impl Body {
    /// What a request or a response of the host's brings.
    pub(crate) fn arriving(message: impl IncomingMessage, headers: &http::HeaderMap) -> Self {
        // The other direction: that we have taken it well. Dropped unwritten, the writer says so.
        let (_, taken) = wit_future::new(|| Ok(()));
        let (stream, end) = message.consume_body(taken);
        Self(Inner::Arriving { stream, end, declared: declared_length(headers) })
    }

    /// What the host makes a message of. A stream that came from it goes back to it: its bytes never enter the guest,
    /// and if it breaks off, so does the message.
    pub(crate) fn into_parts(self) -> (Option<StreamReader<u8>>, End) {
        match self.0 {
            Inner::Arriving { stream, end, .. } => (Some(stream), end),
            Inner::Bytes(bytes) => {
                // Dropped unwritten, the writer says that there are no trailers.
                let (_, end) = wit_future::new(|| Ok(None));
                if bytes.is_empty() {
                    return (None, end);
                }
                let (mut writer, stream) = wit_stream::new();
                // What the other side does not take, it has left: nobody is there to hear of it.
                wasip3::spawn(async move { drop(writer.write_all(Vec::from(bytes)).await) });
                (Some(stream), end)
            }
        }
    }

    /// See [`platform::Platform::collect`].
    pub async fn collect(self, max: usize) -> Result<Bytes, Error> {
        let too_large = || Error::new(Kind::TooLarge, "body.collect");
        let (mut stream, end, declared) = match self.0 {
            Inner::Bytes(bytes) => return if bytes.len() > max { Err(too_large()) } else { Ok(bytes) },
            Inner::Arriving { stream, end, declared } => (stream, end, declared),
        };
        if declared.is_some_and(|length| length > max as u64) {
            return Err(too_large());
        }
        // Room for one more, to be told of the end without asking for more room.
        let room = declared.and_then(|length| usize::try_from(length).ok()).map_or(PIECE, |length| length + 1);
        let mut bytes = Vec::with_capacity(room);
        loop {
            if bytes.len() == bytes.capacity() {
                bytes.reserve(PIECE);
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
        end.await.map_err(|code| crate::fetch::failure("body.read", code))?;
        if declared.is_some_and(|length| length != bytes.len() as u64) {
            return Err(Error::because(Kind::Unavailable, "body.read", "the body ended before its declared length"));
        }
        Ok(bytes.into())
    }
}
