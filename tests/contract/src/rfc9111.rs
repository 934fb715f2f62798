//! A shared cache that keeps, and reuses, every answer that RFC 9111 allows.
//!
//! Where the RFC leaves a choice, the cache chooses what is worse for a private gallery. It keeps answers without an
//! explicit lifetime (section 4.2.2), it keeps `Set-Cookie` (section 7.3), and it never forgets. It is also cut off
//! from the origin often enough to reuse stale answers (section 4.2.4). It therefore needs no clock.

use crate::Answer;

/// A request as a cache sees it.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub method: &'static str,
    pub url: String,
    /// The headers, with names in lower case.
    pub headers: Vec<(&'static str, String)>,
}

impl Request {
    pub fn new(method: &'static str, url: impl Into<String>) -> Self {
        Self { method, url: url.into(), headers: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// All values of a field as one, with white space normalised (section 4.1).
    fn field(&self, name: &str) -> Option<String> {
        let values = self.headers.iter().filter(|(known, _)| *known == name);
        let values: Vec<String> =
            values.map(|(_, value)| value.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

/// The field that a cache reads before `Cache-Control`, if it knows such a field (RFC 9213).
pub(crate) type Target = Option<&'static str>;

/// A browser's proxy, and the caches of two kinds of networks.
pub(crate) const TARGETS: [Target; 3] = [None, Some("cdn-cache-control"), Some("surrogate-control")];

pub(crate) struct SharedCache<'a> {
    target: Target,
    kept: Vec<(&'a Request, &'a Answer)>,
}

/// What a cache has for a request.
pub(crate) struct Stored<'a> {
    pub answer: &'a Answer,
    /// Whether the cache must first ask the origin if the answer is still valid (section 4.3).
    pub must_ask: bool,
}

impl<'a> SharedCache<'a> {
    pub fn new(target: Target) -> Self {
        Self { target, kept: Vec::new() }
    }

    /// Sees an answer on its way to a viewer, and keeps it if this is allowed.
    pub fn pass(&mut self, request: &'a Request, answer: &'a Answer) {
        if Rules::of(self.target, answer).may_keep(request, answer) {
            self.kept.push((request, answer));
        }
    }

    /// All that may be given out for a request (section 4), of which a cache chooses one.
    pub fn look_up(&self, request: &Request) -> impl Iterator<Item = Stored<'a>> {
        self.kept.iter().filter(|(first, answer)| is_for(first, answer, request)).map(|(_, answer)| {
            let must_ask = Rules::of(self.target, answer).must_ask();
            Stored { answer, must_ask }
        })
    }
}

/// The fields for ranges and conditions. A cache could answer such requests from a whole answer. It need not do so
/// here, because the whole answer is requested as well.
const SELECT: [&str; 6] =
    ["range", "if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];

fn is_for(first: &Request, answer: &Answer, second: &Request) -> bool {
    // HEAD is answered from a GET (section 4.3.5), and either from a POST (RFC 9110 section 9.3.3).
    let method = first.method == second.method || second.method == "HEAD" || first.method == "POST";
    let same = |name: &str| first.field(name) == second.field(name);
    let nominated = values(answer, "vary").unwrap_or_default();
    method
        && matches!(second.method, "GET" | "HEAD")
        && first.url == second.url
        && SELECT.into_iter().all(same)
        && nominated.split(',').map(str::trim).all(|name| name != "*" && same(&name.to_lowercase()))
}

/// All values of a field as one.
fn values(answer: &Answer, name: &str) -> Option<String> {
    let values: Vec<_> =
        answer.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// The directives that apply to a cache.
struct Rules {
    directives: Vec<(String, Option<String>)>,
    /// `Expires`, unless a targeted field stands in its place (RFC 9213 section 2.1).
    expires: Option<String>,
}

impl Rules {
    fn of(target: Target, answer: &Answer) -> Self {
        let targeted = target.and_then(|name| values(answer, name)).map(|value| directives(&value));
        match targeted.filter(|directives| !directives.is_empty()) {
            Some(directives) => Self { directives, expires: None },
            None => Self {
                directives: values(answer, "cache-control").map(|value| directives(&value)).unwrap_or_default(),
                expires: values(answer, "expires"),
            },
        }
    }

    /// A directive's argument. It is empty if the directive has none.
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.directives.iter().find(|(known, _)| known == name);
        found.map(|(_, argument)| argument.as_deref().unwrap_or_default())
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether a directive is present without an argument. With an argument it concerns some fields only (sections
    /// 5.2.2.4 and 5.2.2.7).
    fn has_alone(&self, name: &str) -> bool {
        self.get(name) == Some("")
    }

    /// Section 3.
    fn may_keep(&self, request: &Request, answer: &Answer) -> bool {
        let status = answer.status;
        // The cache understands 206, 304 and every other status.
        let no_store = self.has("no-store") && !self.has("must-understand");
        // Section 3.5.
        let authorized = request.field("authorization").is_none()
            || ["must-revalidate", "public", "s-maxage"].into_iter().any(|name| self.has(name));
        let explicit = ["s-maxage", "max-age"].into_iter().any(|name| self.has(name)) || self.expires.is_some();
        // RFC 9110 section 15.1.
        let by_status = matches!(status, 200 | 203 | 204 | 206 | 300 | 301 | 308 | 404 | 405 | 410 | 414 | 501);
        let by_method = match request.method {
            "GET" | "HEAD" => explicit || self.has("public") || by_status,
            // A POST needs a lifetime, and a URL for which a GET may ask (RFC 9110 section 9.3.3).
            "POST" => explicit && values(answer, "content-location").is_some(),
            _ => false,
        };
        status >= 200 && !no_store && !self.has_alone("private") && authorized && by_method
    }

    /// Section 4, its last point.
    fn must_ask(&self) -> bool {
        let zero = |text: &str| text.parse() == Ok(0_u64);
        let stale = match self.get("s-maxage").or_else(|| self.get("max-age")) {
            Some(seconds) => zero(seconds),
            None => self.expires.as_deref().is_some_and(|date| !date.contains("GMT")),
        };
        // `s-maxage` forbids a shared cache to reuse stale answers too (section 5.2.2.10).
        let not_stale = ["must-revalidate", "proxy-revalidate", "s-maxage"].into_iter().any(|name| self.has(name));
        self.has_alone("no-cache") || stale && not_stale
    }
}

/// The members of a field such as `Cache-Control`: names in lower case, arguments without quotes (section 5.2).
fn directives(value: &str) -> Vec<(String, Option<String>)> {
    let mut quoted = false;
    let members = value.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    let parsed = members.map(|member| {
        let (name, argument) = member.split_once('=').map_or((member, None), |(name, rest)| (name, Some(rest)));
        (name.trim().to_lowercase(), argument.map(|text| text.trim().trim_matches('"').to_owned()))
    });
    parsed.filter(|(name, _)| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName};

    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &str)]) -> Answer {
        let fields = headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        Answer { what: String::new(), status, headers: fields.collect::<HeaderMap>(), body: Vec::new() }
    }

    #[derive(Debug, PartialEq, Eq)]
    enum Gives {
        Nothing,
        AfterAsking,
        It,
    }

    /// What the same request by another client gets.
    fn gives(target: Target, first: &Request, second: &Request, answer: &Answer) -> Gives {
        let mut cache = SharedCache::new(target);
        cache.pass(first, answer);
        match cache.look_up(second).next() {
            None => Gives::Nothing,
            Some(kept) if kept.must_ask => Gives::AfterAsking,
            Some(_) => Gives::It,
        }
    }

    const URL: &str = "https://gallery.example/api/media";

    fn get() -> Request {
        Request::new("GET", URL)
    }

    #[test]
    fn what_may_be_kept_and_given_out() {
        for (status, headers, wanted) in [
            (200, &[][..], Gives::It),
            (200, &[("cache-control", "public, max-age=60")], Gives::It),
            (200, &[("cache-control", "Max-Age=60")], Gives::It),
            (200, &[("cache-control", "max-age=60"), ("set-cookie", "session=x")], Gives::It),
            (200, &[("cache-control", "max-age=0")], Gives::It),
            (200, &[("cache-control", "max-age=0, must-revalidate")], Gives::AfterAsking),
            (200, &[("cache-control", "max-age=60, must-revalidate")], Gives::It),
            (200, &[("cache-control", "s-maxage=0, max-age=60")], Gives::AfterAsking),
            (200, &[("cache-control", "no-cache")], Gives::AfterAsking),
            (200, &[("cache-control", "no-cache=\"set-cookie, x\", max-age=5")], Gives::It),
            (200, &[("cache-control", "private=\"set-cookie\", max-age=5")], Gives::It),
            (200, &[("cache-control", "private, max-age=60")], Gives::Nothing),
            (200, &[("cache-control", "max-age=60"), ("cache-control", "PRIVATE")], Gives::Nothing),
            (200, &[("cache-control", "private, s-maxage=60")], Gives::Nothing),
            (200, &[("cache-control", "public, no-store")], Gives::Nothing),
            (200, &[("cache-control", "no-store, must-understand")], Gives::It),
            (200, &[("expires", "Fri, 31 Dec 2100 00:00:00 GMT")], Gives::It),
            (500, &[("expires", "Fri, 31 Dec 2100 00:00:00 GMT")], Gives::It),
            (206, &[], Gives::It),
            (404, &[], Gives::It),
            (405, &[], Gives::It),
            (302, &[], Gives::Nothing),
            (302, &[("cache-control", "max-age=60")], Gives::It),
            (302, &[("cache-control", "public")], Gives::It),
            (304, &[], Gives::Nothing),
            (304, &[("cache-control", "max-age=60")], Gives::It),
            (401, &[], Gives::Nothing),
            (401, &[("cache-control", "max-age=60")], Gives::It),
            (500, &[], Gives::Nothing),
        ] {
            assert_eq!(gives(None, &get(), &get(), &answer(status, headers)), wanted, "{status} {headers:?}");
        }
    }

    #[test]
    fn a_targeted_field_stands_before_the_others() {
        let (cdn, other) = (TARGETS[1], TARGETS[2]);
        for (target, headers, wanted) in [
            (cdn, &[("cache-control", "private"), ("cdn-cache-control", "max-age=60")][..], Gives::It),
            (other, &[("cache-control", "private"), ("cdn-cache-control", "max-age=60")], Gives::Nothing),
            (None, &[("cache-control", "private"), ("cdn-cache-control", "max-age=60")], Gives::Nothing),
            (other, &[("cache-control", "private"), ("surrogate-control", "max-age=60")], Gives::It),
            (cdn, &[("cache-control", "max-age=60"), ("cdn-cache-control", "no-store")], Gives::Nothing),
            (cdn, &[("cache-control", "max-age=60"), ("cdn-cache-control", "private")], Gives::Nothing),
            (cdn, &[("cache-control", "private"), ("cdn-cache-control", "")], Gives::Nothing),
        ] {
            assert_eq!(gives(target, &get(), &get(), &answer(200, headers)), wanted, "{target:?} {headers:?}");
        }
    }

    /// Section 3.5.
    #[test]
    fn what_was_asked_for_with_authorization() {
        let first = get().with("authorization", "Bearer x");
        for (directives, wanted) in [
            ("max-age=60", Gives::Nothing),
            ("public", Gives::It),
            ("s-maxage=60", Gives::It),
            ("max-age=60, must-revalidate", Gives::It),
        ] {
            assert_eq!(
                gives(None, &first, &get(), &answer(200, &[("cache-control", directives)])),
                wanted,
                "{directives}"
            );
        }
    }

    /// Section 4.1.
    #[test]
    fn vary() {
        let first = get().with("cookie", "a=b;  c=d").with("origin", "https://gallery.example");
        for (vary, second, wanted) in [
            ("", get(), Gives::It),
            ("accept-encoding", get(), Gives::It),
            ("*", first.clone(), Gives::Nothing),
            ("Cookie", get(), Gives::Nothing),
            ("accept, Cookie", get().with("cookie", "a=b"), Gives::Nothing),
            ("cookie", get().with("cookie", "a=b; c=d"), Gives::It),
            ("origin", get().with("cookie", "a=b; c=d"), Gives::Nothing),
        ] {
            let headers = if vary.is_empty() { vec![] } else { vec![("vary", vary)] };
            assert_eq!(gives(None, &first, &second, &answer(200, &headers)), wanted, "{vary}");
        }
    }

    #[test]
    fn urls_methods_and_ranges() {
        let fresh = answer(200, &[("cache-control", "max-age=60"), ("content-location", "/api/media")]);
        let url = |method: &'static str| Request::new(method, URL);
        let part = get().with("range", "bytes=0-1");
        for (first, second, wanted) in [
            (get(), url("HEAD"), Gives::It),
            (url("HEAD"), get(), Gives::Nothing),
            (url("POST"), get(), Gives::It),
            (get(), url("POST"), Gives::Nothing),
            (url("DELETE"), get(), Gives::Nothing),
            (get(), Request::new("GET", format!("{URL}?x")), Gives::Nothing),
            (part.clone(), part.clone(), Gives::It),
            (part, get(), Gives::Nothing),
        ] {
            assert_eq!(gives(None, &first, &second, &fresh), wanted, "{first:?} {second:?}");
        }
        assert_eq!(gives(None, &url("POST"), &get(), &answer(200, &[])), Gives::Nothing);
    }
}
