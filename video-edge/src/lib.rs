//! The video service: HLS playlists with presigned segments.
//!
//! The service is written against [`platform`], and knows no host.

#![allow(async_fn_in_trait)]

mod catalogue;
mod config;
mod delivery;
mod link;
mod master;
mod playlist;
mod report;
mod route;
mod segment;
mod shared;
mod variant;

pub use config::Config;
pub use route::REPORT;

use std::{rc::Rc, sync::Arc};

use edge::{Catalogue, Failure, Readiness, Sessions, SingleFlight, isolation, respond};
use gallery::media::MediaType;
use http::{HeaderValue, Request, Response, StatusCode, header, request};
use platform::{Cx, Platform, Problem, Service};
use platform_s3::Objects;

use delivery::Choice;
use route::{Parsed, Private, Route, SERVICE};

/// The service, and what an instance of it keeps: the configuration, the signing key of the day, the auth version,
/// and the parts of the catalogue's snapshot that it has read.
pub struct VideoEdge {
    config: Arc<Config>,
    sessions: Sessions,
    objects: Rc<Objects>,
    catalogue: Catalogue,
    single_flight: SingleFlight,
    /// A text that changes with the bucket and with its credentials, so that a cached playlist never outlives a
    /// rotation.
    signer: String,
    readiness: Readiness,
}

impl VideoEdge {
    /// Several instances may share a configuration.
    pub fn new(config: Arc<Config>) -> Self {
        let sessions = Sessions::new(&config.auth_secret, &config.base);
        let objects = Rc::new(Objects::new(config.bucket.clone()));
        let catalogue = Catalogue::new(config.catalogue, &objects);
        let signer = objects.fingerprint();
        let (single_flight, readiness) = (SingleFlight::default(), Readiness::default());
        Self { config, sessions, objects, catalogue, single_flight, signer, readiness }
    }

    async fn route<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        route: Route<'_>,
        head: &request::Parts,
        body: P::Body,
    ) -> Result<Response<P::Body>, Failure> {
        let (token, to) = match route {
            Route::Private { token, to } => (token, to),
            Route::Ready => return Ok(self.readiness.answer(cx, &self.objects, &self.catalogue).await),
            Route::Health => {
                let body = r#"{"status":"ok","service":"video-edge"}"#;
                return Ok(respond::bytes(StatusCode::OK, "application/json", body));
            }
        };
        // If the path holds a token, only the token counts. The answer then depends on the URL alone.
        let viewer = match token {
            None => {
                isolation::require(&self.config.cors, &head.method, &head.headers)?;
                self.sessions.require(cx, &self.catalogue, &head.headers).await?
            }
            Some(token) => {
                let film = to.film().ok_or_else(Problem::unauthorized)?;
                self.sessions.require_playback(cx, &self.catalogue, token, film.as_str()).await?
            }
        };
        let choice = self.config.plan.choose(&viewer);
        if matches!(to, Private::Report { .. }) {
            if token.is_none() {
                isolation::require_own_page(&self.config.cors, &head.headers)?;
            }
            return report::take(self, cx, body, &choice).await;
        }
        if let Some(link) = viewer.link.as_ref().filter(|link| !link.covers(MediaType::Video, "")) {
            // Of the films, only those in an album of the link are open.
            let key = to.film().ok_or_else(catalogue::missing)?;
            let film = self.catalogue.film(cx, key).await?;
            film.filter(|film| link.covers(MediaType::Video, &film.albums)).ok_or_else(catalogue::missing)?;
        }
        cx.record.takes_reports.set(self.config.takes_reports && matches!(to, Private::Master { .. }));
        // What is served decides, and not what was chosen: a film may have one package only.
        cx.record.arm.set(if choice.is_ts && !to.is_below(master::TS) { choice.control } else { choice.arm });
        let mut answer = if choice.is_compressed {
            self.serve(cx, to, head, &choice).await?
        } else {
            let mut head = head.clone();
            head.headers.remove(header::ACCEPT_ENCODING);
            self.serve(cx, to, &head, &choice).await?
        };
        if token.is_some() && answer.status().as_u16() < 400 {
            // Players on other sites may show the answer and read it too, because whoever has the URL may have it. The
            // player of a Cast device is such a page. Listed origins get a header of their own in the place of this.
            respond::set(answer.headers_mut(), isolation::POLICY, "cross-origin");
            respond::set(answer.headers_mut(), header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            shared::allow(answer.headers_mut(), viewer.claims.expires.saturating_sub(cx.facts.now));
        }
        Ok(answer)
    }

    async fn serve<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        route: Private,
        head: &request::Parts,
        choice: &Choice<'_>,
    ) -> Result<Response<P::Body>, Failure> {
        let delivery = choice.delivery;
        match route {
            Private::Master { film } => {
                let film = known(film)?;
                if choice.is_ts {
                    // What goes wrong with this package is the doing of its arm.
                    let control = cx.record.arm.replace(choice.arm);
                    if let Some(answer) = master::serve_ts(self, cx, head, &film).await? {
                        return Ok(answer);
                    }
                    cx.record.arm.set(control);
                }
                master::serve(self, cx, head, &film).await
            }
            Private::Variant { film, file } => {
                variant::serve(self, cx, head, delivery, &known(film)?, known(file)?.as_str()).await
            }
            Private::Segment { film, file } => {
                segment::serve(self, cx, head, delivery, &known(film)?, known(file)?.as_str()).await
            }
            Private::Report { .. } | Private::Unknown => Err(Problem::not_found("There is nothing here.").into()),
        }
    }
}

impl Service for VideoEdge {
    async fn handle<P: Platform>(&self, cx: &Cx<'_, P>, request: Request<P::Body>) -> Response<P::Body> {
        let (head, body) = request.into_parts();
        let head = match self.config.base.enter(head) {
            Ok(head) => head,
            Err(outside) => return outside.answer(cx, &self.config.cors, SERVICE).await,
        };
        let route = Route::of(&head.uri);
        let described = route.describe();
        let by_token = matches!(&route, Route::Private { token: Some(_), to: Private::Report { .. } });
        let is_segment = matches!(&route, Route::Private { to: Private::Segment { .. }, .. });
        let mut answer =
            edge::answer(cx, &self.config.cors, &head, described, self.route(cx, route, &head, body)).await;
        if by_token {
            // The page is on another site. To its beacon, an answer that it may not have is a failure, and a refusal
            // says nothing of the film.
            respond::set(answer.headers_mut(), isolation::POLICY, "cross-origin");
        }
        if is_segment && answer.status().as_u16() < 400 {
            // A page of another origin gets the bytes where others get a redirect. Once any origin is listed, every
            // answer says so already.
            answer.headers_mut().entry(header::VARY).or_insert(HeaderValue::from_static("Origin"));
        }
        answer
    }
}

/// A part of the URL for whoever may ask.
fn known<T>(part: Parsed<T>) -> Result<T, Failure> {
    part.map_err(|words| Problem::bad_request(words).into())
}
