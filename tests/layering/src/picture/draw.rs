//! The picture as text.

use std::fmt::{self, Write as _};

use super::{
    graph::Node,
    layout::{Band, LINE, Layout, MARGIN, Placed},
};
use crate::Layer;

/// The height of a line in the list of layers, in CSS pixels.
const LABEL_LINE: i32 = 22;

/// The picture has a background of its own, because the page around it may have another colour scheme than the
/// reader's system.
const STYLE: &str = "\
text{font:14px system-ui,-apple-system,'Segoe UI',sans-serif;fill:#1f2328;text-anchor:middle}
.label{fill:#59636e;text-anchor:start}
.ground{fill:#fff}.band{fill:#f3f5f7}
.arrow{fill:none;stroke:#7d8791;stroke-width:1.2}.head{fill:#7d8791}
.box{stroke-width:1.2}
.service{fill:#dbeafe;stroke:#3b82f6}.platform{fill:#dcfce7;stroke:#22a355}.adapter{fill:#fef3c7;stroke:#d08a10}
.entry{fill:#f3e8ff;stroke:#a05fe0}.core{fill:#cff5f0;stroke:#139488}.tool{fill:#fff;stroke:#7d8791}
@media(prefers-color-scheme:dark){
text{fill:#e6edf3}.label{fill:#9aa4ae}
.ground{fill:#0d1117}.band{fill:#161c24}
.service{fill:#10284d}.platform{fill:#0f3320}.adapter{fill:#40300c}.entry{fill:#33204d}.core{fill:#0b3a36}.tool{fill:#21262d}
}
";

/// The name of a layer, and the class that gives its colour.
fn about(layer: Layer) -> (&'static str, &'static str) {
    match layer {
        Layer::Core => ("core", "core"),
        Layer::Platform => ("platform", "platform"),
        Layer::S3 => ("s3", "platform"),
        Layer::Fallback => ("fallback", "platform"),
        Layer::Edge => ("edge", "service"),
        Layer::Adapter => ("adapters", "adapter"),
        Layer::Service => ("services", "service"),
        Layer::Entry => ("entries", "entry"),
        Layer::Tool => ("programs", "tool"),
    }
}

pub fn svg(nodes: &[Node], layout: &Layout) -> String {
    let mut svg = String::new();
    // Writing to a String cannot fail.
    let _ = write_svg(&mut svg, nodes, layout);
    svg
}

fn write_svg(svg: &mut String, nodes: &[Node], layout: &Layout) -> fmt::Result {
    let Layout { width, height, bands, boxes, arrows } = layout;
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\">\n\
         <title>Edge Gallery's packages by layer, with arrows to what each is built on</title>\n\
         <style>\n{STYLE}</style>\n\
         <marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
         orient=\"auto\"><path class=\"head\" d=\"M0 0 8 4 0 8z\"/></marker>\n\
         <rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>"
    )?;
    for band in bands {
        write_band(svg, nodes, band, width - 2 * MARGIN)?;
    }
    for points in arrows {
        write_arrow(svg, points)?;
    }
    for placed in boxes {
        write_box(svg, &nodes[placed.node], placed)?;
    }
    writeln!(svg, "</svg>")
}

/// Draws a band, with the names and colours of its layers at its left.
fn write_band(svg: &mut String, nodes: &[Node], band: &Band, width: i32) -> fmt::Result {
    let Band { layers, top, height } = band;
    writeln!(svg, "<rect class=\"band\" x=\"{MARGIN}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"10\"/>")?;
    let is_there = |layer: &&Layer| nodes.iter().any(|node| node.layer == **layer);
    let layers: Vec<&Layer> = layers.iter().filter(is_there).collect();
    let mut y = top + (height - number(layers.len()) * LABEL_LINE) / 2;
    for layer in layers {
        let (name, class) = about(*layer);
        writeln!(svg, "<rect class=\"box {class}\" x=\"30\" y=\"{}\" width=\"12\" height=\"12\" rx=\"3\"/>", y + 5)?;
        writeln!(svg, "<text class=\"label\" x=\"50\" y=\"{}\">{name}</text>", y + 16)?;
        y += LABEL_LINE;
    }
    Ok(())
}

fn write_box(svg: &mut String, node: &Node, placed: &Placed) -> fmt::Result {
    let Placed { left, top, width, height, .. } = placed;
    let class = about(node.layer).1;
    writeln!(
        svg,
        "<rect class=\"box {class}\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>"
    )?;
    let mut y = top + (height - number(node.names.len()) * LINE) / 2 + 14;
    for name in &node.names {
        writeln!(svg, "<text x=\"{}\" y=\"{y}\">{name}</text>", left + width / 2)?;
        y += LINE;
    }
    Ok(())
}

/// Draws an arrow. It curves between rows, and is straight within a row.
fn write_arrow(svg: &mut String, points: &[(i32, i32)]) -> fmt::Result {
    write!(svg, "<path class=\"arrow\" marker-end=\"url(#head)\" d=\"M{} {}", points[0].0, points[0].1)?;
    for pair in points.windows(2) {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        let half = i32::midpoint(y, to_y);
        if x == to_x {
            write!(svg, "V{to_y}")?;
        } else {
            write!(svg, "C{x} {half} {to_x} {half} {to_x} {to_y}")?;
        }
    }
    writeln!(svg, "\"/>")
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or_default()
}
