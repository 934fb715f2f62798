//! Plans of ZIPs, and what a server does with them.

#![allow(dead_code, clippy::unwrap_used)] // each test uses a part

pub mod plans;

use std::{
    collections::HashMap,
    io::{Read, Seek, SeekFrom, Write as _},
    ops::Range,
    path::Path,
};

use stored_zip::{Builder, Entry, HEAD, Manifest, Step, Time, Unreadable, Walk};

/// The bytes of a file.
#[derive(Clone, Debug)]
pub enum Content {
    Bytes(Vec<u8>),
    /// As many zeros.
    Zeros(u64),
}

impl Content {
    pub fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Zeros(size) => *size,
        }
    }

    pub fn crc(&self) -> u32 {
        match self {
            Self::Bytes(bytes) => deflate::crc32(bytes),
            Self::Zeros(size) => zeros(*size),
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Zeros(size) => vec![0; usize::try_from(*size).unwrap()],
        }
    }

    fn slice(&self, range: Range<u64>) -> Self {
        match self {
            Self::Bytes(bytes) => {
                let [start, end] = [range.start, range.end].map(|place| usize::try_from(place).unwrap());
                Self::Bytes(bytes[start..end].to_vec())
            }
            Self::Zeros(_) => Self::Zeros(range.end - range.start),
        }
    }
}

/// The CRC-32 of zeros, by doubling.
fn zeros(size: u64) -> u32 {
    let (mut all, mut power, mut length) = (0, deflate::crc32(&[0]), 1);
    let mut rest = size;
    while rest > 0 {
        if rest & 1 == 1 {
            all = deflate::combine(all, power, length);
        }
        power = deflate::combine(power, power, length);
        length *= 2;
        rest >>= 1;
    }
    all
}

#[derive(Clone, Debug)]
pub struct File {
    pub name: String,
    pub content: Content,
    pub crc: u32,
    pub wall_clock: String,
    pub moment: Option<i64>,
    pub note: Vec<u8>,
}

impl File {
    pub fn new(name: &str, content: Content) -> Self {
        let (wall_clock, crc) = ("2024-06-15T14:00:00".to_owned(), content.crc());
        Self { name: name.to_owned(), content, crc, wall_clock, moment: None, note: name.as_bytes().to_vec() }
    }

    /// The moment, if a ZIP tells it.
    pub fn told_moment(&self) -> Option<i32> {
        self.moment.and_then(|moment| i32::try_from(moment).ok()).filter(|moment| *moment >= 0)
    }

    /// The date and time of the DOS fields: year, month, day, hours, minutes, seconds.
    pub fn told_wall_clock(&self) -> [u16; 6] {
        let number = |start: usize, end: usize| self.wall_clock[start..end].parse().unwrap();
        let year = number(0, 4);
        match year {
            ..1980 => [1980, 1, 1, 0, 0, 0],
            1980..2108 => [year, number(5, 7), number(8, 10), number(11, 13), number(14, 16), number(17, 19) / 2 * 2],
            _ => [2107, 12, 31, 23, 59, 58],
        }
    }

    pub fn push(&self, builder: &mut Builder) {
        let Self { name, content, crc, wall_clock, moment, note } = self;
        let time = Time::parse(wall_clock, *moment);
        builder.push(&Entry { name, size: content.size(), crc: *crc, time, note }).unwrap();
    }
}

/// A ZIP, its files and its manifest.
#[derive(Debug)]
pub struct Plan {
    pub files: Vec<File>,
    pub manifest: Vec<u8>,
    pub parsed: Manifest,
    named: HashMap<String, usize>,
}

impl Plan {
    /// The names of the files differ.
    pub fn new(files: Vec<File>) -> Self {
        let mut builder = Builder::new(b"the note").unwrap();
        for file in &files {
            file.push(&mut builder);
        }
        let length = builder.length();
        let manifest = builder.finish();
        let named: HashMap<_, _> = files.iter().enumerate().map(|(index, file)| (file.name.clone(), index)).collect();
        assert_eq!(named.len(), files.len(), "names differ");
        let parsed = parse(&manifest).unwrap();
        assert_eq!(parsed.length(), length);
        assert_eq!(parsed.count(), files.len() as u64);
        assert_eq!(parsed.size(), manifest.len() as u64);
        assert_eq!(parsed.note(), b"the note");
        Self { files, manifest, parsed, named }
    }

    pub fn length(&self) -> u64 {
        self.parsed.length()
    }

    /// Where the central directory begins: behind the last file, whose header is as long as its name and time make it.
    pub fn directory_at(&self) -> u64 {
        let header = |file: &File| {
            let is_long = file.content.size() >= u64::from(u32::MAX);
            let has_moment = file.told_moment().is_some();
            30 + file.name.len() as u64 + if is_long { 20 } else { 0 } + if has_moment { 9 } else { 0 }
        };
        self.files.iter().map(|file| header(file) + file.content.size()).sum()
    }

    /// Gives each piece of a range and its place in the ZIP. Each step is what it may be.
    pub fn pieces(&self, range: Range<u64>, mut each: impl FnMut(u64, &Content)) {
        let mut at = range.start;
        let mut was_literal = false;
        let mut walk = self.parsed.walk(range);
        walked(&mut walk, &self.manifest, |step| {
            let content = match step {
                Step::Literal(bytes) => {
                    assert!(!bytes.is_empty() && bytes.len() < (64 << 10) + (66 << 10));
                    assert!(!was_literal, "literals are joined");
                    // A full one may be followed by another.
                    was_literal = bytes.len() < 64 << 10;
                    Content::Bytes(bytes)
                }
                Step::Object { name, size, crc, note, range } => {
                    let file = &self.files[self.named[&name]];
                    assert_eq!((size, &note), (file.content.size(), &file.note));
                    assert_eq!(crc, file.crc);
                    assert!(!range.is_empty() && range.end <= size);
                    was_literal = false;
                    file.content.slice(range)
                }
                Step::Read(_) | Step::End => unreachable!(),
            };
            each(at, &content);
            at += content.size();
        })
        .unwrap();
    }

    pub fn bytes(&self, range: Range<u64>) -> Vec<u8> {
        let mut out = Vec::new();
        self.pieces(range, |_, content| match content {
            Content::Bytes(bytes) => out.extend(bytes),
            Content::Zeros(size) => out.resize(out.len() + usize::try_from(*size).unwrap(), 0),
        });
        out
    }

    pub fn whole(&self) -> Vec<u8> {
        let whole = self.bytes(0..u64::MAX);
        assert_eq!(whole.len() as u64, self.length());
        whole
    }

    /// Writes the ZIP. Zeros are holes in the file.
    pub fn write(&self, path: &Path) {
        let mut file = std::fs::File::create(path).unwrap();
        let length = self.length();
        file.set_len(length).unwrap();
        let mut end = 0;
        self.pieces(0..u64::MAX, |at, content| {
            assert_eq!(at, end);
            end += content.size();
            if let Content::Bytes(bytes) = content {
                file.seek(SeekFrom::Start(at)).unwrap();
                file.write_all(bytes).unwrap();
            }
        });
        assert_eq!(end, length);
    }
}

/// The bytes of a ZIP, of which each read is a range of its own.
#[derive(Clone)]
pub struct Reader<'p> {
    pub plan: &'p Plan,
    pub at: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let bytes = self.plan.bytes(self.at..self.at + buffer.len() as u64);
        buffer[..bytes.len()].copy_from_slice(&bytes);
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.plan.length().checked_add_signed(by).unwrap(),
            SeekFrom::Current(by) => self.at.checked_add_signed(by).unwrap(),
        };
        Ok(self.at)
    }
}

pub fn parse(manifest: &[u8]) -> Result<Manifest, Unreadable> {
    Manifest::parse(&manifest[..manifest.len().min(usize::try_from(HEAD).unwrap())])
}

/// What a walk has read of a manifest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    pub reads: u64,
    pub bytes: u64,
}

/// Goes through all steps. Those of reading are answered from the manifest.
pub fn walked(walk: &mut Walk, manifest: &[u8], mut each: impl FnMut(Step)) -> Result<Cost, Unreadable> {
    let mut cost = Cost::default();
    loop {
        match walk.step()? {
            Step::Read(range) => {
                assert_eq!(walk.step()?, Step::Read(range.clone()), "the same until it is fed");
                cost.reads += 1;
                cost.bytes += range.end - range.start;
                assert!(range.end - range.start <= 256 << 10 && range.end <= manifest.len() as u64);
                let [start, end] = [range.start, range.end].map(|place| usize::try_from(place).unwrap());
                walk.feed(&manifest[start..end])?;
            }
            Step::End => return Ok(cost),
            step => each(step),
        }
    }
}
