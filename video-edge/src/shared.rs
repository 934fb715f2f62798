//! What a cache between this service and its viewers may keep.
//!
//! Only what was asked for with a playback token: the URL then carries the right, so whoever has the URL may have the answer. For
//! all other caches, and for all that a cookie opened, `Cache-Control` says `private` and goes on to hold.

use http::{HeaderMap, HeaderName, HeaderValue};

/// How long, in seconds: what a crowd asks for at once is made once, and a change of the auth version still
/// reaches everyone within a minute more than here.
const SECONDS: u64 = 60;

/// RFC 9213's field, and the older one that some caches know instead (<https://www.w3.org/TR/edge-arch/>).
const FIELDS: [HeaderName; 2] =
    [HeaderName::from_static("cdn-cache-control"), HeaderName::from_static("surrogate-control")];

/// Lets a shared cache keep an answer, at most as long as its token has `left` to live.
pub(crate) fn allow(headers: &mut HeaderMap, left: u64) {
    if let Ok(value) = HeaderValue::from_str(&format!("max-age={}", SECONDS.min(left))) {
        for field in FIELDS {
            headers.insert(field, value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_longer_than_the_token_lives() {
        for (left, wanted) in [(21_600, "max-age=60"), (60, "max-age=60"), (59, "max-age=59"), (0, "max-age=0")] {
            let mut headers = HeaderMap::new();
            allow(&mut headers, left);
            assert_eq!(headers.len(), 2);
            assert!(headers.values().all(|value| value == wanted), "{left}");
        }
    }
}
