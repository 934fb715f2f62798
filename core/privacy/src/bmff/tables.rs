//! The tables of a track that say where its samples are.

use super::boxes::Part;
use crate::source::{DAMAGED, Stop};
use crate::work::Work;

/// Where the tables of a track are.
#[derive(Default)]
pub struct Tables {
    /// `stsz`.
    sizes: Option<Part>,
    /// `stsc`.
    runs: Option<Part>,
    /// `stco` or `co64`.
    chunks: Option<Part>,
    /// `stz2`, which is not read.
    pub has_short_sizes: bool,
}

/// Chunks from `first` on have this many samples each.
#[derive(Clone, Copy)]
pub struct Run {
    pub first: u64,
    pub samples: u64,
}

/// The version and flags, and a number.
const HEAD: u64 = 8;

impl Tables {
    pub fn note(&mut self, part: &Part) {
        match &part.kind {
            b"stsz" => self.sizes = Some(*part),
            b"stsc" => self.runs = Some(*part),
            b"stco" | b"co64" => self.chunks = Some(*part),
            b"stz2" => self.has_short_sizes = true,
            _ => {}
        }
    }

    /// The number of chunks.
    pub fn chunks(&self, work: &mut Work) -> Result<u64, Stop> {
        let Some(part) = self.chunks else { return Ok(0) };
        let count = number(work, &part, 4)?;
        if count > part.length().saturating_sub(HEAD) / self.width() { Err(DAMAGED) } else { Ok(count) }
    }

    fn width(&self) -> u64 {
        if self.chunks.is_some_and(|part| &part.kind == b"co64") { 8 } else { 4 }
    }

    /// The offset of a chunk, which is one of those that there are. It counts from the film's beginning.
    pub fn chunk(&self, work: &mut Work, index: u64) -> Result<u64, Stop> {
        let part = self.chunks.ok_or(DAMAGED)?;
        let at = part.body + HEAD + index * self.width();
        if self.width() == 8 {
            work.source.array(at).map(u64::from_be_bytes)
        } else {
            work.source.u32(at).map(u64::from)
        }
    }

    /// The number of samples, and the size that all of them have. `None` if each has its own.
    pub fn samples(&self, work: &mut Work) -> Result<(u64, Option<u64>), Stop> {
        let Some(part) = self.sizes else { return Ok((0, None)) };
        let (size, count) = (number(work, &part, 4)?, number(work, &part, 8)?);
        if size == 0 && count > part.length().saturating_sub(HEAD + 4) / 4 {
            return Err(DAMAGED);
        }
        Ok((count, (size > 0).then_some(size)))
    }

    /// The size of a sample, which is one of those that there are.
    pub fn size(&self, work: &mut Work, index: u64) -> Result<u64, Stop> {
        let part = self.sizes.ok_or(DAMAGED)?;
        work.source.u32(part.body + HEAD + 4 + 4 * index).map(u64::from)
    }

    /// The number of runs of chunks.
    pub fn runs(&self, work: &mut Work) -> Result<u64, Stop> {
        let Some(part) = self.runs else { return Ok(0) };
        let count = number(work, &part, 4)?;
        if count > part.length().saturating_sub(HEAD) / 12 { Err(DAMAGED) } else { Ok(count) }
    }

    pub fn run(&self, work: &mut Work, index: u64) -> Result<Run, Stop> {
        let at = self.runs.ok_or(DAMAGED)?.body + HEAD + 12 * index;
        let (first, samples) = (work.source.u32(at)?, work.source.u32(at + 4)?);
        Ok(Run { first: u64::from(first), samples: u64::from(samples) })
    }
}

fn number(work: &mut Work, part: &Part, at: u64) -> Result<u64, Stop> {
    if at + 4 > part.length() {
        return Err(DAMAGED);
    }
    work.source.u32(part.body + at).map(u64::from)
}
