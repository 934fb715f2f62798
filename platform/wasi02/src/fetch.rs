//! Outgoing requests, through `wasi:http/outgoing-handler@0.2`.

use std::{task::Poll, time::Duration};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode,
    header::{CONTENT_LENGTH, HOST},
    uri::{Authority, PathAndQuery},
};
use platform::{Error, Kind, Timeouts, headers::strip_hop_by_hop};
use wasip2::http::{
    outgoing_handler,
    types::{self, Fields, FutureIncomingResponse, OutgoingRequest, RequestOptions, Scheme},
};

use crate::{Body, failure::failure};

/// See [`platform::Platform::fetch`]. The other futures of the request may send theirs before the answer is awaited.
pub async fn send(request: Request<Bytes>) -> Result<Response<Body>, Error> {
    let pending = begin(request)?;
    yield_once().await;
    pending.wait()
}

/// See [`platform::Platform::fetch_all`].
pub fn send_all(requests: Vec<Request<Bytes>>) -> Vec<Result<Response<Body>, Error>> {
    let sent: Vec<_> = requests.into_iter().map(begin).collect();
    sent.into_iter().map(|sent| sent?.wait()).collect()
}

/// A request that is on its way.
struct Pending(FutureIncomingResponse);

fn begin(request: Request<Bytes>) -> Result<Pending, Error> {
    let refused = |()| Error::because(Kind::Invalid, "fetch.request", "the host refuses its method or target");
    let (mut parts, body) = request.into_parts();
    let options = options(parts.extensions.get::<Timeouts>().copied().unwrap_or_default())?;
    // The host writes `Host` from the URI.
    parts.headers.remove(HOST);
    // Without `Content-Length` the host would send chunks, even for an empty body. S3 wants a length, and answers
    // 411.
    if !body.is_empty() || ![Method::GET, Method::HEAD].contains(&parts.method) {
        parts.headers.insert(CONTENT_LENGTH, body.len().into());
    }
    let request = OutgoingRequest::new(fields("fetch.headers", &parts.headers)?);
    request.set_method(&method(&parts.method)).map_err(refused)?;
    request.set_scheme(scheme(&parts.uri).as_ref()).map_err(refused)?;
    request.set_authority(parts.uri.authority().map(Authority::as_str)).map_err(refused)?;
    request.set_path_with_query(parts.uri.path_and_query().map(PathAndQuery::as_str)).map_err(refused)?;
    // The body is taken out before the request is given away, and written after: the host sends the body while it is
    // written.
    let contents = if body.is_empty() { None } else { Some(request.body().map_err(refused)?) };
    let failed = |code| failure("fetch.send", code);
    let pending = outgoing_handler::handle(request, Some(options)).map_err(failed)?;
    if let Some(contents) = contents {
        // If the other side stops reading, it has the whole body or has sent an answer. Waiting for the answer shows
        // which.
        let _ = Body::from(body).write_into(contents);
    }
    Ok(Pending(pending))
}

/// Lets the other futures of the request go on, once.
async fn yield_once() {
    let mut has_yielded = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut has_yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl Pending {
    /// The answer, as soon as its head has arrived.
    fn wait(self) -> Result<Response<Body>, Error> {
        self.0.subscribe().block();
        let unusable = |words: &'static str| Error::because(Kind::Invalid, "fetch.head", words);
        let answer = self.0.get().and_then(Result::ok);
        let answer =
            answer.ok_or(Error::because(Kind::Internal, "fetch.wait", "the host woke us without an answer"))?;
        let answer = answer.map_err(|code| failure("fetch.send", code))?;
        let mut head = Response::new(());
        *head.status_mut() =
            StatusCode::from_u16(answer.status()).map_err(|_| unusable("the status is no HTTP status"))?;
        *head.headers_mut() = headers(&answer.headers()).ok_or_else(|| unusable("a header is no HTTP header"))?;
        strip_hop_by_hop(head.headers_mut());
        let body = answer.consume().map_err(|()| unusable("the host keeps its body"))?;
        let body = Body::arriving(body, head.headers())?;
        Ok(head.map(|()| body))
    }
}

/// Hosts wait up to ten minutes unless they are told otherwise. A request fails on a host that does not accept
/// timeouts.
fn options(timeouts: Timeouts) -> Result<RequestOptions, Error> {
    let unheard = |()| Error::because(Kind::Internal, "fetch.timeouts", "the host takes no timeouts");
    let options = RequestOptions::new();
    options.set_connect_timeout(Some(nanoseconds(timeouts.connect))).map_err(unheard)?;
    options.set_first_byte_timeout(Some(nanoseconds(timeouts.first_byte))).map_err(unheard)?;
    options.set_between_bytes_timeout(Some(nanoseconds(timeouts.between_bytes))).map_err(unheard)?;
    Ok(options)
}

/// A duration in the unit of WASI.
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Headers in the form that the host expects.
pub(crate) fn fields(operation: &'static str, headers: &HeaderMap) -> Result<Fields, Error> {
    let list: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect();
    Fields::from_list(&list).map_err(|error| Error::because(Kind::Invalid, operation, error))
}

/// Headers that come from the host. `None` if a header is not valid.
pub(crate) fn headers(fields: &Fields) -> Option<HeaderMap> {
    let header =
        |(name, value): (String, Vec<u8>)| Some((name.parse::<HeaderName>().ok()?, HeaderValue::try_from(value).ok()?));
    fields.entries().into_iter().map(header).collect()
}

fn method(method: &Method) -> types::Method {
    match *method {
        Method::GET => types::Method::Get,
        Method::HEAD => types::Method::Head,
        Method::POST => types::Method::Post,
        Method::PUT => types::Method::Put,
        Method::DELETE => types::Method::Delete,
        ref other => types::Method::Other(other.as_str().to_owned()),
    }
}

fn scheme(uri: &http::Uri) -> Option<Scheme> {
    uri.scheme_str().map(|scheme| match scheme {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        other => Scheme::Other(other.to_owned()),
    })
}
