//! Boxes: size, kind, content.

use crate::source::{DAMAGED, Stop, TOO_MUCH};
use crate::work::Work;

/// The most boxes within one.
const MAX_BOXES: usize = 4096;

/// A box, by its place in the file.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub kind: [u8; 4],
    pub start: u64,
    /// Where its content begins.
    pub body: u64,
    pub end: u64,
    /// Its size says: up to the end.
    pub is_open: bool,
}

impl Part {
    pub const fn content(&self) -> (u64, u64) {
        (self.body, self.end)
    }

    pub const fn length(&self) -> u64 {
        self.end - self.body
    }
}

/// The box at `at`. `None` if what is left before `end` is too short for one.
pub fn next(work: &mut Work, at: u64, end: u64) -> Result<Option<Part>, Stop> {
    if at + 8 > end {
        return Ok(None);
    }
    let kind = work.source.array(at + 4)?;
    let (body, size) = match work.source.u32(at)? {
        0 => (at + 8, end - at),
        1 if at + 16 > end => return Err(DAMAGED),
        1 => (at + 16, u64::from_be_bytes(work.source.array(at + 8)?)),
        size => (at + 8, u64::from(size)),
    };
    let is_open = work.source.u32(at)? == 0;
    let end = at.checked_add(size).filter(|to| *to >= body && *to <= end).ok_or(DAMAGED)?;
    Ok(Some(Part { kind, start: at, body, end, is_open }))
}

/// Calls `handle` for each box in a part of the file. What is too short for a box at the end is blanked: QuickTime
/// ends some lists with four zeros.
pub fn each(
    work: &mut Work,
    (mut at, end): (u64, u64),
    handle: &mut dyn FnMut(&mut Work, &Part) -> Result<(), Stop>,
) -> Result<(), Stop> {
    for _ in 0..MAX_BOXES {
        let Some(part) = next(work, at, end)? else {
            return rest(work, at, end);
        };
        handle(work, &part)?;
        at = part.end;
    }
    if at + 8 > end { rest(work, at, end) } else { Err(TOO_MUCH) }
}

fn rest(work: &mut Work, at: u64, end: u64) -> Result<(), Stop> {
    let length = usize::try_from(end.saturating_sub(at)).map_err(|_| TOO_MUCH)?;
    if work.source.view(at, length)?.iter().any(|byte| *byte != 0) { work.zero(at, end) } else { Ok(()) }
}

/// Keeps a box whose kind is listed. Any other goes.
pub fn keep(work: &mut Work, part: &Part, kept: &[&[u8; 4]]) -> Result<(), Stop> {
    match &part.kind {
        b"free" | b"skip" => work.zero(part.body, part.end),
        kind if kept.contains(&kind) => Ok(()),
        _ => drop_box(work, part),
    }
}

/// Makes a box one of padding.
pub fn drop_box(work: &mut Work, part: &Part) -> Result<(), Stop> {
    work.put(part.start + 4, b"free")?;
    work.zero(part.body, part.end)
}
