//! Text that is not compressed.

/// Appends a text as stored blocks.
pub(crate) fn store(text: &[u8], out: &mut Vec<u8>) {
    for piece in text.chunks(usize::from(u16::MAX)) {
        #[allow(clippy::cast_possible_truncation)] // the size of a chunk
        let length = piece.len() as u16;
        out.push(0);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(piece);
    }
}
