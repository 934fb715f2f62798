//! A TIFF block of EXIF. What is kept is written into an empty block at the place where it was, so that nothing
//! survives that no kept entry names: notes of makers, thumbnails, values of dropped entries, what lies between.

use crate::tags;

/// The bytes of an entry of a directory (TIFF 6.0 section 2).
const ENTRY: usize = 12;
/// The most entries of a directory. Cameras write some fifty.
const MAX_ENTRIES: usize = 1024;

/// The block of the same length that is left. It is all zeros if nothing is, or if the block is no TIFF.
pub fn strip(old: &[u8]) -> Vec<u8> {
    let mut new = vec![0; old.len()];
    if copy(old, &mut new).is_none() {
        new.fill(0);
    }
    new
}

fn copy(old: &[u8], new: &mut [u8]) -> Option<()> {
    let is_big = match old.get(..4)? {
        b"II*\0" => false,
        b"MM\0*" => true,
        _ => return None,
    };
    let tiff = Tiff { old, is_big };
    let first = tiff.u32(4)? as usize;
    tiff.directory(first, tags::IMAGE, new)?;
    new[..8].copy_from_slice(&old[..8]);
    Some(())
}

struct Tiff<'a> {
    old: &'a [u8],
    is_big: bool,
}

impl Tiff<'_> {
    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = *self.old.get(at..)?.first_chunk()?;
        Some(if self.is_big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let bytes = *self.old.get(at..)?.first_chunk()?;
        Some(if self.is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    /// Copies the listed entries of a directory, and their values. The directory gets shorter, and no other follows
    /// it: the next one would be that of the thumbnail. `None` if nothing is left of it.
    fn directory(&self, at: usize, listed: &[u16], new: &mut [u8]) -> Option<()> {
        let count = usize::from(self.u16(at)?);
        let table = at.checked_add(2)?;
        // The header is not to be written over.
        if at < 8 || count > MAX_ENTRIES || table + count * ENTRY > self.old.len() {
            return None;
        }
        let mut kept: Vec<u8> = Vec::new();
        let mut seen = Vec::new();
        for entry in self.old[table..table + count * ENTRY].chunks_exact(ENTRY) {
            // A tag counts once: directories that name each other many times would take much time.
            let tag = &entry[..2];
            if seen.contains(&tag) || !listed.contains(&self.tag(entry)) {
                continue;
            }
            seen.push(tag);
            if self.value(entry, new).is_some() {
                kept.extend_from_slice(entry);
            }
        }
        let number = u16::try_from(kept.len() / ENTRY).ok().filter(|number| *number > 0)?;
        new[at..table].copy_from_slice(&if self.is_big { number.to_be_bytes() } else { number.to_le_bytes() });
        let end = table + kept.len();
        new[table..end].copy_from_slice(&kept);
        // The offset of the next directory. Some files end before it.
        let next = (end + 4).min(new.len());
        new[end..next].fill(0);
        Some(())
    }

    fn tag(&self, entry: &[u8]) -> u16 {
        let bytes = [entry[0], entry[1]];
        if self.is_big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    /// Copies the value of an entry, or what it points to. `None` if the entry does not stay.
    fn value(&self, entry: &[u8], new: &mut [u8]) -> Option<()> {
        let entry = Tiff { old: entry, is_big: self.is_big };
        let (tag, kind, count) = (entry.u16(0)?, entry.u16(2)?, entry.u32(4)?);
        let target = entry.u32(8)? as usize;
        match tag {
            tags::EXIF => return self.directory(target, tags::PHOTO, new),
            tags::INTEROPERABILITY => return self.directory(target, tags::EXCHANGE, new),
            _ => {}
        }
        let size = match kind {
            // 129 is text in UTF-8, of Exif 3.0.
            1 | 2 | 6 | 7 | 129 => 1,
            3 | 8 => 2,
            4 | 9 | 11 => 4,
            5 | 10 | 12 => 8,
            _ => return None,
        };
        let length = size * usize::try_from(count).ok().filter(|count| *count <= tags::most(tag))?;
        if length > 4 {
            let end = target.checked_add(length).filter(|_| length <= tags::most(tag))?;
            new.get_mut(target..end)?.copy_from_slice(self.old.get(target..end)?);
        }
        Some(())
    }
}
