//! An examination that is under way: the file, and the patches so far.

use crate::patches::{Fill, Patch, Patches, Timed};
use crate::source::{DAMAGED, Source, Stop, TOO_MUCH};

/// The most patches of a file. A film that is two hours long has one for each second of its metadata.
const MAX_PATCHES: usize = 8192;
/// The most bytes in patches that are no runs. Directories of EXIF, and names of boxes, have some hundreds.
const MAX_BYTES: usize = 32 << 10;

pub struct Work<'a> {
    pub source: Source<'a>,
    pub timed: Timed,
    list: Vec<Patch>,
    /// The bytes in patches that are no runs.
    bytes: usize,
    /// Patches before this one may be all that is left, and are not made longer.
    closed: usize,
}

/// A state to which a [`Work`] can be taken back.
#[derive(Clone, Copy)]
pub struct Mark {
    list: usize,
    bytes: usize,
    timed: Timed,
}

impl<'a> Work<'a> {
    pub const fn new(source: Source<'a>) -> Self {
        Self { source, timed: Timed::None, list: Vec::new(), bytes: 0, closed: 0 }
    }

    /// Fills `start..end` with a byte.
    pub fn run(&mut self, start: u64, end: u64, byte: u8) -> Result<(), Stop> {
        if end > self.source.len() {
            return Err(DAMAGED);
        }
        if end <= start {
            return Ok(());
        }
        if self.list.len() > self.closed
            && let Some(Patch { offset, fill: Fill::Run { byte: before, length } }) = self.list.last_mut()
            && *offset + *length == start
            && *before == byte
        {
            *length += end - start;
            return Ok(());
        }
        self.push(start, Fill::Run { byte, length: end - start })
    }

    /// Fills `start..end` with zeros.
    pub fn zero(&mut self, start: u64, end: u64) -> Result<(), Stop> {
        self.run(start, end, 0)
    }

    pub fn put(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Stop> {
        if offset.checked_add(bytes.len() as u64).is_none_or(|end| end > self.source.len()) {
            return Err(DAMAGED);
        }
        self.bytes += bytes.len();
        if self.bytes > MAX_BYTES {
            return Err(TOO_MUCH);
        }
        self.push(offset, Fill::Bytes(bytes.to_vec()))
    }

    fn push(&mut self, offset: u64, fill: Fill) -> Result<(), Stop> {
        if self.list.len() == MAX_PATCHES {
            return Err(TOO_MUCH);
        }
        self.list.push(Patch { offset, fill });
        Ok(())
    }

    pub fn mark(&mut self) -> Mark {
        self.closed = self.list.len();
        Mark { list: self.list.len(), bytes: self.bytes, timed: self.timed }
    }

    /// Forgets what was blanked since.
    pub fn back(&mut self, mark: Mark) {
        self.list.truncate(mark.list);
        (self.bytes, self.timed) = (mark.bytes, mark.timed);
    }

    pub fn finish(&mut self) -> Patches {
        Patches::new(std::mem::take(&mut self.list), self.source.len(), self.timed)
    }
}
