//! video-edge on Fastly Compute.

use std::sync::Arc;

use video_edge::{Config, VideoEdge};

fn main() {
    platform_fastly::serve(|lookup| Config::load(lookup).map(Arc::new).map(VideoEdge::new));
}
