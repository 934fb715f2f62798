//! The page, which Vite builds and the program contains.

use bytes::Bytes;
use edge::{Coding, Failure, respond};
use http::{HeaderName, HeaderValue, Response, StatusCode, header, request};
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

pub(crate) fn serve<B: From<Bytes>>(
    config: &Config,
    head: &request::Parts,
    path: &str,
) -> Result<Response<B>, Failure> {
    let path = match path {
        "/" => "/index.html",
        // Where the types of problems lead, see `platform::ProblemType`.
        "/problems" => "/problems.html",
        path => path,
    };
    let asset =
        ASSETS.iter().find(|asset| asset.path == path).ok_or_else(|| Problem::not_found("There is nothing here."))?;
    let there = [(Coding::Brotli, asset.brotli), (Coding::Gzip, asset.gzip)];
    let offered: Vec<Coding> = there.iter().filter(|(_, body)| body.is_some()).map(|(coding, _)| *coding).collect();
    let coding = Coding::choose(&head.headers, &offered);
    let body = there.into_iter().find(|(known, _)| *known == coding).and_then(|(_, body)| body);
    let body = body.unwrap_or(asset.identity);
    let tag = coding.tag(asset.hash);

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
    // Vite puts the content's hash into the names of its assets; browsers ask for the page itself again.
    let hashed = path.starts_with("/assets/");
    put(header::CACHE_CONTROL, if hashed { "public, max-age=31536000, immutable" } else { "no-cache" });
    if asset.content_type.starts_with("text/html") {
        put(header::CONTENT_SECURITY_POLICY, &config.page_policy);
    }
    coding.describe(headers, !unchanged);
    Ok(response)
}
