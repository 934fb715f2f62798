//! Reads a file in bounded pieces, with a limit on how much is read in all.

/// A file of which any part can be read.
#[allow(clippy::len_without_is_empty)] // nobody asks
pub trait ReadAt {
    type Error;

    /// The length in bytes. It never changes.
    fn len(&self) -> u64;

    /// Fills the buffer with the bytes from `offset`. The caller asks only for bytes that are there.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), Self::Error>;
}

impl ReadAt for &[u8] {
    type Error = std::convert::Infallible;

    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), Self::Error> {
        let from = usize::try_from(offset).ok().and_then(|offset| self.get(offset..)).unwrap_or_default();
        let length = buffer.len().min(from.len());
        buffer[..length].copy_from_slice(&from[..length]);
        Ok(())
    }
}

/// Why a file has no patches. Whoever must not see places does not get its original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is in a format that this crate does not know.
    Format,
    /// Its structure is broken, or ends before it should.
    Damaged,
    /// It would take too much work, or too many patches.
    TooMuch,
    /// It uses a part of its format that this crate does not follow.
    Shape,
}

/// Why an examination ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Reading failed. [`Fused`] has the error.
    Unread,
    Refused(Refusal),
}

pub const DAMAGED: Stop = Stop::Refused(Refusal::Damaged);
pub const TOO_MUCH: Stop = Stop::Refused(Refusal::TooMuch);
pub const SHAPE: Stop = Stop::Refused(Refusal::Shape);

/// [`ReadAt`] without the type of its error.
pub trait Raw {
    fn len(&self) -> u64;
    fn read(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), Stop>;
}

/// Keeps the error of reading, so that all code below [`crate::examine`] is compiled once.
pub struct Fused<'a, R: ReadAt> {
    file: &'a mut R,
    pub error: Option<R::Error>,
}

impl<'a, R: ReadAt> Fused<'a, R> {
    pub fn new(file: &'a mut R) -> Self {
        Self { file, error: None }
    }
}

impl<R: ReadAt> Raw for Fused<'_, R> {
    fn len(&self) -> u64 {
        self.file.len()
    }

    fn read(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), Stop> {
        self.file.read_at(offset, buffer).map_err(|error| {
            self.error = Some(error);
            Stop::Unread
        })
    }
}

/// The longest block of metadata that is held in memory, in bytes.
pub const MAX_BLOCK: u64 = 16 << 20;
/// A first read at a new place. It holds a few boxes.
const LEAST: usize = 4 << 10;
/// A read of what is read in order.
const MOST: usize = 256 << 10;
/// What may be read of a file beyond a multiple of its length: a box's header costs one small read.
const ALLOWANCE: u64 = 16 << 20;
/// The part of a file's length that counts for the limit. Longer photos are not taken in.
const MAX_COUNTED: u64 = 512 << 20;
/// How often a byte may be read: a photo once, the pictures behind it once or twice more, and small reads overlap.
const TIMES: u64 = 4;

/// A file with a window in memory.
pub struct Source<'a> {
    raw: &'a mut dyn Raw,
    length: u64,
    window: Vec<u8>,
    start: u64,
    /// How many bytes may still be read.
    budget: u64,
}

impl<'a> Source<'a> {
    pub fn new(raw: &'a mut dyn Raw) -> Self {
        let length = raw.len();
        Self { raw, length, window: Vec::new(), start: 0, budget: ALLOWANCE + TIMES * length.min(MAX_COUNTED) }
    }

    pub const fn len(&self) -> u64 {
        self.length
    }

    /// These bytes of the file. The file is damaged if it ends before.
    pub fn view(&mut self, offset: u64, length: usize) -> Result<&[u8], Stop> {
        let end = offset.checked_add(length as u64).filter(|end| *end <= self.length).ok_or(DAMAGED)?;
        if length as u64 > MAX_BLOCK {
            return Err(TOO_MUCH);
        }
        let window_end = self.start + self.window.len() as u64;
        if offset < self.start || end > window_end {
            let goes_on = (self.start..=window_end).contains(&offset) && !self.window.is_empty();
            let wish = if goes_on { (self.window.len() * 2).clamp(LEAST, MOST) } else { LEAST };
            let size = (wish.max(length) as u64).min(self.length - offset);
            self.budget = self.budget.checked_sub(size).ok_or(TOO_MUCH)?;
            // A failed read must not leave a window that looks good.
            self.start = offset;
            self.window.clear();
            self.window.resize(usize::try_from(size).map_err(|_| TOO_MUCH)?, 0);
            if let Err(stop) = self.raw.read(offset, &mut self.window) {
                self.window.clear();
                return Err(stop);
            }
        }
        let from = usize::try_from(offset - self.start).map_err(|_| TOO_MUCH)?;
        Ok(&self.window[from..from + length])
    }

    /// These bytes, which end at `end` at the latest.
    pub fn array<const N: usize>(&mut self, offset: u64) -> Result<[u8; N], Stop> {
        self.view(offset, N)?.try_into().map_err(|_| DAMAGED)
    }

    pub fn u32(&mut self, offset: u64) -> Result<u32, Stop> {
        self.array(offset).map(u32::from_be_bytes)
    }

    /// A copy of a block that is held in memory. It counts as read even where it is in memory already: many items of
    /// a picture may name the same block.
    pub fn block(&mut self, offset: u64, length: u64) -> Result<Vec<u8>, Stop> {
        if length > MAX_BLOCK {
            return Err(TOO_MUCH);
        }
        self.budget = self.budget.checked_sub(length).ok_or(TOO_MUCH)?;
        Ok(self.view(offset, usize::try_from(length).map_err(|_| TOO_MUCH)?)?.to_vec())
    }

    /// As much as is convenient of the bytes in `offset..end`, and at least one.
    pub fn some(&mut self, offset: u64, end: u64) -> Result<&[u8], Stop> {
        let length = end.min(self.length).checked_sub(offset).filter(|length| *length > 0).ok_or(DAMAGED)?;
        self.view(offset, 1)?;
        let there = self.start + self.window.len() as u64 - offset;
        self.view(offset, usize::try_from(length.min(there)).map_err(|_| TOO_MUCH)?)
    }
}
