//! A [`Finding`] as bytes, for a column of a database.
//!
//! The first byte is the version. The second is 0 for patches, or says why there are none. After it, patches have
//! the byte for [`Timed`], the length of the file, the number of patches, and for each patch: its distance from the
//! end of the one before, its length times two (plus one for a run), and its bytes (one for a run). Numbers are
//! LEB128. The last four bytes are the CRC-32 of all others, in little-endian. In a column, the CRC-32 of the object's
//! tag follows.

use std::fmt;

use crate::patches::{Fill, Patch, Patches, Timed};
use crate::source::Refusal;

/// The most bytes of an encoded finding. An examination never makes more: see the limits in `work.rs`.
pub const MAX_ENCODED: usize = 256 << 10;

/// The first byte of an encoded finding. It changes with the coding, and when what is blanked changes so much that
/// originals are to be examined anew.
pub const VERSION: u8 = 3;
/// The first version with this coding. What it found holds until the original is examined anew: a gallery gives its
/// originals meanwhile.
const OLDEST: u8 = 2;
const CHECK: usize = 4;

/// The mark of an object in a store, by its `ETag`: what was found in one file must not be blanked in another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectMark(u32);

impl ObjectMark {
    /// Of the tag as the store gives it. A store that gives none has one mark for all objects.
    pub fn of(tag: Option<&str>) -> Self {
        let tag = tag.unwrap_or_default();
        Self(deflate::crc32(tag.strip_prefix("W/").unwrap_or(tag).as_bytes()))
    }

    pub const fn number(self) -> u32 {
        self.0
    }

    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }
}

/// What an examination found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The patched file names nothing, unless [`Patches::timed`] says otherwise.
    Known(Patches),
    /// Whoever must not see places does not get this original.
    Refused(Refusal),
}

/// These bytes are no finding, or one of a later version, or damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the patches cannot be read")
    }
}

impl std::error::Error for Unreadable {}

impl Finding {
    /// The patches, if the patched file may go to who must not see places.
    pub fn safe(&self) -> Option<&Patches> {
        match self {
            Self::Known(patches) if patches.timed() != Timed::Left => Some(patches),
            _ => None,
        }
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        match self {
            Self::Refused(refusal) => out.push(number_of(*refusal)),
            Self::Known(patches) => {
                out.extend([
                    0,
                    match patches.timed {
                        Timed::None => 0,
                        Timed::Blanked => 1,
                        Timed::Left => 2,
                    },
                ]);
                write(&mut out, patches.length);
                write(&mut out, patches.list.len() as u64);
                let mut end = 0;
                for patch in &patches.list {
                    write(&mut out, patch.offset - end);
                    end = patch.end();
                    // A run is shorter than the file, and files have less than 2^63 bytes.
                    match &patch.fill {
                        Fill::Run { byte, length } => {
                            write(&mut out, length << 1 | 1);
                            out.push(*byte);
                        }
                        Fill::Bytes(bytes) => {
                            write(&mut out, (bytes.len() as u64) << 1);
                            out.extend(bytes);
                        }
                    }
                }
            }
        }
        out.extend(deflate::crc32(&out).to_le_bytes());
        out
    }

    /// The finding about the file that is in this object.
    pub fn encode_for(&self, object: ObjectMark) -> Vec<u8> {
        let mut out = self.encode();
        out.extend(object.0.to_le_bytes());
        out
    }

    /// A finding, and the object that it is about.
    pub fn parse_for(encoded: &[u8]) -> Result<(Self, ObjectMark), Unreadable> {
        let (finding, mark) = encoded.split_last_chunk().ok_or(Unreadable)?;
        Ok((Self::parse(finding)?, ObjectMark(u32::from_le_bytes(*mark))))
    }

    pub fn parse(encoded: &[u8]) -> Result<Self, Unreadable> {
        if encoded.len() > MAX_ENCODED {
            return Err(Unreadable);
        }
        let (mut rest, check) = encoded.split_last_chunk::<CHECK>().ok_or(Unreadable)?;
        if deflate::crc32(rest) != u32::from_le_bytes(*check) || !(OLDEST..=VERSION).contains(&byte(&mut rest)?) {
            return Err(Unreadable);
        }
        let finding = match byte(&mut rest)? {
            0 => Self::Known(patches(&mut rest)?),
            number => Self::Refused(refusal_of(number).ok_or(Unreadable)?),
        };
        if rest.is_empty() { Ok(finding) } else { Err(Unreadable) }
    }
}

fn patches(rest: &mut &[u8]) -> Result<Patches, Unreadable> {
    let timed = match byte(rest)? {
        0 => Timed::None,
        1 => Timed::Blanked,
        2 => Timed::Left,
        _ => return Err(Unreadable),
    };
    let length = read(rest)?;
    let count = read(rest)?;
    // Each has three bytes at least, so that no memory is taken for patches that are not there.
    if length > i64::MAX as u64 || count > rest.len() as u64 / 3 {
        return Err(Unreadable);
    }
    let mut list = Vec::new();
    let mut end = 0_u64;
    for _ in 0..count {
        let offset = end.checked_add(read(rest)?).ok_or(Unreadable)?;
        let size = read(rest)?;
        let fill = if size & 1 == 1 {
            Fill::Run { byte: byte(rest)?, length: size >> 1 }
        } else {
            let taken = usize::try_from(size >> 1).ok().and_then(|length| rest.split_at_checked(length));
            let (bytes, after) = taken.ok_or(Unreadable)?;
            *rest = after;
            Fill::Bytes(bytes.to_vec())
        };
        let patch = Patch { offset, fill };
        end = offset.checked_add(patch.length()).filter(|end| *end <= length).ok_or(Unreadable)?;
        if patch.length() == 0 {
            return Err(Unreadable);
        }
        list.push(patch);
    }
    Ok(Patches { list, length, timed })
}

const fn number_of(refusal: Refusal) -> u8 {
    match refusal {
        Refusal::Format => 1,
        Refusal::Damaged => 2,
        Refusal::TooMuch => 3,
        Refusal::Shape => 4,
    }
}

fn refusal_of(number: u8) -> Option<Refusal> {
    let all = [Refusal::Format, Refusal::Damaged, Refusal::TooMuch, Refusal::Shape];
    all.into_iter().find(|refusal| number_of(*refusal) == number)
}

fn byte(rest: &mut &[u8]) -> Result<u8, Unreadable> {
    let (first, after) = rest.split_first().ok_or(Unreadable)?;
    *rest = after;
    Ok(*first)
}

#[allow(clippy::cast_possible_truncation)] // seven bits
fn write(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Only the shortest form of a number is one.
fn read(rest: &mut &[u8]) -> Result<u64, Unreadable> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let next = byte(rest)?;
        let bits = u64::from(next & 0x7f);
        if (shift == 63 && bits > 1) || (shift > 0 && next == 0) {
            return Err(Unreadable);
        }
        number |= bits << shift;
        if next < 0x80 {
            return Ok(number);
        }
    }
    Err(Unreadable)
}
