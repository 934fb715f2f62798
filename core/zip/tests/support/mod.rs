//! Plans of ZIPs, and what a server does with them.

#![allow(dead_code, clippy::unwrap_used)] // each test uses a part

pub mod plans;

use std::{collections::HashMap, ops::Range};

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

    fn slice(&self, range: Range<u64>) -> Vec<u8> {
        let [start, end] = [range.start, range.end].map(|place| usize::try_from(place).unwrap());
        match self {
            Self::Bytes(bytes) => bytes[start..end].to_vec(),
            Self::Zeros(_) => vec![0; end - start],
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
    pub wall_clock: String,
    pub moment: Option<i64>,
    pub note: Vec<u8>,
}

impl File {
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        let wall_clock = "2024-06-15T14:00:00".to_owned();
        let content = Content::Bytes(bytes.to_vec());
        Self { name: name.to_owned(), content, wall_clock, moment: None, note: name.as_bytes().to_vec() }
    }

    pub fn push(&self, builder: &mut Builder) {
        let Self { name, content, wall_clock, moment, note } = self;
        let time = Time::parse(wall_clock, *moment);
        builder.push(&Entry { name, size: content.size(), crc: content.crc(), time, note }).unwrap();
    }
}

/// A ZIP, its files and its manifest.
#[derive(Debug)]
pub struct Plan {
    pub files: Vec<File>,
    pub manifest: Vec<u8>,
}

impl Plan {
    pub fn new(files: Vec<File>) -> Self {
        let mut builder = Builder::new(b"the note").unwrap();
        for file in &files {
            file.push(&mut builder);
        }
        let length = builder.length();
        let manifest = builder.finish();
        let plan = Self { files, manifest };
        let parsed = plan.parse();
        assert_eq!(parsed.length(), length);
        assert_eq!(parsed.count(), plan.files.len() as u64);
        assert_eq!(parsed.size(), plan.manifest.len() as u64);
        assert_eq!(parsed.note(), b"the note");
        plan
    }

    pub fn parse(&self) -> Manifest {
        parse(&self.manifest).unwrap()
    }

    /// The bytes of a range, and that each step is what it may be.
    pub fn bytes(&self, range: Range<u64>) -> Vec<u8> {
        let files: HashMap<&str, &File> = self.files.iter().map(|file| (&*file.name, file)).collect();
        assert_eq!(files.len(), self.files.len(), "names differ");
        let mut out = Vec::new();
        let mut was_literal = false;
        let mut walk = self.parse().walk(range);
        walked(&mut walk, &self.manifest, |step| match step {
            Step::Literal(bytes) => {
                assert!(!bytes.is_empty() && bytes.len() < (64 << 10) + (66 << 10));
                assert!(!was_literal || out.len() >= 64 << 10, "literals are joined");
                was_literal = true;
                out.extend(bytes);
            }
            Step::Object { name, size, crc, note, range } => {
                let file = files[&*name];
                assert_eq!((size, &note), (file.content.size(), &file.note));
                assert_eq!(crc, file.content.crc());
                assert!(!range.is_empty() && range.end <= size);
                was_literal = false;
                out.extend(file.content.slice(range));
            }
            Step::Read(_) | Step::End => unreachable!(),
        })
        .unwrap();
        out
    }

    pub fn whole(&self) -> Vec<u8> {
        let whole = self.bytes(0..u64::MAX);
        assert_eq!(whole.len() as u64, self.parse().length());
        whole
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
