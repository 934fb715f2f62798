//! The path below which a gallery lies, where other programs share its origin.
//!
//! Routes, and the paths in answers of the API, are without it. A service takes it off a request before it looks for
//! the route, by [`Base::enter`], and puts it before every path that it gives to a browser, by [`Base::path`].

use http::{HeaderValue, Response, StatusCode, Uri, header, request, uri::PathAndQuery};
use platform::{
    Cx, Platform, Problem,
    config::{ConfigError, Lookup, names::BASE_PATH},
};

use crate::{
    Cors,
    answer::{Described, answer},
    respond::empty,
};

/// What hosts ask a service, whatever path leads to it.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// A path such as `/gallery`, without a slash at its end. It is empty where the gallery has the origin for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base(String);

impl Base {
    /// Reads `BASE_PATH`. Slashes at its end do not matter.
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        let text = lookup.optional(BASE_PATH).unwrap_or_default();
        let text = text.trim_end_matches('/');
        let is_plain = |part: &str| {
            let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
            !part.is_empty() && part != "." && part != ".." && part.bytes().all(is_known)
        };
        let is_path = |text: &str| text.strip_prefix('/').is_some_and(|parts| parts.split('/').all(is_plain));
        if text.is_empty() || is_path(text) {
            return Ok(Self(text.to_owned()));
        }
        Err(ConfigError::new(BASE_PATH, "must be a path such as /gallery, of letters, digits and -_.~"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A path of the gallery as browsers name it. `path` begins with a slash.
    pub fn path(&self, path: &str) -> String {
        [&self.0, path].concat()
    }

    /// The path of a request without the base, or `None` if it is not below.
    pub fn strip<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.0.as_str()).filter(|rest| rest.starts_with('/'))
    }

    /// A request as the routes know it.
    pub fn enter(&self, mut head: request::Parts) -> Result<request::Parts, Outside> {
        if self.0.is_empty() || PROBES.contains(&head.uri.path()) {
            return Ok(head);
        }
        let query = head.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        let Some(rest) = self.strip(head.uri.path()) else {
            // Relative links of the page need the slash.
            let is_bare = head.uri.path() == self.0;
            return Err(Outside { head: Box::new(head), to: is_bare.then(|| [&self.0, "/", &query].concat()) });
        };
        let inside = [rest, &query].concat();
        match PathAndQuery::try_from(inside) {
            Ok(inside) => {
                head.uri = Uri::from(inside);
                Ok(head)
            }
            // What was a path is one without its beginning, too.
            Err(_) => Err(Outside { head: Box::new(head), to: None }),
        }
    }
}

/// A request that is not for the gallery, or whose path lacks the slash at its end.
pub struct Outside {
    head: Box<request::Parts>,
    to: Option<String>,
}

impl Outside {
    /// 404, or 308 to the gallery.
    pub async fn answer<P: Platform>(self, cx: &Cx<'_, P>, cors: &Cors, service: &'static str) -> Response<P::Body> {
        let described = Described { service, pattern: "/*", allow: "GET, HEAD" };
        let location = self.to.and_then(|to| HeaderValue::from_str(&to).ok());
        let response = async {
            let location = location.ok_or_else(|| Problem::not_found("There is nothing here."))?;
            let mut response = empty(StatusCode::PERMANENT_REDIRECT);
            response.headers_mut().insert(header::LOCATION, location);
            Ok(response)
        };
        answer(cx, cors, &self.head, described, response).await
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    fn base(text: &str) -> Result<Base, ConfigError> {
        Base::load(&Lookup(&|name| (name == "BASE_PATH").then(|| text.to_owned())))
    }

    fn head(uri: &str) -> request::Parts {
        http::Request::builder().method(Method::GET).uri(uri).body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_base_is_a_plain_path() {
        for (text, wanted) in [("", ""), ("/", ""), ("/gallery", "/gallery"), ("/a/b-1_2.~/", "/a/b-1_2.~")] {
            assert_eq!(base(text).unwrap().as_str(), wanted, "{text}");
        }
        for bad in ["gallery", "//a", "/a//b", "/a b", "/../a", "/a/.", "/a%20b", "/a?b", "/a;b", "/é", "https://a"] {
            assert_eq!(base(bad).unwrap_err().name, "BASE_PATH", "{bad}");
        }
    }

    #[test]
    fn what_is_below_enters_without_the_base() {
        let base = base("/gallery").unwrap();
        assert_eq!(base.path("/l/x"), "/gallery/l/x");
        for (uri, inside) in [
            ("/gallery/", "/"),
            ("/gallery/api/media?cursor=a%2Fb", "/api/media?cursor=a%2Fb"),
            ("/gallery/?", "/?"),
            ("/gallery//x", "//x"),
            ("/gallery/gallery/x", "/gallery/x"),
            ("/healthz", "/healthz"),
            ("/gallery/readyz", "/readyz"),
        ] {
            assert_eq!(base.enter(head(uri)).ok().unwrap().uri.to_string(), inside, "{uri}");
        }
        for (uri, to) in [
            ("/gallery", Some("/gallery/")),
            ("/gallery?lightbox=a", Some("/gallery/?lightbox=a")),
            ("/", None),
            ("/galleries/", None),
            ("/Gallery/", None),
            ("/api/media", None),
        ] {
            assert_eq!(base.enter(head(uri)).err().unwrap().to.as_deref(), to, "{uri}");
        }
        let none = Base::default();
        assert_eq!(none.enter(head("/x?y")).ok().unwrap().uri.to_string(), "/x?y");
        assert_eq!(none.strip("/x"), Some("/x"));
    }
}
