//! The layout of the picture: boxes in rows, and arrows from row to row.

use std::{
    cmp::max,
    collections::{BTreeMap, BTreeSet},
};

use super::graph::Node;
use crate::Layer;

/// The bands, from the top. Layers of one band do not use each other, so they stand side by side.
const BANDS: [&[Layer]; 6] = [
    &[Layer::Entry, Layer::Tool],
    &[Layer::Adapter, Layer::Service],
    &[Layer::Fallback, Layer::Edge],
    &[Layer::S3],
    &[Layer::Platform],
    &[Layer::Core],
];

/// All lengths are CSS pixels.
pub const LINE: i32 = 19;
const CHARACTER: i32 = 8;
const PADDING: i32 = 10;
/// The room left of the boxes for the names of the layers.
const LABELS: i32 = 104;
pub const MARGIN: i32 = 16;
/// The gap between neighbours in a row.
const GAP: i32 = 14;
/// The gap between rows of a band, and around rows of different bands. It leaves room for arrows.
const ROW_GAP: i32 = 40;
const BAND_PADDING: i32 = 14;
const BAND_GAP: i32 = 30;
/// How often boxes move towards the boxes to which they are joined. The layout settles long before.
const ROUNDS: usize = 60;
const STRAIGHT: i32 = 8;

pub struct Placed {
    pub node: usize,
    pub left: i32,
    pub top: i32,
    pub width: i32,
    pub height: i32,
}

pub struct Band {
    pub layers: &'static [Layer],
    pub top: i32,
    pub height: i32,
}

pub struct Layout {
    pub width: i32,
    pub height: i32,
    pub bands: Vec<Band>,
    pub boxes: Vec<Placed>,
    /// The arrows. Each goes from the bottom of a box to the top of another, through the points (x, y) where it
    /// enters and leaves each row on its way.
    pub arrows: Vec<Vec<(i32, i32)>>,
}

/// A box, or the place where an arrow passes through a row.
struct Slot {
    node: Option<usize>,
    row: usize,
    /// The side of the slot. Slots of one side stand together, which keeps the layers of a band apart.
    side: usize,
    width: i32,
    middle: i32,
    above: Vec<usize>,
    below: Vec<usize>,
}

pub fn lay_out(nodes: &[Node]) -> Layout {
    // A row is a depth within a band.
    let row_of = |node: usize| (band(nodes[node].layer), depth(nodes, node));
    let keys: Vec<(usize, usize)> = (0..nodes.len()).map(row_of).collect::<BTreeSet<_>>().into_iter().collect();
    let row = |node: usize| keys.iter().position(|key| *key == row_of(node)).unwrap_or_default();

    let mut slots: Vec<Slot> = (0..nodes.len())
        .map(|node| {
            let longest = nodes[node].names.iter().map(String::len).max().unwrap_or_default();
            let width = i32::try_from(longest).unwrap_or_default() * CHARACTER + 2 * PADDING;
            Slot {
                node: Some(node),
                row: row(node),
                side: side(nodes[node].layer),
                width,
                middle: 0,
                above: Vec::new(),
                below: Vec::new(),
            }
        })
        .collect();
    let mut chains = Vec::new();
    for (from, node) in nodes.iter().enumerate() {
        for to in &node.on {
            let side = max(side(node.layer), side(nodes[*to].layer));
            let mut chain = vec![from];
            for row in slots[from].row + 1..slots[*to].row {
                chain.push(slots.len());
                slots.push(Slot { node: None, row, side, width: 0, middle: 0, above: Vec::new(), below: Vec::new() });
            }
            chain.push(*to);
            for pair in chain.windows(2) {
                slots[pair[0]].below.push(pair[1]);
                slots[pair[1]].above.push(pair[0]);
            }
            chains.push(chain);
        }
    }
    arrange(&mut slots, keys.len());
    measure(nodes, &slots, &keys, &chains)
}

fn band(layer: Layer) -> usize {
    BANDS.iter().position(|layers| layers.contains(&layer)).unwrap_or_default()
}

/// The side of a layer, counted from the left.
fn side(layer: Layer) -> usize {
    match layer {
        Layer::Edge | Layer::Service => 1,
        Layer::Tool => 2,
        _ => 0,
    }
}

/// The longest chain of boxes of the same band that are built on this box.
fn depth(nodes: &[Node], node: usize) -> usize {
    let on_it = |(_, other): &(usize, &Node)| band(other.layer) == band(nodes[node].layer) && other.on.contains(&node);
    nodes.iter().enumerate().filter(on_it).map(|(other, _)| depth(nodes, other) + 1).max().unwrap_or_default()
}

/// Orders the slots of each row, and places them near the slots to which they are joined. The arrows are then short,
/// and few of them cross.
fn arrange(slots: &mut [Slot], rows: usize) {
    let mut order: Vec<Vec<usize>> = vec![Vec::new(); rows];
    for (slot, Slot { row, .. }) in slots.iter().enumerate() {
        order[*row].push(slot);
    }
    for row in &mut order {
        row.sort_by_key(|slot| slots[*slot].side);
        place(slots, row, &vec![0; row.len()]);
    }
    for round in 0..ROUNDS {
        let settled = round >= ROUNDS / 2;
        let turn: Vec<usize> = if round % 2 == 0 { (0..rows).collect() } else { (0..rows).rev().collect() };
        for row in turn {
            let between = order[row].iter().map(|slot| slots[*slot].middle).sum::<i32>() / count(&order[row]);
            let wish = |slot: &usize| {
                let Slot { node, above, below, .. } = &slots[*slot];
                let (above, below): (&[usize], &[usize]) = match (settled, round % 2) {
                    (true, _) => (above, below),
                    (false, 0) => (above, &[]),
                    (false, _) => (&[], below),
                };
                // The part of an arrow that passes through several rows should be straight.
                let weight = |other: usize| if node.is_none() && slots[other].node.is_none() { STRAIGHT } else { 1 };
                let joined = || above.iter().chain(below).map(|other| (weight(*other), slots[*other].middle));
                let weights: i32 = joined().map(|(weight, _)| weight).sum();
                match weights {
                    0 if slots[*slot].above.is_empty() && slots[*slot].below.is_empty() => between,
                    0 => slots[*slot].middle,
                    _ => joined().map(|(weight, middle)| weight * middle).sum::<i32>() / weights,
                }
            };
            let mut wishes: BTreeMap<usize, i32> = order[row].iter().map(|slot| (*slot, wish(slot))).collect();
            if !settled {
                order[row].sort_by_key(|slot| (slots[*slot].side, wishes[slot]));
            }
            let wanted: Vec<i32> = order[row].iter().filter_map(|slot| wishes.remove(slot)).collect();
            place(slots, &order[row], &wanted);
        }
    }
}

fn count(row: &[usize]) -> i32 {
    i32::try_from(row.len()).unwrap_or(1)
}

/// Puts the slots of a row as near to the wanted places as their widths and their order allow.
fn place(slots: &mut [Slot], row: &[usize], wanted: &[i32]) {
    // The place of each slot in a row without extra room, counted from the middle of the first slot.
    let mut packed = vec![0; row.len()];
    for at in 1..row.len() {
        packed[at] = packed[at - 1] + i32::midpoint(slots[row[at - 1]].width, slots[row[at]].width) + GAP;
    }
    // Runs of slots without room between them. A run that would have to be left of the run before it joins that run.
    let mut runs: Vec<(i32, i32)> = Vec::new();
    for (wish, packed) in wanted.iter().zip(&packed) {
        let (mut sum, mut count) = (wish - packed, 1);
        while let Some((before, many)) = runs.pop_if(|(before, many)| *before / *many >= sum / count) {
            (sum, count) = (sum + before, count + many);
        }
        runs.push((sum, count));
    }
    let starts = runs.iter().flat_map(|(sum, count)| (0..*count).map(move |_| sum / count));
    for ((slot, packed), start) in row.iter().zip(packed).zip(starts) {
        slots[*slot].middle = start + packed;
    }
}

/// Converts middles and rows to pixels.
fn measure(nodes: &[Node], slots: &[Slot], keys: &[(usize, usize)], chains: &[Vec<usize>]) -> Layout {
    let leftmost = slots.iter().map(|slot| slot.middle - slot.width / 2).min().unwrap_or_default();
    let shift = MARGIN + LABELS + BAND_PADDING - leftmost;
    let rightmost = slots.iter().map(|slot| slot.middle + slot.width / 2 + shift).max().unwrap_or_default();
    let height = |slot: &Slot| {
        let lines = slot.node.map_or(0, |node| nodes[node].names.len());
        i32::try_from(lines).unwrap_or_default() * LINE + PADDING
    };
    let mut bands: Vec<Band> = Vec::new();
    let mut rows = Vec::new();
    let mut y = MARGIN;
    for (row, (band, _)) in keys.iter().enumerate() {
        let tallest = slots.iter().filter(|slot| slot.row == row).map(height).max().unwrap_or_default();
        if let Some(current) = bands.last_mut().filter(|_| row > 0 && keys[row - 1].0 == *band) {
            y += ROW_GAP;
            current.height += ROW_GAP + tallest;
        } else {
            y += if row == 0 { 0 } else { BAND_PADDING + BAND_GAP };
            bands.push(Band { layers: BANDS[*band], top: y, height: 2 * BAND_PADDING + tallest });
            y += BAND_PADDING;
        }
        rows.push((y, tallest));
        y += tallest;
    }
    let top = |slot: &Slot| rows[slot.row].0 + (rows[slot.row].1 - height(slot)) / 2;
    let boxes = slots.iter().filter_map(|slot| {
        let (left, width) = (slot.middle - slot.width / 2 + shift, slot.width);
        Some(Placed { node: slot.node?, left, top: top(slot), width, height: height(slot) })
    });
    let arrows = chains.iter().map(|chain| {
        let points = chain.iter().flat_map(|slot| {
            let slot = &slots[*slot];
            let (top, height) = if slot.node.is_some() { (top(slot), height(slot)) } else { rows[slot.row] };
            [(slot.middle + shift, top), (slot.middle + shift, top + height)]
        });
        let points: Vec<(i32, i32)> = points.collect();
        points[1..points.len() - 1].to_vec()
    });
    Layout {
        width: rightmost + BAND_PADDING + MARGIN,
        height: y + BAND_PADDING + MARGIN,
        boxes: boxes.collect(),
        arrows: arrows.collect(),
        bands,
    }
}
