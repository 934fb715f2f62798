//! viewer-edge on WASI 0.2.

use std::sync::Arc;

use viewer_edge::{Config, ViewerEdge};

platform_wasi02::serve!(ViewerEdge, |lookup| Config::load(lookup).map(Arc::new).map(ViewerEdge::new));
