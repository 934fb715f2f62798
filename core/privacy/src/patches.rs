//! Patches: what the bytes of a file are replaced with.

/// Bytes from an offset on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    pub offset: u64,
    pub fill: Fill,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fill {
    /// One byte, this many times.
    Run {
        byte: u8,
        length: u64,
    },
    Bytes(Vec<u8>),
}

impl Patch {
    pub const fn length(&self) -> u64 {
        match &self.fill {
            Fill::Run { length, .. } => *length,
            Fill::Bytes(bytes) => bytes.len() as u64,
        }
    }

    pub const fn end(&self) -> u64 {
        self.offset.saturating_add(self.length())
    }

    /// Without its first bytes.
    fn after(mut self, offset: u64) -> Self {
        let cut = offset.saturating_sub(self.offset).min(self.length());
        self.offset += cut;
        match &mut self.fill {
            Fill::Run { length, .. } => *length -= cut,
            Fill::Bytes(bytes) => drop(bytes.drain(..usize::try_from(cut).unwrap_or(usize::MAX).min(bytes.len()))),
        }
        self
    }
}

/// What became of tracks that hold metadata in time, such as the place of each second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timed {
    /// There are none.
    #[default]
    None,
    /// The patches blank every sample of every such track. The tracks stay, and say nothing.
    Blanked,
    /// There are such tracks, and their samples are not blanked: the original must not go out like this.
    Left,
}

/// The patches of one file, in order. No two overlap, none is empty, and none goes beyond the file's end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patches {
    pub(crate) list: Vec<Patch>,
    /// The length of the file, in bytes.
    pub(crate) length: u64,
    pub(crate) timed: Timed,
}

impl Patches {
    /// Sorts patches. Where two overlap, the one that begins first stays, or else the one that came first.
    pub(crate) fn new(mut raw: Vec<Patch>, length: u64, timed: Timed) -> Self {
        raw.sort_by_key(|patch| patch.offset);
        let mut list: Vec<Patch> = Vec::with_capacity(raw.len());
        let mut end = 0;
        for patch in raw {
            let patch = patch.after(end);
            if patch.length() == 0 {
                continue;
            }
            end = patch.end();
            match (list.last_mut().map(|last| (last.end(), &mut last.fill)), &patch.fill) {
                (Some((at, Fill::Run { byte, length })), Fill::Run { byte: next, length: more })
                    if at == patch.offset && byte == next =>
                {
                    *length += more;
                }
                (Some((at, Fill::Bytes(bytes))), Fill::Bytes(more)) if at == patch.offset => bytes.extend(more),
                _ => list.push(patch),
            }
        }
        Self { list, length, timed }
    }

    /// The patches in the order of their offsets.
    pub fn iter(&self) -> impl Iterator<Item = &Patch> {
        self.list.iter()
    }

    /// Whether there is nothing to blank: the patched file is the original.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The length of the file that they are for, in bytes.
    pub const fn file_length(&self) -> u64 {
        self.length
    }

    /// What became of metadata in time. Only with [`Timed::Left`] the patched file may still name places.
    pub const fn timed(&self) -> Timed {
        self.timed
    }

    /// Blanks a part of the file: `buffer` holds its bytes from `offset` on. Parts may be of any length.
    pub fn apply(&self, offset: u64, buffer: &mut [u8]) {
        let end = offset.saturating_add(buffer.len() as u64);
        let first = self.list.partition_point(|patch| patch.end() <= offset);
        for patch in self.list[first..].iter().take_while(|patch| patch.offset < end) {
            let from = patch.offset.max(offset);
            let to = patch.end().min(end);
            // Both lie in the buffer, so that they fit.
            let place = |at: u64, start: u64| usize::try_from(at - start).unwrap_or(usize::MAX);
            let target = &mut buffer[place(from, offset)..place(to, offset)];
            match &patch.fill {
                Fill::Run { byte, .. } => target.fill(*byte),
                Fill::Bytes(bytes) => {
                    target.copy_from_slice(&bytes[place(from, patch.offset)..place(to, patch.offset)]);
                }
            }
        }
    }
}
