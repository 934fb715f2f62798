//! The platform: outgoing requests, bodies, and access to the stores.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use crate::{Error, Kv, KvKey, Sql, StoreName};

/// How long a request may take. The value is in the request's extensions. Without it, the default applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timeouts {
    /// Until the connection is established, TLS included.
    pub connect: Duration,
    /// From the request's last byte to the response's head.
    pub first_byte: Duration,
    /// Between two pieces of the body. When this time is exceeded, the body ends with an error, never cleanly.
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

/// Lets a host keep a response in its edge cache, for the next viewers. The value is in the extensions of a GET.
/// Without it, a host keeps nothing.
///
/// A host that has a cache in front of the other side may keep a whole 200, or the whole 206 to a `Range`. It may
/// answer later requests for the same URL, `Range` and `version` with the kept response, for every viewer: the caller
/// has decided before that this viewer may see it. The host then leaves `If-None-Match` and `If-Modified-Since` to
/// the caller. No other answer is ever kept, and a request with another condition bypasses the cache. A host without
/// an edge cache ignores this value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeCache {
    /// A text that changes whenever the content at the URL changes, so that old content is never served as new.
    pub version: String,
    /// How long the response may be kept.
    pub ttl: Duration,
    /// Names by which an operator may drop kept responses. They are printable ASCII without spaces.
    pub tags: Vec<String>,
}

/// The pieces of a body that is made while it is sent. See [`Platform::stream`].
pub trait Pieces<P: Platform>: 'static {
    /// The next piece, or `None` after the last. `now` is the time of this call, in seconds since 1970: a body may be
    /// sent for hours.
    async fn next(&mut self, platform: &P, now: u64) -> Option<Result<P::Body, Error>>;
}

/// A piece is asked for while so many bytes of the one before it are still to be sent: enough that the client need
/// not wait for the store, and so few that the store's answer does not wait long for the client.
pub const AHEAD: u64 = 512 * 1024;

/// The trait that an adapter implements.
pub trait Platform: Sized {
    type Kv: Kv;
    type Sql: Sql;
    /// A body is built from bytes, or received and forwarded without being read.
    type Body: From<Bytes> + 'static;

    /// Opens a store.
    ///
    /// - A store that the deployment does not have gives `Denied` or `Unavailable`, here or at first use.
    fn kv(&self, store: StoreName) -> Result<Self::Kv, Error>;

    /// Opens the catalogue's database.
    fn sql(&self) -> Result<Self::Sql, Error>;

    /// Sends a request, and returns the response as soon as its head has arrived.
    ///
    /// - The URI is absolute. `Host` is taken from the URI, so a request need not carry the header.
    /// - Every status is a response and not an error. Redirects are not followed.
    /// - No byte of the body is changed: nothing is decompressed, and nothing is added.
    /// - Hop-by-hop headers (RFC 9110 section 7.6.1) are removed from the response. This includes the headers that
    ///   `Connection` names, if the host passes `Connection` on to the program.
    /// - The body can be returned to the client unread. If the body breaks off, the client gets an abnormal end,
    ///   never a clean one.
    /// - With [`EdgeCache`], the answer may be a kept one. Otherwise every call reaches the other side.
    /// - [`Timeouts`] apply, and exceeding one gives `Timeout`. A refused or broken connection gives `Unavailable`. A
    ///   host that may not be reached gives `Denied`.
    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Self::Body>, Error>;

    /// The response to a request that the host keeps in memory under this wish, if it has kept it. `request` makes the
    /// request, which need not be signed. A host that keeps nothing itself does not call it.
    fn kept(
        &self,
        _wish: &EdgeCache,
        _request: impl FnOnce() -> Option<Request<Bytes>>,
    ) -> Option<Response<Self::Body>> {
        None
    }

    /// Sends all requests before waiting for any. The results have the order of the requests.
    ///
    /// - A request that fails does not affect the others.
    async fn fetch_all(&self, requests: Vec<Request<Bytes>>) -> Vec<Result<Response<Self::Body>, Error>>;

    /// Reads a whole body.
    ///
    /// - More than `max` bytes give `TooLarge`. The program never holds much more than `max` bytes.
    /// - A body that ends before its Content-Length gives `Unavailable`.
    async fn collect(body: Self::Body, max: usize) -> Result<Bytes, Error>;

    /// Joins several bodies into one, in order.
    ///
    /// - Nothing is read in this call. A piece is read when the pieces before it have ended and the client accepts
    ///   more. No piece is ever held whole for this.
    /// - If a piece breaks off, the whole body breaks off: no later piece is sent, and the client gets an abnormal
    ///   end.
    fn join(pieces: Vec<Self::Body>) -> Self::Body;

    /// Makes a body of pieces, each of which is asked for while the body is sent. `now` is the time of this call.
    ///
    /// - A piece is asked for when its turn has come, or when little of the one before it is left: see [`AHEAD`].
    /// - If a piece fails or breaks off, the whole body breaks off: nothing more is asked for, and the client gets an
    ///   abnormal end.
    /// - If the client leaves, nothing more is asked for.
    /// - A host that hands a body over before it is sent asks for all pieces in this call. A piece that fails is then
    ///   the error of this call.
    async fn stream(&self, now: u64, mut pieces: impl Pieces<Self>) -> Result<Self::Body, Error> {
        let mut all = Vec::new();
        while let Some(piece) = pieces.next(self, now).await {
            all.push(piece?);
        }
        Ok(Self::join(all))
    }

    /// Waits: the pause before a second try.
    async fn sleep(&self, duration: Duration);

    /// Does work that keeps a processor busy for long, such as the hash of a password.
    ///
    /// - A host whose requests share a thread does the work on another thread, so that no other request waits for it.
    /// - Such a host does little of this work at once. If too much of it waits, the call gives `Throttled`.
    /// - Work that has begun ends, even if its request ends before.
    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        Ok(work())
    }

    /// Begins a try of something that may be guessed. `None` if the host has no counter.
    ///
    /// - Tries are counted by `who`. A host whose counters are apart from each other, or slow, may count too few.
    /// - Each try that has begun is ended with [`end_try`](Self::end_try). One that does not end for some seconds may
    ///   be counted as wrong. To end it later changes nothing.
    async fn begin_try(&self, _who: &KvKey) -> Result<Option<Tries>, Error> {
        Ok(None)
    }

    /// Ends the try that has this number, and counts it if it was wrong.
    async fn end_try(&self, _who: &KvKey, _number: u64, _was_wrong: bool) -> Result<(), Error> {
        Ok(())
    }
}

/// How often something was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tries {
    /// Wrong ones in the current minute.
    pub wrong: u32,
    /// Those that have begun and not ended, this one included, as far as the host knows.
    pub pending: u32,
    /// The seconds until the count begins anew, from 1 to 60.
    pub left: u64,
    /// Which try this is, for a host that tells those of one client apart.
    pub number: u64,
}

impl Tries {
    /// The time in which tries are counted, in seconds.
    pub const SECONDS: u64 = 60;
}
