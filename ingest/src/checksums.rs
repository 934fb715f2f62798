//! Gives items of earlier versions and of other programs the checksums that they lack: each object is read once, out of
//! the bucket. Nothing is uploaded.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crc32fast::Hasher;
use gallery::checksums::Checksums;
use gallery::rendition::Renditions;
use privacy::{Finding, ObjectMark};

use crate::Options;
use crate::bucket::Bucket;
use crate::catalogue::{Catalogue, Unsummed};
use crate::failure::Failure;
use crate::objects;
use crate::pipeline::shielded;
use crate::progress::Progress;
use crate::tally::Tally;

/// How many objects are read at once.
const THREADS: usize = 8;

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
                    if result.is_ok() {
                        tally.summed();
                    }
                    tally.fill(key, "no checksums", result);
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
        objects::read(self.bucket, &self.options.stop, object, size, hear)
    }
}
