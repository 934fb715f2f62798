//! The deployment under test.

use std::{
    mem,
    sync::{Mutex, OnceLock, PoisonError},
};

use cost::Catalogue;
use harness::Operator;
use serde_json::json;

use crate::{
    client::{Answer, Call},
    held::{Held, Played},
};

/// The addresses of the services, and the password. Addresses have no slash at the end: `http://127.0.0.1:8080`, or
/// `http://127.0.0.1:8080/gallery` where the gallery lies below a path.
#[derive(Debug)]
pub struct Target {
    /// The address of viewer-edge.
    pub base: String,
    /// The address of video-edge. It is the same as `base` if one address serves both.
    pub video_base: String,
    /// The origin of presigned URLs.
    pub store_origin: String,
    pub password: String,
    /// Whether the catalogue is read from the bucket instead of SQL.
    pub snapshot: bool,
    /// Whether both services have one KV store: two local servers of Fastly's have one each.
    pub one_kv: bool,
    /// The secret parts of links, as [`harness::Gallery::links`] describes them. `None` where nobody made any.
    links: Option<Vec<String>>,
    /// Who makes and ends links. `None` where only the services can be reached.
    operator: Option<Operator>,
    session: OnceLock<Result<String, String>>,
    /// What the gallery holds, once it was asked.
    pub(crate) held: OnceLock<Held>,
    /// How a film is served, once it was asked.
    pub(crate) played: OnceLock<Played>,
    /// What cases measured, and nobody has printed yet.
    figures: Mutex<Vec<String>>,
}

impl Target {
    pub fn new(
        base: impl Into<String>,
        video_base: impl Into<String>,
        store_origin: impl Into<String>,
        password: impl Into<String>,
    ) -> Self {
        Self {
            base: base.into(),
            video_base: video_base.into(),
            store_origin: store_origin.into(),
            password: password.into(),
            snapshot: false,
            one_kv: true,
            links: None,
            operator: None,
            session: OnceLock::new(),
            held: OnceLock::new(),
            played: OnceLock::new(),
            figures: Mutex::default(),
        }
    }

    /// A target that reads its catalogue from the bucket.
    #[must_use]
    pub fn with_snapshot(mut self) -> Self {
        self.snapshot = true;
        self
    }

    /// A target whose services have a KV store each.
    #[must_use]
    pub fn with_two_kv_stores(mut self) -> Self {
        self.one_kv = false;
        self
    }

    #[must_use]
    pub fn with_links(mut self, links: &[String], operator: Operator) -> Self {
        self.links = Some(links.to_vec());
        self.operator = Some(operator);
        self
    }

    /// Who runs the gallery.
    pub(crate) fn operator(&self) -> Result<&Operator, String> {
        self.operator.as_ref().ok_or_else(|| "nobody here runs the gallery".to_owned())
    }

    /// `AUTH_SECRET` of the services, where it is known.
    pub(crate) fn secret(&self) -> Option<&str> {
        self.operator.as_ref()?.value("AUTH_SECRET")
    }

    /// Keeps a line about what a case measured.
    pub(crate) fn measured(&self, figure: String) {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner).push(figure);
    }

    /// Takes the lines about what cases measured.
    pub fn figures(&self) -> Vec<String> {
        mem::take(&mut *self.figures.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The secret part of a link, by its number.
    pub(crate) fn link(&self, number: usize) -> Result<&str, String> {
        let links = self.links.as_ref().ok_or("nobody made links to this gallery")?;
        links.get(number).map(String::as_str).ok_or_else(|| "the gallery was started without its links".to_owned())
    }

    /// Whether somebody made links.
    pub(crate) fn has_links(&self) -> bool {
        self.links.is_some()
    }

    /// Where the catalogue is read from.
    pub(crate) fn catalogue(&self) -> Catalogue {
        if self.snapshot { Catalogue::Snapshot } else { Catalogue::Sql }
    }

    /// Whether video-edge has an origin of its own.
    pub fn is_split(&self) -> bool {
        self.base != self.video_base
    }

    /// The origin of the page.
    pub fn origin(&self) -> &str {
        let authority = self.base.find("://").map_or(0, |scheme| scheme + "://".len());
        let end = self.base[authority..].find('/').map_or(self.base.len(), |path| authority + path);
        &self.base[..end]
    }

    /// A path of the gallery, as browsers name it.
    pub fn path(&self, path: &str) -> String {
        [&self.base[self.origin().len()..], path].concat()
    }

    /// Whether browsers connect over TLS.
    pub fn is_https(&self) -> bool {
        self.base.starts_with("https://")
    }

    /// A GET to viewer-edge with the session.
    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(format!("{}{path}", self.base))
    }

    /// A GET to video-edge with the session.
    pub fn video(&self, path: &str) -> Call<'_> {
        self.call(format!("{}{path}", self.video_base))
    }

    /// A GET to the service to which a path belongs, with the session. A whole URL is used as it is.
    pub fn follow(&self, path_or_url: &str) -> Call<'_> {
        if path_or_url.starts_with("/api/hls/") {
            self.video(path_or_url)
        } else if path_or_url.starts_with('/') {
            self.get(path_or_url)
        } else {
            self.call(path_or_url.to_owned())
        }
    }

    fn call(&self, url: String) -> Call<'_> {
        Call::new(url).with_session(|| self.cookie().map(str::to_owned))
    }

    /// A login, as the page's script sends it.
    pub fn log_in(&self, password: &str) -> Call<'_> {
        let body = json!({ "password": password }).to_string();
        self.get("/login").anonymous().method("POST").body("application/json", body)
    }

    /// The session's cookie, `name=token`. All cases share one login.
    pub fn cookie(&self) -> Result<&str, String> {
        let session = self.session.get_or_init(|| session_cookie(&self.log_in(&self.password).expect(200)?));
        session.as_deref().map_err(Clone::clone)
    }

    /// The session's token, without the cookie's name.
    pub fn token(&self) -> Result<&str, String> {
        let cookie = self.cookie()?;
        cookie.split_once('=').map(|(_, token)| token).ok_or_else(|| "the session cookie has no value".to_owned())
    }
}

/// `name=token` of the cookie that a login set.
pub(crate) fn session_cookie(login: &Answer) -> Result<String, String> {
    let cookie = login.header("set-cookie").ok_or_else(|| format!("{}: no Set-Cookie", login.what))?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}
