//! Outgoing requests, through `wasi:http/client@0.3.0`.

use std::time::Duration;

use bytes::Bytes;
use http::{
    HeaderMap, Method, Request, Response, StatusCode,
    header::{CONTENT_LENGTH, HOST},
    uri::{Authority, PathAndQuery},
};
use platform::{Error, Kind, Timeouts, headers::strip_hop_by_hop};
use wasip3::http::{
    client,
    types::{self, Fields, RequestOptions, Scheme},
};

use crate::{Body, failure::failure};

/// See [`platform::Platform::fetch`].
pub async fn send(request: Request<Bytes>) -> Result<Response<Body>, Error> {
    let answer = client::send(outgoing(request)?).await.map_err(|code| failure("fetch.send", code))?;
    let unusable = |words: &'static str| Error::because(Kind::Invalid, "fetch.head", words);
    let mut head = Response::new(());
    *head.status_mut() =
        StatusCode::from_u16(answer.get_status_code()).map_err(|_| unusable("the status is no HTTP status"))?;
    *head.headers_mut() =
        HeaderMap::try_from(answer.get_headers()).map_err(|_| unusable("a header is no HTTP header"))?;
    strip_hop_by_hop(head.headers_mut());
    let body = Body::arriving(answer, head.headers());
    Ok(head.map(|()| body))
}

/// See [`platform::Platform::fetch_all`].
pub async fn send_all(requests: Vec<Request<Bytes>>) -> Vec<Result<Response<Body>, Error>> {
    futures_util::future::join_all(requests.into_iter().map(send)).await
}

/// A request in the form that the host expects.
fn outgoing(request: Request<Bytes>) -> Result<types::Request, Error> {
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
    let headers =
        Fields::try_from(parts.headers).map_err(|error| Error::because(Kind::Invalid, "fetch.headers", error))?;
    let (contents, trailers) = Body::from(body).into_parts();
    let (request, _sent) = types::Request::new(headers, contents, trailers, Some(options));
    request.set_method(&parts.method.into()).map_err(refused)?;
    request.set_scheme(parts.uri.scheme().map(Scheme::from).as_ref()).map_err(refused)?;
    request.set_authority(parts.uri.authority().map(Authority::as_str)).map_err(refused)?;
    request.set_path_with_query(parts.uri.path_and_query().map(PathAndQuery::as_str)).map_err(refused)?;
    Ok(request)
}

/// Hosts wait up to ten minutes unless they are told otherwise. A request fails on a host that does not accept
/// timeouts.
fn options(timeouts: Timeouts) -> Result<RequestOptions, Error> {
    let unheard = |error| Error::because(Kind::Internal, "fetch.timeouts", error);
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
