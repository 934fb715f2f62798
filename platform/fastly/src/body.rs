//! A body: a handle to bytes that the host holds. The bytes come from this program, or a backend is still sending
//! them.

use std::io::Read;

use bytes::Bytes;
use platform::{Error, Kind};

/// See [`platform::Platform::Body`].
pub struct Body(pub(crate) fastly::Body);

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(fastly::Body::from(&bytes[..]))
    }
}

impl Body {
    /// See [`platform::Platform::join`]. The host joins its handles, and no byte enters the guest.
    pub(crate) fn join(pieces: Vec<Self>) -> Self {
        let mut whole = fastly::Body::new();
        for piece in pieces {
            whole.append(piece.0);
        }
        Self(whole)
    }

    /// See [`platform::Platform::collect`].
    pub(crate) fn collect(mut self, max: usize) -> Result<Bytes, Error> {
        let too_large = || Error::new(Kind::TooLarge, "body.collect");
        let declared = self.0.known_length();
        if declared.is_some_and(|length| length > max as u64) {
            return Err(too_large());
        }
        let room = declared.and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
        let mut bytes = Vec::with_capacity(room);
        Read::take(&mut self.0, max as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| Error::because(Kind::Unavailable, "body.read", error))?;
        if bytes.len() > max {
            return Err(too_large());
        }
        if declared.is_some_and(|length| length != bytes.len() as u64) {
            return Err(Error::because(Kind::Unavailable, "body.read", "the body ended before its declared length"));
        }
        Ok(bytes.into())
    }
}
