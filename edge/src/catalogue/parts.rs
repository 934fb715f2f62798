//! Pieces of parts that were read. They never change, and are kept up to a limit of bytes.

use std::{cell::RefCell, collections::VecDeque, ops::Range};

use bytes::Bytes;
use platform::{Cx, Error, Kind, Platform};

use super::{Found, piece::Piece, shelf::Shelf};

/// The most bytes that an instance keeps. A guest has 128 MB, and a page of a thousand items has some 120 KB.
const MAX_KEPT_BYTES: usize = 4 * 1024 * 1024;

/// The last used at the end.
#[derive(Default)]
pub(super) struct PartCache(RefCell<VecDeque<(Piece, Bytes)>>);

impl PartCache {
    pub async fn read_one<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        shelf: &Shelf,
        part: &str,
        range: Range<u64>,
        is_sound: &dyn Fn(&[u8]) -> bool,
    ) -> Found<Bytes> {
        let pieces = vec![Piece { part: part.to_owned(), range }];
        let pieces = self.read(cx, shelf, pieces, &|_, bytes| is_sound(bytes)).await?;
        Ok(pieces.and_then(|mut pieces| pieces.pop()))
    }

    /// The bytes of each piece. Those that are not known are read at once. `None` if a part is gone. What `is_sound`
    /// refuses is damaged: it is neither returned nor kept, but read once more. It is asked with the number of a piece,
    /// once for each read. It is no type of its own, so that this code is in a program once.
    pub async fn read<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        shelf: &Shelf,
        pieces: Vec<Piece>,
        is_sound: &dyn Fn(usize, &[u8]) -> bool,
    ) -> Found<Vec<Bytes>> {
        let mut known: Vec<Option<Bytes>> = pieces.iter().map(|piece| self.known(piece)).collect();
        let checked = |number: usize, bytes: Bytes| {
            let damaged = || Error::because(Kind::Unavailable, "catalogue.part", "the part came damaged");
            if is_sound(number, &bytes) { Ok(bytes) } else { Err(damaged()) }
        };
        // A host that keeps a damaged piece keeps it for long, so that the second read goes past what is kept.
        for may_be_kept in [true, false] {
            let lacks = pieces.iter().zip(&known).filter(|(_, known)| known.is_none());
            let missing: Vec<Piece> = lacks.map(|(piece, _)| piece.clone()).collect();
            if missing.is_empty() {
                break;
            }
            let Some(read) = shelf.read(cx, &missing, may_be_kept).await? else { return Ok(None) };
            let slots = known.iter_mut().enumerate().filter(|(_, slot)| slot.is_none());
            for ((number, slot), (piece, read)) in slots.zip(missing.into_iter().zip(read)) {
                match read.and_then(|bytes| checked(number, bytes)) {
                    Ok(bytes) => {
                        self.keep(piece, bytes.clone());
                        *slot = Some(bytes);
                    }
                    Err(error) if may_be_kept => cx.record.note(&error),
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(Some(known.into_iter().flatten().collect()))
    }

    fn known(&self, wanted: &Piece) -> Option<Bytes> {
        let mut kept = self.0.borrow_mut();
        let at = kept.iter().position(|(piece, _)| piece == wanted)?;
        let entry = kept.remove(at)?;
        let bytes = entry.1.clone();
        kept.push_back(entry);
        Some(bytes)
    }

    fn keep(&self, piece: Piece, bytes: Bytes) {
        let mut kept = self.0.borrow_mut();
        kept.retain(|(known, _)| *known != piece);
        kept.push_back((piece, bytes));
        let mut held: usize = kept.iter().map(|(_, bytes)| bytes.len()).sum();
        while held > MAX_KEPT_BYTES {
            let Some((_, oldest)) = kept.pop_front() else { return };
            held -= oldest.len();
        }
    }
}
