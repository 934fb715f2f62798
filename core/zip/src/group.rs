//! Groups of entries, the leaves of a manifest.
//!
//! A group is a row of records of 26 bytes, the name and the note of each entry behind each other, and a CRC-32. A
//! record is: size (u64), CRC-32 (u32), time and date as DOS has them (u32), moment (i32), flags (u16: 1 if the moment
//! is known), length of the name (u16), length of the note (u16).

use crate::{
    error::Unreadable,
    fields::{Fields, SEAL, seal, unseal},
    headers::{Described, Measure},
    index::{Span, Sums},
    time::Time,
};

/// The most entries of a group.
pub const ENTRIES: usize = 32;
/// A group that has as many bytes takes no further entry.
pub const FULL: usize = 16 << 10;
const RECORD: usize = 26;
/// The most bytes of a group: one that is almost full, and then the longest entry.
pub const MAX_GROUP: u64 = (FULL + RECORD + 2 * u16::MAX as usize + SEAL) as u64;
const HAS_MOMENT: u16 = 1;

/// One entry in a group.
#[derive(Clone, Debug)]
pub struct Record {
    /// What comes before it.
    pub sums: Sums,
    /// The bytes of its local header.
    pub local: u64,
    pub size: u64,
    crc: u32,
    time: Time,
    name: String,
    note: Vec<u8>,
}

impl Record {
    pub fn described(&self) -> Described<'_> {
        Described { name: &self.name, size: self.size, crc: self.crc, time: self.time }
    }

    pub fn note(&self) -> &[u8] {
        &self.note
    }

    /// Behind its last byte in the ZIP. [`read`] has found that there is such a place.
    pub fn end(&self) -> u64 {
        self.sums.files.saturating_add(self.local).saturating_add(self.size)
    }
}

/// A group that is being filled.
#[derive(Debug, Default)]
pub struct Filling {
    records: Vec<u8>,
    texts: Vec<u8>,
}

impl Filling {
    pub fn count(&self) -> usize {
        self.records.len() / RECORD
    }

    pub fn is_full(&self) -> bool {
        self.count() == ENTRIES || self.records.len() + self.texts.len() >= FULL
    }

    /// The lengths are those of `described.name` and of `note`.
    pub fn push(&mut self, described: &Described<'_>, note: &[u8], [name_length, note_length]: [u16; 2]) {
        let Time { dos, moment } = described.time;
        self.records.extend(described.size.to_le_bytes());
        self.records.extend(described.crc.to_le_bytes());
        self.records.extend(dos.to_le_bytes());
        self.records.extend(moment.unwrap_or_default().to_le_bytes());
        self.records.extend(if moment.is_some() { HAS_MOMENT } else { 0 }.to_le_bytes());
        self.records.extend(name_length.to_le_bytes());
        self.records.extend(note_length.to_le_bytes());
        self.texts.extend(described.name.as_bytes());
        self.texts.extend(note);
    }

    /// Appends the group, and begins a new one.
    pub fn write(&mut self, out: &mut Vec<u8>) {
        let start = out.len();
        out.append(&mut self.records);
        out.append(&mut self.texts);
        seal(out, start);
    }
}

/// The entries of the group that `span` points to.
///
/// Their lengths add up to the span's.
pub fn read(block: &[u8], span: &Span) -> Result<Vec<Record>, Unreadable> {
    let bytes = unseal(block)?;
    let count = usize::try_from(span.to.count.saturating_sub(span.from.count)).unwrap_or(usize::MAX);
    if count > ENTRIES {
        return Err(Unreadable("a group of too many entries"));
    }
    let (records, texts) = bytes.split_at_checked(count * RECORD).ok_or(Unreadable("a block ends early"))?;
    let (mut fields, mut texts) = (Fields(records), Fields(texts));
    let mut entries = Vec::with_capacity(count);
    let mut sums = span.from;
    for _ in 0..count {
        let (size, crc, dos) = (fields.u64()?, fields.u32()?, fields.u32()?);
        let moment = i32::from_le_bytes(fields.u32()?.to_le_bytes());
        let moment = (fields.u16()? & HAS_MOMENT != 0).then_some(moment);
        let [name_length, note_length] = [fields.u16()?, fields.u16()?];
        let name = str::from_utf8(texts.bytes(usize::from(name_length))?);
        let name = name.map_err(|_| Unreadable("a name is not UTF-8"))?.to_owned();
        let note = texts.bytes(usize::from(note_length))?.to_vec();
        let measure = Measure { name: name_length, size, has_moment: moment.is_some() };
        let local = measure.local();
        entries.push(Record { sums, local, size, crc, time: Time { dos, moment }, name, note });
        sums = after(sums, measure).ok_or(Unreadable("the sizes of a group are too large"))?;
    }
    if sums != span.to || !texts.0.is_empty() {
        return Err(Unreadable("a group does not fit to its node"));
    }
    Ok(entries)
}

/// The sums behind one more entry.
pub fn after(sums: Sums, measure: Measure) -> Option<Sums> {
    Some(Sums {
        files: sums.files.checked_add(measure.local())?.checked_add(measure.size)?,
        directory: sums.directory.checked_add(measure.central(sums.files))?,
        count: sums.count.checked_add(1)?,
    })
}
