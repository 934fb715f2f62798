//! What to blank in an original for whoever must not see places: see the crate `privacy`.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use privacy::{Finding, ObjectMark, ReadAt};

use crate::Stop;
use crate::bucket::Bucket;
use crate::catalogue::Catalogue;
use crate::failure::Failure;
use crate::walk::Candidate;

/// How many rows are filled in one go. What a stopped run has done stays done.
const AT_ONCE: usize = 100;

/// A file on disk.
struct OnDisk {
    file: File,
    length: u64,
}

impl ReadAt for OnDisk {
    type Error = io::Error;

    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.read_exact(buffer)
    }
}

/// What to blank in a file.
pub fn of_file(path: &Path) -> io::Result<Finding> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    privacy::examine(&mut OnDisk { file, length })
}

/// As [`of_file`], for bytes in memory.
pub fn of_bytes(mut bytes: &[u8]) -> Finding {
    let result: Result<_, Infallible> = privacy::examine(&mut bytes);
    let Ok(finding) = result;
    finding
}

/// What is kept for a file whose object is in the bucket already. `None` if the bucket has another one.
pub fn kept(bucket: &Bucket, key: &str, size: u64, finding: &Finding) -> Result<Option<Vec<u8>>, Failure> {
    let head = bucket.head(key)?.filter(|head| head.size == size);
    Ok(head.map(|head| finding.encode_for(ObjectMark::of(head.etag.as_deref()))))
}

/// Examines the originals of items whose rows lack it: those of earlier versions, and those that were hidden. Nothing
/// is uploaded. A file that cannot be read, or has changed since its item was made, is left to a later run.
pub fn fill(
    catalogue: &Catalogue,
    bucket: &Bucket,
    library: &str,
    files: &[Candidate],
    stop: &Stop,
) -> Result<(), Failure> {
    let lacking: HashSet<String> = catalogue.without_patches(library)?.into_iter().collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let files: HashMap<&str, &Candidate> = files.iter().map(|file| (file.place.as_str(), file)).collect();
    let mut found = Vec::new();
    for place in catalogue.places(library)? {
        let file = files.get(place.path.as_str()).filter(|file| file.is_as_in(&place));
        let Some(file) = file.filter(|_| lacking.contains(&place.key)) else { continue };
        if stop.is_requested() {
            break;
        }
        if let Ok(finding) = of_file(&file.path)
            && file.is_untouched()
            && let Some(patches) = kept(bucket, &place.key, file.size, &finding)?
        {
            found.push((place.key, patches));
        }
        if found.len() == AT_ONCE {
            catalogue.fill_patches(&found)?;
            found.clear();
        }
    }
    Ok(catalogue.fill_patches(&found)?)
}
