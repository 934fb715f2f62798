//! The page, which Vite builds and the program contains.

use bytes::Bytes;
use edge::{Failure, respond};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header, request};
use platform::Problem;

use crate::Config;

/// A file of the page. `build.rs` writes the table.
struct Asset {
    /// The path as in the URL: `/assets/index-1a2b3c4d.js`.
    path: &'static str,
    content_type: &'static str,
    /// The beginning of the content's SHA-256, in hexadecimal.
    hash: &'static str,
    identity: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

const CONTENT_ENCODINGS: [&str; 2] = ["br", "gzip"];

pub(crate) fn serve<B: From<Bytes>>(
    config: &Config,
    head: &request::Parts,
    path: &str,
) -> Result<Response<B>, Failure> {
    let path = if path == "/" { "/index.html" } else { path };
    let asset =
        ASSETS.iter().find(|asset| asset.path == path).ok_or_else(|| Problem::not_found("There is nothing here."))?;
    let (encoding, body) = [asset.brotli, asset.gzip]
        .into_iter()
        .zip(CONTENT_ENCODINGS)
        .find_map(|(body, encoding)| {
            body.filter(|_| accepts(&head.headers, encoding)).map(|body| (Some(encoding), body))
        })
        .unwrap_or((None, asset.identity));
    // Each encoding is a representation of its own (RFC 9110 section 8.8.3.3).
    let tag = format!("\"{}{}\"", asset.hash, encoding.map(|encoding| format!("-{encoding}")).unwrap_or_default());

    let unchanged = respond::is_known(&head.headers, &tag)?;
    let mut response = if unchanged {
        respond::empty(StatusCode::NOT_MODIFIED)
    } else {
        respond::bytes(StatusCode::OK, asset.content_type, Bytes::from_static(body))
    };
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.insert(name, value);
        }
    };
    put(header::ETAG, &tag);
    put(header::VARY, "Accept-Encoding");
    if let (Some(encoding), false) = (encoding, unchanged) {
        put(header::CONTENT_ENCODING, encoding);
    }
    // Vite puts the content's hash into the names of its assets; browsers ask for the page itself again.
    let hashed = path.starts_with("/assets/");
    put(header::CACHE_CONTROL, if hashed { "public, max-age=31536000, immutable" } else { "no-cache" });
    if asset.content_type.starts_with("text/html") {
        put(header::CONTENT_SECURITY_POLICY, &config.page_policy);
    }
    Ok(response)
}

/// Whether `Accept-Encoding` names a coding without `q=0` (RFC 9110 section 12.5.3).
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let listed = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    listed.split(',').any(|element| {
        let (name, weight) = element.split_once(';').unwrap_or((element, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse().is_ok_and(|q: f32| q == 0.0));
        name.trim().eq_ignore_ascii_case(coding) && !refused
    })
}
