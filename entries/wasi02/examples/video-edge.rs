//! video-edge on WASI 0.2.

use std::sync::Arc;

use video_edge::{Config, VideoEdge};

platform_wasi02::serve!(VideoEdge, |lookup| Config::load(lookup).map(Arc::new).map(VideoEdge::new));
