//! The viewer service: listing, originals, thumbnails, login, the page.
//!
//! Written against [`platform`]; knows no host.

#![allow(async_fn_in_trait)]

mod assets;
mod cache_version;
mod config;
mod listing;
mod original;
mod security;
mod session;
mod thumbnail;
mod video;

pub use config::Config;

use std::sync::Arc;

use http::{HeaderMap, Request, Response, StatusCode};
use platform::{Catalogue, Cx, Platform, Problem, Service, auth::Sessions, isolation, object::Objects, respond};

/// The service and what an instance of it keeps: configuration, the day's signing key, the auth version,
/// what it read of the catalogue's snapshot.
pub struct ViewerEdge {
    config: Arc<Config>,
    sessions: Sessions,
    objects: Objects,
    catalogue: Catalogue,
}

enum Route<'a> {
    Health,
    Media,
    File(&'a str),
    Thumbnail(&'a str),
    CacheVersion,
    Login,
    Logout,
    Auth,
    Video,
    Page(&'a str),
}

impl<'a> Route<'a> {
    fn of(path: &'a str) -> Self {
        match path {
            "/healthz" => Self::Health,
            "/api/media" => Self::Media,
            "/api/cache-version" => Self::CacheVersion,
            "/login" => Self::Login,
            "/logout" => Self::Logout,
            "/auth" => Self::Auth,
            _ if path.starts_with("/api/hls/") => Self::Video,
            _ => match (path.strip_prefix("/api/file/"), path.strip_prefix("/api/thumbnail/")) {
                (Some(key), _) => Self::File(key),
                (_, Some(key)) => Self::Thumbnail(key),
                _ => Self::Page(path),
            },
        }
    }

    /// The pattern for the log, and the methods the route takes.
    const fn describe(&self) -> (&'static str, &'static str) {
        match self {
            Self::Health => ("/healthz", "GET, HEAD"),
            Self::Media => ("/api/media", "GET, HEAD"),
            Self::File(_) => ("/api/file/:key", "GET, HEAD"),
            Self::Thumbnail(_) => ("/api/thumbnail/:key", "GET, HEAD"),
            Self::CacheVersion => ("/api/cache-version", "GET, HEAD"),
            Self::Login => ("/login", "POST"),
            Self::Logout => ("/logout", "POST"),
            Self::Auth => ("/auth", "GET, HEAD"),
            Self::Video => ("/api/hls/*", "GET, HEAD"),
            Self::Page(_) => ("/*", "GET, HEAD"),
        }
    }
}

impl ViewerEdge {
    /// Instances may share a configuration.
    pub fn new(config: Arc<Config>) -> Self {
        let sessions = Sessions::new(&config.auth_secret);
        let objects = Objects::new(config.bucket.clone(), config.credentials.clone());
        let catalogue = Catalogue::new(config.catalogue);
        Self { config, sessions, objects, catalogue }
    }

    async fn route<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        route: Route<'_>,
        request: Request<P::Body>,
    ) -> Result<Response<P::Body>, Problem> {
        let (head, body) = request.into_parts();
        match route {
            Route::Health => {
                return Ok(respond::bytes(
                    StatusCode::OK,
                    "application/json",
                    r#"{"status":"ok","service":"viewer-edge"}"#,
                ));
            }
            Route::Page(path) => return assets::serve(&self.config, &head, path),
            Route::Video => return video::hand_on(self, cx, &head).await,
            Route::Login => return session::login(self, cx, &head.headers, body).await,
            Route::Logout => return session::logout(cx, &head.headers),
            _ => {}
        }
        // Everything else is private: whose page is asking, and who, come before what is asked.
        isolation::require(&self.config.cors, &head.method, &head.headers)?;
        let claims = self.sessions.require(cx, &head.headers).await?;
        match route {
            Route::Auth => Ok(session::describe(&claims)),
            Route::Media => listing::serve(self, cx, &head, &claims).await,
            Route::CacheVersion => cache_version::serve(self, cx).await,
            Route::File(key) => original::serve(self, cx, &head, key).await,
            Route::Thumbnail(key) => thumbnail::serve(self, cx, &head, key).await,
            Route::Health | Route::Video | Route::Page(_) | Route::Login | Route::Logout => {
                Err(Problem::not_found("There is nothing here."))
            }
        }
    }
}

impl Service for ViewerEdge {
    async fn handle<P: Platform>(&self, cx: &Cx<'_, P>, request: Request<P::Body>) -> Response<P::Body> {
        let path = request.uri().path().to_owned();
        let method = request.method().clone();
        let asked: HeaderMap = request.headers().clone();
        let route = Route::of(&path);
        let (pattern, allow) = route.describe();
        cx.record.service.set("viewer-edge");
        cx.record.route.set(pattern);

        let answer = match self.config.cors.gate(&method, &asked, allow) {
            Some(answer) => answer,
            None => self.route(cx, route, request).await,
        };
        let mut response = self.config.cors.complete(answer, &method, &asked, cx.request_id());
        security::apply(&self.config, cx.facts.https, response.headers_mut());
        response
    }
}
