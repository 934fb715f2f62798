//! Outgoing requests.
//!
//! They bypass Fastly's read-through cache. That cache would keep a 404 as readily as a picture, and would choose by
//! the headers of a store that does not know the gallery. [`Pop`](crate::pop::Pop) keeps only the responses that the
//! services ask it to keep.

use std::time::{Duration, Instant};

use bytes::Bytes;
use fastly::http::request::{PendingRequest, SendError, SendErrorCause};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode,
    header::{self, HOST},
};
use platform::{EdgeCache, Error, Kind, Timeouts, headers::strip_hop_by_hop};

use crate::{Body, Fastly, instance::Instance};

/// The largest response that the edge cache keeps, in bytes: a thumbnail has a tenth of this size. A response is read
/// whole before it is kept, so that a response that breaks off is not kept.
const MAX_CACHED: u64 = 512 * 1024;

/// The headers of a response that are kept with it.
const CACHED: [HeaderName; 6] = [
    header::CONTENT_ENCODING,
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::ETAG,
    header::LAST_MODIFIED,
];

/// See [`platform::Platform::fetch`].
pub(crate) fn one(host: &Fastly, mut request: Request<Bytes>) -> Result<Response<Body>, Error> {
    match request.extensions_mut().remove::<EdgeCache>() {
        Some(edge_cache) if may_be_cached(&request) => through_pop(host, request, &edge_cache),
        _ => send(&host.instance, in_time(host, request))?.wait(),
    }
}

/// The time for which a client's request has waited for other requests is taken from the time of its own calls.
fn in_time(host: &Fastly, mut request: Request<Bytes>) -> Request<Bytes> {
    let waited = host.pop.waited();
    if !waited.is_zero() {
        let mut timeouts = request.extensions().get::<Timeouts>().copied().unwrap_or_default();
        timeouts.first_byte = timeouts.first_byte.saturating_sub(waited).max(Duration::from_secs(1));
        request.extensions_mut().insert(timeouts);
    }
    request
}

/// See [`platform::Platform::fetch_all`]. What may be in the POP's cache is asked for one after the other.
pub(crate) fn all(host: &Fastly, requests: Vec<Request<Bytes>>) -> Vec<Result<Response<Body>, Error>> {
    if requests.iter().any(|request| request.extensions().get::<EdgeCache>().is_some()) {
        return requests.into_iter().map(|request| one(host, request)).collect();
    }
    let sent: Vec<_> = requests.into_iter().map(|request| send(&host.instance, request)).collect();
    sent.into_iter().map(|sent| sent?.wait()).collect()
}

/// Whether a request is a GET for whatever the store holds. The caller compares the version that the client has.
fn may_be_cached(request: &Request<Bytes>) -> bool {
    let wants_more = [header::IF_MATCH, header::IF_UNMODIFIED_SINCE, header::IF_RANGE];
    request.method() == Method::GET && !wants_more.iter().any(|name| request.headers().contains_key(name))
}

/// Sends one request to the store for all clients that want the same object at the same time, and none while the
/// object is kept.
fn through_pop(host: &Fastly, mut request: Request<Bytes>, edge_cache: &EdgeCache) -> Result<Response<Body>, Error> {
    let range = request.headers().get(header::RANGE).map(HeaderValue::as_bytes).unwrap_or_default();
    let name = format!("object {} {} {}", edge_cache.version, String::from_utf8_lossy(range), request.uri());
    let status = if range.is_empty() { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT };
    if let Some(cached) = host.pop.look(&name)
        && let Some(headers) = headers_of(&cached.metadata)
    {
        let mut response = Response::new(Body(cached.body));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        return Ok(response);
    }
    for condition in [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE] {
        request.headers_mut().remove(condition);
    }
    let response =
        send(&host.instance, in_time(host, request)).and_then(Sent::wait).inspect_err(|_| host.pop.cancel(&name))?;
    let length = platform::headers::declared_length(response.headers());
    if response.status() != status || length.is_none_or(|length| length > MAX_CACHED) {
        host.pop.cancel(&name);
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let max = length.and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    let bytes = body.collect(max).inspect_err(|_| host.pop.cancel(&name))?;
    if bytes.len() == max {
        let tags: Vec<&str> = edge_cache.tags.iter().map(String::as_str).collect();
        host.pop.insert(&name, edge_cache.ttl, &tags, metadata(&parts.headers), &bytes);
    } else {
        host.pop.cancel(&name);
        return Err(Error::because(Kind::Unavailable, "fetch.body", "the body is shorter than declared"));
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// The cached headers as bytes: `name: value` lines.
fn metadata(headers: &HeaderMap) -> Bytes {
    let mut lines = Vec::new();
    for name in CACHED {
        if let Some(value) = headers.get(&name) {
            lines.extend_from_slice(name.as_str().as_bytes());
            lines.extend_from_slice(b": ");
            lines.extend_from_slice(value.as_bytes());
            lines.push(b'\n');
        }
    }
    lines.into()
}

/// Reads [`metadata`] back.
fn headers_of(metadata: &[u8]) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for line in metadata.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let colon = line.windows(2).position(|two| two == b": ")?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        headers.insert(name, HeaderValue::from_bytes(&line[colon + 2..]).ok()?);
    }
    Some(headers)
}

/// A request that is on its way.
struct Sent {
    pending: PendingRequest,
    at: Instant,
    /// How long the request may wait for an answer.
    patience: Duration,
}

fn send(instance: &Instance, request: Request<Bytes>) -> Result<Sent, Error> {
    let timeouts = request.extensions().get::<Timeouts>().copied().unwrap_or_default();
    let backend = instance.backends.find(request.uri(), timeouts)?;
    let authority = request.uri().authority().map(|authority| HeaderValue::from_str(authority.as_str()));
    let Some(Ok(host)) = authority.filter(|_| request.method() != Method::CONNECT) else {
        return Err(Error::because(Kind::Invalid, "fetch.request", "the request is not one to an origin"));
    };
    let (mut parts, body) = request.into_parts();
    parts.headers.insert(HOST, host);
    parts.extensions.clear();
    let mut request = fastly::Request::from(Request::from_parts(parts, fastly::Body::from(&body[..])));
    request.set_pass(true);
    let at = Instant::now();
    let pending = request.send_async(backend).map_err(|error| failure(error, Duration::ZERO, Duration::MAX))?;
    Ok(Sent { pending, at, patience: timeouts.first_byte })
}

impl Sent {
    fn wait(self) -> Result<Response<Body>, Error> {
        let response = self.pending.wait().map_err(|error| failure(error, self.at.elapsed(), self.patience))?;
        let mut response = Response::from(response).map(Body);
        response.extensions_mut().clear();
        strip_hop_by_hop(response.headers_mut());
        Ok(response)
    }
}

/// Fastly says what went wrong. Its local server only says that something went wrong, and the time taken must tell
/// the rest.
fn failure(error: SendError, took: Duration, patience: Duration) -> Error {
    use SendErrorCause as Cause;
    let kind = match error.root_cause() {
        Cause::DnsTimeout | Cause::ConnectionTimeout | Cause::HttpResponseTimeout => Kind::Timeout,
        Cause::HttpRequestUriInvalid | Cause::HttpRequestCacheKeyInvalid => Kind::Invalid,
        Cause::HttpResponseHeaderSectionTooLarge | Cause::HttpResponseBodyTooLarge => Kind::TooLarge,
        _ if took >= patience => Kind::Timeout,
        _ => Kind::Unavailable,
    };
    Error::because(kind, "fetch.send", error)
}
