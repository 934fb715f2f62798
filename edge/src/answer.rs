//! The steps around a route that both services share.

use bytes::Bytes;
use http::{Method, Response, request};
use platform::{Cx, Platform};

use crate::{Cors, Failure, security};

/// What a service says about a route.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// The service's name in the log.
    pub service: &'static str,
    /// The pattern of the path for the log. It never holds a key.
    pub pattern: &'static str,
    /// The methods of the route, as `Allow` lists them.
    pub allow: &'static str,
}

/// Makes the response from the result of `route`. A preflight request, and a method that the route does not have, are
/// answered before `route` runs.
///
/// A failure becomes a problem body. The response to a HEAD loses its body. CORS and security headers are added.
pub async fn answer<P: Platform>(
    cx: &Cx<'_, P>,
    cors: &Cors,
    head: &request::Parts,
    described: Described,
    route: impl Future<Output = Result<Response<P::Body>, Failure>>,
) -> Response<P::Body> {
    cx.record.service.set(described.service);
    cx.record.route.set(described.pattern);
    cx.follow(&head.headers);
    let answer = match cors.gate(&head.method, &head.headers, described.allow) {
        Some(answer) => answer,
        None => route.await.map_err(|failure| failure.into_problem(&cx.record)),
    };
    let mut response = answer.unwrap_or_else(|problem| problem.into_response(cx.request_id()));
    if head.method == Method::HEAD {
        // The headers, `Content-Length` too, stay (RFC 9110 section 9.3.2).
        response = response.map(|_| P::Body::from(Bytes::new()));
    }
    cors.apply(&head.headers, response.headers_mut());
    security::apply(cors, cx.facts.https, response.headers_mut());
    response
}
