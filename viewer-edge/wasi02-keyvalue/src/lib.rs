//! viewer-edge on WASI 0.2, with stores of the host's.

use std::sync::Arc;

use viewer_edge::{Config, ViewerEdge};

platform_wasi02::serve!(
    ViewerEdge,
    |lookup| Config::load(lookup).map(Arc::new).map(ViewerEdge::new),
    platform_wasi02::Keyvalue
);
