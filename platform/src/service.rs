//! A service, as an adapter sees it.

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
pub fn finish<P: Platform>(cx: &Cx<'_, P>, response: &mut Response<P::Body>, milliseconds: f64) {
    let headers = response.headers_mut();
    let timing = cx.record.server_timing(milliseconds);
    for (name, value) in [("x-request-id", cx.request_id()), ("server-timing", timing.as_str())] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// Takes away what belongs to one connection only (RFC 9110 section 7.6.1). Some hosts refuse such headers outright.
pub fn strip_hop_by_hop(headers: &mut http::HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(http::header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in [
        "connection",
        "keep-alive",
        "transfer-encoding",
        "upgrade",
        "te",
        "trailer",
        "proxy-connection",
        "proxy-authenticate",
        "proxy-authorization",
    ] {
        headers.remove(name);
    }
}
