//! The directories of TIFF (TIFF 6.0 section 2), as far as they say what a file is and where its previews lie.

use std::io::{Read, Seek, SeekFrom};

/// The most entries of a directory, and values of an entry, that are read.
const MAX_ENTRIES: u16 = 1024;
const MAX_VALUES: u32 = 4096;
/// The most directories of a file.
const MAX_DIRECTORIES: usize = 64;

pub const COMPRESSION: u16 = 259;
pub const PHOTOMETRIC: u16 = 262;
pub const MAKE: u16 = 271;
pub const STRIP_OFFSETS: u16 = 273;
pub const ORIENTATION: u16 = 274;
pub const STRIP_LENGTHS: u16 = 279;
pub const TILE_OFFSETS: u16 = 324;
pub const TILE_LENGTHS: u16 = 325;
pub const JPEG_OFFSET: u16 = 513;
pub const JPEG_LENGTH: u16 = 514;
pub const DNG_VERSION: u16 = 50706;
pub const COLOUR_MAP: u16 = 320;
/// Panasonic's preview.
pub const JPEG_FROM_RAW: u16 = 46;
const SUB_IFDS: u16 = 330;
const EXIF_IFD: u16 = 34665;

/// An entry: its type, the number of its values, and its four bytes, which are the values or where they are.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    kind: u16,
    pub count: u32,
    bytes: [u8; 4],
    /// Where its four bytes lie in the file.
    pub at: u64,
}

/// A directory: its entries by tag.
pub type Directory = Vec<(u16, Entry)>;

pub fn find(directory: &Directory, tag: u16) -> Option<Entry> {
    directory.iter().find(|(found, _)| *found == tag).map(|(_, entry)| *entry)
}

/// Reads the directories of a file.
pub struct Tiff<R> {
    reader: R,
    is_little: bool,
    first: u32,
}

impl<R: Read + Seek> Tiff<R> {
    /// `None` if the file is no TIFF. Olympus and Panasonic write another number in place of 42.
    pub fn open(mut reader: R) -> Option<Self> {
        let mut head = [0; 8];
        reader.seek(SeekFrom::Start(0)).ok()?;
        reader.read_exact(&mut head).ok()?;
        let is_little = match &head[..4] {
            b"II*\0" | b"IIRO" | b"IIRS" | b"IIU\0" => true,
            b"MM\0*" | b"MMOR" => false,
            _ => return None,
        };
        let mut tiff = Self { reader, is_little, first: 0 };
        tiff.first = tiff.u32(*head.last_chunk()?);
        Some(tiff)
    }

    fn u16(&self, bytes: [u8; 2]) -> u16 {
        if self.is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) }
    }

    fn u32(&self, bytes: [u8; 4]) -> u32 {
        if self.is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }
    }

    fn bytes<const COUNT: usize>(&mut self, at: u64) -> Option<[u8; COUNT]> {
        let mut bytes = [0; COUNT];
        self.reader.seek(SeekFrom::Start(at)).ok()?;
        self.reader.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    /// The directories: the chain of the first, and those below each.
    pub fn directories(&mut self) -> Vec<Directory> {
        let mut all = Vec::new();
        let mut seen = Vec::new();
        let mut next = vec![self.first];
        while let Some(at) = next.pop() {
            if at == 0 || seen.contains(&at) || all.len() == MAX_DIRECTORIES {
                continue;
            }
            seen.push(at);
            let Some((directory, following)) = self.directory(at) else { continue };
            let mut below = vec![following];
            for tag in [SUB_IFDS, EXIF_IFD] {
                below.extend(find(&directory, tag).map(|entry| self.numbers(entry)).unwrap_or_default());
            }
            next.extend(below.into_iter().rev());
            all.push(directory);
        }
        all
    }

    fn directory(&mut self, at: u32) -> Option<(Directory, u32)> {
        let at = u64::from(at);
        let count = self.bytes(at)?;
        let count = self.u16(count).min(MAX_ENTRIES);
        let mut directory = Directory::with_capacity(usize::from(count));
        for index in 0..u64::from(count) {
            let at = at + 2 + index * 12;
            let [tag, kind] = [self.bytes(at)?, self.bytes(at + 2)?].map(|bytes| self.u16(bytes));
            let count = self.bytes(at + 4)?;
            let entry = Entry { kind, count: self.u32(count), bytes: self.bytes(at + 8)?, at: at + 8 };
            directory.push((tag, entry));
        }
        let next = self.bytes(at + 2 + u64::from(count) * 12).unwrap_or_default();
        Some((directory, self.u32(next)))
    }

    /// The values of an entry of SHORT, LONG or IFD.
    pub fn numbers(&mut self, entry: Entry) -> Vec<u32> {
        let count = entry.count.min(MAX_VALUES);
        let size = match entry.kind {
            3 => 2,
            4 | 13 => 4,
            _ => return Vec::new(),
        };
        let mut all = entry.bytes.to_vec();
        if count * size > 4 {
            all = vec![0; (count * size) as usize];
            let at = self.u32(entry.bytes);
            let read = self.reader.seek(SeekFrom::Start(at.into())).and_then(|_| self.reader.read_exact(&mut all));
            if read.is_err() {
                return Vec::new();
            }
        }
        let values = all.chunks_exact(size as usize).map(|bytes| match bytes {
            [a, b] => u32::from(self.u16([*a, *b])),
            [a, b, c, d] => self.u32([*a, *b, *c, *d]),
            _ => 0,
        });
        values.take(count as usize).collect()
    }

    pub fn number(&mut self, entry: Entry) -> Option<u32> {
        self.numbers(entry).first().copied()
    }

    /// Where the bytes of an entry lie that are not numbers, and how many there are.
    pub fn place(&self, entry: Entry) -> (u64, u64) {
        let at = if entry.count <= 4 { entry.at } else { self.u32(entry.bytes).into() };
        (at, entry.count.into())
    }

    /// The text of an entry of ASCII.
    pub fn text(&mut self, entry: Entry) -> String {
        let (at, count) = self.place(entry);
        let mut text = Vec::new();
        if self.reader.seek(SeekFrom::Start(at)).is_ok() {
            let _ = self.reader.by_ref().take(count.min(64)).read_to_end(&mut text);
        }
        String::from_utf8_lossy(&text).trim_end_matches('\0').trim().to_owned()
    }
}

/// The orientation that a TIFF file or block asks for (1 to 8). 1 if it says nothing sound.
pub fn orientation(block: &[u8]) -> u8 {
    let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    let found = Tiff::open(std::io::Cursor::new(block)).and_then(|mut tiff| {
        let first = tiff.directories().into_iter().next()?;
        tiff.number(find(&first, ORIENTATION)?)
    });
    found.and_then(|value| u8::try_from(value).ok()).filter(|value| (1..=8).contains(value)).unwrap_or(1)
}
