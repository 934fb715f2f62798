//! Reads objects out of the bucket, from their start to their end.

use privacy::ObjectMark;

use crate::Stop;
use crate::bucket::{Bucket, Piece};
use crate::failure::Failure;

/// How much of an object is in memory at once, in bytes.
const PIECE: u64 = 8 << 20;

/// Reads an object of a size from its start to its end, a piece at a time, and returns its mark. It is an error if the
/// object has another size, or becomes another one while it is read.
pub fn read(
    bucket: &Bucket,
    stop: &Stop,
    object: &str,
    size: u64,
    hear: impl FnMut(u64, &mut [u8]),
) -> Result<ObjectMark, Failure> {
    let fetch = |at| if stop.is_requested() { Err(Failure::Stopped) } else { Ok(bucket.piece(object, at, PIECE)?) };
    read_by(object, size, fetch, hear)
}

fn read_by(
    object: &str,
    size: u64,
    mut fetch: impl FnMut(u64) -> Result<Option<Piece>, Failure>,
    mut hear: impl FnMut(u64, &mut [u8]),
) -> Result<ObjectMark, Failure> {
    let (mut at, mut seen) = (0, None);
    loop {
        let piece = fetch(at)?.ok_or_else(|| Failure::File(format!("{object} is not in the bucket")));
        let Piece { mut bytes, size: there, etag } = piece?;
        let mark = ObjectMark::of(etag.as_deref());
        if seen.is_some_and(|seen| seen != mark) {
            return Err(Failure::File(format!("{object} changed while it was read: run again")));
        }
        if let Some(there) = there.filter(|there| *there != size) {
            return Err(Failure::File(format!(
                "{object} has {there} bytes in the bucket instead of {size}: run doctor"
            )));
        }
        if bytes.len() as u64 != PIECE.min(size - at) {
            return Err(Failure::File(format!("{object} came in part only: run again")));
        }
        seen = Some(mark);
        hear(at, &mut bytes);
        at += bytes.len() as u64;
        if at >= size {
            return Ok(mark);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read of an object: whether it went well, and how many bytes.
    fn of(size: u64, piece: impl Fn(u64) -> Option<Piece>) -> (Result<u32, String>, u64) {
        let mut count = 0;
        let read = read_by(
            "a.jpg",
            size,
            |at| Ok(piece(at)),
            |at, bytes| {
                assert_eq!(at, count);
                count += bytes.len() as u64;
            },
        );
        let read = read.map(ObjectMark::number).map_err(|failure| match failure {
            Failure::File(reason) => reason,
            other => panic!("{other:?}"),
        });
        (read, count)
    }

    /// A piece of an object of zeros.
    fn zeros(at: u64, size: u64, tag: &str) -> Piece {
        let bytes = vec![0; usize::try_from(PIECE.min(size - at)).unwrap()];
        Piece { bytes, size: Some(size), etag: Some(tag.to_owned()) }
    }

    #[test]
    fn an_object_of_any_size_is_read_once() {
        for size in [0, 1, PIECE, PIECE + 1, (5 << 30) + 7] {
            let wanted = Ok(ObjectMark::of(Some("\"a\"")).number());
            assert_eq!(of(size, |at| Some(zeros(at, size, "\"a\""))), (wanted, size));
        }
    }

    #[test]
    fn an_object_that_changes_or_has_another_size_is_left() {
        let size = 2 * PIECE;
        let said = |piece: &dyn Fn(u64) -> Option<Piece>| of(size, piece).0.unwrap_err();
        assert!(said(&|at| Some(zeros(at, size, if at == 0 { "\"a\"" } else { "\"b\"" }))).contains("changed"));
        assert!(said(&|at| Some(zeros(at, size + 1, "\"a\""))).contains("instead of"));
        assert!(said(&|_| None).contains("not in the bucket"));
        assert!(said(&|at| (at == 0).then(|| zeros(at, size, "\"a\""))).contains("not in the bucket"));
        let short = |at| Some(Piece { bytes: vec![0; 9], size: None, ..zeros(at, size, "\"a\"") });
        assert!(said(&short).contains("in part"));
    }
}
