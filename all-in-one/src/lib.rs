//! Both services in one: `/api/hls/...` and `/api/playback/report` go to video-edge, the rest to viewer-edge.
//!
//! This is for small sites, for one-domain routing, and for rolling back to a single service.

#![allow(async_fn_in_trait)]

use std::sync::Arc;

use edge::Base;
use http::{Request, Response};
use platform::{Cx, Platform, Service, config::ConfigError, config::Lookup};
use video_edge::VideoEdge;
pub use viewer_edge::Maker;
use viewer_edge::ViewerEdge;

/// Every route of the gallery.
pub struct AllInOne {
    base: Base,
    viewer: ViewerEdge,
    video: VideoEdge,
}

/// The configuration of both services.
#[derive(Clone)]
pub struct Config {
    pub base: Base,
    pub viewer: Arc<viewer_edge::Config>,
    pub video: Arc<video_edge::Config>,
}

impl Config {
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            base: Base::load(lookup)?,
            viewer: Arc::new(viewer_edge::Config::load(lookup)?),
            video: Arc::new(video_edge::Config::load(lookup)?),
        })
    }
}

impl AllInOne {
    pub fn new(config: Config) -> Self {
        Self { base: config.base, viewer: ViewerEdge::new(config.viewer), video: VideoEdge::new(config.video) }
    }

    /// Both services on a host that lets the first make pictures.
    #[must_use]
    pub fn with_maker(self, maker: Maker) -> Self {
        Self { viewer: self.viewer.with_maker(maker), ..self }
    }
}

impl Service for AllInOne {
    async fn handle<P: Platform>(&self, cx: &Cx<'_, P>, request: Request<P::Body>) -> Response<P::Body> {
        let path = self.base.strip(request.uri().path()).unwrap_or_default();
        if path.starts_with("/api/hls/") || path == video_edge::REPORT {
            self.video.handle(cx, request).await
        } else {
            self.viewer.handle(cx, request).await
        }
    }
}
