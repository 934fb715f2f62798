//! video-edge on Spin by WASI 0.2.

use std::sync::Arc;

use video_edge::{Config, VideoEdge};

platform_spin02::serve!(VideoEdge, |lookup| Config::load(lookup).map(Arc::new).map(VideoEdge::new));
