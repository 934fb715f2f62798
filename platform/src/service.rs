//! A service, as an adapter sees it.

use std::time::Duration;

use http::{HeaderValue, Request, Response, header::HeaderName};

use crate::{Cx, Platform};

/// A function from a request to a response, with its configuration and what an instance may keep.
///
/// An instance serves many requests, several at once on some hosts; it keeps nothing of a request.
pub trait Service {
    /// Serves one request. Never fails: every failure is a response.
    async fn handle<P: Platform>(&self, cx: &Cx<'_, P>, request: Request<P::Body>) -> Response<P::Body>;
}

/// Puts the request's id and cost on a response that is about to be sent. Every adapter calls it last.
pub fn finish<P: Platform>(cx: &Cx<'_, P>, response: &mut Response<P::Body>, elapsed: Duration) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(cx.request_id()) {
        // A service behind this one has named the request in its own log, and perhaps in the body.
        headers.entry("x-request-id").or_insert(id);
    }
    if let Ok(timing) = HeaderValue::from_str(&cx.record.server_timing(elapsed)) {
        // After what a service behind this one has said of itself.
        headers.append(HeaderName::from_static("server-timing"), timing);
    }
}
