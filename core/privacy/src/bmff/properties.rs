//! Properties of a film or track: `udta` (QuickTime), and `meta` with `ilst` (QuickTime, iTunes, Android).

use super::boxes::{Part, drop_box, each};
use crate::source::{DAMAGED, Stop, TOO_MUCH};
use crate::work::Work;

/// What stays of a list of user data: the date, the make and the model of the camera, its software.
const KEPT: [&[u8; 4]; 6] = [b"\xa9day", b"\xa9mak", b"\xa9mod", b"\xa9swr", b"\xa9too", b"\xa9enc"];
/// What stays of properties with long names.
const NAMED: [&[u8]; 7] = [
    b"com.apple.quicktime.creationdate",
    b"com.apple.quicktime.make",
    b"com.apple.quicktime.model",
    b"com.apple.quicktime.software",
    b"com.apple.quicktime.full-frame-rate-playback-intent",
    b"com.android.version",
    b"com.android.capture.fps",
];
/// The longest list of names that is read, in bytes.
const MAX_KEYS: u64 = 64 << 10;

/// `udta`. What is no list of boxes goes as a whole.
pub fn user_data(work: &mut Work, udta: &Part) -> Result<(), Stop> {
    whole_or(work, udta, |work| {
        let mut stays = false;
        each(work, udta.content(), &mut |work, part| match &part.kind {
            b"meta" => meta(work, part).map(|()| stays = true),
            kind if KEPT.contains(&kind) => {
                stays = true;
                Ok(())
            }
            _ => drop_box(work, part),
        })?;
        Ok(stays)
    })
}

/// `meta` of a film or track.
pub fn meta(work: &mut Work, meta: &Part) -> Result<(), Stop> {
    whole_or(work, meta, |work| {
        let start = start(work, meta)?;
        let mut names = Vec::new();
        let mut stays = false;
        each(work, (start, meta.end), &mut |work, part| match &part.kind {
            b"hdlr" => Ok(()),
            b"keys" => {
                names = keys(work, part)?;
                Ok(())
            }
            b"ilst" => list(work, part, &names).map(|any| stays |= any),
            _ => drop_box(work, part),
        })?;
        Ok(stays)
    })
}

/// Where the boxes of a `meta` begin: that of QuickTime has no version and flags.
pub fn start(work: &mut Work, meta: &Part) -> Result<u64, Stop> {
    if meta.length() < 12 {
        return Err(DAMAGED);
    }
    Ok(if work.source.array::<4>(meta.body + 4)? == *b"hdlr" { meta.body } else { meta.body + 4 })
}

/// Blanks a box in parts. It goes as a whole if nothing stays, or if it is not understood.
fn whole_or(work: &mut Work, part: &Part, blank: impl FnOnce(&mut Work) -> Result<bool, Stop>) -> Result<(), Stop> {
    let mark = work.mark();
    match blank(work) {
        Ok(true) => Ok(()),
        Ok(false) | Err(DAMAGED | TOO_MUCH) => {
            work.back(mark);
            drop_box(work, part)
        }
        Err(stop) => Err(stop),
    }
}

fn list(work: &mut Work, ilst: &Part, names: &[Vec<u8>]) -> Result<bool, Stop> {
    let mut stays = false;
    each(work, ilst.content(), &mut |work, part| {
        // A number counts from one in the list of names.
        let number = u32::from_be_bytes(part.kind) as usize;
        let name = number.checked_sub(1).and_then(|number| names.get(number));
        if KEPT.contains(&&part.kind) || name.is_some_and(|name| NAMED.contains(&&name[..])) {
            stays = true;
            return Ok(());
        }
        drop_box(work, part)
    })?;
    Ok(stays)
}

/// The names of the properties in `ilst`, in order.
fn keys(work: &mut Work, part: &Part) -> Result<Vec<Vec<u8>>, Stop> {
    if part.length() > MAX_KEYS {
        return Err(TOO_MUCH);
    }
    let block = work.source.block(part.body, part.length())?;
    let mut rest = block.get(8..).ok_or(DAMAGED)?;
    let mut names = Vec::new();
    while let Some(size) = rest.first_chunk().map(|size| u32::from_be_bytes(*size) as usize) {
        names.push(rest.get(8..size).ok_or(DAMAGED)?.to_vec());
        rest = &rest[size..];
    }
    Ok(names)
}
