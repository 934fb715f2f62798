//! The structures of a ZIP around the files: PKWARE's APPNOTE.TXT, version 6.3.10.

use crate::time::Time;

/// Version 2.0: what readers of any age ask for. With ZIP64 it is 4.5 (APPNOTE 4.4.3.2).
const NEEDS: u16 = 20;
const NEEDS_ZIP64: u16 = 45;
/// Unix, version 3.0, which is what Info-ZIP writes (APPNOTE 4.4.2).
const MADE_BY: u16 = u16::from_be_bytes([3, 30]);
/// A regular file that its owner may write and all may read.
const ATTRIBUTES: u32 = 0o100_644 << 16;
/// Bit 11: names are UTF-8 (APPNOTE 4.4.4).
const FLAGS: u16 = 1 << 11;
const STORED: u16 = 0;
/// What stands in a field whose number is in a field of ZIP64.
const ELSEWHERE: u32 = u32::MAX;
const COUNT_ELSEWHERE: u16 = u16::MAX;

const LOCAL: u64 = 30;
const CENTRAL: u64 = 46;
/// Header, flags, seconds: Info-ZIP's `extrafld.txt`, "Extended Timestamp Extra Field".
const UT: u64 = 9;
const END: u64 = 22;
const END_ZIP64: u64 = 56 + 20;
/// The size of APPNOTE 4.3.14.1: without the first 12 bytes.
const END_ZIP64_SIZE: u64 = 56 - 12;

/// What the headers of one entry say.
#[derive(Clone, Copy, Debug)]
pub struct Described<'n> {
    pub name: &'n str,
    pub size: u64,
    pub crc: u32,
    pub time: Time,
}

/// The numbers on which the lengths of the headers depend.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// Of the name, in bytes.
    pub name: u16,
    pub size: u64,
    pub has_moment: bool,
}

/// A number in 32 bits, or that it is elsewhere. The largest number of 32 bits is the sign itself.
fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(ELSEWHERE)
}

fn is_long(number: u64) -> bool {
    number >= u64::from(ELSEWHERE)
}

impl Measure {
    fn moment(self) -> u64 {
        if self.has_moment { UT } else { 0 }
    }

    /// The bytes of the local header.
    pub fn local(self) -> u64 {
        let sizes = if is_long(self.size) { 4 + 16 } else { 0 };
        LOCAL + u64::from(self.name) + sizes + self.moment()
    }

    /// The bytes of the header in the central directory, for an entry whose local header starts at `offset`.
    pub fn central(self, offset: u64) -> u64 {
        CENTRAL + u64::from(self.name) + zip64_length(self.size, offset) + self.moment()
    }
}

/// The extra field of ZIP64 in the central directory: only what does not fit (APPNOTE 4.5.3).
fn zip64_length(size: u64, offset: u64) -> u64 {
    let numbers = if is_long(size) { 16 } else { 0 } + if is_long(offset) { 8 } else { 0 };
    if numbers == 0 { 0 } else { 4 + numbers }
}

impl Described<'_> {
    fn name_length(&self) -> u16 {
        // The builder and the reader let no longer name in.
        u16::try_from(self.name.len()).unwrap_or(u16::MAX)
    }

    /// From the flags to the length of the name: what both headers have in common.
    fn common(&self, extra: u64, out: &mut Vec<u8>) {
        out.extend(FLAGS.to_le_bytes());
        out.extend(STORED.to_le_bytes());
        // The time comes before the date: both together are a number of 32 bits.
        out.extend(self.time.dos.to_le_bytes());
        out.extend(self.crc.to_le_bytes());
        let size = short(self.size).to_le_bytes();
        out.extend(size);
        out.extend(size);
        out.extend(self.name_length().to_le_bytes());
        out.extend(u16::try_from(extra).unwrap_or(u16::MAX).to_le_bytes());
    }

    fn moment(&self, out: &mut Vec<u8>) {
        if let Some(moment) = self.time.moment {
            out.extend(b"UT\x05\0\x01");
            out.extend(moment.to_le_bytes());
        }
    }

    fn measure(&self) -> Measure {
        Measure { name: self.name_length(), size: self.size, has_moment: self.time.moment.is_some() }
    }

    /// Appends the local header (APPNOTE 4.3.7).
    pub fn local(&self, out: &mut Vec<u8>) {
        let is_long = is_long(self.size);
        out.extend(b"PK\x03\x04");
        out.extend(if is_long { NEEDS_ZIP64 } else { NEEDS }.to_le_bytes());
        self.common(self.measure().local() - LOCAL - u64::from(self.name_length()), out);
        out.extend(self.name.as_bytes());
        if is_long {
            out.extend(b"\x01\0\x10\0");
            out.extend(self.size.to_le_bytes());
            out.extend(self.size.to_le_bytes());
        }
        self.moment(out);
    }

    /// Appends the header in the central directory (APPNOTE 4.3.12), for a local header at `offset`.
    pub fn central(&self, offset: u64, out: &mut Vec<u8>) {
        let zip64 = zip64_length(self.size, offset);
        out.extend(b"PK\x01\x02");
        out.extend(MADE_BY.to_le_bytes());
        out.extend(if zip64 > 0 { NEEDS_ZIP64 } else { NEEDS }.to_le_bytes());
        self.common(self.measure().central(offset) - CENTRAL - u64::from(self.name_length()), out);
        // Length of the comment, number of the disk, internal attributes.
        out.extend([0; 6]);
        out.extend(ATTRIBUTES.to_le_bytes());
        out.extend(short(offset).to_le_bytes());
        out.extend(self.name.as_bytes());
        if zip64 > 0 {
            out.extend(b"\x01\0");
            out.extend(u16::try_from(zip64 - 4).unwrap_or(u16::MAX).to_le_bytes());
            if is_long(self.size) {
                out.extend(self.size.to_le_bytes());
                out.extend(self.size.to_le_bytes());
            }
            if is_long(offset) {
                out.extend(offset.to_le_bytes());
            }
        }
        self.moment(out);
    }
}

/// The central directory, as the end of a ZIP describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directory {
    pub count: u64,
    /// Its first byte in the ZIP.
    pub at: u64,
    pub length: u64,
}

impl Directory {
    fn is_long(self) -> bool {
        self.count >= u64::from(COUNT_ELSEWHERE) || is_long(self.at) || is_long(self.length)
    }

    /// The bytes of everything behind the directory.
    pub fn end_length(self) -> u64 {
        END + if self.is_long() { END_ZIP64 } else { 0 }
    }

    /// Appends the end record, and in front of it those of ZIP64 if a number needs them (APPNOTE 4.3.14 to 4.3.16).
    pub fn end(self, out: &mut Vec<u8>) {
        if self.is_long() {
            out.extend(b"PK\x06\x06");
            out.extend(END_ZIP64_SIZE.to_le_bytes());
            out.extend(MADE_BY.to_le_bytes());
            out.extend(NEEDS_ZIP64.to_le_bytes());
            // The number of this disk, and of that with the directory.
            out.extend([0; 8]);
            for number in [self.count, self.count, self.length, self.at] {
                out.extend(number.to_le_bytes());
            }
            out.extend(b"PK\x06\x07\0\0\0\0");
            out.extend(self.at.wrapping_add(self.length).to_le_bytes());
            out.extend(1_u32.to_le_bytes());
        }
        out.extend(b"PK\x05\x06\0\0\0\0");
        let count = u16::try_from(self.count).unwrap_or(COUNT_ELSEWHERE).to_le_bytes();
        out.extend(count);
        out.extend(count);
        out.extend(short(self.length).to_le_bytes());
        out.extend(short(self.at).to_le_bytes());
        out.extend([0; 2]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDGES: [u64; 7] = [0, 1, u32::MAX as u64 - 1, u32::MAX as u64, u32::MAX as u64 + 1, 1 << 40, i64::MAX as u64];

    #[test]
    fn each_header_is_as_long_as_it_was_measured() {
        for size in EDGES {
            for offset in EDGES {
                for moment in [None, Some(7)] {
                    let time = Time::parse("2024-06-15T14:00:00", moment);
                    let described = Described { name: "Frühling.jpg", size, crc: 1, time };
                    let [mut local, mut central] = [Vec::new(), Vec::new()];
                    described.local(&mut local);
                    described.central(offset, &mut central);
                    assert_eq!(local.len() as u64, described.measure().local());
                    assert_eq!(central.len() as u64, described.measure().central(offset));
                }
            }
        }
    }

    #[test]
    fn each_end_is_as_long_as_it_was_measured() {
        for count in [0, 1, 65534, 65535, 65536, 1 << 33] {
            for at in EDGES {
                for length in EDGES {
                    let directory = Directory { count, at, length };
                    let mut end = Vec::new();
                    directory.end(&mut end);
                    assert_eq!(end.len() as u64, directory.end_length());
                    let long = u64::from(u32::MAX);
                    assert_eq!(end.starts_with(b"PK\x06\x06"), count >= 65535 || at >= long || length >= long);
                }
            }
        }
    }

    #[test]
    fn an_empty_zip_is_its_end_record() {
        let mut end = Vec::new();
        Directory { count: 0, at: 0, length: 0 }.end(&mut end);
        assert_eq!(end, b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    }

    #[test]
    fn a_local_header_is_byte_for_byte_as_the_specification_has_it() {
        let mut out = Vec::new();
        let time = Time::parse("2024-06-15T14:00:08", Some(0x0102_0304));
        Described { name: "a", size: 5, crc: 0x1122_3344, time }.local(&mut out);
        let wanted = b"PK\x03\x04\x14\0\0\x08\0\0\x04\x70\xcf\x58\x44\x33\x22\x11\x05\0\0\0\x05\0\0\0\x01\0\x09\0a\
            UT\x05\0\x01\x04\x03\x02\x01";
        assert_eq!(out.escape_ascii().to_string(), wanted.escape_ascii().to_string());
    }
}
