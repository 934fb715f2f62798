//! The way back, by `miniz_oxide`.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use crate::crc::crc32;
use crate::gzip::{FINAL, HEADER};

const INTO_ONE_TEXT: u32 = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;

/// The text of a gzip member that this crate wrote. `None` if anything is wrong with it, or if the text has more than
/// `max` bytes.
pub fn inflate(gzip: &[u8], max: usize) -> Option<Vec<u8>> {
    let (rest, length) = gzip.strip_prefix(&HEADER)?.split_last_chunk::<4>()?;
    let (deflated, crc) = rest.split_last_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok().filter(|length| *length <= max)?;
    let mut text = vec![0; length];
    let (status, read, written) = decompress(&mut DecompressorOxide::new(), deflated, &mut text, 0, INTO_ONE_TEXT);
    let whole = status == TINFLStatus::Done && read == deflated.len() && written == length;
    (whole && crc32(&text) == u32::from_le_bytes(*crc)).then_some(text)
}

/// The text of raw DEFLATE that ends in a flush, without a final block. `None` if the text has not exactly `length`
/// bytes.
pub fn inflate_block(deflated: &[u8], length: usize) -> Option<Vec<u8>> {
    const MORE: u32 = INTO_ONE_TEXT | inflate_flags::TINFL_FLAG_HAS_MORE_INPUT;
    // A byte more than the text has, so that a full buffer is not the end before the flush is read.
    let mut text = vec![0; length.checked_add(1)?];
    let mut state = DecompressorOxide::new();
    let (status, read, written) = decompress(&mut state, deflated, &mut text, 0, MORE);
    if status != TINFLStatus::NeedsMoreInput || read != deflated.len() || written != length {
        return None;
    }
    // Only between two blocks does the final block end the data.
    let (status, read, written) = decompress(&mut state, &FINAL, &mut text, length, INTO_ONE_TEXT);
    text.truncate(length);
    (status == TINFLStatus::Done && read == FINAL.len() && written == 0).then_some(text)
}
