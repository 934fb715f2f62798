//! What to blank in an original for whoever must not see places, see the crate `privacy`, and the checksums of what
//! both kinds of viewers get.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use gallery::checksums::Checksums;
use privacy::{Finding, ObjectMark, Patches, ReadAt};

use crate::Stop;
use crate::bucket::Bucket;
use crate::catalogue::{Catalogue, Kept};
use crate::digest::sums;
use crate::failure::Failure;
use crate::walk::Candidate;

/// How many rows are filled in one go. What a stopped run has done stays done.
const AT_ONCE: usize = 100;
/// How much is read at once, in bytes.
const PIECE: u64 = 256 << 10;

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

/// What was found out about an original, whatever object holds it.
pub struct Examination {
    finding: Finding,
    /// The CRC-32 of the original.
    whole: u32,
    /// That of the patched original.
    without_places: Option<u32>,
}

impl Examination {
    /// Examines a file whose CRC-32 is `whole`.
    pub fn of_file(path: &Path, whole: u32) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Self::of(&mut OnDisk { file, length }, whole)
    }

    /// As [`of_file`](Self::of_file), for bytes in memory.
    pub fn of_bytes(mut bytes: &[u8]) -> Self {
        let whole = crc32fast::hash(bytes);
        let result: Result<_, Infallible> = Self::of(&mut bytes, whole);
        let Ok(examination) = result;
        examination
    }

    fn of<R: ReadAt>(file: &mut R, whole: u32) -> Result<Self, R::Error> {
        let finding = privacy::examine(file)?;
        let mut without_places = None;
        if let Some(patches) = finding.safe() {
            let difference = privacy::difference(file, patches)?;
            without_places = Some(difference.map_or_else(|| patched(file, patches), |by| Ok(whole ^ by))?);
        }
        Ok(Self { finding, whole, without_places })
    }

    /// What a row says of the original in the object with a tag.
    pub fn in_object(&self, tag: Option<&str>) -> Kept {
        let mark = ObjectMark::of(tag);
        let Self { whole, without_places, .. } = *self;
        Kept {
            patches: self.finding.encode_for(mark),
            checksums: Checksums { whole, without_places, object: mark.number() },
        }
    }
}

/// The CRC-32 of a patched file, all of which is read.
fn patched<R: ReadAt>(file: &mut R, patches: &Patches) -> Result<u32, R::Error> {
    let mut sum = crc32fast::Hasher::new();
    let (mut at, length) = (0, file.len());
    let mut buffer = Vec::new();
    while at < length {
        buffer.resize(usize::try_from(PIECE.min(length - at)).unwrap_or_default(), 0);
        file.read_at(at, &mut buffer)?;
        patches.apply(at, &mut buffer);
        sum.update(&buffer);
        at += buffer.len() as u64;
    }
    Ok(sum.finalize())
}

/// What is kept for a file whose object is in the bucket already. `None` if the bucket has another one.
pub fn kept(bucket: &Bucket, key: &str, size: u64, examination: &Examination) -> Result<Option<Kept>, Failure> {
    let head = bucket.head(key)?.filter(|head| head.size == size);
    Ok(head.map(|head| examination.in_object(head.etag.as_deref())))
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
    let lacking: HashMap<String, Option<Checksums>> = catalogue.without_patches(library)?.into_iter().collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let files: HashMap<&str, &Candidate> = files.iter().map(|file| (file.place.as_str(), file)).collect();
    let mut found = Vec::new();
    for place in catalogue.places(library)? {
        let file = files.get(place.path.as_str()).filter(|file| file.is_as_in(&place));
        let Some((file, before)) = file.zip(lacking.get(&place.key)) else { continue };
        if stop.is_requested() {
            break;
        }
        if let Some(kept) = again(bucket, &place.key, file, *before, stop)? {
            found.push((place.key, kept));
        }
        if found.len() == AT_ONCE {
            catalogue.fill_patches(&found)?;
            found.clear();
        }
    }
    Ok(catalogue.fill_patches(&found)?)
}

/// What is kept for the file of an item. Where the checksums of its object are known, most of a large file need not be
/// read.
fn again(
    bucket: &Bucket,
    key: &str,
    file: &Candidate,
    before: Option<Checksums>,
    stop: &Stop,
) -> Result<Option<Kept>, Failure> {
    let Some(head) = bucket.head(key)?.filter(|head| head.size == file.size) else { return Ok(None) };
    let tag = head.etag.as_deref();
    let known = before.filter(|before| before.object == ObjectMark::of(tag).number()).map(|before| before.whole);
    let read = || sums(&file.path, stop).ok().flatten().map(|sums| sums.crc);
    let examination = known.or_else(read).and_then(|whole| Examination::of_file(&file.path, whole).ok());
    Ok(examination.filter(|_| file.is_untouched()).map(|examination| examination.in_object(tag)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_a_patched_file_is_the_same_however_it_is_found() {
        let mut file = b"GIF89a\x01\0\x01\0\0\0\0!\xfe\x05Paris\0".to_vec();
        file.extend(b"!\xfe\xffAnother place".iter().chain(&[7; 242]).chain(b"\0;"));
        let examination = Examination::of_bytes(&file);
        let Some(patches) = examination.finding.safe() else { panic!("{:?}", examination.finding) };
        let sum = patched(&mut &file[..], patches).unwrap();
        let whole = crc32fast::hash(&file);
        patches.apply(0, &mut file);
        assert!(!file.windows(5).any(|word| word == b"Paris"));
        assert_eq!(sum, crc32fast::hash(&file));
        let object = ObjectMark::of(Some("\"tag\"")).number();
        let wanted = Checksums { whole, without_places: Some(sum), object };
        assert_eq!(examination.in_object(Some("\"tag\"")).checksums, wanted);
        let refused = Examination::of_bytes(b"no picture").in_object(None).checksums;
        assert_eq!((refused.whole, refused.without_places), (crc32fast::hash(b"no picture"), None));
    }
}
