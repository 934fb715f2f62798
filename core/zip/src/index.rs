//! The index of a manifest: a tree of prefix sums, in which any byte of the ZIP leads to its group of entries.
//!
//! A node is a row of spans, and a CRC-32. A span is 36 bytes: the sums in front of it (u64 each: bytes of the ZIP,
//! bytes of the central directory, entries), the position in the manifest (u64), and the length there (u32). Where a
//! span ends, the next one begins. Where a node ends, its parent says.

use crate::{
    error::Unreadable,
    fields::{Fields, SEAL, seal, unseal},
};

/// The most spans of a node.
pub const FANOUT: usize = 256;
/// The most levels of nodes. With them, the index has more room than a manifest can have bytes.
pub const LEVELS: u8 = 7;
/// The bytes of a span.
pub const SPAN: usize = 36;
/// The most bytes of a node.
pub const MAX_NODE: u64 = (FANOUT * SPAN + SEAL) as u64;

/// What comes before a place in the ZIP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Bytes of local headers and files.
    pub files: u64,
    /// Bytes of the central directory.
    pub directory: u64,
    /// Entries.
    pub count: u64,
}

impl Sums {
    /// Whether each of the sums is greater than the other's.
    fn is_after(self, other: Self) -> bool {
        self.files > other.files && self.directory > other.directory && self.count > other.count
    }
}

/// A node, or a group of entries: which part of the ZIP it is about, and where it is in the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Sums,
    pub to: Sums,
    pub at: u64,
    pub length: u32,
}

impl Span {
    /// Behind its last byte in the manifest.
    pub fn end(&self) -> u64 {
        self.at.saturating_add(u64::from(self.length))
    }
}

/// Appends a node.
pub fn write(spans: &[Span], out: &mut Vec<u8>) {
    let start = out.len();
    write_spans(spans, out);
    seal(out, start);
}

/// Appends spans alone.
pub fn write_spans(spans: &[Span], out: &mut Vec<u8>) {
    for span in spans {
        for number in [span.from.files, span.from.directory, span.from.count, span.at] {
            out.extend(number.to_le_bytes());
        }
        out.extend(span.length.to_le_bytes());
    }
}

/// The bounds of what a node may say.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// What its first span begins at.
    pub from: Sums,
    /// What its last span ends at.
    pub to: Sums,
    /// The most bytes of what a span points to.
    pub longest: u64,
    /// The bytes of the manifest.
    pub size: u64,
}

/// The spans of a node.
pub fn read(block: &[u8], bounds: &Bounds) -> Result<Vec<Span>, Unreadable> {
    read_spans(unseal(block)?, bounds)
}

/// Reads spans that follow each other without a gap. None is empty, and together they are what the bounds say.
pub fn read_spans(bytes: &[u8], bounds: &Bounds) -> Result<Vec<Span>, Unreadable> {
    let count = bytes.len() / SPAN;
    if count == 0 || count > FANOUT || !bytes.len().is_multiple_of(SPAN) {
        return Err(Unreadable("a node of a wrong length"));
    }
    let mut fields = Fields(bytes);
    let mut spans: Vec<Span> = Vec::with_capacity(count);
    for _ in 0..count {
        let from = Sums { files: fields.u64()?, directory: fields.u64()?, count: fields.u64()? };
        let span = Span { from, to: bounds.to, at: fields.u64()?, length: fields.u32()? };
        if let Some(before) = spans.last_mut() {
            before.to = from;
        }
        spans.push(span);
    }
    let is_first = spans.first().is_some_and(|first| first.from == bounds.from);
    let is_sound = |span: &Span| {
        let length = u64::from(span.length);
        let is_within = span.at.checked_add(length).is_some_and(|end| end <= bounds.size);
        span.to.is_after(span.from) && length <= bounds.longest && is_within
    };
    if !is_first || !spans.iter().all(is_sound) {
        return Err(Unreadable("a node does not fit to what is above it"));
    }
    Ok(spans)
}
