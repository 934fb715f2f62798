//! viewer-edge on Fastly Compute.

use std::sync::Arc;

use viewer_edge::{Config, ViewerEdge};

fn main() {
    platform_fastly::serve(|lookup| Config::load(lookup).map(Arc::new).map(ViewerEdge::new));
}
