//! What lies behind a JPEG: gain maps, films of motion photos, previews, and what phones append.
//!
//! Pictures that an index names stay, without their metadata, and so do films. Everything else becomes zeros:
//! Samsung's trailer has the mobile country code, and editors keep the picture there as it was before.

use super::picture::{self, Picture};
use crate::bmff;
use crate::source::{DAMAGED, Stop};
use crate::work::Work;

/// How many pictures and films behind a picture are followed. The rest is blanked.
const MAX_PARTS: usize = 64;
/// The bytes by which a part is known.
const SIGNATURE: usize = 8;

enum Part {
    Picture,
    Film,
}

pub fn blank(work: &mut Work, first: &Picture) -> Result<(), Stop> {
    let length = work.source.len();
    let mut at = first.end;
    // From here on nothing was decided yet.
    let mut open = at;
    for _ in 0..MAX_PARTS {
        let Some((start, part)) = next(work, at, first)? else { break };
        let mark = work.mark();
        let end = match part {
            // One without an end could hold anything.
            Part::Picture => picture::blank(work, start)
                .and_then(|picture| if picture.is_open { Err(DAMAGED) } else { Ok(picture.end) }),
            Part::Film => bmff::blank_within(work, start),
        };
        match end {
            Ok(end) => {
                work.zero(open, start)?;
                (at, open) = (end, end);
            }
            Err(Stop::Unread) => return Err(Stop::Unread),
            Err(Stop::Refused(_)) => {
                work.back(mark);
                at = start + 1;
            }
        }
    }
    work.zero(open, length)
}

/// The next part that may stay, from `at` on.
fn next(work: &mut Work, mut at: u64, first: &Picture) -> Result<Option<(u64, Part)>, Stop> {
    let length = work.source.len();
    while at + SIGNATURE as u64 <= length {
        let bytes = work.source.some(at, length)?;
        if bytes.len() < SIGNATURE {
            // The end of what is in memory.
            work.source.view(at, SIGNATURE)?;
            continue;
        }
        for (place, head) in bytes.windows(SIGNATURE).enumerate() {
            let start = at + place as u64;
            let is_named = || first.has_container || first.others.contains(&start);
            if head.starts_with(b"\xff\xd8\xff") && is_named() {
                return Ok(Some((start, Part::Picture)));
            }
            if head.ends_with(b"ftyp") && head.starts_with(&[0, 0]) {
                return Ok(Some((start, Part::Film)));
            }
        }
        at += (bytes.len() - SIGNATURE + 1) as u64;
    }
    Ok(None)
}
