//! The session's cookie.

use gallery::session::looks_like_a_token;
use http::{HeaderMap, HeaderValue, header};
use platform::{Error, Kind};

/// The cookie's name over TLS. The prefix makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis section
/// 4.1.3).
const COOKIE_HTTPS: &str = "__Host-session";
const COOKIE_HTTP: &str = "session";

/// The session cookies of a request, for a request to another service of the gallery. The other service expects the
/// name of the cookie by its own scheme, which `https` gives. No other cookie is sent.
pub fn forward(headers: &HeaderMap, from_https: bool, https: bool) -> Option<HeaderValue> {
    let name = name(https);
    let pairs: Vec<String> = all(headers, from_https).map(|token| format!("{name}={token}")).collect();
    let mut value = HeaderValue::from_str(&pairs.join("; ")).ok().filter(|_| !pairs.is_empty())?;
    value.set_sensitive(true);
    Some(value)
}

const fn name(https: bool) -> &'static str {
    if https { COOKIE_HTTPS } else { COOKIE_HTTP }
}

/// The values of all cookies with the session's name, from all `Cookie` headers.
///
/// A header is read as bytes. Another program on the same host name, whatever its port, may have set cookies of any
/// bytes.
pub(super) fn all(headers: &HeaderMap, https: bool) -> impl Iterator<Item = &str> {
    let name = name(https).as_bytes();
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
        .filter_map(move |pair| pair.trim_ascii().strip_prefix(name)?.strip_prefix(b"="))
        .filter_map(|value| std::str::from_utf8(value).ok())
        .filter(|value| looks_like_a_token(value))
}

/// A `Set-Cookie` value with a token, for so many seconds.
pub(super) fn set(https: bool, token: &str, seconds: u64) -> Result<HeaderValue, Error> {
    let (name, secure) = (name(https), if https { "; Secure" } else { "" });
    let text = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let mut value =
        HeaderValue::from_str(&text).map_err(|error| Error::because(Kind::Internal, "auth.cookie", error))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_neighbours_cookie_hides_nothing() {
        let token = "A".repeat(142);
        for line in
            ["n=M\u{fc}ller; session={}", "session={}; n=\u{fc}", "x;;=; session=bad; session={} ", "session={}"]
        {
            for latin in [false, true] {
                let text = line.replace("{}", &token);
                let bytes: Vec<u8> = if latin { text.chars().map(|c| c as u8).collect() } else { text.into_bytes() };
                let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_bytes(&bytes).unwrap())]);
                assert_eq!(all(&headers, false).collect::<Vec<_>>(), [token.as_str()], "{line}");
                assert_eq!(all(&headers, true).count(), 0);
            }
        }
    }
}
