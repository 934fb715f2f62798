//! Gives items of earlier versions and of other programs the checksums that they lack: each object is read once, out of
//! the bucket. Nothing is uploaded.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crc32fast::Hasher;
use gallery::checksums::Checksums;
use gallery::rendition::Renditions;
use privacy::{Finding, ObjectMark};

use crate::Options;
use crate::bucket::{Bucket, Piece};
use crate::catalogue::{Catalogue, Unsummed};
use crate::failure::Failure;
use crate::pipeline::shielded;
use crate::progress::Progress;
use crate::tally::Tally;

/// How many objects are read at once.
const THREADS: usize = 8;
/// How much of an object is in memory at once, in bytes.
const PIECE: u64 = 8 << 20;

/// Fills all rows that lack something. What a stopped run has done stays done.
pub fn fill(options: &Options, bucket: &Bucket, catalogue: &Catalogue, tally: &Tally) -> Result<(), Failure> {
    let lacking = catalogue.without_checksums()?;
    let progress = Progress::files(options.show, "checksums", lacking.len() as u64);
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..THREADS.min(lacking.len()) {
            scope.spawn(|| {
                while let Some(key) = lacking.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if tally.must_stop() {
                        return;
                    }
                    progress.now(key);
                    let result =
                        if options.dry_run { Ok(()) } else { shielded(|| one(options, bucket, catalogue, key)) };
                    match result {
                        Ok(()) => tally.summed(),
                        Err(Failure::File(reason)) => tally.note(key, format!("no checksums: {reason}")),
                        failed => tally.settle(failed),
                    }
                    progress.advance(1);
                }
            });
        }
    });
    Ok(())
}

fn one(options: &Options, bucket: &Bucket, catalogue: &Catalogue, key: &str) -> Result<(), Failure> {
    let Some(item) = catalogue.unsummed(key)? else { return Ok(()) };
    let reader = Reader { options, bucket };
    // The sums of an original are of use, whatever becomes of its renditions.
    if !item.has_checksums {
        catalogue.fill_checksums(&item, reader.original(&item)?)?;
    }
    if let Some(renditions) = &item.renditions {
        catalogue.fill_sums_of_renditions(&item, &reader.renditions(key, renditions)?)?;
    }
    Ok(())
}

struct Reader<'a> {
    options: &'a Options,
    bucket: &'a Bucket,
}

impl Reader<'_> {
    /// The checksums of an original. Patches for another object than the one that is there are not applied.
    fn original(&self, item: &Unsummed) -> Result<Checksums, Failure> {
        let examined = item.patches.as_deref().and_then(|encoded| Finding::parse_for(encoded).ok());
        let patches = examined.as_ref().and_then(|(finding, mark)| Some((finding.safe()?, *mark)));
        let patches = patches.filter(|(patches, _)| patches.file_length() == item.size);
        let (mut whole, mut patched) = (Hasher::new(), Hasher::new());
        let object = self.read(&item.key, item.size, |at, bytes| {
            whole.update(bytes);
            if let Some((patches, _)) = patches {
                patches.apply(at, bytes);
                patched.update(bytes);
            }
        })?;
        let without_places = patches.filter(|(_, mark)| *mark == object).map(|_| patched.finalize());
        Ok(Checksums { whole: whole.finalize(), without_places, object: object.number() })
    }

    /// The renditions of an item with the sum of each.
    fn renditions(&self, key: &str, renditions: &Renditions) -> Result<Renditions, Failure> {
        let mut summed = renditions.clone();
        for rendition in summed.all.iter_mut().filter(|rendition| rendition.crc.is_none()) {
            let mut sum = Hasher::new();
            self.read(&renditions.object(key, rendition), rendition.bytes, |_, bytes| sum.update(bytes))?;
            rendition.crc = Some(sum.finalize());
        }
        Ok(summed)
    }

    fn read(&self, object: &str, size: u64, hear: impl FnMut(u64, &mut [u8])) -> Result<ObjectMark, Failure> {
        let fetch = |at| {
            if self.options.stop.is_requested() {
                Err(Failure::Stopped)
            } else {
                Ok(self.bucket.piece(object, at, PIECE)?)
            }
        };
        read(object, size, fetch, hear)
    }
}

/// Reads an object of a size from its start to its end, a piece at a time, and returns its mark. It is an error if the
/// object has another size, or becomes another one while it is read.
fn read(
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
        let read = read(
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
