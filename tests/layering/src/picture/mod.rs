//! The architecture as a picture: layers as bands, packages as boxes, arrows from each box to the boxes on which it
//! is built.
//!
//! The picture is drawn from cargo's metadata alone, in whole numbers. The same packages therefore give the same text
//! everywhere.

mod draw;
mod graph;
mod layout;

use serde_json::Value;

use crate::packages;

/// The picture as SVG. Tests and benches are left out, and so is every arrow that follows from others.
pub fn svg(metadata: &Value) -> String {
    let nodes = graph::nodes(&packages(metadata));
    draw::svg(&nodes, &layout::lay_out(&nodes))
}
