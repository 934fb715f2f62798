//! A service, as an adapter sees it.

use std::time::Duration;

use http::{HeaderValue, Request, Response, header::HeaderName};

use crate::{Cx, Platform};

/// A function from a request to a response, with its configuration and the state that an instance may keep.
///
/// An instance serves many requests, and on some hosts several at once. It keeps nothing of a request.
pub trait Service {
    /// Serves one request. Never fails: every failure is a response.
    async fn handle<P: Platform>(&self, cx: &Cx<'_, P>, request: Request<P::Body>) -> Response<P::Body>;
}

/// Puts the request's id and cost on a response that is about to be sent. Every adapter calls this function last.
pub fn finish<P: Platform>(cx: &Cx<'_, P>, response: &mut Response<P::Body>, elapsed: Duration) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(cx.request_id()) {
        // A service behind this one may have set an id already. That id is then in the log of that service, and
        // perhaps in the body.
        headers.entry("x-request-id").or_insert(id);
    }
    if let Ok(timing) = HeaderValue::from_str(&cx.record.server_timing(elapsed)) {
        // If a service behind this one has set a value, this value comes after it.
        headers.append(HeaderName::from_static("server-timing"), timing);
    }
}
