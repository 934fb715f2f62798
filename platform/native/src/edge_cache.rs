//! What the services mark with [`EdgeCache`], kept in memory for all workers.
//!
//! The first request for something that is not kept fetches it. Requests for the same that come meanwhile wait for the
//! first one. If it fails, or its client leaves, the next in line fetches.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use platform::{EdgeCache, Error, Kind, headers::declared_length};
use quick_cache::{
    DefaultHashBuilder, OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};
use tokio::time::timeout;

use crate::Body;

/// A single value is at most this part of the whole.
const PART: u64 = 32;
/// The parts with a lock each. Each has its share of the bytes, which is more than the largest value.
const SHARDS: usize = 8;
/// What a value takes besides its key, its headers and its body, in bytes: the places in the tables.
const OVERHEAD: u64 = 256;
/// A thumbnail, in bytes. The cache makes room for the names of so many.
const USUAL: u64 = 32 * 1024;
/// How long a request waits for another one that fetches the same. After that it fetches too, because the other may be
/// stuck.
const PATIENCE: Duration = Duration::from_secs(1);

/// The headers of a response that are kept with it.
const KEPT: [HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::CONTENT_ENCODING,
    header::ETAG,
    header::LAST_MODIFIED,
];

/// The responses that a process keeps.
pub(crate) struct EdgeMemory {
    kept: Cache<Box<str>, Arc<Kept>, Bytewise>,
    largest: u64,
}

struct Kept {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// `None` if it is too far away for a clock.
    until: Option<Instant>,
}

#[derive(Clone)]
struct Bytewise;

impl Weighter<Box<str>, Arc<Kept>> for Bytewise {
    fn weight(&self, name: &Box<str>, kept: &Arc<Kept>) -> u64 {
        let headers: usize = kept.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        OVERHEAD + (name.len() + headers + kept.body.len()) as u64
    }
}

impl EdgeMemory {
    /// `None` if nothing is to be kept.
    pub fn new(bytes: u64) -> Option<Self> {
        let items = usize::try_from(bytes / USUAL).unwrap_or(usize::MAX).max(SHARDS);
        let options =
            OptionsBuilder::new().shards(SHARDS).weight_capacity(bytes).estimated_items_capacity(items).build().ok()?;
        let kept = Cache::with_options(options, Bytewise, DefaultHashBuilder::default(), DefaultLifecycle::default());
        (bytes > 0).then_some(Self { kept, largest: bytes / PART })
    }

    /// The bytes that are kept.
    pub fn bytes(&self) -> u64 {
        self.kept.weight()
    }

    /// The kept response to a request.
    pub fn find(&self, request: &Request<Bytes>, wish: &EdgeCache) -> Option<Response<Body>> {
        let name = may_be_kept(request).then(|| named(request, wish).0)?;
        self.fresh(&name).map(|kept| kept.response())
    }

    /// The kept response to a request, or the response that `send` gets, which is kept if it is whole.
    pub async fn through<F: Future<Output = Result<Response<Body>, Error>>>(
        &self,
        mut request: Request<Bytes>,
        wish: &EdgeCache,
        send: impl FnOnce(Request<Bytes>) -> F,
    ) -> Result<Response<Body>, Error> {
        if !may_be_kept(&request) {
            return send(request).await;
        }
        let (name, wanted) = named(&request, wish);
        if let Some(kept) = self.fresh(&name) {
            return Ok(kept.response());
        }
        let place = match timeout(PATIENCE, self.kept.get_value_or_guard_async(&name)).await {
            Ok(Ok(kept)) => return Ok(kept.response()),
            Ok(Err(place)) => Some(place),
            Err(_) => None,
        };
        for condition in [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE] {
            request.headers_mut().remove(condition);
        }
        let response = send(request).await?;
        let length = declared_length(response.headers()).filter(|length| *length <= self.largest);
        let Some(length) = length.and_then(|length| usize::try_from(length).ok()) else { return Ok(response) };
        if response.status() != wanted {
            return Ok(response);
        }
        let kept = Arc::new(Kept::whole(response, length, wish.ttl).await?);
        match place {
            Some(place) => drop(place.insert(Arc::clone(&kept))),
            None => self.kept.insert(name, Arc::clone(&kept)),
        }
        Ok(kept.response())
    }

    /// What is kept under this name and is not too old.
    fn fresh(&self, name: &str) -> Option<Arc<Kept>> {
        let now = Instant::now();
        let kept = self.kept.get(name)?;
        if kept.is_fresh(now) {
            return Some(kept);
        }
        self.kept.remove_if(name, |kept| !kept.is_fresh(now));
        None
    }
}

/// Whether a request is a GET for whatever the store holds. The caller compares the version that the client has.
///
/// A query may hold a signature, and a name is kept for long: such a request is not kept.
fn may_be_kept(request: &Request<Bytes>) -> bool {
    let wants_more = [header::IF_MATCH, header::IF_UNMODIFIED_SINCE, header::IF_RANGE];
    request.method() == Method::GET
        && request.uri().query().is_none()
        && !wants_more.iter().any(|name| request.headers().contains_key(name))
}

/// The name of the response to a request, and its status. Neither a range nor a URI has a line break.
fn named(request: &Request<Bytes>, wish: &EdgeCache) -> (Box<str>, StatusCode) {
    let range = request.headers().get(header::RANGE).map(HeaderValue::as_bytes).unwrap_or_default();
    let status = if range.is_empty() { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT };
    let name = format!("{}\n{}\n{}", String::from_utf8_lossy(range), request.uri(), wish.version);
    (name.into(), status)
}

impl Kept {
    /// Reads a response of `length` bytes to its end.
    async fn whole(response: Response<Body>, length: usize, ttl: Duration) -> Result<Self, Error> {
        let (parts, body) = response.into_parts();
        let body = body.collect(length).await?;
        if body.len() != length {
            return Err(Error::because(Kind::Unavailable, "fetch.body", "the body is shorter than declared"));
        }
        let headers = KEPT.into_iter().filter_map(|name| Some((name.clone(), parts.headers.get(&name)?.clone())));
        Ok(Self {
            status: parts.status,
            headers: headers.map(|(name, value)| (name, unshared(&value))).collect(),
            // A copy, so that a kept body does not keep the whole buffer of a connection in memory.
            body: Bytes::copy_from_slice(&body),
            until: Instant::now().checked_add(ttl),
        })
    }

    fn is_fresh(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    fn response(&self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        response
    }
}

/// A value with bytes of its own, for the same reason.
fn unshared(value: &HeaderValue) -> HeaderValue {
    HeaderValue::from_bytes(value.as_bytes()).unwrap_or_else(|_| value.clone())
}
