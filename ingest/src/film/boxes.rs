//! Boxes in memory (ISO/IEC 14496-12 section 4.2), as they stand in a header.

/// The size and the kind of the box that begins here.
pub fn head(bytes: &[u8]) -> Option<(u32, [u8; 4])> {
    let mut fields = Fields(bytes);
    Some((fields.u32()?, fields.take(4)?.try_into().ok()?))
}

/// The kind and the content of each box. A box that is not whole ends the list.
pub fn each(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (size, kind) = head(bytes)?;
        let size = if size == 0 { bytes.len() } else { usize::try_from(size).ok()? };
        let content = bytes.get(8..size)?;
        bytes = &bytes[size..];
        Some((kind, content))
    })
}

/// The content of the first box of a kind.
pub fn find(bytes: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    each(bytes).find(|(found, _)| *found == kind).map(|(_, content)| content)
}

/// Numbers one after the other, highest byte first.
pub struct Fields<'b>(pub &'b [u8]);

impl<'b> Fields<'b> {
    pub fn take(&mut self, bytes: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(taken)
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.take(4).map(u32_of)
    }

    pub fn u64(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_be_bytes)
    }
}

/// A number of four bytes.
pub fn u32_of(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |value, byte| value << 8 | u32::from(*byte))
}
