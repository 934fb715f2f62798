//! The video service: HLS playlists with presigned segments.
//!
//! Written against [`platform`]; knows no host.

#![allow(async_fn_in_trait)]

mod cache;
mod catalogue;
mod config;
mod delivery;
mod master;
mod playlist;
mod route;
mod segment;
mod shared;
mod variant;

pub use config::Config;

use std::sync::Arc;

use http::{HeaderMap, Request, Response, StatusCode, header, request};
use platform::{
    Catalogue, Cx, Platform, Problem, Service, auth::Sessions, flights::Flights, isolation, object::Objects, respond,
};

use delivery::Delivery;
use route::Route;

/// The service and what an instance of it keeps: configuration, the day's signing key, the auth version,
/// what it read of the catalogue's snapshot.
pub struct VideoEdge {
    config: Arc<Config>,
    sessions: Sessions,
    objects: Objects,
    catalogue: Catalogue,
    flights: Flights,
    /// Changes with the bucket and with the key to it, so that a cached playlist never outlives a rotation.
    signer: String,
}

impl VideoEdge {
    /// Instances may share a configuration.
    pub fn new(config: Arc<Config>) -> Self {
        let sessions = Sessions::new(&config.auth_secret);
        let objects = Objects::new(config.bucket.clone(), config.credentials.clone());
        let catalogue = Catalogue::new(config.catalogue);
        let signer = objects.fingerprint();
        Self { config, sessions, objects, catalogue, flights: Flights::default(), signer }
    }

    async fn route<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        route: Route<'_>,
        token: Option<&str>,
        head: &request::Parts,
    ) -> Result<Response<P::Body>, Problem> {
        if matches!(route, Route::Health) {
            return Ok(respond::bytes(StatusCode::OK, "application/json", r#"{"status":"ok","service":"video-edge"}"#));
        }
        // A token in the path is all that counts then: what it answers depends on the URL alone.
        let claims = match token {
            None => {
                isolation::require(&self.config.cors, &head.method, &head.headers)?;
                self.sessions.require(cx, &head.headers).await?
            }
            Some(token) => {
                let film = route.film(head).ok_or_else(Problem::unauthorized)?;
                self.sessions.require_playback(cx, token, film.as_str()).await?
            }
        };
        let (delivery, arm) = self.config.plan.choose(claims.viewer);
        cx.record.arm.set(arm);
        let mut answer = self.serve(cx, route, head, delivery).await?;
        if token.is_some() && answer.status().as_u16() < 400 {
            // Players on a site of their own show it too: whoever has the URL may.
            respond::set(answer.headers_mut(), isolation::POLICY, "cross-origin");
            shared::allow(answer.headers_mut(), claims.expires.saturating_sub(cx.facts.now));
        }
        Ok(answer)
    }

    async fn serve<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        route: Route<'_>,
        head: &request::Parts,
        delivery: &Delivery,
    ) -> Result<Response<P::Body>, Problem> {
        match route {
            Route::Master => master::serve(self, cx, head).await,
            Route::Variant { film, quality } => variant::serve(self, cx, head, delivery, film, quality).await,
            Route::Segment { film, file } => segment::serve(self, cx, head, delivery, film, file).await,
            Route::Health | Route::Unknown => Err(Problem::not_found("There is nothing here.")),
        }
    }
}

impl Service for VideoEdge {
    async fn handle<P: Platform>(&self, cx: &Cx<'_, P>, request: Request<P::Body>) -> Response<P::Body> {
        // No route takes a body.
        let (head, _) = request.into_parts();
        let asked: HeaderMap = head.headers.clone();
        let (route, token) = Route::of(head.uri.path());
        let (pattern, allow) = route.describe();
        cx.record.service.set("video-edge");
        cx.record.route.set(pattern);

        let answer = match self.config.cors.gate(&head.method, &asked, allow) {
            Some(answer) => answer,
            None => self.route(cx, route, token, &head).await,
        };
        let mut response = self.config.cors.complete(answer, &head.method, &asked, cx.request_id());
        let headers = response.headers_mut();
        respond::set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        respond::set(headers, header::REFERRER_POLICY, "no-referrer");
        isolation::apply(&self.config.cors, headers);
        respond::set(headers, header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox");
        if cx.facts.https {
            respond::set(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
        }
        if !headers.contains_key(header::CACHE_CONTROL) {
            respond::set(headers, header::CACHE_CONTROL, "no-store");
        }
        response
    }
}
