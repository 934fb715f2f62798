//! The host: requests out, bodies, and the way to the stores.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use crate::{Error, Kv, Sql, StoreName};

/// How long a request may take. Travels in the request's extensions; without it the default holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timeouts {
    /// Until the connection stands, TLS included.
    pub connect: Duration,
    /// From the request's last byte to the response's head.
    pub first_byte: Duration,
    /// Between two pieces of the body. When it passes, the body ends with an error, never cleanly.
    pub between_bytes: Duration,
}

impl Timeouts {
    pub const DEFAULT: Self = Self {
        connect: Duration::from_secs(1),
        first_byte: Duration::from_secs(5),
        between_bytes: Duration::from_secs(10),
    };
}

impl Default for Timeouts {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Lets a host keep a response in its edge cache, for the next viewers. Travels in the extensions of a GET; without it
/// a host keeps nothing.
///
/// A host that has a cache in front of the other side may keep a whole 200, or the whole 206 to a `Range`, and answer
/// later requests for the same URL, `Range` and `version` with it, whoever asks: the caller has decided before that
/// this viewer may see it. The host then leaves `If-None-Match` and `If-Modified-Since` to the caller. No other answer
/// is ever kept, and a request with another condition goes past the cache. A host without an edge cache ignores this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeCache {
    /// Changes whenever what the URL shows does, so that nothing old is ever shown as new.
    pub version: String,
    /// How long the response is of use.
    pub ttl: Duration,
    /// Names by which an operator may drop what is kept: printable ASCII without spaces.
    pub tags: Vec<String>,
}

/// What an adapter implements.
pub trait Platform {
    type Kv: Kv;
    type Sql: Sql;
    /// A body is built from bytes, or received and forwarded without being read.
    type Body: From<Bytes>;

    /// Opens a store.
    ///
    /// - A store the deployment does not have gives `Denied` or `Unavailable`, here or at first use.
    fn kv(&self, store: StoreName) -> Result<Self::Kv, Error>;

    /// Opens the catalogue's database.
    fn sql(&self) -> Result<Self::Sql, Error>;

    /// Sends a request and gives the response as soon as its head is there.
    ///
    /// - The URI is absolute. `Host` is taken from it; a request need not carry the header.
    /// - Every status is a response, not an error; redirects are not followed.
    /// - No byte of the body is changed: nothing is decompressed, nothing is added.
    /// - Hop-by-hop headers (RFC 9110 section 7.6.1) are gone from the response; those that `Connection` names, where the
    ///   host shows us `Connection`.
    /// - The body can be returned to the client unread; one that breaks off gives the client an
    ///   abnormal end, never a clean one.
    /// - With [`EdgeCache`] the answer may be one that was kept; else every call reaches the other side.
    /// - [`Timeouts`] hold; passing one gives `Timeout`. A refused or broken connection gives
    ///   `Unavailable`, a host that may not be reached `Denied`.
    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Self::Body>, Error>;

    /// Sends all requests before waiting for any; the results stand in the requests' order.
    ///
    /// - One that fails leaves the others alone.
    async fn fetch_all(&self, requests: Vec<Request<Bytes>>) -> Vec<Result<Response<Self::Body>, Error>>;

    /// Reads a body whole.
    ///
    /// - More than `max` bytes give `TooLarge`; no more than about that much is ever held.
    /// - A body that ends before its Content-Length gives `Unavailable`.
    async fn collect(body: Self::Body, max: usize) -> Result<Bytes, Error>;

    /// One body out of several, one after the other.
    ///
    /// - Nothing is read here. A piece is read when those before it have ended and the client takes more: none is ever
    ///   held whole for this.
    /// - A piece that breaks off breaks off the whole: nothing of those after it is sent, and the client gets an abnormal end.
    fn join(pieces: Vec<Self::Body>) -> Self::Body;

    /// Waits: the pause before a second try.
    async fn sleep(&self, duration: Duration);
}
