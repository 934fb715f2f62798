//! `moov` and `moof`: what plays a film stays, and what tells of it goes.

use super::boxes::{Part, drop_box, each, keep};
use super::properties;
use super::tracks::{self, Tracks};
use crate::source::{SHAPE, Stop};
use crate::work::Work;

/// Says that a film is all around its viewer, and how it is projected (Spherical Video V1).
const SPHERICAL: [u8; 16] =
    [0xff, 0xcc, 0x82, 0x63, 0xf8, 0x55, 0x4a, 0x93, 0x88, 0x14, 0x58, 0x7a, 0x02, 0x52, 0x1f, 0xdd];
/// The most bytes of such a box.
const MAX_SPHERICAL: u64 = 4096;
/// What stays of a fragment of a track.
const FRAGMENT: &[&[u8; 4]] =
    &[b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd", b"csgp", b"subs", b"saiz", b"saio", b"senc"];
/// The most places in a list of blocks of GPS data: one for each second of three hours.
const MAX_BLOCKS: u64 = 10_800;

pub fn blank(work: &mut Work, moov: &Part, tracks: &mut Tracks) -> Result<(), Stop> {
    each(work, moov.content(), &mut |work, part| match &part.kind {
        b"mvhd" | b"iods" | b"mvex" | b"pssh" | b"clip" | b"ctab" => Ok(()),
        b"trak" => track(work, part, tracks),
        b"udta" => properties::user_data(work, part),
        b"meta" => properties::meta(work, part),
        b"free" | b"skip" => work.zero(part.body, part.end),
        // A compressed film header.
        b"cmov" => Err(SHAPE),
        b"gps " => {
            blocks(work, part, tracks)?;
            drop_box(work, part)
        }
        _ => drop_box(work, part),
    })
}

fn track(work: &mut Work, trak: &Part, tracks: &mut Tracks) -> Result<(), Stop> {
    each(work, trak.content(), &mut |work, part| match &part.kind {
        b"tkhd" | b"edts" | b"tref" | b"tapt" | b"clip" | b"matt" | b"load" | b"imap" | b"trgr" | b"strk" => Ok(()),
        b"mdia" => tracks::media(work, part, tracks),
        b"udta" => properties::user_data(work, part),
        b"meta" => properties::meta(work, part),
        b"free" | b"skip" => work.zero(part.body, part.end),
        b"uuid" if part.length() <= MAX_SPHERICAL && starts(work, part, &SPHERICAL)? => Ok(()),
        _ => drop_box(work, part),
    })
}

/// `moof`. The places of its samples are left alone.
pub fn fragment(work: &mut Work, moof: &Part) -> Result<(), Stop> {
    each(work, moof.content(), &mut |work, part| match &part.kind {
        b"mfhd" | b"pssh" => Ok(()),
        b"traf" => each(work, part.content(), &mut |work, part| keep(work, part, FRAGMENT)),
        b"free" | b"skip" => work.zero(part.body, part.end),
        _ => drop_box(work, part),
    })
}

/// The list of the blocks of GPS data that some dash cams write between the samples (offset and size of each).
fn blocks(work: &mut Work, part: &Part, tracks: &mut Tracks) -> Result<(), Stop> {
    let (start, end) = tracks.window();
    let count = part.length().saturating_sub(8) / 8;
    if count > MAX_BLOCKS {
        return Err(SHAPE);
    }
    for number in 0..count {
        let entry = part.body + 8 + 8 * number;
        let from = start + u64::from(work.source.u32(entry)?);
        let to = from + u64::from(work.source.u32(entry + 4)?);
        if from < to && to <= end {
            tracks.hide((from, to));
            work.zero(from, to)?;
        }
    }
    Ok(())
}

fn starts(work: &mut Work, part: &Part, bytes: &[u8; 16]) -> Result<bool, Stop> {
    Ok(part.length() >= 16 && work.source.array::<16>(part.body)? == *bytes)
}
