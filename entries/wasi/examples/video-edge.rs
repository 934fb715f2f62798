//! video-edge on WASI 0.3.

use std::sync::Arc;

use video_edge::{Config, VideoEdge};

platform_wasi::serve!(VideoEdge, |lookup| Config::load(lookup).map(Arc::new).map(VideoEdge::new));
