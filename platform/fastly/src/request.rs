//! One request: the facts, the call, the response.

use std::{
    future::Future,
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use fastly::{compute_runtime::elapsed_vcpu_ms, http::FramingHeadersMode};
use http::{Request, Response, StatusCode, Uri, header};
use platform::{Cx, Error, Facts, Kind, Problem, Service, record::method_name, service};

use crate::{Body, Fastly, instance::Instance};

/// Answers one request. Whatever the service does, short of a panic, the client gets an answer and the log gets a
/// line.
pub(crate) fn answer<S: Service>(service: &S, instance: &Rc<Instance>, request: fastly::Request) -> fastly::Response {
    let (started, cpu) = (Instant::now(), elapsed_vcpu_ms().ok());
    let host = Fastly::new(instance);
    let (facts, entropy) = facts(&request);
    let cx = Cx::new(&host, facts);
    instance.log_client.note(&cx.record, facts.client);
    let request = for_service(request);
    let method = method_name(request.method());
    let mut response = match entropy {
        Ok(()) => at_once(service.handle(&cx, request)),
        Err(error) => Err(error),
    }
    .unwrap_or_else(|error| {
        cx.record.note(&error);
        Problem::from(&error).into_response(cx.request_id())
    });
    let elapsed = started.elapsed();
    // A sandbox that answers several requests counts on.
    let cpu = elapsed_vcpu_ms().ok().zip(cpu).and_then(|(after, before)| after.checked_sub(before));
    cx.record.cpu.set(cpu.map(Duration::from_millis));
    service::finish(&cx, &mut response, elapsed);
    // The host sends the body after this. Only Fastly's own log says how much of the body arrives.
    instance.log.line(&cx.record.log_line(cx.request_id(), method, response.status().as_u16(), elapsed, None));
    for_client(response)
}

/// A problem as a response, before there is a service that could make a response.
pub(crate) fn refusal(problem: Problem) -> fastly::Response {
    let mut id = [0; 8];
    let _ = getrandom::fill(&mut id);
    for_client(problem.into_response(&format!("{:016x}", u64::from_be_bytes(id))))
}

fn facts(request: &fastly::Request) -> (Facts, Result<(), Error>) {
    let mut facts = Facts {
        now: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
        entropy: [0; 32],
        // The fact comes from the host itself: a local server speaks plain HTTP and says so.
        https: request.get_tls_protocol_bytes().is_some(),
        client: request.get_client_ip_addr(),
    };
    let entropy = getrandom::fill(&mut facts.entropy)
        .map_err(|error| Error::because(Kind::Internal, "host.entropy", error.to_string()));
    (facts, entropy)
}

/// The request as a service sees it: its target is a path and a query. Fastly gives the whole URL, with the `Host` by
/// which it routed the request.
fn for_service(request: fastly::Request) -> Request<Body> {
    let mut request = Request::from(request).map(Body);
    request.extensions_mut().clear();
    let target = request.uri().path_and_query().cloned();
    *request.uri_mut() = target.map_or_else(|| Uri::from_static("/"), Uri::from);
    request
}

/// The `Content-Length` of the service applies: to a HEAD, and to a body that the host has yet to receive. A body
/// that ends before this length ends the connection, and never ends cleanly.
fn for_client(mut response: Response<Body>) -> fastly::Response {
    let bodiless = matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if bodiless {
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = Body::from(Bytes::new());
    }
    let manual = response.headers().contains_key(header::CONTENT_LENGTH);
    let mut response = fastly::Response::from(response.map(|body| body.0));
    if manual {
        response.set_framing_headers_mode(FramingHeadersMode::ManuallyFromHeaders);
    }
    response
}

/// Runs a future to its end. Host calls block, so a future is ready at the first poll. A future that is not ready
/// then would never be ready.
fn at_once<T>(future: impl Future<Output = T>) -> Result<T, Error> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Ok(value),
        Poll::Pending => Err(Error::because(Kind::Internal, "service.handle", "waits for what no host call brings")),
    }
}
