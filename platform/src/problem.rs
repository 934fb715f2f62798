//! Failures as the client sees them: RFC 9457 problem bodies.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::{Error, Kind, ProblemType};

/// A response that says what is wrong and what to do. Its words reveal nothing about the inside of the gallery.
#[derive(Debug)]
pub struct Problem {
    /// `None` where the status says it all.
    pub kind: Option<ProblemType>,
    pub status: StatusCode,
    pub detail: &'static str,
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'static str,
    request_id: &'a str,
}

impl Problem {
    /// The body's media type.
    pub const MEDIA_TYPE: &str = "application/problem+json";
    /// What a 401 must ask for (RFC 9110 section 15.5.2): a cookie. No browser opens a window of its own for this
    /// scheme, as it does for `Basic`.
    pub const CHALLENGE: &str = r#"Cookie realm="gallery""#;

    pub fn new(status: StatusCode, detail: &'static str) -> Self {
        Self { kind: None, status, detail, headers: Vec::new() }
    }

    /// A problem on which a client can act.
    pub fn of(kind: ProblemType, detail: &'static str) -> Self {
        Self { kind: Some(kind), ..Self::new(kind.status(), detail) }
    }

    pub fn bad_request(detail: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub fn not_found(detail: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// The current file does not meet the client's conditions.
    pub fn precondition_failed() -> Self {
        Self::of(ProblemType::Changed, "The file has changed.")
    }

    /// The answer is the same whether or not the requested file exists.
    pub fn unauthorized() -> Self {
        Self::of(ProblemType::NoSession, "Log in first.")
    }

    /// The answer while the configuration is not usable. The log gets
    /// [`record::host_failure`](crate::record::host_failure).
    pub fn not_set_up() -> Self {
        Self::of(ProblemType::NotSetUp, "The gallery is not set up; its log says what is missing.")
            .with(header::RETRY_AFTER, HeaderValue::from_static("60"))
    }

    /// The answer names the methods of the route.
    pub fn method_not_allowed(allow: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "This route does not take that method; see the Allow header.")
            .with(header::ALLOW, HeaderValue::from_static(allow))
    }

    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The whole response. It is never stored, because the problem may be gone in a minute.
    pub fn into_response<B: From<Bytes>>(self, request_id: &str) -> Response<B> {
        let body = Body {
            r#type: self.kind.map_or("about:blank", ProblemType::reference),
            title: self.kind.map_or_else(|| self.status.canonical_reason().unwrap_or("Error"), ProblemType::title),
            status: self.status.as_u16(),
            detail: self.detail,
            request_id,
        };
        // The body holds only text and numbers, so this cannot fail.
        let body = Bytes::from(serde_json::to_vec(&body).unwrap_or_default());
        let mut response = Response::new(());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(Self::MEDIA_TYPE));
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(Self::CHALLENGE));
        }
        headers.extend(self.headers);
        response.map(|()| B::from(body))
    }
}

/// A failed dependency: 502, 503 or 504 with `Retry-After`, without the dependency's own words.
impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        let (kind, detail) = match error.kind() {
            Kind::Unavailable | Kind::Throttled => {
                (ProblemType::Unavailable, "A part of the gallery is not answering. Try again in a moment.")
            }
            Kind::Timeout => (ProblemType::Slow, "A part of the gallery is too slow just now. Try again in a moment."),
            Kind::Denied | Kind::Invalid | Kind::TooLarge => (
                ProblemType::Unusable,
                "A part of the gallery gave an answer that cannot be used. Tell whoever runs it the request id.",
            ),
            Kind::Internal => {
                return Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something went wrong. Tell whoever runs the gallery the request id.",
                );
            }
        };
        Self::of(kind, detail).with(header::RETRY_AFTER, HeaderValue::from_static("5"))
    }
}
