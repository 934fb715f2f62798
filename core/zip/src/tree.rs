//! Writes the index of a manifest above its groups.

use std::ops::Range;

use crate::{
    fields::SEAL,
    head::{self, Head},
    index::{self, FANOUT, SPAN, Span, Sums},
};

/// All spans of a manifest. Each level has one span for each [`FANOUT`] of the level below it. The groups are level 0,
/// and the last level is the root.
pub struct Tree(Vec<Vec<Span>>);

impl Tree {
    /// The tree above these groups.
    pub fn above(groups: Vec<Span>) -> Self {
        let mut levels = vec![groups];
        while let Some(lower) = levels.last().filter(|lower| lower.len() > FANOUT) {
            let upper = lower.chunks(FANOUT).filter_map(parent).collect();
            levels.push(upper);
        }
        Self(levels)
    }

    /// The manifest, of which `groups` are the groups behind each other.
    ///
    /// Each node is followed by what is below it, so that the way to the first group lies at the beginning.
    pub fn write(mut self, note: &[u8], sums: Sums, groups: &[u8]) -> Vec<u8> {
        let (top, root) = (self.0.len() - 1, self.0.last().map_or(0, Vec::len));
        let mut size = head::length(note.len(), root) as u64;
        self.place(top, 0..root, &mut size);
        let mut out = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        let head = Head { size, sums, levels: u8::try_from(top).unwrap_or(u8::MAX), note, root: &self.0[top] };
        head.write(&mut out);
        self.append(top, 0..root, &mut &*groups, &mut out);
        out
    }

    /// Which spans of the next lower level belong to a span.
    fn below(&self, level: usize, index: usize) -> Range<usize> {
        let start = index * FANOUT;
        start..self.0[level - 1].len().min(start + FANOUT)
    }

    /// Gives each span its position. `at` is the first, and then the one behind the last.
    fn place(&mut self, level: usize, spans: Range<usize>, at: &mut u64) {
        for index in spans {
            let span = &mut self.0[level][index];
            span.at = *at;
            *at += u64::from(span.length);
            if level > 0 {
                self.place(level - 1, self.below(level, index), at);
            }
        }
    }

    /// Appends nodes and groups in the order in which they were placed.
    fn append(&self, level: usize, spans: Range<usize>, groups: &mut &[u8], out: &mut Vec<u8>) {
        for index in spans {
            if level == 0 {
                let (group, rest) = groups.split_at(self.0[0][index].length as usize);
                out.extend(group);
                *groups = rest;
            } else {
                let below = self.below(level, index);
                index::write(&self.0[level - 1][below.clone()], out);
                self.append(level - 1, below, groups, out);
            }
        }
    }
}

/// The span of a node with these spans. Its position is not known yet.
fn parent(spans: &[Span]) -> Option<Span> {
    let length = u32::try_from(spans.len() * SPAN + SEAL).ok()?;
    Some(Span { from: spans.first()?.from, to: spans.last()?.to, at: 0, length })
}
