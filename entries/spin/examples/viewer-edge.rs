//! viewer-edge on Spin.

use std::sync::Arc;

use viewer_edge::{Config, Maker, ViewerEdge};

platform_spin::serve!(ViewerEdge, |lookup| {
    let config = Config::load(lookup).map(Arc::new);
    config.map(|config| ViewerEdge::new(config).with_maker(Maker::new(picture::make)))
});
