//! The ISO base media file format (ISO/IEC 14496-12) and QuickTime: films, and the pictures of HEIF and AVIF.
//!
//! A box that must go becomes `free`, and all zeros. No box moves, so that the places of samples stay right.

mod boxes;
mod items;
mod movie;
mod pictures;
mod properties;
mod samples;
mod tables;
mod tracks;

use crate::patches::Timed;
use crate::source::{DAMAGED, SHAPE, Stop, TOO_MUCH};
use crate::work::Work;
use tracks::Tracks;

pub use tracks::{names_coordinate, names_place};

/// The most boxes at the top. A film in fragments has two for each second.
const MAX_BOXES: usize = 100_000;

/// Boxes that tell of a film, and end none that lies within another file.
const OURS: [&[u8; 4]; 4] = [b"meta", b"uuid", b"udta", b"emsg"];

/// Blanks a file that is one of boxes.
pub fn blank(work: &mut Work) -> Result<(), Stop> {
    let end = work.source.len();
    top(work, (0, end), true).map(|_| ())
}

/// Blanks a film that begins within another file, such as that of a motion photo. Returns where it ends: before the
/// first bytes that are no box of a film.
pub fn blank_within(work: &mut Work, start: u64) -> Result<u64, Stop> {
    let end = work.source.len();
    top(work, (start, end), false)
}

fn top(work: &mut Work, (start, end): (u64, u64), is_file: bool) -> Result<u64, Stop> {
    let mut tracks = Tracks::new((start, end));
    let (mut at, mut shows, mut in_fragments) = (start, false, false);
    for _ in 0..MAX_BOXES {
        let part = match boxes::next(work, at, end) {
            Ok(Some(part)) => part,
            Ok(None) => {
                if is_file {
                    work.zero(at, end)?;
                    at = end;
                }
                break;
            }
            Err(DAMAGED) if !is_file => break,
            Err(stop) => return Err(stop),
        };
        match &part.kind {
            b"ftyp" if work.source.array::<4>(part.body)? == *b"crx " => return Err(SHAPE),
            // A size of zero means the rest of the file, which within another file is not the film's alone.
            _ if !is_file && part.is_open => break,
            b"ftyp" | b"styp" | b"pdin" | b"mdat" | b"wide" | b"mfra" | b"sidx" | b"ssix" | b"prft" => {}
            b"free" | b"skip" => {
                tracks.went(&part);
                work.zero(part.body, part.end)?;
            }
            b"moov" => {
                movie::blank(work, &part, &mut tracks)?;
                shows = true;
            }
            b"moof" => {
                movie::fragment(work, &part)?;
                in_fragments = true;
            }
            b"meta" if is_file && pictures::is_here(work, &part)? => {
                pictures::blank(work, &part)?;
                shows = true;
            }
            // The film of a motion photo in HEIF.
            b"mpvd" if is_file => {
                let mark = work.mark();
                match top(work, part.content(), false) {
                    Ok(end) => work.zero(end, part.end)?,
                    Err(Stop::Unread) => return Err(Stop::Unread),
                    Err(Stop::Refused(_)) => {
                        work.back(mark);
                        boxes::drop_box(work, &part)?;
                    }
                }
            }
            // A picture in one small box. No camera writes it yet.
            b"mini" => return Err(SHAPE),
            _ if is_file || OURS.contains(&&part.kind) => {
                tracks.went(&part);
                boxes::drop_box(work, &part)?;
            }
            _ => break,
        }
        at = part.end;
        if at == end {
            break;
        }
    }
    if at != end && is_file {
        return Err(TOO_MUCH);
    }
    if !shows {
        return Err(DAMAGED);
    }
    tracks.check(work)?;
    // The samples of fragments are not in the tables: neither those to blank, nor those of a text that tells places.
    let is_left = in_fragments && (tracks.timed == Timed::Blanked || tracks.has_text);
    let timed = if is_left { Timed::Left } else { tracks.timed };
    work.timed = worse(work.timed, timed);
    Ok(at)
}

/// What a file may be said to be that has both.
const fn worse(one: Timed, other: Timed) -> Timed {
    match (one, other) {
        (Timed::Left, _) | (_, Timed::Left) => Timed::Left,
        (Timed::Blanked, _) | (_, Timed::Blanked) => Timed::Blanked,
        _ => Timed::None,
    }
}
