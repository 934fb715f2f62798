//! Cross-origin access for the pages of configured origins (<https://fetch.spec.whatwg.org/#http-cors-protocol>).
//! Credentials are never allowed: the only authority is a signature in the URL.

use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
        ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
    },
};
use s3s::{Body, S3Result, s3_error};

const METHODS: &str = "GET, HEAD, PUT, POST, DELETE";
/// The headers that scripts may read in addition to those that are always readable.
const EXPOSED: &str = "ETag, Content-Range, Accept-Ranges, Content-Length, Last-Modified, Content-Disposition";
/// How long a browser may remember a preflight, in seconds.
const MAX_AGE: &str = "3600";
const TIMING_ALLOW_ORIGIN: HeaderName = HeaderName::from_static("timing-allow-origin");

/// The origins whose pages may use the store.
pub struct Cors(Vec<String>);

impl Cors {
    pub fn new(allowed_origins: Vec<String>) -> Self {
        Self(allowed_origins.into_iter().map(|origin| origin.trim_end_matches('/').to_owned()).collect())
    }

    /// The value of `Access-Control-Allow-Origin` for a request, if its origin is allowed.
    pub fn allow(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let origin = request.get(ORIGIN)?;
        if self.0.iter().any(|allowed| allowed == "*") {
            return Some(HeaderValue::from_static("*"));
        }
        self.0.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()).then(|| origin.clone())
    }

    /// Answers an `OPTIONS` request.
    ///
    /// # Errors
    /// 400 if the request is not a preflight, 403 for an origin or a method that is not allowed.
    pub fn preflight(&self, request: &HeaderMap) -> S3Result<Response<Body>> {
        let Some(method) = request.get(ACCESS_CONTROL_REQUEST_METHOD).filter(|_| request.contains_key(ORIGIN)) else {
            return Err(s3_error!(InvalidRequest, "Insufficient information. Not a CORS preflight."));
        };
        let allowed = METHODS.split(", ").any(|allowed| allowed.as_bytes() == method.as_bytes());
        if !allowed || self.allow(request).is_none() {
            return Err(s3_error!(AccessDenied, "CORSResponse: This CORS request is not allowed."));
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
        if let Some(asked) = request.get(ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        }
        Ok(response)
    }
}

/// Adds the headers that every response needs. Errors need them too, so that a page can read why it was refused.
pub fn decorate(allow: Option<HeaderValue>, response: &mut HeaderMap) {
    // `Vary` is added to a response without an origin too, because a cache must not give such a response to a page.
    let vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    response.append(VARY, HeaderValue::from_static(vary));
    if let Some(allow) = allow {
        response.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        response.insert(TIMING_ALLOW_ORIGIN, allow.clone());
        response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allow);
    }
}
