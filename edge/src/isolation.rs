//! Who may make a browser ask for what the session's cookie opens (<https://www.w3.org/TR/fetch-metadata/>).
//!
//! A page elsewhere can name our URLs in its pictures, films and frames, and the cookie may go along. It learns nothing from the
//! bytes, but from how long they take, or how large they are, and it shows our media as its own.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use platform::Problem;

use crate::Cors;

/// `Cross-Origin-Resource-Policy` (<https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header>).
pub const POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// 403 for what a page of another origin asks for, unless it is a listed one, or its viewer follows a link. Where pages
/// of other origins are listed, those of the same site may show pictures, for which browsers name no origin.
///
/// A client that sends no Fetch Metadata is let through: old browsers send none, and neither do players outside browsers.
pub fn require(cors: &Cors, method: &Method, request: &HeaderMap) -> Result<(), Problem> {
    let said = |name: &str, value: &str| request.get(name).is_some_and(|said| said == value);
    let elsewhere = said("sec-fetch-site", "cross-site") || said("sec-fetch-site", "same-site") && !cors.has_any();
    let follows_a_link =
        *method == Method::GET && said("sec-fetch-mode", "navigate") && said("sec-fetch-dest", "document");
    if elsewhere && !follows_a_link && cors.allows(request).is_none() {
        return Err(Problem::new(StatusCode::FORBIDDEN, "This is for the gallery's own pages."));
    }
    Ok(())
}

/// Says who may show an answer, unless it says so itself.
pub fn apply(cors: &Cors, headers: &mut HeaderMap) {
    let policy = if cors.has_any() { "same-site" } else { "same-origin" };
    headers.entry(POLICY).or_insert(HeaderValue::from_static(policy));
}
