//! Tracks: which of them hold metadata in time, such as the place of each second, and where their samples are.

use super::boxes::{Part, each, keep};
use super::samples;
use super::tables::Tables;
use crate::patches::Timed;
use crate::source::{DAMAGED, SHAPE, Stop, TOO_MUCH};
use crate::work::Work;

/// The most tracks of a film. Cameras write up to seven.
const MAX_TRACKS: usize = 256;
/// How much of a track of text is looked at for places, in bytes and samples.
const LOOK: u64 = 64 << 10;
/// The most chunks of tracks that stay.
const MAX_KEPT: u64 = 8 << 20;

/// What stays of the header of a track's media, beside boxes of other boxes.
const MEDIA: &[&[u8; 4]] = &[b"mdhd", b"hdlr", b"elng"];
const INFORMATION: &[&[u8; 4]] = &[b"vmhd", b"smhd", b"hmhd", b"nmhd", b"sthd", b"gmhd", b"hdlr"];
/// The tables of samples: of ISO/IEC 14496-12 section 8, and those of QuickTime (`stps`, `csgm`).
const TABLES: &[&[u8; 4]] = &[
    b"stsd", b"stts", b"ctts", b"cslg", b"stss", b"stps", b"stsh", b"stsz", b"stz2", b"stsc", b"stco", b"co64",
    b"padb", b"stdp", b"sdtp", b"sdep", b"sbgp", b"sgpd", b"csgp", b"csgm", b"subs", b"saiz", b"saio",
];

/// What is known of the tracks of a film.
pub struct Tracks {
    /// The part of the file from which the film's offsets count.
    window: (u64, u64),
    pub timed: Timed,
    /// Whether a track of text stays. It names no place where its tables say that its samples are.
    pub has_text: bool,
    /// The tables of tracks that stay.
    kept: Vec<Tables>,
    /// What was blanked outside of `moov`.
    hidden: Vec<(u64, u64)>,
}

impl Tracks {
    pub const fn new(window: (u64, u64)) -> Self {
        Self { window, timed: Timed::None, has_text: false, kept: Vec::new(), hidden: Vec::new() }
    }

    pub const fn window(&self) -> (u64, u64) {
        self.window
    }

    /// A box at the top of the file was blanked.
    pub fn went(&mut self, part: &Part) {
        self.hide(part.content());
    }

    pub fn hide(&mut self, range: (u64, u64)) {
        self.hidden.push(range);
    }

    /// Refuses a film in which a chunk of a track that stays was blanked: padding that is none, or a list of places
    /// that is wrong.
    pub fn check(&self, work: &mut Work) -> Result<(), Stop> {
        let mut hidden: Vec<(u64, u64)> = self.hidden.iter().copied().filter(|(from, to)| from < to).collect();
        hidden.sort_unstable();
        if hidden.is_empty() {
            return Ok(());
        }
        let mut left = MAX_KEPT;
        for tables in &self.kept {
            let count = tables.chunks(work)?;
            left = left.checked_sub(count).ok_or(TOO_MUCH)?;
            for index in 0..count {
                let place = self.window.0.saturating_add(tables.chunk(work, index)?);
                let after = hidden.partition_point(|(from, _)| *from <= place);
                if after > 0 && hidden[after - 1].1 > place {
                    return Err(SHAPE);
                }
            }
        }
        Ok(())
    }
}

/// `mdia` of a track.
pub fn media(work: &mut Work, mdia: &Part, tracks: &mut Tracks) -> Result<(), Stop> {
    let mut handler = None;
    let mut tables = Tables::default();
    each(work, mdia.content(), &mut |work, part| match &part.kind {
        b"hdlr" if part.length() >= 12 => {
            handler = Some(work.source.array::<4>(part.body + 8)?);
            Ok(())
        }
        b"minf" => each(work, part.content(), &mut |work, part| match &part.kind {
            b"dinf" => references(work, part),
            b"stbl" => each(work, part.content(), &mut |work, part| {
                tables.note(part);
                keep(work, part, TABLES)
            }),
            _ => keep(work, part, INFORMATION),
        }),
        _ => keep(work, part, MEDIA),
    })?;
    let handler = handler.ok_or(DAMAGED)?;
    let is_text = [b"text", b"sbtl", b"subt", b"clcp"].contains(&&handler);
    let stays = match &handler {
        b"vide" | b"soun" | b"auxv" | b"pict" | b"tmcd" | b"hint" => true,
        // Subtitles are a part of a film, but dash cams and drones write their place there.
        _ if is_text => samples::look(work, &tables, tracks.window(), LOOK)?.is_some_and(|text| !names_place(&text)),
        _ => false,
    };
    if stays {
        tracks.has_text |= is_text;
        if tracks.kept.len() == MAX_TRACKS {
            return Err(TOO_MUCH);
        }
        tracks.kept.push(tables);
        return Ok(());
    }
    let mark = work.mark();
    if let Some(ranges) = samples::blank(work, &tables, tracks.window())? {
        tracks.hidden.extend(ranges);
        if tracks.timed == Timed::None {
            tracks.timed = Timed::Blanked;
        }
    } else {
        work.back(mark);
        tracks.timed = Timed::Left;
    }
    Ok(())
}

/// `dinf` says in which file the samples are. An alias of QuickTime names that file with its folders.
pub fn references(work: &mut Work, dinf: &Part) -> Result<(), Stop> {
    each(work, dinf.content(), &mut |work, part| {
        if &part.kind != b"dref" || part.length() < 8 {
            return Ok(());
        }
        each(work, (part.body + 8, part.end), &mut |work, entry| {
            if entry.length() > 4 { work.zero(entry.body + 4, entry.end) } else { Ok(()) }
        })
    })
}

/// Whether a text tells a place: sentences of NMEA, the words GPS and latitude, degrees with minutes, or a number with
/// four digits after its point.
pub fn names_place(text: &[u8]) -> bool {
    let has = |word: &[u8]| memchr::memmem::find(text, word).is_some();
    let is_degree = |part: &[u8]| part.starts_with("°".as_bytes()) && part[2].is_ascii_digit();
    [&b"$G"[..], b"GPS", b"gps", b"atitude"].iter().any(|word| has(word))
        || names_coordinate(text)
        || text.windows(3).any(is_degree)
}

/// Whether a text has a number with four digits after its point, as the coordinates of places have.
pub fn names_coordinate(text: &[u8]) -> bool {
    text.windows(5).any(|part| part[0] == b'.' && part[1..].iter().all(u8::is_ascii_digit))
}
