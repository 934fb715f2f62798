//! Headers that every response carries.

use http::{HeaderMap, header};

use crate::{Cors, isolation, respond::set};

/// Adds the headers. If a route has set its own `Content-Security-Policy` or `Cache-Control`, these stay.
pub(crate) fn apply(cors: &Cors, https: bool, headers: &mut HeaderMap) {
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, "no-referrer");
    isolation::apply(cors, headers);
    if https {
        set(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        // This is for an answer of the API, and for media that is opened as a document of its own. Nothing in either
        // may run or load.
        set(headers, header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox");
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        set(headers, header::CACHE_CONTROL, "no-store");
    }
}
