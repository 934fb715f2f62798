//! Walks over a range of a ZIP, and asks for the parts of the manifest that it needs.

use std::{ops::Range, sync::Arc};

use crate::{
    error::Unreadable,
    group::{self, MAX_GROUP, Record},
    headers::Directory,
    index::{self, Bounds, MAX_NODE, Span, Sums},
    manifest::Manifest,
};

/// Literal bytes are joined until there are as many. A literal is at most one header longer.
const LITERAL: usize = 64 << 10;
/// The most bytes of the manifest that are wanted at once.
const READ: u64 = 256 << 10;

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// These bytes of the manifest are wanted: at most 256 KiB. [`Walk::feed`] takes them.
    Read(Range<u64>),
    /// Bytes of the ZIP: at least one, and at most 64 KiB and one header.
    Literal(Vec<u8>),
    /// Bytes of the ZIP that are bytes of a file: at least one.
    Object {
        name: String,
        size: u64,
        crc: u32,
        note: Vec<u8>,
        /// Of the file.
        range: Range<u64>,
    },
    /// The range has ended.
    End,
}

/// A walk over a range of a ZIP. It holds all that it needs, and it is cheap to clone.
///
/// The literals and objects of a walk have as many bytes as its range, unless it ends with [`Unreadable`].
#[derive(Clone, Debug)]
pub struct Walk {
    manifest: Manifest,
    /// What is left of the range. The bytes of `literal` come before it.
    left: Range<u64>,
    literal: Vec<u8>,
    /// The nodes below the root on the way to the current group, and their spans.
    path: Vec<(Span, Arc<[Span]>)>,
    group: Option<(Span, Arc<[Record]>)>,
    /// What was read of the manifest last, and its position.
    block: (u64, Arc<[u8]>),
    wanted: Option<Range<u64>>,
}

/// The part of a ZIP in which a position is.
#[derive(Clone, Copy)]
enum Part {
    Files,
    Directory,
}

impl Part {
    fn of(self, sums: Sums) -> u64 {
        match self {
            Self::Files => sums.files,
            Self::Directory => sums.directory,
        }
    }
}

/// A group of entries, or the part of the manifest that is needed to find it.
enum Found {
    Group(Arc<[Record]>),
    Missing(Range<u64>),
}

impl Manifest {
    /// A walk over the bytes of the ZIP that lie in `range`. What is beyond its end is not there.
    pub fn walk(&self, range: Range<u64>) -> Walk {
        let end = range.end.min(self.length());
        Walk {
            manifest: self.clone(),
            left: range.start.min(end)..end,
            literal: Vec::new(),
            path: Vec::new(),
            group: None,
            block: (0, Arc::default()),
            wanted: None,
        }
    }
}

impl Walk {
    /// The next step. After [`Step::Read`] it is the same step again, until the walk was fed.
    pub fn step(&mut self) -> Result<Step, Unreadable> {
        if let Some(wanted) = &self.wanted {
            return Ok(Step::Read(wanted.clone()));
        }
        let directory = self.manifest.parsed().directory;
        loop {
            if self.left.is_empty() || self.literal.len() >= LITERAL {
                let literal = std::mem::take(&mut self.literal);
                return Ok(if literal.is_empty() { Step::End } else { Step::Literal(literal) });
            }
            let step = match self.left.start.checked_sub(directory.at) {
                None => self.in_files()?,
                Some(position) if position < directory.length => self.in_directory(position)?,
                Some(position) => {
                    let mut end = Vec::new();
                    directory.end(&mut end);
                    self.take(&end, position - directory.length);
                    None
                }
            };
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    /// Takes the bytes that the last [`Step::Read`] asked for.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        let wanted = self.wanted.as_ref().ok_or(Unreadable("nothing was to be read"))?;
        if bytes.len() as u64 != wanted.end - wanted.start {
            return Err(Unreadable("not as many bytes as were to be read"));
        }
        self.block = (wanted.start, bytes.into());
        self.wanted = None;
        Ok(())
    }

    /// Moves bytes into the literal: those of `bytes` from `skip` on, as far as the range goes.
    fn take(&mut self, bytes: &[u8], skip: u64) {
        let rest = usize::try_from(skip).ok().and_then(|skip| bytes.get(skip..)).unwrap_or_default();
        let most = usize::try_from(self.left.end - self.left.start).unwrap_or(usize::MAX);
        let taken = rest.get(..most).unwrap_or(rest);
        self.literal.extend(taken);
        self.left.start += taken.len() as u64;
    }

    /// Goes on among local headers and files.
    fn in_files(&mut self) -> Result<Option<Step>, Unreadable> {
        let records = match self.find(Part::Files, self.left.start)? {
            Found::Group(records) => records,
            Found::Missing(wanted) => return Ok(Some(self.want(wanted))),
        };
        let Range { start, end } = self.left;
        let record = records.get(records.partition_point(|record| record.end() <= start));
        let record = record.ok_or(Unreadable("a group does not have its bytes"))?;
        let position = start - record.sums.files;
        if position < record.local {
            let mut header = Vec::new();
            record.described().local(&mut header);
            self.take(&header, position);
            return Ok(None);
        }
        if !self.literal.is_empty() {
            return Ok(Some(Step::Literal(std::mem::take(&mut self.literal))));
        }
        let first = position - record.local;
        let range = first..record.size.min(first + (end - start));
        self.left.start += range.end - range.start;
        let described = record.described();
        let (name, crc, note) = (described.name.to_owned(), described.crc, record.note().to_vec());
        Ok(Some(Step::Object { name, size: record.size, crc, note, range }))
    }

    /// Goes on in the central directory, at a position there.
    fn in_directory(&mut self, position: u64) -> Result<Option<Step>, Unreadable> {
        let records = match self.find(Part::Directory, position)? {
            Found::Group(records) => records,
            Found::Missing(wanted) => return Ok(Some(self.want(wanted))),
        };
        let next = records.partition_point(|record| record.sums.directory <= position);
        let mut skip = match next.checked_sub(1).and_then(|index| records.get(index)) {
            Some(record) => position - record.sums.directory,
            None => return Err(Unreadable("a group does not have its bytes")),
        };
        let mut header = Vec::new();
        for record in records.get(next - 1..).unwrap_or_default() {
            if self.left.is_empty() || self.literal.len() >= LITERAL {
                break;
            }
            header.clear();
            record.described().central(record.sums.files, &mut header);
            self.take(&header, skip);
            skip = 0;
        }
        Ok(None)
    }

    fn want(&mut self, wanted: Range<u64>) -> Step {
        self.wanted = Some(wanted.clone());
        Step::Read(wanted)
    }

    /// The group with this position of a part, or what has to be read first.
    fn find(&mut self, part: Part, position: u64) -> Result<Found, Unreadable> {
        let (levels, size) = (usize::from(self.manifest.parsed().levels), self.manifest.size());
        let mut row = Arc::clone(&self.manifest.parsed().root);
        for depth in 0..levels {
            let (span, _) = choose(&row, part, position)?;
            if self.path.get(depth).is_none_or(|(known, _)| *known != span) {
                let Some(block) = self.bytes(span) else { return Ok(Found::Missing(span.at..span.end())) };
                let longest = if depth + 1 == levels { MAX_GROUP } else { MAX_NODE };
                let spans = index::read(block, &Bounds { from: span.from, to: span.to, longest, size })?;
                self.path.truncate(depth);
                self.path.push((span, spans.into()));
            }
            row = self.path.get(depth).map(|(_, spans)| Arc::clone(spans)).unwrap_or_default();
        }
        let (span, behind) = choose(&row, part, position)?;
        if let Some((known, records)) = &self.group
            && *known == span
        {
            return Ok(Found::Group(Arc::clone(records)));
        }
        let Some(block) = self.bytes(span) else {
            return Ok(Found::Missing(span.at..self.read_on(part, span, behind)));
        };
        let records: Arc<[Record]> = group::read(block, &span)?.into();
        self.group = Some((span, Arc::clone(&records)));
        Ok(Found::Group(records))
    }

    /// The end of what is read at once: in the directory, also the groups behind that have a part in the range.
    fn read_on(&self, part: Part, first: Span, behind: &[Span]) -> u64 {
        let Directory { at, .. } = self.manifest.parsed().directory;
        let mut end = first.end();
        if let Part::Directory = part {
            for span in behind {
                let is_wanted = at.saturating_add(span.from.directory) < self.left.end;
                if !is_wanted || span.at != end || span.end() - first.at > READ {
                    break;
                }
                end = span.end();
            }
        }
        end
    }

    /// The bytes of a node or a group, if they were read.
    fn bytes(&self, span: Span) -> Option<&[u8]> {
        let within = |at: u64, bytes: &'_ [u8]| {
            let start = usize::try_from(span.at.checked_sub(at)?).ok()?;
            let end = start.checked_add(usize::try_from(span.length).ok()?)?;
            (end <= bytes.len()).then_some(start..end)
        };
        let (at, block) = &self.block;
        let first = self.manifest.first();
        match within(0, first) {
            Some(range) => first.get(range),
            None => block.get(within(*at, block)?),
        }
    }
}

/// The span with this position of a part, and the spans behind it.
fn choose(row: &[Span], part: Part, position: u64) -> Result<(Span, &[Span]), Unreadable> {
    let index = row.partition_point(|span| part.of(span.to) <= position);
    let (span, behind) =
        row.get(index..).and_then(<[Span]>::split_first).ok_or(Unreadable("a place without a span"))?;
    Ok((*span, behind))
}
