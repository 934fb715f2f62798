//! Finds what to blank in an original, so that place, serial numbers, embedded thumbnails and owner names are gone.
//! The length, the pixels and the samples stay as they are. No I/O.
//!
//! - [`examine`] reads the structure of a file, and returns a [`Finding`]: [`Patches`], or why there are none.
//! - [`Finding::encode_for`] and [`Finding::parse_for`] keep it in a column of a database, with the mark of the object.
//! - [`Patches::apply`] blanks what lies in one range of the file. A range of the patched file is therefore the slice
//!   of the patched whole.
//! - [`difference`] gives the CRC-32 of the patched file from that of the original.
//!
//! What is kept is listed, and everything else goes: a list of what is bad would miss what the next camera writes.
//! `docs/PRIVACY.md` has the lists. A file that this crate cannot follow to its end is refused.
//!
//! ```
//! let mut file = b"GIF89a\x01\0\x01\0\0\0\0!\xfe\x05Paris\0;".to_vec();
//! let privacy::Finding::Known(patches) = privacy::examine(&mut &file[..]).unwrap() else { panic!() };
//! patches.apply(0, &mut file);
//! assert_eq!(file, b"GIF89a\x01\0\x01\0\0\0\0!\xfe\x05\0\0\0\0\0\0;");
//! ```

mod block;
mod bmff;
mod coding;
mod gif;
mod jpeg;
mod patches;
mod png;
mod source;
mod sums;
mod tags;
mod tiff;
mod webp;
mod work;
mod xmp;

pub use bmff::{names_coordinate, names_place};
pub use coding::{Finding, MAX_ENCODED, ObjectMark, Unreadable, VERSION};
pub use patches::{Fill, Patch, Patches, Timed};
pub use source::{ReadAt, Refusal};
pub use sums::difference;

use source::{Fused, Source, Stop};
use work::Work;

/// Examines a file. The error is one of reading.
///
/// A file of any length is read in bounded memory. At most four times its bytes are read, and of a film only boxes
/// of metadata, with the tables of its chunks.
pub fn examine<R: ReadAt>(file: &mut R) -> Result<Finding, R::Error> {
    let mut fused = Fused::new(file);
    let result = blank(&mut Work::new(Source::new(&mut fused)));
    if let Some(error) = fused.error {
        return Err(error);
    }
    Ok(match result {
        Ok(patches) => Finding::Known(patches),
        Err(Stop::Refused(refusal)) => Finding::Refused(refusal),
        // Reading fails with an error, which was returned above.
        Err(Stop::Unread) => Finding::Refused(Refusal::Damaged),
    })
}

fn blank(work: &mut Work) -> Result<Patches, Stop> {
    let length = work.source.len();
    let first = work.source.view(0, usize::try_from(length.min(12)).unwrap_or(12))?.to_vec();
    let at = |offset: usize, text: &[u8]| first.get(offset..).is_some_and(|rest| rest.starts_with(text));
    if at(0, b"\xff\xd8\xff") {
        jpeg::blank(work)?;
    } else if at(0, b"\x89PNG\r\n\x1a\n") {
        png::blank(work)?;
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        gif::blank(work)?;
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        webp::blank(work)?;
    } else if [b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"].iter().any(|kind| at(4, *kind)) {
        bmff::blank(work)?;
    } else {
        return Err(Stop::Refused(Refusal::Format));
    }
    Ok(work.finish())
}
