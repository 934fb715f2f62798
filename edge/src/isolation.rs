//! Which pages may make a browser request what the session's cookie opens (<https://www.w3.org/TR/fetch-metadata/>).
//!
//! A page of another origin can name the gallery's URLs in its pictures, films and frames, and the browser may send
//! the cookie with the requests. The page cannot read the bytes. But it learns how long the answers take and how
//! large they are, and it can show the gallery's media as its own.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use platform::{Problem, ProblemType};

use crate::Cors;

/// `Cross-Origin-Resource-Policy` (<https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header>).
pub const POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Answers 403 to a request from a page of another origin, unless the origin is listed, or the viewer follows a link.
/// If any origin is listed, pages of the same site may show pictures too, because browsers name no origin in requests
/// for pictures.
///
/// A request without Fetch Metadata is let through: old browsers send none, and neither do players outside browsers.
pub fn require(cors: &Cors, method: &Method, request: &HeaderMap) -> Result<(), Problem> {
    let said = |name: &str, value: &str| request.get(name).is_some_and(|said| said == value);
    let elsewhere = said("sec-fetch-site", "cross-site") || said("sec-fetch-site", "same-site") && !cors.has_any();
    let follows_a_link =
        *method == Method::GET && said("sec-fetch-mode", "navigate") && said("sec-fetch-dest", "document");
    if elsewhere && !follows_a_link && cors.allows(request).is_none() {
        return Err(Problem::of(ProblemType::ForeignPage, "This is for the gallery's own pages."));
    }
    Ok(())
}

/// Answers 403 to a request that changes something and comes from a page of another origin that is not listed. The
/// page is named by Fetch Metadata, or by `Origin`, which browsers without Fetch Metadata send too.
pub fn require_own_page(cors: &Cors, request: &HeaderMap) -> Result<(), Problem> {
    let said = |name: &str, value: &str| request.get(name).is_some_and(|said| said == value);
    // The port counts as well, and the scheme does not: behind a proxy it is not known.
    let is_own = |origin: &HeaderValue| {
        let authority =
            origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
        let host = request.get(header::HOST).and_then(|host| host.to_str().ok());
        authority.zip(host).is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
    };
    let is_foreign = said("sec-fetch-site", "cross-site")
        // What the browser itself says of the page's origin counts more than a comparison: a proxy may have given the
        // request another `Host`.
        || !said("sec-fetch-site", "same-origin") && request.get(header::ORIGIN).is_some_and(|origin| !is_own(origin));
    if is_foreign && cors.allows(request).is_none() {
        return Err(Problem::of(ProblemType::ForeignPage, "This is for the gallery's own page."));
    }
    Ok(())
}

/// Adds the policy that says which pages may show an answer, unless the answer has a policy already.
pub fn apply(cors: &Cors, headers: &mut HeaderMap) {
    let policy = if cors.has_any() { "same-site" } else { "same-origin" };
    headers.entry(POLICY).or_insert(HeaderValue::from_static(policy));
}
