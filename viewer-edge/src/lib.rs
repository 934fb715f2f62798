//! The viewer service: listing, originals, thumbnails, login, the page.
//!
//! The service is written against [`platform`], and knows no host.

#![allow(async_fn_in_trait)]

mod assets;
mod block;
mod built;
mod cache_version;
mod clip;
mod config;
mod download;
mod films;
mod item;
mod linked;
mod listing;
mod maker;
mod manifest;
mod missing;
mod moved;
mod original;
mod playback;
mod route;
mod session;
mod throttle;
mod thumbnail;
mod timeline;

pub use config::Config;
pub use maker::Maker;

use std::{cell::RefCell, collections::VecDeque, rc::Rc, sync::Arc};

use bytes::Bytes;
use edge::{Catalogue, Failure, Gate, Readiness, Sessions, isolation, respond};
use gallery::{download::Id, views::Edition};
use http::{Method, Request, Response, StatusCode, request};
use platform::{Cx, Platform, Problem, Service};
use platform_s3::Objects;
use route::{Private, Public, Route, SERVICE};
use stored_zip::Manifest;
use throttle::Throttle;

/// The service, and what an instance of it keeps: the configuration, the signing key of the day, the auth version,
/// and the parts of the catalogue's snapshot that it has read.
pub struct ViewerEdge {
    config: Arc<Config>,
    sessions: Rc<Sessions>,
    objects: Rc<Objects>,
    catalogue: Rc<Catalogue>,
    /// What is in the downloads that were last asked for.
    manifests: RefCell<VecDeque<(Id, Manifest)>>,
    throttle: Throttle,
    readiness: Readiness,
    maker: Option<Maker>,
}

impl ViewerEdge {
    /// Several instances may share a configuration.
    pub fn new(config: Arc<Config>) -> Self {
        let sessions = Rc::new(Sessions::new(&config.auth_secret, &config.base));
        let objects = Rc::new(Objects::new(config.bucket.clone()));
        let catalogue = Rc::new(Catalogue::new(config.catalogue, &objects));
        let throttle = Throttle::default();
        let (manifests, readiness) = (RefCell::default(), Readiness::default());
        Self { config, sessions, objects, catalogue, manifests, throttle, readiness, maker: None }
    }

    /// The service on a host that lets it make pictures.
    #[must_use]
    pub fn with_maker(self, maker: Maker) -> Self {
        Self { maker: Some(maker), ..self }
    }

    async fn route<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        route: Route<'_>,
        head: &request::Parts,
        body: P::Body,
    ) -> Result<Response<P::Body>, Failure> {
        match route {
            Route::Public(route) => self.public(cx, route, head, body).await,
            Route::Private(route) => self.private(cx, route, head).await,
        }
    }

    async fn public<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        route: Public<'_>,
        head: &request::Parts,
        body: P::Body,
    ) -> Result<Response<P::Body>, Failure> {
        match route {
            Public::Health => {
                let body = r#"{"status":"ok","service":"viewer-edge"}"#;
                Ok(respond::bytes(StatusCode::OK, "application/json", body))
            }
            Public::Ready => Ok(self.readiness.answer(cx, &self.objects, &self.catalogue).await),
            Public::Login if head.method != Method::POST => moved::login(&self.config.base, head.uri.query()),
            Public::Login => session::login(self, cx, &head.headers, body).await,
            Public::Logout => session::logout(self, cx, &head.headers).await,
            Public::Link(token) => session::follow(self, cx, head, token).await,
            Public::Cover(token) => Box::pin(linked::cover(self, cx, head, token)).await,
            Public::Manifest => Box::pin(manifest::serve(self, cx, head)).await,
            Public::Films => films::forward(self, cx, head, Bytes::new()).await,
            Public::Download(None) => download::begin(self, cx, &head.headers, body).await,
            Public::Download(Some(token)) => Box::pin(download::serve(self, cx, head, token)).await,
            Public::Report => films::report(self, cx, head, body).await,
            Public::Moved(moved) => moved.answer(&self.config.base, head.uri.query()),
            Public::Page(path) => match moved::page(&self.config.base, path, head.uri.query()) {
                Some(moved) => Ok(moved),
                None => assets::serve(&self.config, head, path),
            },
        }
    }

    /// The page that sent the request and its session are checked before the route is read.
    async fn private<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        route: Private,
        head: &request::Parts,
    ) -> Result<Response<P::Body>, Failure> {
        isolation::require(&self.config.cors, &head.method, &head.headers)?;
        match route {
            Private::Session => {
                Ok(session::describe(&self.sessions.require(cx, &self.catalogue, &head.headers).await?))
            }
            route => {
                let gate = Gate::default();
                // Boxed, because a future that is handed on is copied.
                let answer = Box::pin(self.read(cx, route, head, &gate));
                self.sessions.while_required(cx, &self.catalogue, &head.headers, &gate, answer).await
            }
        }
    }

    /// The routes that begin to read before it is known whether the session goes on. Each asks at the gate before it
    /// shows what it found, and whether this is open to the viewer.
    async fn read<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        route: Private,
        head: &request::Parts,
        gate: &Gate,
    ) -> Result<Response<P::Body>, Failure> {
        match route {
            Private::Listing => listing::serve(self, cx, head, gate).await,
            Private::Timeline => timeline::serve(self, cx, head, gate).await,
            Private::Block(name) => block::serve(self, cx, head, name, gate).await,
            Private::Item(key) => item::serve(self, cx, head, &key?, gate).await,
            Private::CacheVersion => cache_version::serve(self, cx).await,
            Private::Original(key) => original::serve(self, cx, head, &key?, gate).await,
            Private::Thumbnail(key) => thumbnail::serve(self, cx, head, &key?, gate).await,
            Private::Clip(key) => clip::serve(self, cx, head, &key?, gate).await,
            Private::Playback => playback::serve(self, cx, head, gate).await,
            Private::Session => Err(Problem::not_found("There is nothing here.").into()),
        }
    }

    /// Films live on another origin, or on this one.
    fn edition(&self) -> Edition {
        if self.config.video_api_base.is_empty() { Edition::OneOrigin } else { Edition::Split }
    }

    /// The name of a content that depends on the catalogue's version.
    fn content(&self, version: &str) -> String {
        match self.edition() {
            Edition::OneOrigin => version.to_owned(),
            Edition::Split => format!("{version}s"),
        }
    }
}

impl Service for ViewerEdge {
    async fn handle<P: Platform>(&self, cx: &Cx<'_, P>, request: Request<P::Body>) -> Response<P::Body> {
        let (head, body) = request.into_parts();
        let head = match self.config.base.enter(head) {
            Ok(head) => head,
            Err(outside) => return outside.answer(cx, &self.config.cors, SERVICE).await,
        };
        let route = Route::of(head.uri.path());
        let described = route.describe();
        edge::answer(cx, &self.config.cors, &head, described, self.route(cx, route, &head, body)).await
    }
}
