//! The first block of a manifest: what the whole is, and the root of the index.
//!
//! It has 8 bytes of magic and version, then the length of the manifest, the bytes of local headers and files, the
//! bytes of the central directory and the number of entries (u64 each), the length of the note and the number of spans
//! in the root (u16 each), and the number of levels between the root and the groups (u8). The note, the spans of the
//! root and a CRC-32 follow.

use std::sync::Arc;

use crate::{
    error::Unreadable,
    fields::{Fields, SEAL, seal, unseal},
    group::MAX_GROUP,
    headers::Directory,
    index::{self, Bounds, FANOUT, LEVELS, MAX_NODE, SPAN, Span, Sums},
};

/// How many first bytes of a manifest [`crate::Manifest::parse`] wants. A shorter manifest is wanted whole.
///
/// The longest first block has 13,410 bytes. What is left has the first group of entries of usual names.
pub const HEAD: u64 = 16 << 10;
/// The most bytes of a ZIP's note.
pub const NOTE: usize = 4 << 10;

/// The last byte is the version of the layout.
const MAGIC: &[u8; 8] = b"ZIPPLAN\x01";
const FIXED: usize = MAGIC.len() + 4 * 8 + 2 * 2 + 1;

/// The bytes of the first block.
pub fn length(note: usize, root: usize) -> usize {
    FIXED + note + root * SPAN + SEAL
}

/// What the first block says.
#[derive(Debug)]
pub struct Head<'h> {
    /// Of the manifest, in bytes.
    pub size: u64,
    pub sums: Sums,
    /// Levels of nodes between the root and the groups.
    pub levels: u8,
    pub note: &'h [u8],
    pub root: &'h [Span],
}

impl Head<'_> {
    pub fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend(MAGIC);
        for number in [self.size, self.sums.files, self.sums.directory, self.sums.count] {
            out.extend(number.to_le_bytes());
        }
        // `Builder` keeps both below their bounds.
        out.extend(u16::try_from(self.note.len()).unwrap_or(u16::MAX).to_le_bytes());
        out.extend(u16::try_from(self.root.len()).unwrap_or(u16::MAX).to_le_bytes());
        out.push(self.levels);
        out.extend(self.note);
        index::write_spans(self.root, out);
        seal(out, start);
    }
}

/// What was read of the first block.
#[derive(Debug)]
pub struct Parsed {
    pub size: u64,
    pub directory: Directory,
    /// Of the ZIP, in bytes.
    pub length: u64,
    pub levels: u8,
    pub note: Vec<u8>,
    pub root: Arc<[Span]>,
}

/// Reads the first block of a manifest of which `bytes` are the first ones.
pub fn parse(bytes: &[u8]) -> Result<Parsed, Unreadable> {
    let mut fields = Fields(bytes);
    if fields.bytes(MAGIC.len())? != MAGIC {
        return Err(Unreadable("not a manifest of this version"));
    }
    let size = fields.u64()?;
    let sums = Sums { files: fields.u64()?, directory: fields.u64()?, count: fields.u64()? };
    let (note, root) = (usize::from(fields.u16()?), usize::from(fields.u16()?));
    let &[levels] = fields.bytes(1)? else { return Err(Unreadable("a block ends early")) };
    if note > NOTE || root > FANOUT || levels > LEVELS {
        return Err(Unreadable("a number of the head is too large"));
    }
    let block = Fields(bytes).bytes(length(note, root))?;
    unseal(block)?;
    let note = fields.bytes(note)?.to_vec();
    let directory = Directory { count: sums.count, at: sums.files, length: sums.directory };
    let length = directory.at.checked_add(directory.length).and_then(|end| end.checked_add(directory.end_length()));
    let length = length.ok_or(Unreadable("a ZIP that is too long"))?;
    let longest = if levels == 0 { MAX_GROUP } else { MAX_NODE };
    let spans = fields.bytes(root * SPAN)?;
    let root = match root {
        0 if sums == Sums::default() && levels == 0 => Vec::new(),
        _ => index::read_spans(spans, &Bounds { from: Sums::default(), to: sums, longest, size })?,
    };
    let is_whole = bytes.len() as u64 == size || (bytes.len() as u64 >= HEAD && bytes.len() as u64 <= size);
    if !is_whole {
        return Err(Unreadable("a manifest of another length"));
    }
    Ok(Parsed { size, directory, length, levels, note, root: root.into() })
}
