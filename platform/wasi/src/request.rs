//! One request: the facts, the call, the response.

use std::{net::IpAddr, time::Instant};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri,
    header::{self, HOST},
    uri::PathAndQuery,
};
use platform::{
    Cx, Facts, LogClient, Platform, Problem, Service,
    headers::strip_hop_by_hop,
    record::{host_failure, method_name},
    service::finish,
};
use wasip3::{
    http::types::{self, ErrorCode, Fields, Scheme},
    random::random::get_random_bytes,
};

use crate::{Body, log::log};

/// An incoming request as a service sees it, with its facts.
pub struct Arrived {
    started: Instant,
    facts: Facts,
    request: Request<Body>,
}

impl Arrived {
    /// Takes a request from the host. A request whose target is not a path gives a 400.
    pub fn from_host(request: types::Request) -> Result<Self, Problem> {
        let started = Instant::now();
        let unusable = |detail: &'static str| move || Problem::bad_request(detail);
        let target = request.get_path_with_query().unwrap_or_else(|| "/".to_owned());
        let target = PathAndQuery::try_from(target).ok().filter(|target| target.path().starts_with('/'));
        let headers = HeaderMap::try_from(request.get_headers()).ok();
        let mut head = Request::new(());
        *head.method_mut() =
            Method::try_from(request.get_method()).ok().ok_or_else(unusable("The method is not one."))?;
        *head.uri_mut() = Uri::from(target.ok_or_else(unusable("The request's target is not a path."))?);
        *head.headers_mut() = headers.ok_or_else(unusable("A header of the request is not one."))?;
        // A host keeps `Host` apart from the other headers.
        let authority = request.get_authority().and_then(|authority| HeaderValue::try_from(authority).ok());
        if let Some(authority) = authority.filter(|_| !head.headers().contains_key(HOST)) {
            head.headers_mut().insert(HOST, authority);
        }
        let facts = Facts {
            now: crate::now(),
            entropy: entropy(),
            https: matches!(request.get_scheme(), Some(Scheme::Https)),
            // WASI does not say who the client is.
            client: None,
        };
        let body = Body::arriving(request, head.headers());
        Ok(Self { started, facts, request: head.map(|()| body) })
    }

    /// Seconds since 1970.
    pub fn now(&self) -> u64 {
        self.facts.now
    }

    pub fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// Sets the address of the client, on a host that knows it.
    pub fn is_from(&mut self, client: Option<IpAddr>) {
        self.facts.client = client;
    }

    /// See [`Facts::believe_forwarded`].
    pub fn believe_forwarded(&mut self) {
        self.facts.believe_forwarded(self.request.headers());
    }
}

/// Answers one request, and writes its log line. The host sends the body after this, and does not say how much of it
/// arrives.
pub async fn answer<P, S>(
    platform: &P,
    service: &S,
    log_client: LogClient,
    arrived: Arrived,
) -> Result<types::Response, ErrorCode>
where
    P: Platform<Body = Body>,
    S: Service,
{
    let Arrived { started, facts, request } = arrived;
    let cx = Cx::new(platform, facts);
    log_client.note(&cx.record, facts.client);
    let method = method_name(request.method());
    let mut response = service.handle(&cx, request).await;
    let elapsed = started.elapsed();
    finish(&cx, &mut response, elapsed);
    log(&cx.record.log_line(cx.request_id(), method, response.status().as_u16(), elapsed, None));
    for_host(response)
}

/// A problem as a response, before there is a service that could make a response.
pub fn refuse(problem: Problem) -> Result<types::Response, ErrorCode> {
    let id = entropy()[..8].iter().fold(0, |id, byte| id << 8 | u64::from(*byte));
    for_host(problem.into_response(&format!("{id:016x}")))
}

/// The answer while the configuration is not usable: 503, and a log line that names what is missing.
pub fn refuse_without_configuration(words: &str) -> Result<types::Response, ErrorCode> {
    log(&host_failure(words));
    refuse(Problem::not_set_up())
}

fn entropy() -> [u8; 32] {
    let mut entropy = [0; 32];
    // The host returns as many bytes as were requested (wasi:random/random@0.3.0), but may return them in parts.
    let mut filled = 0;
    while filled < entropy.len() {
        let bytes = get_random_bytes((entropy.len() - filled) as u64);
        let taken = bytes.len().min(entropy.len() - filled);
        entropy[filled..filled + taken].copy_from_slice(&bytes[..taken]);
        filled += taken;
    }
    entropy
}

/// The response in the form that the host expects. The response to a HEAD has no contents, and keeps its
/// `Content-Length`.
fn for_host(response: Response<Body>) -> Result<types::Response, ErrorCode> {
    let (mut parts, mut body) = response.into_parts();
    strip_hop_by_hop(&mut parts.headers);
    if matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        parts.headers.remove(header::CONTENT_LENGTH);
        body = Body::from(Bytes::new());
    }
    let internal = |words: String| ErrorCode::InternalError(Some(words));
    let headers = Fields::try_from(parts.headers).map_err(|error| internal(format!("response headers: {error}")))?;
    let (contents, trailers) = body.into_parts();
    let (response, _sent) = types::Response::new(headers, contents, trailers);
    response.set_status_code(parts.status.as_u16()).map_err(|()| internal("response status".to_owned()))?;
    Ok(response)
}
