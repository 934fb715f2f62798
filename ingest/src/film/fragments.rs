//! A fragmented MP4 of one track as playlists name it: where its parts lie, how long they last and which codec it has
//! (ISO/IEC 14496-12 section 8.8, ISO/IEC 23000-19).
//!
//! The file is one that ffmpeg has written for us. It is read with a few reads a fragment, and never as a whole.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::boxes::{self, Fields};

/// The largest header that is kept in memory, in bytes: a second of film has about one kilobyte.
const MAX_HEADER: u64 = 64 << 20;

/// A track in a file of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// The bytes of the initialization section: from the beginning of the file.
    pub init: u64,
    /// Ticks a second.
    pub timescale: u32,
    /// The ticks before the presentation begins: the delay of the encoder, which players leave out.
    pub lead: u64,
    /// As in RFC 6381 section 3.
    pub codec: String,
    /// Of a sound; 0 for pictures.
    pub channels: u16,
    pub fragments: Vec<Fragment>,
}

/// A `moof` and its `mdat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    pub offset: u64,
    pub bytes: u64,
    /// When its first sample is shown, in ticks, before [`Track::lead`] is taken off. Groups of pictures are closed, so
    /// no other is shown before it.
    pub start: u64,
    pub duration: u64,
    /// The bytes from the beginning of the fragment to the end of its first sample.
    pub first: u64,
    /// The longest time that one of its samples is shown, in ticks.
    pub longest: u64,
    /// Whether decoding may begin with the first sample.
    pub is_sync: bool,
}

impl Track {
    /// Seconds of the presentation.
    pub fn duration(&self) -> f64 {
        self.fragments.last().map_or(0.0, |last| self.seconds(last.start + last.duration))
    }

    /// The longest time that one picture stands, in seconds.
    #[allow(clippy::cast_precision_loss)] // far below 2^52 ticks
    pub fn longest(&self) -> f64 {
        let ticks = self.fragments.iter().map(|fragment| fragment.longest).max().unwrap_or_default();
        ticks as f64 / f64::from(self.timescale)
    }

    /// The moment of the presentation at which a time in ticks lies, in seconds.
    #[allow(clippy::cast_precision_loss)] // far below 2^52 ticks
    pub fn seconds(&self, ticks: u64) -> f64 {
        ticks.saturating_sub(self.lead) as f64 / f64::from(self.timescale)
    }
}

/// Reads a file, and marks it as CMAF. The error says what is wrong with it.
pub fn read(path: &Path) -> Result<Track, String> {
    let mut file =
        OpenOptions::new().read(true).write(true).open(path).map_err(|error| format!("it cannot be read: {error}"))?;
    let length = file.metadata().map_err(|error| error.to_string())?.len();
    brand(&mut file)?;
    let mut at = 0;
    let mut defaults = Defaults::default();
    let mut track: Option<Track> = None;
    // A `moof` whose `mdat` has not come yet, and where what belongs to it begins.
    let (mut pending, mut begins) = (None::<Fragment>, None::<u64>);
    while at < length {
        let (kind, size, header) = head(&mut file, at, length)?;
        match &kind {
            b"moov" => {
                let bytes = content(&mut file, at + header, size - header)?;
                let (read, found) = movie_of(&bytes, at + size)?;
                (track, defaults) = (Some(read), found);
            }
            b"moof" => {
                let bytes = content(&mut file, at + header, size - header)?;
                let from = *begins.get_or_insert(at);
                let fragment = fragment_of(&bytes, &defaults).ok_or("a fragment's header is damaged")?;
                pending = Some(Fragment { offset: from, first: fragment.first + (at - from), ..fragment });
            }
            b"mdat" => {
                let fragment = pending.take().ok_or("media without a header")?;
                let bytes = at + size - fragment.offset;
                if fragment.first > bytes {
                    return Err("a fragment's first picture is not in it".to_owned());
                }
                begins = None;
                track.as_mut().ok_or("no header before the media")?.fragments.push(Fragment { bytes, ..fragment });
            }
            // A `styp` or `sidx` belongs to the fragment behind it.
            _ if track.is_some() && begins.is_none() => begins = Some(at),
            _ => {}
        }
        at += size;
    }
    let track = track.filter(|track| !track.fragments.is_empty()).ok_or("there is nothing in it")?;
    if pending.is_some() {
        return Err("its last fragment is not whole".to_owned());
    }
    Ok(track)
}

/// Writes CMAF's brands into the first box, in the room that is there.
fn brand(file: &mut File) -> Result<(), String> {
    const BRANDS: [&[u8; 4]; 3] = [b"iso6", b"cmfc", b"mp41"];
    let length = file.metadata().map_err(|error| error.to_string())?.len();
    let (kind, size, header) = head(file, 0, length)?;
    if kind != *b"ftyp" || header != 8 || !(20..=1024).contains(&size) || size % 4 != 0 {
        return Err("it does not begin as an MP4 file does".to_owned());
    }
    let mut brands = Vec::from(*b"iso6\0\0\0\0");
    for slot in 0..usize::try_from(size - 16).unwrap_or_default() / 4 {
        brands.extend_from_slice(BRANDS[slot % BRANDS.len()]);
    }
    if content(file, 8, size - 8)? != brands {
        file.seek(SeekFrom::Start(8)).and_then(|_| file.write_all(&brands)).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// The kind, the size and the length of the header of the box at a place.
fn head(file: &mut File, at: u64, length: u64) -> Result<([u8; 4], u64, u64), String> {
    let cut = || "it is cut short".to_owned();
    let first = content(file, at, 8.min(length - at))?;
    let (size, kind) = boxes::head(&first).ok_or_else(cut)?;
    let (size, header) = match size {
        0 => (length - at, 8),
        1 => {
            let large = content(file, at + 8, 8.min(length.saturating_sub(at + 8)))?;
            (u64::from_be_bytes(large.try_into().map_err(|_| cut())?), 16)
        }
        size => (u64::from(size), 8),
    };
    if size < header || size > length - at {
        return Err(cut());
    }
    Ok((kind, size, header))
}

fn content(file: &mut File, at: u64, bytes: u64) -> Result<Vec<u8>, String> {
    if bytes > MAX_HEADER {
        return Err("one of its headers is too large".to_owned());
    }
    let mut content = vec![0; usize::try_from(bytes).unwrap_or_default()];
    file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut content)).map_err(|error| error.to_string())?;
    Ok(content)
}

/// What holds for samples whose fragments do not say it (`trex`).
#[derive(Clone, Copy, Default)]
struct Defaults {
    duration: u32,
    size: u32,
    flags: u32,
}

/// `moov`: the track without fragments.
fn movie_of(moov: &[u8], init: u64) -> Result<(Track, Defaults), String> {
    let damaged = || "its header is damaged".to_owned();
    let track = boxes::find(moov, *b"trak").ok_or_else(damaged)?;
    let media = boxes::find(track, *b"mdia").ok_or_else(damaged)?;
    let timescale = boxes::find(media, *b"mdhd").and_then(timescale).filter(|ticks| *ticks > 0).ok_or_else(damaged)?;
    let lead = boxes::find(track, *b"edts").and_then(|edits| boxes::find(edits, *b"elst")).map_or(Some(0), lead);
    let lead = lead.ok_or_else(|| "its sound or its pictures begin too late".to_owned())?;
    let table = boxes::find(media, *b"minf").and_then(|part| boxes::find(part, *b"stbl")).ok_or_else(damaged)?;
    let (codec, channels) = boxes::find(table, *b"stsd").and_then(codec).ok_or("its codec is not known")?;
    let defaults = boxes::find(moov, *b"mvex").and_then(|part| boxes::find(part, *b"trex")).and_then(|trex| {
        let mut fields = Fields(trex.get(12..)?);
        Some(Defaults { duration: fields.u32()?, size: fields.u32()?, flags: fields.u32()? })
    });
    Ok((Track { init, timescale, lead, codec, channels, fragments: Vec::new() }, defaults.unwrap_or_default()))
}

fn timescale(mdhd: &[u8]) -> Option<u32> {
    let skipped = if *mdhd.first()? == 1 { 20 } else { 12 };
    Fields(mdhd.get(skipped..)?).u32()
}

/// The media time of the only edit. `None` if the track is to begin with a pause.
fn lead(elst: &[u8]) -> Option<u64> {
    let version = *elst.first()?;
    let mut fields = Fields(elst.get(4..)?);
    if fields.u32()? != 1 {
        return None;
    }
    if version == 1 {
        fields.u64()?;
        i64::from_be_bytes(fields.u64()?.to_be_bytes()).try_into().ok()
    } else {
        fields.u32()?;
        i32::from_be_bytes(fields.u32()?.to_be_bytes()).try_into().ok()
    }
}

/// The codec of the first sample entry, and its channels. H.264 (ISO/IEC 14496-15 section 5.3.3) and AAC (ISO/IEC
/// 14496-3) are known.
fn codec(stsd: &[u8]) -> Option<(String, u16)> {
    let (kind, entry) = boxes::each(stsd.get(8..)?).next()?;
    match &kind {
        b"avc1" => {
            let [_, profile, constraints, level] = boxes::find(entry.get(78..)?, *b"avcC")?.first_chunk()?;
            Some((format!("avc1.{profile:02x}{constraints:02x}{level:02x}"), 0))
        }
        b"mp4a" => {
            let descriptor = boxes::find(entry.get(28..)?, *b"esds")?;
            let channels = u16::from_be_bytes(entry.get(16..18)?.try_into().ok()?);
            Some((format!("mp4a.40.{}", audio_object_type(descriptor.get(4..)?)?), channels))
        }
        _ => None,
    }
}

/// The object type in the decoder's configuration, which is the descriptor with tag 5 inside of 3 and 4.
fn audio_object_type(mut rest: &[u8]) -> Option<u8> {
    loop {
        let tag = *rest.first()?;
        rest = rest.get(1..)?;
        // The length has seven bits a byte.
        while *rest.first()? & 0x80 != 0 {
            rest = rest.get(1..)?;
        }
        rest = rest.get(1..)?;
        rest = match tag {
            3 => rest.get(3..)?,
            4 => rest.get(13..)?,
            5 => return Some(rest.first()? >> 3),
            _ => return None,
        };
    }
}

/// `moof`, with one track. `offset` and `bytes` are not known yet; `first` counts from the beginning of the `moof`.
fn fragment_of(moof: &[u8], defaults: &Defaults) -> Option<Fragment> {
    let track = boxes::find(moof, *b"traf")?;
    let mut header = Fields(boxes::find(track, *b"tfhd")?);
    let flags = header.u32()? & 0x00ff_ffff;
    header.u32()?;
    let mut optional =
        |flag: u32, bytes: usize| if flags & flag == 0 { Some(None) } else { header.take(bytes).map(Some) };
    optional(1, 8)?;
    optional(2, 4)?;
    let mut value = |flag: u32, default: u32| Some(optional(flag, 4)?.map_or(default, boxes::u32_of));
    let (duration, size, sample_flags) =
        (value(8, defaults.duration)?, value(0x10, defaults.size)?, value(0x20, defaults.flags)?);
    let time = boxes::find(track, *b"tfdt")?;
    let decoded =
        if *time.first()? == 1 { Fields(time.get(4..)?).u64()? } else { u64::from(Fields(time.get(4..)?).u32()?) };
    let (mut total, mut longest, mut first) = (0, 0, None);
    for (kind, run) in boxes::each(track) {
        if kind != *b"trun" {
            continue;
        }
        let mut fields = Fields(run);
        let flags = fields.u32()? & 0x00ff_ffff;
        let count = fields.u32()?;
        let offset = if flags & 1 == 0 { None } else { Some(fields.u32()?) };
        let is_signed = *run.first()? == 1;
        let first_flags = if flags & 4 == 0 { None } else { Some(fields.u32()?) };
        for index in 0..count {
            let mut value = |flag: u32, default: u32| if flags & flag == 0 { Some(default) } else { fields.u32() };
            let lasts = u64::from(value(0x100, duration)?);
            total += lasts;
            longest = longest.max(lasts);
            let size = value(0x200, size)?;
            let own_flags = value(0x400, sample_flags)?;
            let delay = value(0x800, 0)?;
            if index == 0 && first.is_none() {
                let is_sync = first_flags.unwrap_or(own_flags) & 0x1_0000 == 0;
                let start = if is_signed {
                    decoded.saturating_add_signed(i32::from_be_bytes(delay.to_be_bytes()).into())
                } else {
                    decoded + u64::from(delay)
                };
                first = Some((u64::from(offset?) + u64::from(size), start, is_sync));
            }
        }
    }
    let (first, start, is_sync) = first?;
    Some(Fragment { offset: 0, bytes: 0, start, duration: total, longest, first, is_sync })
}
