//! The session's cookie.

use gallery::session::looks_like_a_token;
use http::{HeaderMap, HeaderValue, header};
use platform::{Error, Kind};

use crate::Base;

/// The cookie's name over TLS. The prefix makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis section
/// 4.1.3).
const COOKIE_HTTPS: &str = "__Host-session";
/// The name over TLS below a path. This prefix makes browsers insist on Secure (section 4.1.3).
const COOKIE_BELOW: &str = "__Secure-session";
const COOKIE_HTTP: &str = "session";

/// How the services of a gallery name the cookie.
#[derive(Clone, Copy, Debug)]
pub struct Naming<'a> {
    pub https: bool,
    pub base: &'a Base,
}

/// The session cookies of a request, for a request to another service of the gallery. The other service expects the
/// name of the cookie by its own scheme, which `https` gives. No other cookie is sent.
pub fn forward(headers: &HeaderMap, from: Naming<'_>, https: bool) -> Option<HeaderValue> {
    let name = Naming { https, ..from }.name();
    let pairs: Vec<String> = all(headers, from).map(|token| format!("{name}={token}")).collect();
    let mut value = HeaderValue::from_str(&pairs.join("; ")).ok().filter(|_| !pairs.is_empty())?;
    value.set_sensitive(true);
    Some(value)
}

impl Naming<'_> {
    fn name(self) -> &'static str {
        match (self.https, self.base.as_str()) {
            (false, _) => COOKIE_HTTP,
            (true, "") => COOKIE_HTTPS,
            (true, _) => COOKIE_BELOW,
        }
    }
}

/// The values of all cookies with the session's name, from all `Cookie` headers.
///
/// A header is read as bytes. Another program on the same host name, whatever its port, may have set cookies of any
/// bytes.
pub(super) fn all<'h>(headers: &'h HeaderMap, naming: Naming<'_>) -> impl Iterator<Item = &'h str> + use<'h> {
    let name = naming.name().as_bytes();
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
        .filter_map(move |pair| pair.trim_ascii().strip_prefix(name)?.strip_prefix(b"="))
        .filter_map(|value| std::str::from_utf8(value).ok())
        .filter(|value| looks_like_a_token(value))
}

/// A `Set-Cookie` value with a token, for so many seconds.
pub(super) fn set(naming: Naming<'_>, token: &str, seconds: u64) -> Result<HeaderValue, Error> {
    let (name, secure) = (naming.name(), if naming.https { "; Secure" } else { "" });
    // A path without a slash at its end matches itself and all below it (RFC 6265 section 5.1.4).
    let path = Some(naming.base.as_str()).filter(|base| !base.is_empty()).unwrap_or("/");
    let text = format!("{name}={token}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let mut value =
        HeaderValue::from_str(&text).map_err(|error| Error::because(Kind::Internal, "auth.cookie", error))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use platform::config::Lookup;

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
                let all = |https| all(&headers, Naming { https, base: &Base::default() }).collect::<Vec<_>>();
                assert_eq!(all(false), [token.as_str()], "{line}");
                assert_eq!(all(true), [""; 0]);
            }
        }
    }
    #[test]
    fn below_a_path_the_cookie_goes_nowhere_else() {
        let base = Base::load(&Lookup(&|_| Some("/gallery".to_owned()))).unwrap();
        let none = Base::default();
        let text = |https, base| set(Naming { https, base }, "t", 9).unwrap().to_str().unwrap().to_owned();
        assert_eq!(text(true, &none), "__Host-session=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=9; Secure");
        assert_eq!(text(true, &base), "__Secure-session=t; Path=/gallery; HttpOnly; SameSite=Lax; Max-Age=9; Secure");
        assert_eq!(text(false, &base), "session=t; Path=/gallery; HttpOnly; SameSite=Lax; Max-Age=9");
    }
}
