//! What both services do around a route.

use bytes::Bytes;
use http::{Method, Response, request};
use platform::{Cx, Platform};

use crate::{Cors, Failure, security};

/// What a service says of a route.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// The service's name in the log.
    pub service: &'static str,
    /// The pattern for the log: never a key.
    pub pattern: &'static str,
    /// The methods the route takes, as `Allow` lists them.
    pub allow: &'static str,
}

/// Makes the response of what `route` gives. A preflight, and a method that the route does not take, never get that far.
///
/// A failure becomes a problem body, HEAD loses its body, CORS and security headers are added.
pub async fn answer<P: Platform>(
    cx: &Cx<'_, P>,
    cors: &Cors,
    head: &request::Parts,
    described: Described,
    route: impl Future<Output = Result<Response<P::Body>, Failure>>,
) -> Response<P::Body> {
    cx.record.service.set(described.service);
    cx.record.route.set(described.pattern);
    let answer = match cors.gate(&head.method, &head.headers, described.allow) {
        Some(answer) => answer,
        None => route.await.map_err(|failure| failure.into_problem(&cx.record)),
    };
    let mut response = answer.unwrap_or_else(|problem| problem.into_response(cx.request_id()));
    if head.method == Method::HEAD {
        // Its headers, `Content-Length` too, stay (RFC 9110 section 9.3.2).
        response = response.map(|_| P::Body::from(Bytes::new()));
    }
    cors.apply(&head.headers, response.headers_mut());
    security::apply(cors, cx.facts.https, response.headers_mut());
    response
}
