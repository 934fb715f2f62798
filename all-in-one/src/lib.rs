//! Both services behind one door: `/api/hls/...` to video-edge, the rest to viewer-edge.
//!
//! For small sites, for one-domain routing, and for rolling back to a single service.

#![allow(async_fn_in_trait)]

use http::{Request, Response};
use platform::{Cx, Platform, Service, config::ConfigError, config::Lookup};
use video_edge::VideoEdge;
use viewer_edge::ViewerEdge;

/// Every route of the gallery.
pub struct AllInOne {
    viewer: ViewerEdge,
    video: VideoEdge,
}

impl AllInOne {
    /// Reads the configuration of both services.
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            viewer: ViewerEdge::new(viewer_edge::Config::load(lookup)?),
            video: VideoEdge::new(video_edge::Config::load(lookup)?),
        })
    }
}

impl Service for AllInOne {
    async fn handle<P: Platform>(&self, cx: &Cx<'_, P>, request: Request<P::Body>) -> Response<P::Body> {
        if request.uri().path().starts_with("/api/hls/") {
            self.video.handle(cx, request).await
        } else {
            self.viewer.handle(cx, request).await
        }
    }
}
