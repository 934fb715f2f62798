//! What a cache between this service and its viewers may keep.
//!
//! Such a cache may keep only answers to requests with a playback token: the right is then in the URL, so whoever has
//! the URL may have the answer. `Cache-Control` says `private` for all other caches, and for every answer that a
//! cookie opened.

use http::{HeaderMap, HeaderName, HeaderValue};

/// How long a shared cache may keep an answer, in seconds. Requests that come at once then cost one answer, and the end
/// of a session reaches viewers behind such a cache so much later than others.
const SECONDS: u64 = 5;

/// The field of RFC 9213, and the older field that some caches know instead (<https://www.w3.org/TR/edge-arch/>).
const FIELDS: [HeaderName; 2] =
    [HeaderName::from_static("cdn-cache-control"), HeaderName::from_static("surrogate-control")];

/// Lets a shared cache keep an answer. `left` is the rest of the token's life in seconds, and the answer is kept no
/// longer.
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
        for (left, wanted) in [(21_600, "max-age=5"), (5, "max-age=5"), (4, "max-age=4"), (0, "max-age=0")] {
            let mut headers = HeaderMap::new();
            allow(&mut headers, left);
            assert_eq!(headers.len(), 2);
            assert!(headers.values().all(|value| value == wanted), "{left}");
        }
    }
}
