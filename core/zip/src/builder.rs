//! Makes a manifest from entries.

use crate::{
    error::Refused,
    group::{self, Filling},
    head::NOTE,
    headers::{Described, Directory, Measure},
    index::{Span, Sums},
    time::Time,
    tree::Tree,
};

/// The most bytes of an entry's note.
pub const ENTRY_NOTE: usize = u16::MAX as usize;
/// The longest ZIP. A reader that keeps lengths with a sign would take a longer one for damaged.
const LONGEST: u64 = i64::MAX as u64;

/// One file of a ZIP.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// From 1 to 65,535 bytes, without a slash at the end. [`crate::Names`] makes names that are safe and differ from
    /// each other. Here, any name goes in.
    pub name: &'a str,
    /// The bytes of the file.
    pub size: u64,
    /// The CRC-32 of these bytes.
    pub crc: u32,
    pub time: Time,
    /// What the reader needs to find the bytes, such as a key. It is at most [`ENTRY_NOTE`] bytes long, and does not
    /// show in the ZIP.
    pub note: &'a [u8],
}

/// Makes a manifest, entry by entry.
#[derive(Debug)]
pub struct Builder {
    note: Vec<u8>,
    sums: Sums,
    filling: Filling,
    /// The sums in front of the group that is being filled.
    from: Sums,
    /// All groups behind each other, and the span of each. Positions count from the first group.
    groups: Vec<u8>,
    spans: Vec<Span>,
}

impl Builder {
    /// Begins a manifest. The note is about the whole ZIP, at most [`NOTE`] bytes long, and does not show in the ZIP.
    pub fn new(note: &[u8]) -> Result<Self, Refused> {
        if note.len() > NOTE {
            return Err(Refused::Note);
        }
        Ok(Self {
            note: note.to_vec(),
            sums: Sums::default(),
            filling: Filling::default(),
            from: Sums::default(),
            groups: Vec::new(),
            spans: Vec::new(),
        })
    }

    /// Appends an entry. After a refusal, the builder is as it was.
    pub fn push(&mut self, entry: &Entry<'_>) -> Result<(), Refused> {
        let Entry { name, size, crc, time, note } = *entry;
        let name_length = u16::try_from(name.len()).map_err(|_| Refused::Name)?;
        let note_length = u16::try_from(note.len()).map_err(|_| Refused::Note)?;
        if name.is_empty() || name.ends_with(['/', '\\']) {
            return Err(Refused::Name);
        }
        let measure = Measure { name: name_length, size, has_moment: time.moment.is_some() };
        let sums = group::after(self.sums, measure).ok_or(Refused::Length)?;
        if length(sums).is_none_or(|length| length > LONGEST) {
            return Err(Refused::Length);
        }
        self.filling.push(&Described { name, size, crc, time }, note, [name_length, note_length]);
        self.sums = sums;
        if self.filling.is_full() {
            self.close_group();
        }
        Ok(())
    }

    /// The bytes of the ZIP if it ended here.
    pub fn length(&self) -> u64 {
        length(self.sums).unwrap_or(LONGEST)
    }

    /// How many entries it has.
    pub fn count(&self) -> u64 {
        self.sums.count
    }

    fn close_group(&mut self) {
        let at = self.groups.len() as u64;
        self.filling.write(&mut self.groups);
        let length = u32::try_from(self.groups.len() as u64 - at).unwrap_or(u32::MAX);
        self.spans.push(Span { from: self.from, to: self.sums, at, length });
        self.from = self.sums;
    }

    /// The manifest.
    pub fn finish(mut self) -> Vec<u8> {
        if self.filling.count() > 0 {
            self.close_group();
        }
        Tree::above(self.spans).write(&self.note, self.sums, &self.groups)
    }
}

fn length(sums: Sums) -> Option<u64> {
    let directory = Directory { count: sums.count, at: sums.files, length: sums.directory };
    sums.files.checked_add(sums.directory)?.checked_add(directory.end_length())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry<'a>(name: &'a str, size: u64, note: &'a [u8]) -> Entry<'a> {
        Entry { name, size, crc: 0, time: Time::parse("2024-06-15T14:00:00", None), note }
    }

    #[test]
    fn what_a_zip_cannot_hold_is_refused_and_changes_nothing() {
        let mut builder = Builder::new(b"").unwrap();
        builder.push(&entry("a", 1, b"")).unwrap();
        let before = builder.length();
        let long = "x".repeat(65_536);
        for (refused, why) in [
            (entry("", 1, b""), Refused::Name),
            (entry(&long, 1, b""), Refused::Name),
            (entry("folder/", 1, b""), Refused::Name),
            (entry("folder\\", 1, b""), Refused::Name),
            (entry("b", 1, long.as_bytes()), Refused::Note),
            (entry("b", u64::MAX, b""), Refused::Length),
            (entry("b", LONGEST, b""), Refused::Length),
        ] {
            assert_eq!(builder.push(&refused), Err(why));
            assert_eq!((builder.length(), builder.count()), (before, 1));
        }
        builder.push(&entry(&long[1..], 1, &long.as_bytes()[1..])).unwrap();
        assert_eq!(Builder::new(&[0; NOTE + 1]).err(), Some(Refused::Note));
        assert!(Builder::new(&[0; NOTE]).is_ok());
    }

    #[test]
    fn the_longest_zip_is_the_last_that_is_not_refused() {
        let mut builder = Builder::new(b"").unwrap();
        // Both headers with ZIP64, the end records of ZIP64, and the end record.
        let around = (30 + 1 + 20) + (46 + 1 + 20) + 76 + 22;
        assert_eq!(builder.push(&entry("a", LONGEST - around + 1, b"")), Err(Refused::Length));
        assert_eq!(builder.push(&entry("a", LONGEST - around, b"")), Ok(()));
        assert_eq!(builder.length(), LONGEST);
        assert_eq!(builder.push(&entry("b", 0, b"")), Err(Refused::Length));
    }

    #[test]
    fn the_length_is_known_at_any_time() {
        let mut builder = Builder::new(b"").unwrap();
        assert_eq!(builder.length(), 22);
        for index in 1..=100 {
            builder.push(&entry("a", 10, b"note")).unwrap();
            assert_eq!(builder.length(), 22 + index * (31 + 10 + 47));
        }
    }
}
