//! video-edge on Spin.

use std::sync::Arc;

use video_edge::{Config, VideoEdge};

platform_spin::serve!(VideoEdge, |lookup| Config::load(lookup).map(Arc::new).map(VideoEdge::new));
