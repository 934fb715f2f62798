//! viewer-edge on Spin by WASI 0.2.

use std::sync::Arc;

use viewer_edge::{Config, Maker, ViewerEdge};

platform_spin02::serve!(ViewerEdge, |lookup| {
    let config = Config::load(lookup).map(Arc::new);
    config.map(|config| ViewerEdge::new(config).with_maker(Maker::new(picture::make)))
});
