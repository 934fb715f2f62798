//! Which file is an original that another program had put into the bucket.
//!
//! Of such an original the digest is not known, but its size and the tag that the store gave it are. The tag of an
//! object that was uploaded at once is its MD5. The tag of one that came in parts is the MD5 of the parts' MD5s
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html>).

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use md5::{Digest, Md5};

use crate::Stop;
use crate::digest::hex;

/// The sizes of parts that upload programs use, in mebibytes.
const PARTS: [u64; 14] = [5, 8, 10, 15, 16, 20, 25, 32, 50, 64, 100, 128, 256, 512];
const MEBIBYTE: u64 = 1 << 20;

/// Originals without a digest: their keys and tags, by size.
#[derive(Default)]
pub struct Unrecognised(HashMap<u64, Vec<(String, String)>>);

impl Unrecognised {
    pub fn insert(&mut self, key: String, size: u64, tag: String) {
        self.0.entry(size).or_default().push((key, tag));
    }

    /// Forgets an original: its digest is known, or it is another one.
    pub fn remove(&mut self, key: &str, size: u64) {
        if let Some(originals) = self.0.get_mut(&size) {
            originals.retain(|(known, _)| known != key);
        }
    }

    /// The originals of a size.
    pub fn of(&self, size: u64) -> Vec<(String, String)> {
        self.0.get(&size).cloned().unwrap_or_default()
    }
}

/// The key of the original whose tag a file has.
pub fn find(path: &Path, size: u64, originals: &[(String, String)], stop: &Stop) -> io::Result<Option<String>> {
    let mut tags: HashMap<u64, String> = HashMap::new();
    for (key, tag) in originals {
        for part in parts(tag, size) {
            if let std::collections::hash_map::Entry::Vacant(entry) = tags.entry(part) {
                entry.insert(tag_of(path, part, stop)?);
            }
            if tags.get(&part).is_some_and(|computed| computed.eq_ignore_ascii_case(tag)) {
                return Ok(Some(key.clone()));
            }
        }
    }
    Ok(None)
}

/// The sizes of parts with which a file of a size may have got a tag. 0 stands for one that came at once.
fn parts(tag: &str, size: u64) -> Vec<u64> {
    let is_md5 = |text: &str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match tag.split_once('-') {
        None if is_md5(tag) => vec![0],
        Some((digits, count)) if is_md5(digits) => {
            let Ok(count) = count.parse::<u64>() else { return Vec::new() };
            let sizes = PARTS.iter().map(|part| part * MEBIBYTE);
            sizes.filter(|part| size.div_ceil(*part).max(1) == count).collect()
        }
        // A store that encrypts makes other tags.
        _ => Vec::new(),
    }
}

/// The tag of a file that is uploaded in parts of a size, or at once.
fn tag_of(path: &Path, part: u64, stop: &Stop) -> io::Result<String> {
    let mut file = BufReader::with_capacity(1 << 18, File::open(path)?);
    let mut whole = Md5::new();
    let mut count = 0;
    loop {
        let mut md5 = Md5::new();
        let read = hash(&mut file.by_ref().take(if part == 0 { u64::MAX } else { part }), &mut md5, stop)?;
        if part == 0 {
            return Ok(hex(&md5.finalize()));
        }
        if read == 0 && count > 0 {
            return Ok(format!("{}-{count}", hex(&whole.finalize())));
        }
        whole.update(md5.finalize());
        count += 1;
    }
}

fn hash(source: &mut impl Read, md5: &mut Md5, stop: &Stop) -> io::Result<u64> {
    let mut buffer = vec![0; 1 << 18];
    let mut total = 0;
    loop {
        if stop.is_requested() {
            return Err(io::Error::other("interrupted"));
        }
        match source.read(&mut buffer) {
            Ok(0) => return Ok(total),
            Ok(count) => {
                md5.update(&buffer[..count]);
                total += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8], tag: &str) -> Option<String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let mut all = Unrecognised::default();
        all.insert("another".into(), bytes.len() as u64, "0".repeat(32));
        all.insert("a.jpg".into(), bytes.len() as u64, tag.to_owned());
        find(file.path(), bytes.len() as u64, &all.of(bytes.len() as u64), &Stop::default()).unwrap()
    }

    #[test]
    fn a_file_is_known_by_its_tag() {
        assert_eq!(found(b"hello", "5d41402abc4b2a76b9719d911017c592").as_deref(), Some("a.jpg"));
        assert_eq!(found(b"hello", "5D41402ABC4B2A76B9719D911017C592").as_deref(), Some("a.jpg"));
        assert_eq!(found(b"hallo", "5d41402abc4b2a76b9719d911017c592"), None);
        assert_eq!(found(b"hello", "encrypted"), None);
    }

    #[test]
    fn what_is_known_is_forgotten_among_those_of_its_size() {
        let mut all = Unrecognised::default();
        all.insert("a.jpg".into(), 5, "a".into());
        all.insert("b.jpg".into(), 5, "b".into());
        all.remove("a.jpg", 6);
        assert_eq!(all.of(5).len(), 2);
        all.remove("a.jpg", 5);
        assert_eq!(all.of(5), [("b.jpg".to_owned(), "b".to_owned())]);
    }

    #[test]
    fn parts_of_usual_sizes() {
        let bytes: Vec<u8> =
            (0..21u32 << 20).map(|at| (at.wrapping_mul(2_654_435_761) >> 24).to_le_bytes()[0]).collect();
        for part in [5, 8, 10] {
            let digests: Vec<u8> = bytes.chunks(part << 20).flat_map(|part| Md5::digest(part).to_vec()).collect();
            let tag = format!("{}-{}", hex(&Md5::digest(&digests)), bytes.len().div_ceil(part << 20));
            assert_eq!(found(&bytes, &tag).as_deref(), Some("a.jpg"), "{part} MiB");
            assert_eq!(found(&bytes[1..], &tag), None);
        }
        assert_eq!(parts(&format!("{}-0", "0".repeat(32)), 5), Vec::<u64>::new());
    }
}
