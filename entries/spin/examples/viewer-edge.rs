//! viewer-edge on Spin.

use std::sync::Arc;

use viewer_edge::{Config, ViewerEdge};

platform_spin::serve!(ViewerEdge, |lookup| Config::load(lookup).map(Arc::new).map(ViewerEdge::new));
