//! Replaces a block of metadata that was read into memory by a block of the same length.

use crate::source::Stop;
use crate::work::Work;

/// From how many equal bytes on a run is shorter than the bytes.
const RUN: usize = 8;

/// Replaces a block. Its bytes lie in the file at `extents` (start and length), one after the other.
pub fn replace(work: &mut Work, extents: &[(u64, u64)], old: &[u8], new: &[u8]) -> Result<(), Stop> {
    let mut at = 0_usize;
    for (start, length) in extents {
        let Some(end) = usize::try_from(*length).ok().and_then(|length| at.checked_add(length)) else { break };
        let (Some(old), Some(new)) = (old.get(at..end), new.get(at..end)) else { break };
        replace_extent(work, *start, old, new)?;
        at = end;
    }
    Ok(())
}

fn replace_extent(work: &mut Work, start: u64, old: &[u8], new: &[u8]) -> Result<(), Stop> {
    let (mut at, mut literal) = (0, 0);
    while at < new.len() {
        let run = new[at..].iter().take_while(|byte| **byte == new[at]).count();
        if run >= RUN {
            put(work, start, old, new, (literal, at))?;
            if let Some((from, to)) = changed(old, new, (at, at + run)) {
                work.run(start + from as u64, start + to as u64, new[at])?;
            }
            literal = at + run;
        }
        at += run;
    }
    put(work, start, old, new, (literal, new.len()))
}

/// Puts the part that changes of some bytes.
fn put(work: &mut Work, start: u64, old: &[u8], new: &[u8], part: (usize, usize)) -> Result<(), Stop> {
    match changed(old, new, part) {
        Some((from, to)) => work.put(start + from as u64, &new[from..to]),
        None => Ok(()),
    }
}

/// From the first byte that changes to the last.
fn changed(old: &[u8], new: &[u8], (from, to): (usize, usize)) -> Option<(usize, usize)> {
    let first = (from..to).find(|at| old[*at] != new[*at])?;
    let last = (first..to).rev().find(|at| old[*at] != new[*at])?;
    Some((first, last + 1))
}
