//! The gallery's side: how to enter, and what to ask for.

use std::{io::IsTerminal as _, time::Duration};

use platform_native::trust;
use serde::Deserialize;
use ureq::{Agent, Body, http::Response};
use url::Url;

use crate::Failure;

/// How long the gallery may take to begin an answer. To prepare a large download takes some seconds.
const PATIENCE: Duration = Duration::from_mins(2);
/// How long one answer with a part of a ZIP is read. The rest is then asked for anew, so that a connection that stands
/// still holds nothing up for longer.
const TURN: Duration = Duration::from_mins(5);

/// A gallery, and the session there.
pub(super) struct Gallery {
    pub agent: Agent,
    url: Url,
    cookie: Option<String>,
}

/// One ZIP of a download.
pub(super) struct Part {
    pub url: Url,
    pub name: String,
}

#[derive(Deserialize)]
struct Prepared {
    parts: Vec<Told>,
    #[serde(rename = "leftOut")]
    left_out: u64,
}

#[derive(Deserialize)]
struct Told {
    url: String,
    name: String,
}

#[derive(Deserialize)]
struct Problem {
    detail: String,
}

#[derive(Deserialize)]
struct Timeline {
    view: String,
}

/// Whether a URL is that of one ZIP.
pub(super) fn is_zip(url: &Url) -> bool {
    url.path().contains("/api/download/~")
}

/// The name that a URL ends with, as a file may be called.
pub(super) fn name_of(url: &Url) -> Result<String, Failure> {
    let last = url.path().rsplit('/').next().unwrap_or_default();
    let decoded = gallery::key::percent_decode(last).map_err(|_| "the URL has no name of a file at its end")?;
    safe(&decoded)
}

/// A name of a file, and of nothing else.
fn safe(name: &str) -> Result<String, Failure> {
    let is_safe = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0', ':']);
    if is_safe { Ok(name.to_owned()) } else { Err("the gallery gave a name that no file has".into()) }
}

impl Gallery {
    pub fn new(url: &Url) -> Result<Self, Failure> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err("the URL begins with https:// or http://".into());
        }
        let certificates: Vec<Vec<u8>> = trust::certificates()?.iter().map(|der| der.to_vec()).collect();
        let agent = Agent::config_builder()
            .tls_config(ingest::tls::config(&certificates))
            .proxy(ingest::proxy::to_origin(url.as_str()))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_recv_body(Some(TURN))
            .build()
            .into();
        Ok(Self { agent, url: url.clone(), cookie: None })
    }

    /// The path below which the gallery lies.
    fn base(&self) -> &str {
        let given = self.url.path();
        let inner = ["/l/", "/api/download/~"].into_iter().find_map(|inner| given.rsplit_once(inner));
        inner.map_or(given, |(base, _)| base).trim_end_matches('/')
    }

    /// Where the gallery is, and nothing that opens it.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization() + self.base()
    }

    /// A path of the gallery, which may lie below a path of its origin.
    fn at(&self, path: &str) -> Result<Url, Failure> {
        Ok(self.url.join(&[self.base(), path].concat())?)
    }

    /// Begins a session: through the link, or with the password. The password is asked for, or is in GALLERY_PASSWORD.
    pub fn enter(&mut self) -> Result<(), Failure> {
        if self.cookie.is_some() {
            return Ok(());
        }
        let link = self.url.path().rsplit_once("/l/").map(|(_, link)| link.to_owned());
        if link.is_some() {
            let answer = self.agent.get(self.url.as_str()).call().map_err(|error| self.unreachable(&error))?;
            self.cookie = cookie(&answer);
            if self.cookie.is_some() {
                return Ok(());
            }
            if answer.status() == 404 {
                return Err("this link has ended, or is not whole: ask for a new one".into());
            }
        }
        let password = match std::env::var("GALLERY_PASSWORD") {
            Ok(password) => password,
            Err(_) if std::io::stdin().is_terminal() => rpassword::prompt_password("Password: ")?,
            Err(_) => return Err("a password is needed: set GALLERY_PASSWORD".into()),
        };
        let body = serde_json::json!({ "password": password, "link": link });
        let answer = self.post("/login", &body)?;
        if answer.status() != 200 {
            return Err(refused(answer, "the gallery did not let us in").into());
        }
        self.cookie = cookie(&answer);
        if self.cookie.is_none() { Err("the gallery began no session".into()) } else { Ok(()) }
    }

    /// Asks for the ZIPs of a view.
    pub fn prepare(&self, view: Option<&str>, screen: bool) -> Result<Vec<Part>, Failure> {
        let view = match view {
            Some(view) => view.to_owned(),
            None => self.first_view()?,
        };
        let size = if screen { "screen" } else { "original" };
        let mut answer = self.post("/api/download", &serde_json::json!({ "view": view, "size": size }))?;
        if answer.status() != 200 {
            return Err(refused(answer, "the gallery prepared no download").into());
        }
        let prepared: Prepared = answer.body_mut().read_json()?;
        if prepared.left_out > 0 {
            eprintln!("{} items are left out: the link does not give them in this size", prepared.left_out);
        }
        let part = |told: Told| Ok(Part { url: self.at(&told.url)?, name: safe(&told.name)? });
        prepared.parts.into_iter().map(part).collect()
    }

    fn first_view(&self) -> Result<String, Failure> {
        let request = self.agent.get(self.at("/api/timeline")?.as_str());
        let request = request.header("cookie", self.cookie.as_deref().unwrap_or_default());
        let mut answer = request.call().map_err(|error| self.unreachable(&error))?;
        if answer.status() != 200 {
            return Err(refused(answer, "the gallery shows no list").into());
        }
        let timeline: Timeline = answer.body_mut().with_config().limit(1 << 30).read_json()?;
        Ok(timeline.view)
    }

    fn post(&self, path: &str, body: &serde_json::Value) -> Result<Response<Body>, Failure> {
        let mut request = self.agent.post(self.at(path)?.as_str());
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        Ok(request.send_json(body).map_err(|error| self.unreachable(&error))?)
    }

    fn unreachable(&self, error: &ureq::Error) -> String {
        format!("{} does not answer: {error}", self.url.host_str().unwrap_or_default())
    }
}

/// `name=token` of the cookie that an answer sets.
fn cookie(answer: &Response<Body>) -> Option<String> {
    let set = answer.headers().get("set-cookie")?.to_str().ok()?;
    set.split(';').next().filter(|pair| !pair.ends_with('=')).map(str::to_owned)
}

/// The words of a problem, or other words.
pub(super) fn refused(mut answer: Response<Body>, otherwise: &str) -> String {
    let status = answer.status().as_u16();
    match answer.body_mut().with_config().limit(1 << 16).read_json::<Problem>() {
        Ok(problem) => problem.detail.replace(char::is_control, "\u{fffd}"),
        Err(_) => format!("{otherwise}: it answered {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_that_of_a_file_in_the_folder() {
        let name = |url: &str| name_of(&Url::parse(url).unwrap()).ok();
        assert_eq!(name("https://a/api/download/~x/%25%20%C3%A9%20(1).zip").as_deref(), Some("% é (1).zip"));
        for bad in ["", "..", "%2e%2e", "a%2Fb.zip", "%5C%5Cserver%5Cshare", ".bashrc", "c%3Aa", "%FF"] {
            assert_eq!(name(&format!("https://a/api/download/~x/{bad}")), None, "{bad}");
        }
    }
    #[test]
    fn paths_lie_where_the_gallery_does() {
        for (given, wanted) in [
            ("https://a.example", "https://a.example"),
            ("https://a.example/l/AbC", "https://a.example"),
            ("https://a.example/gallery/", "https://a.example/gallery"),
            ("https://a.example/x/gallery/l/AbC", "https://a.example/x/gallery"),
            ("https://a.example:444/gallery/api/download/~AbC/a.zip", "https://a.example:444/gallery"),
        ] {
            let gallery = Gallery::new(&Url::parse(given).unwrap()).unwrap();
            assert_eq!(gallery.origin(), wanted, "{given}");
            assert_eq!(gallery.at("/auth").unwrap().as_str(), format!("{wanted}/auth"), "{given}");
        }
    }
}
