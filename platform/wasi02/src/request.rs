//! One request: the facts, the call, the response.

use std::{io::Write as _, net::IpAddr, time::Instant};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri,
    header::{self, HOST},
    uri::PathAndQuery,
};
use platform::{
    Cx, Error, Facts, Kind, LogClient, Platform, Problem, Service,
    headers::strip_hop_by_hop,
    record::{Sent, host_failure, method_name},
    service::finish,
};
use wasip2::{
    http::types::{self, Fields, IncomingRequest, OutgoingResponse, ResponseOutparam, Scheme},
    random::random::get_random_bytes,
};

use crate::{
    Body,
    fetch::{fields, headers},
    now,
    run::run,
};

/// An incoming request as a service sees it, with its facts.
pub(crate) struct Arrived {
    started: Instant,
    facts: Facts,
    request: Request<Body>,
}

impl Arrived {
    /// Takes a request from the host. A request whose target is not a path gives a 400.
    pub fn from_host(request: &IncomingRequest) -> Result<Self, Problem> {
        let (started, facts) = (Instant::now(), facts(request));
        Ok(Self { started, facts, request: for_service(request)? })
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

/// Answers one request. Whatever the service does, short of a panic, the client gets an answer, and the log gets a
/// line once the body has ended.
pub(crate) fn answer<P, S>(platform: &P, service: &S, log_client: LogClient, arrived: Arrived, out: ResponseOutparam)
where
    P: Platform<Body = Body>,
    S: Service,
{
    let Arrived { started, facts, request } = arrived;
    let cx = Cx::new(platform, facts);
    log_client.note(&cx.record, facts.client);
    let method = method_name(request.method());
    let mut response = run(service.handle(&cx, request)).unwrap_or_else(|error| {
        cx.record.note(&error);
        Problem::from(&error).into_response(cx.request_id())
    });
    let elapsed = started.elapsed();
    finish(&cx, &mut response, elapsed);
    let status = response.status().as_u16();
    let (sent, ended) = respond(response, out);
    if let Err(error) = ended {
        cx.record.note(&error);
    }
    log(&cx.record.log_line(cx.request_id(), method, status, elapsed, Some(sent)));
}

/// A problem as a response, before there is a service that could make a response.
pub(crate) fn refuse(problem: Problem, out: ResponseOutparam) {
    let id = entropy()[..8].iter().fold(0, |id, byte| id << 8 | u64::from(*byte));
    if let (_, Err(error)) = respond(problem.into_response(&format!("{id:016x}")), out) {
        log(&host_failure(&error.to_string()));
    }
}

/// The answer while the configuration is not usable: 503, and a log line that names what is missing.
pub(crate) fn refuse_without_configuration(words: &str, out: ResponseOutparam) {
    log(&host_failure(words));
    refuse(Problem::not_set_up(), out);
}

/// Writes a line. A log that fails stops no request.
fn log(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn facts(request: &IncomingRequest) -> Facts {
    Facts {
        now: now(),
        entropy: entropy(),
        https: matches!(request.scheme(), Some(Scheme::Https)),
        // WASI does not say who the client is.
        client: None,
    }
}

fn entropy() -> [u8; 32] {
    let mut entropy = [0; 32];
    // The host returns as many bytes as were requested (wasi:random/random@0.2).
    for (byte, random) in entropy.iter_mut().zip(get_random_bytes(32)) {
        *byte = random;
    }
    entropy
}

/// The request as a service sees it. A request whose target is not a path gives a 400.
fn for_service(request: &IncomingRequest) -> Result<Request<Body>, Problem> {
    let unusable = |detail: &'static str| move || Problem::bad_request(detail);
    let target = request.path_with_query().unwrap_or_else(|| "/".to_owned());
    let target = PathAndQuery::try_from(target).ok().filter(|target| target.path().starts_with('/'));
    let mut head = Request::new(());
    *head.method_mut() = method(request.method()).ok_or_else(unusable("The method is not one."))?;
    *head.uri_mut() = Uri::from(target.ok_or_else(unusable("The request's target is not a path."))?);
    *head.headers_mut() = headers(&request.headers()).ok_or_else(unusable("A header of the request is not one."))?;
    // A host keeps `Host` apart from the other headers.
    let authority = request.authority().and_then(|authority| HeaderValue::try_from(authority).ok());
    if let Some(authority) = authority.filter(|_| !head.headers().contains_key(HOST)) {
        head.headers_mut().insert(HOST, authority);
    }
    let body = request.consume().ok().and_then(|body| Body::arriving(body, head.headers()).ok());
    Ok(head.map(|()| body.unwrap_or_else(|| Body::from(Bytes::new()))))
}

fn method(method: types::Method) -> Option<Method> {
    Some(match method {
        types::Method::Get => Method::GET,
        types::Method::Head => Method::HEAD,
        types::Method::Post => Method::POST,
        types::Method::Put => Method::PUT,
        types::Method::Delete => Method::DELETE,
        types::Method::Connect => Method::CONNECT,
        types::Method::Options => Method::OPTIONS,
        types::Method::Trace => Method::TRACE,
        types::Method::Patch => Method::PATCH,
        types::Method::Other(name) => Method::from_bytes(name.as_bytes()).ok()?,
    })
}

/// Gives the head to the host, then the body. A response without contents, such as one to a HEAD, has no body, and
/// keeps its `Content-Length`.
fn respond(response: Response<Body>, out: ResponseOutparam) -> (Sent, Result<(), Error>) {
    let (mut parts, mut body) = response.into_parts();
    strip_hop_by_hop(&mut parts.headers);
    if matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        parts.headers.remove(header::CONTENT_LENGTH);
        body = Body::from(Bytes::new());
    }
    let nothing = |complete| Sent { bytes: 0, complete };
    let internal = |words: &'static str| move |()| Error::because(Kind::Internal, "host.respond", words);
    let head = || {
        let head = OutgoingResponse::new(fields("host.respond", &parts.headers)?);
        head.set_status_code(parts.status.as_u16()).map_err(internal("the host refuses the status"))?;
        let contents = if body.is_empty() { None } else { Some(head.body().map_err(internal("the body is taken"))?) };
        Ok((head, contents))
    };
    match head() {
        Ok((head, contents)) => {
            ResponseOutparam::set(out, Ok(head));
            match contents {
                Some(contents) => body.write_into(contents),
                None => (nothing(true), Ok(())),
            }
        }
        Err(error) => {
            let plain = OutgoingResponse::new(Fields::new());
            // The host knows the status 500.
            let _ = plain.set_status_code(500);
            ResponseOutparam::set(out, Ok(plain));
            (nothing(false), Err(error))
        }
    }
}
