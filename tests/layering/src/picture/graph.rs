//! The boxes, and which box is built on which.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Layer, Package};

/// A box.
pub struct Node {
    pub layer: Layer,
    /// The names of the packages in the box: one package, or all entries for the same host.
    pub names: Vec<String>,
    /// The boxes on which this box is built.
    pub on: BTreeSet<usize>,
}

pub fn nodes(packages: &[Package]) -> Vec<Node> {
    let mut keys = BTreeMap::new();
    for package in packages {
        if !["tests/", "bench/"].iter().any(|folder| package.folder.starts_with(folder)) {
            let host = package.folder.rsplit('/').next().filter(|_| package.layer == Layer::Entry);
            let key = (package.layer, host.unwrap_or(&package.folder));
            keys.entry(key).or_insert_with(Vec::new).push(package);
        }
    }
    let place = |name: &String| keys.values().position(|group| group.iter().any(|package| package.name == *name));
    let mut nodes: Vec<Node> = keys
        .iter()
        .map(|((layer, _), group)| Node {
            layer: *layer,
            names: group.iter().map(|package| package.name.clone()).collect(),
            on: group.iter().flat_map(|package| package.ours.iter().filter_map(place)).collect(),
        })
        .collect();
    let needed: Vec<BTreeSet<usize>> = (0..nodes.len()).map(|of| without_shortcuts(&nodes, of)).collect();
    for (node, on) in nodes.iter_mut().zip(needed) {
        node.on = on;
    }
    nodes
}

/// The boxes on which a box is built, without those on which another of them is built too.
fn without_shortcuts(nodes: &[Node], of: usize) -> BTreeSet<usize> {
    let on = &nodes[of].on;
    let implied: BTreeSet<usize> =
        on.iter().flat_map(|next| nodes[*next].on.iter()).flat_map(|start| reach(nodes, *start)).collect();
    on.difference(&implied).copied().collect()
}

/// A box, and all below it.
fn reach(nodes: &[Node], from: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::from([from]);
    let mut left = vec![from];
    while let Some(node) = left.pop() {
        left.extend(nodes[node].on.iter().filter(|next| reached.insert(**next)));
    }
    reached
}
