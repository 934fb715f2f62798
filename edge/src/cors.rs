//! Access by pages of other origins.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use platform::{
    Problem,
    config::{ConfigError, Lookup, names::ALLOWED_ORIGINS},
};

use crate::respond::{empty, set};

/// Lets pages of other, listed origins read a response with credentials
/// (<https://fetch.spec.whatwg.org/#http-cors-protocol>).
#[derive(Debug, Default)]
pub struct Cors {
    allowed: Vec<String>,
}

impl Cors {
    /// Reads `ALLOWED_ORIGINS`: the origins, besides the service's own, whose pages may call a service with
    /// credentials.
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        Ok(Self { allowed: lookup.origins(ALLOWED_ORIGINS)? })
    }

    /// Whether any other origin is listed.
    pub(crate) const fn has_any(&self) -> bool {
        !self.allowed.is_empty()
    }

    /// The origin of the page that sent the request, if it is listed.
    pub(crate) fn allows(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let origin = request.get(header::ORIGIN)?;
        self.allowed.iter().any(|allowed| origin.as_bytes() == allowed.as_bytes()).then(|| origin.clone())
    }

    /// Answers what needs no route: preflight requests, and methods that the route does not have.
    pub(crate) fn gate<B: From<Bytes>>(
        &self,
        method: &Method,
        request: &HeaderMap,
        allow: &'static str,
    ) -> Option<Result<Response<B>, Problem>> {
        if allow.split(", ").any(|allowed| allowed == method.as_str()) {
            return None;
        }
        let preflight = (*method == Method::OPTIONS).then(|| self.preflight(request, allow)).flatten();
        Some(preflight.ok_or_else(|| Problem::method_not_allowed(allow)))
    }

    /// Adds the headers that the browser checks. Once any origin is listed, every response has `Vary`.
    pub(crate) fn apply(&self, request: &HeaderMap, response: &mut HeaderMap) {
        if !self.has_any() {
            return;
        }
        // In one line: there are caches that read only the first one.
        let others = response.remove(header::VARY);
        let others = others.as_ref().and_then(|others| others.to_str().ok());
        // An answer that was forwarded may name it already.
        let names = |others: &str| others.split(',').any(|name| name.trim().eq_ignore_ascii_case("origin"));
        let vary = others.map(|others| if names(others) { others.to_owned() } else { format!("{others}, Origin") });
        let vary = vary.and_then(|vary| HeaderValue::from_str(&vary).ok());
        response.insert(header::VARY, vary.unwrap_or(HeaderValue::from_static("Origin")));
        if let Some(origin) = self.allows(request) {
            response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            set(response, header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
            let exposed = "content-length, content-range, etag, retry-after, server-timing, x-request-id";
            set(response, header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
            // Scripts that measure read `Server-Timing` by this
            // (https://www.w3.org/TR/resource-timing/#sec-timing-allow-origin).
            let own = response[header::ACCESS_CONTROL_ALLOW_ORIGIN].clone();
            response.insert(HeaderName::from_static("timing-allow-origin"), own);
        }
    }

    fn preflight<B: From<Bytes>>(&self, request: &HeaderMap, methods: &'static str) -> Option<Response<B>> {
        request.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
        self.allows(request)?;
        let mut response = empty(StatusCode::NO_CONTENT);
        set(response.headers_mut(), header::ACCESS_CONTROL_ALLOW_METHODS, methods);
        set(response.headers_mut(), header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, range");
        set(response.headers_mut(), header::ACCESS_CONTROL_MAX_AGE, "600");
        Some(response)
    }
}
