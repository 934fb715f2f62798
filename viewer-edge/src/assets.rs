//! The page, which Vite builds and the program contains.

use bytes::Bytes;
use edge::{Base, Coding, Failure, respond};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header, request};
use platform::Problem;

use crate::{
    Config,
    built::{ASSETS, Asset},
};

/// The page's service worker.
const WORKER: &str = "/sw.js";

/// How the built page names its files.
const OWN_FILES: &str = r#"="./"#;

/// The page itself.
pub(crate) fn page() -> Option<&'static str> {
    std::str::from_utf8(file("/index.html")?).ok()
}

/// The file with this path, as it was built.
pub(crate) fn file(path: &str) -> Option<&'static [u8]> {
    find(path).map(|asset| asset.identity)
}

/// A document for any path: it names its files by whole paths, while the built one lies beside them.
pub(crate) fn at_any_path(html: &str, base: &Base) -> String {
    html.replace(OWN_FILES, &[r#"=""#, &base.path("/")].concat())
}

/// The page of an address where there is nothing. Without a built page, there is none.
const NOTHING: &str = "/404.html";

fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

impl Asset {
    /// The coding that the client wants, and the file in it.
    fn choose(&self, headers: &HeaderMap) -> (Coding, &'static [u8]) {
        let there = [(Coding::Brotli, self.brotli), (Coding::Gzip, self.gzip)];
        let offered: Vec<Coding> = there.iter().filter(|(_, body)| body.is_some()).map(|(coding, _)| *coding).collect();
        let coding = Coding::choose(headers, &offered);
        let body = there.into_iter().find(|(known, _)| *known == coding).and_then(|(_, body)| body);
        (coding, body.unwrap_or(self.identity))
    }
}

/// Addresses that only scripts and documents of ours ask for. A problem tells them more than a page.
fn is_for_scripts(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/") || path.starts_with("/assets/")
}

/// Whether the client names HTML among what it takes (RFC 9110 section 12.5.1), as a browser does that navigates.
/// `*/*` does not count: every script sends it.
fn accepts_html(headers: &HeaderMap) -> bool {
    let ranges = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    ranges.flat_map(|value| value.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_html = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("text/html"));
        let refused = |part: &str| {
            let weight = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="));
            weight.and_then(|weight| weight.trim().parse::<f32>().ok()).is_some_and(|weight| weight <= 0.0)
        };
        is_html && !parts.any(refused)
    })
}

/// The page says in words that there is nothing here. It has no tag: what is here tomorrow may be something else.
fn nothing<B: From<Bytes>>(config: &Config, page: &Asset) -> Response<B> {
    let html = at_any_path(&String::from_utf8_lossy(page.identity), &config.base);
    let mut response = respond::bytes(StatusCode::NOT_FOUND, page.content_type, html);
    let headers = response.headers_mut();
    respond::set(headers, header::CACHE_CONTROL, "no-store");
    if let Ok(policy) = HeaderValue::from_str(&config.page_policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

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
    let Some(asset) = find(path) else {
        let page = find(NOTHING).filter(|_| accepts_html(&head.headers) && !is_for_scripts(path));
        let page = page.ok_or_else(|| Problem::not_found("There is nothing here."))?;
        return Ok(nothing(config, page));
    };
    let (coding, body) = asset.choose(&head.headers);
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
    // A service worker has the policy of its own answer, and asks for what the page asks for.
    if asset.content_type.starts_with("text/html") || path == WORKER {
        put(header::CONTENT_SECURITY_POLICY, &config.page_policy);
    }
    coding.describe(headers, !unchanged);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_client_that_names_html_gets_a_page() {
        for (accept, wanted) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("application/json, TEXT/HTML ;q=0.1", true),
            ("*/*", false),
            ("text/*", false),
            ("", false),
            ("text/html;q=0", false),
            ("text/html; q=0.000", false),
            ("text/htmlx", false),
            ("application/json", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(accepts_html(&headers), wanted, "{accept}");
        }
        assert!(!accepts_html(&HeaderMap::new()));
    }

    #[test]
    fn scripts_get_no_page() {
        for (path, wanted) in
            [("/api", true), ("/api/x", true), ("/assets/x.js", true), ("/apis", false), ("/x", false)]
        {
            assert_eq!(is_for_scripts(path), wanted, "{path}");
        }
    }
}
