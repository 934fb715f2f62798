//! Headers that every response carries.

use http::{HeaderMap, header};
use platform::respond::set;

use crate::Config;

pub(crate) fn apply(config: &Config, https: bool, headers: &mut HeaderMap) {
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, "no-referrer");
    let policy = header::HeaderName::from_static("cross-origin-resource-policy");
    // A page on another, listed origin shows pictures too; then nobody beyond the same site may.
    set(headers, policy, if config.cross_origin_pages { "same-site" } else { "same-origin" });
    if https {
        set(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        // Media opened as a document of its own, an API answer: nothing in it may run or load.
        set(headers, header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox");
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        set(headers, header::CACHE_CONTROL, "no-store");
    }
}
