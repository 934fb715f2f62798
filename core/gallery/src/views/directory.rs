//! The blocks of a view: their names, where they lie, and where each ends in the listing's order.

use std::ops::Range;

use super::{Hash, Unreadable};

/// The version of the layout, and what the bytes are.
const MAGIC: [u8; 4] = *b"EGd1";

/// A block of a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub hash: Hash,
    /// The number of items, which is not 0.
    pub count: usize,
    /// The size as DEFLATE and as text, in bytes, and the CRC-32 of the text.
    pub deflated: u32,
    pub length: u32,
    pub crc: u32,
    /// The CRC-32 of the DEFLATE, by which a damaged read is known without inflating it.
    pub check: u32,
    /// Date and key of the last item, see [`crate::media::Media::place`].
    pub last: (String, String),
    /// The place in [`Directory::segments`] of the part that holds the block, and where in the part it begins.
    pub segment: usize,
    pub offset: u32,
    /// The number of items before the block.
    pub start: usize,
}

/// The blocks of a view, in order. Blocks lie in segments, which are parts that hold some blocks one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    segments: Vec<String>,
    blocks: Vec<Block>,
    count: usize,
}

impl Directory {
    /// Begins a segment. The blocks pushed after this lie in it.
    pub fn begin_segment(&mut self, part: String) {
        self.segments.push(part);
    }

    /// Adds a block at the end. Where it lies follows from the blocks before it.
    pub fn push(&mut self, block: Block) {
        let segment = self.segments.len().saturating_sub(1);
        let before = self.blocks.last().filter(|last| last.segment == segment);
        // What does not fit is found by `parse`.
        let offset = before.map_or(0, |last| last.offset.saturating_add(last.deflated));
        let start = self.count;
        self.count += block.count;
        self.blocks.push(Block { segment, offset, start, ..block });
    }

    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The names of the parts that hold the blocks.
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// The number of items.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// The index of the block that holds the item at a place in the listing's order, newest first, or of the block
    /// that would hold it.
    pub fn at_place(&self, place: (&str, &str)) -> usize {
        self.blocks.partition_point(|block| (block.last.0.as_str(), block.last.1.as_str()) > place)
    }

    /// The runs of neighbouring blocks of a range that lie in one segment: the index of the segment, the bytes in it,
    /// and the blocks.
    pub fn runs(&self, blocks: Range<usize>) -> impl Iterator<Item = (&str, Range<u64>, &[Block])> {
        let blocks = self.blocks.get(blocks).unwrap_or_default();
        blocks.chunk_by(|a, b| a.segment == b.segment).filter_map(|run| {
            let (first, last) = (run.first()?, run.last()?);
            let segment = self.segments.get(first.segment)?;
            let bytes = u64::from(first.offset)..u64::from(last.offset) + u64::from(last.deflated);
            Some((segment.as_str(), bytes, run))
        })
    }

    /// The bytes that [`Self::parse`] reads.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let mut blocks = self.blocks.as_slice();
        put(&mut out, self.segments.len() as u64);
        for (index, segment) in self.segments.iter().enumerate() {
            let own = blocks.iter().take_while(|block| block.segment == index).count();
            out.extend_from_slice(segment.as_bytes());
            put(&mut out, own as u64);
            for block in &blocks[..own] {
                out.extend_from_slice(&block.hash.0);
                out.extend_from_slice(&block.crc.to_le_bytes());
                out.extend_from_slice(&block.check.to_le_bytes());
                for number in [block.count as u64, u64::from(block.deflated), u64::from(block.length)] {
                    put(&mut out, number);
                }
                for text in [&block.last.0, &block.last.1] {
                    put(&mut out, text.len() as u64);
                    out.extend_from_slice(text.as_bytes());
                }
            }
            blocks = &blocks[own..];
        }
        out
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut rest = bytes.strip_prefix(&MAGIC).ok_or(Unreadable)?;
        let mut directory = Self::default();
        for _ in 0..take(&mut rest)? {
            let segment = std::str::from_utf8(split(&mut rest, 32)?).map_err(|_| Unreadable)?;
            if !super::is_part_name(segment) {
                return Err(Unreadable);
            }
            directory.begin_segment(segment.to_owned());
            for _ in 0..take(&mut rest)? {
                let hash = split(&mut rest, 8)?.try_into().map_err(|_| Unreadable)?;
                let crc = split(&mut rest, 4)?.try_into().map_err(|_| Unreadable)?;
                let check = split(&mut rest, 4)?.try_into().map_err(|_| Unreadable)?;
                let mut number = || take(&mut rest).and_then(|number| u32::try_from(number).map_err(|_| Unreadable));
                let (count, deflated, length) = (number()?, number()?, number()?);
                let mut text = || {
                    let length = usize::try_from(take(&mut rest)?).map_err(|_| Unreadable)?;
                    let text = std::str::from_utf8(split(&mut rest, length)?).map_err(|_| Unreadable)?;
                    Ok(text.to_owned())
                };
                directory.push(Block {
                    hash: Hash(hash),
                    count: usize::try_from(count).map_err(|_| Unreadable)?,
                    deflated,
                    length,
                    crc: u32::from_le_bytes(crc),
                    check: u32::from_le_bytes(check),
                    last: (text()?, text()?),
                    segment: 0,
                    offset: 0,
                    start: 0,
                });
            }
        }
        let sound = rest.is_empty()
            && directory.blocks.iter().all(|block| {
                (1..=super::cut::MOST).contains(&block.count) && block.offset.saturating_add(block.deflated) < u32::MAX
            });
        if sound { Ok(directory) } else { Err(Unreadable) }
    }
}

/// LEB128.
pub(super) fn put(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = number.to_le_bytes()[0] & 0x7f;
        number >>= 7;
        if number == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

pub(super) fn take(bytes: &mut &[u8]) -> Result<u64, Unreadable> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let byte = split(bytes, 1)?[0];
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(Unreadable)
}

fn split<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8], Unreadable> {
    let (first, rest) = bytes.split_at_checked(length).ok_or(Unreadable)?;
    *bytes = rest;
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(number: u8, count: usize) -> Block {
        Block {
            hash: Hash([number; 8]),
            count,
            deflated: 1000 + u32::from(number),
            length: 70_000,
            crc: 0xdead_beef,
            check: 0xfeed_beef,
            last: (format!("2024-06-{:02}", 30 - number), format!("{number} é.jpg")),
            segment: 0,
            offset: 0,
            start: 0,
        }
    }

    fn directory() -> Directory {
        let mut directory = Directory::default();
        directory.begin_segment("a".repeat(32));
        directory.push(block(1, 64));
        directory.push(block(2, 128));
        directory.begin_segment("b".repeat(32));
        directory.push(block(3, 1));
        directory
    }

    #[test]
    fn a_directory_comes_back() {
        let directory = directory();
        assert_eq!(Directory::parse(&directory.encode()), Ok(directory));
        assert_eq!(Directory::parse(&Directory::default().encode()), Ok(Directory::default()));
    }

    #[test]
    fn places_and_runs() {
        let directory = directory();
        let at: Vec<_> = directory.blocks().iter().map(|block| (block.segment, block.offset, block.start)).collect();
        assert_eq!(at, [(0, 0, 0), (0, 1001, 64), (1, 0, 192)]);
        let runs: Vec<_> =
            directory.runs(1..3).map(|(segment, bytes, run)| (&segment[..1], bytes, run.len())).collect();
        assert_eq!(runs, [("a", 1001..2003, 1), ("b", 0..1003, 1)]);
        assert_eq!(directory.runs(0..2).map(|(_, bytes, _)| (bytes.start, bytes.end)).collect::<Vec<_>>(), [(0, 2003)]);
        assert_eq!(directory.count(), 193);
        for (place, wanted) in [
            (("2025", ""), 0),
            (("2024-06-29", "1 é.jpg"), 0),
            (("2024-06-29", "0"), 1),
            (("2024-06-28", "2 é.jpg"), 1),
            (("2024-06-27", "3 é.jpg"), 2),
            (("2024", ""), 3),
        ] {
            assert_eq!(directory.at_place(place), wanted, "{place:?}");
        }
    }

    #[test]
    fn damage_is_found_and_never_panics() {
        let bytes = directory().encode();
        for length in 0..bytes.len() {
            assert_eq!(Directory::parse(&bytes[..length]), Err(Unreadable), "{length}");
        }
        for at in 0..bytes.len() {
            for value in [0, 0x7f, 0x80, 0xff] {
                let mut bad = bytes.clone();
                bad[at] = value;
                let _ = Directory::parse(&bad);
            }
        }
    }
}
