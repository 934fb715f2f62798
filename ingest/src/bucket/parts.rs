//! Large files in parts (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>). An upload that was
//! broken off is gone on with by the next run: a note in the folder for temporary files has its name, and the store
//! says which parts it has.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use md5::{Digest, Md5};
use platform_s3::listing::{element, unescape};
use sigv4::Method;
use tempfile::NamedTempFile;

use super::retry::Trouble;
use super::{Bucket, Headers, StoreError, proof, upload::unreadable};
use crate::digest::{hex, sha256_of_bytes};
use crate::walk::timestamp;

/// Stores take so many parts at most. The other limits are the sizes of [`PartSizes`].
const MOST_PARTS: u64 = 10_000;
/// How long a store may take to join the parts, which is much more than any other answer takes: the store of `serve`
/// copies them, and a disk may write 15 MB a second.
const JOINING: Duration = Duration::from_mins(15);
/// The largest page of a list of parts, in bytes.
const MAX_PAGE: u64 = 4 << 20;
/// Parts that need more than this round up to whole mebibytes.
const STEP: u64 = 1 << 20;

/// From which size on a file is uploaded in parts, and how large these are, in bytes. All but the last part have to be
/// of one size, and of 5 MiB at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartSizes {
    pub from: u64,
    pub each: u64,
}

impl Default for PartSizes {
    fn default() -> Self {
        Self { from: 256 << 20, each: 64 << 20 }
    }
}

impl PartSizes {
    /// The size of the parts of a file.
    fn of(self, size: u64) -> u64 {
        self.each.max(size.div_ceil(MOST_PARTS).next_multiple_of(STEP))
    }
}

/// Parts that the store has: number, size and tag.
type Kept = HashMap<u64, (u64, String)>;

impl Bucket {
    /// Uploads a file in parts. Returns how many bytes were sent, and the tag of the object.
    pub(super) fn upload_in_parts(
        &self,
        key: &str,
        path: &Path,
        size: u64,
        headers: Headers,
    ) -> Result<(u64, Option<String>), StoreError> {
        let modified = path.metadata().and_then(|metadata| metadata.modified()).map_err(|error| unreadable(&error))?;
        let note = self.note(key, size, modified);
        let (id, kept) = self.begun(key, &note)?.map_or_else(|| self.begin(key, &note, headers), Ok)?;
        let each = self.parts.of(size);
        let mut file = File::open(path).map_err(|error| unreadable(&error))?;
        let (mut tags, mut sent) = (Vec::new(), 0);
        for (index, start) in (0..size).step_by(usize::try_from(each).unwrap_or(usize::MAX)).enumerate() {
            let (number, range) = (index as u64 + 1, start..(start + each).min(size));
            tags.push(match kept.get(&number) {
                Some((length, tag))
                    if *length == range.end - range.start && self.is_same(&mut file, &range, tag)? =>
                {
                    tag.clone()
                }
                _ => {
                    sent += range.end - range.start;
                    self.part(key, &id, number, &mut file, &range, headers)?
                }
            });
        }
        self.complete(key, &id, &tags)?;
        let head = self.head(key)?;
        let wanted = tag_of_all(&tags);
        if let Some(doubt) = proof::doubt(head.as_ref(), size, wanted.as_deref()) {
            let _ = fs::remove_file(&note);
            return Err(StoreError::local(format!("{doubt}: run again, and look at the store and proxies before it")));
        }
        let _ = fs::remove_file(&note);
        Ok((sent, head.and_then(|head| head.etag)))
    }

    /// The file that has the name of an upload.
    fn note(&self, key: &str, size: u64, modified: SystemTime) -> PathBuf {
        let of = format!("{}\n{}\n{key}\n{size}\n{}", self.location.origin(), self.location.name, timestamp(modified));
        self.notes.join(format!("edge-gallery-upload-{}", &sha256_of_bytes(of.as_bytes())[..32]))
    }

    /// An upload that an earlier run has begun, if the store still has it.
    fn begun(&self, key: &str, note: &Path) -> Result<Option<(String, Kept)>, StoreError> {
        let Ok(id) = fs::read_to_string(note) else { return Ok(None) };
        let mut kept = Kept::new();
        let mut marker = "0".to_owned();
        loop {
            let query = [("uploadId", id.as_str()), ("part-number-marker", &marker)];
            let page = self.persist(|| {
                let answer = self.answer(self.agent.get(&self.presign(Method::Get, key, &query)?).call())?;
                match answer.status {
                    200 => self.read(answer, MAX_PAGE).map(|page| String::from_utf8(page).ok()),
                    404 => Ok(None),
                    _ => Err(self.words.refused(&answer).into()),
                }
            })?;
            let Some(page) = page else { return Ok(None) };
            for part in page.split("<Part>").skip(1) {
                let number = |name| element(part, name).and_then(|text| text.parse::<u64>().ok());
                if let (Some(at), Some(size), Some(tag)) = (number("PartNumber"), number("Size"), element(part, "ETag"))
                {
                    kept.insert(at, (size, unescape(tag)));
                }
            }
            match element(&page, "NextPartNumberMarker").filter(|_| element(&page, "IsTruncated") == Some("true")) {
                // A store that returns to a page would be asked for ever.
                Some(next) if next != marker => next.clone_into(&mut marker),
                _ => return Ok(Some((id, kept))),
            }
        }
    }

    /// Begins an upload, and notes its name.
    fn begin(&self, key: &str, note: &Path, headers: Headers) -> Result<(String, Kept), StoreError> {
        let page = self.persist(|| {
            let request = self.agent.post(&self.presign(Method::Post, key, &[("uploads", "")])?);
            let request = request.header("content-type", headers.content_type);
            let answer = self.answer(request.header("cache-control", headers.cache_control).send_empty())?;
            if answer.status != 200 {
                return Err(self.words.refused(&answer).into());
            }
            self.read(answer, MAX_PAGE)
        })?;
        let id = std::str::from_utf8(&page).ok().and_then(|page| element(page, "UploadId")).map(unescape);
        let id = id.ok_or_else(|| StoreError::local("the store began no upload in parts".to_owned()))?;
        // Without a note, the next run begins anew.
        let _ = NamedTempFile::new_in(&self.notes).and_then(|mut file| {
            file.write_all(id.as_bytes())?;
            file.persist(note).map_err(|error| error.error)
        });
        Ok((id, Kept::new()))
    }

    /// Whether a part of the file is what the store has. Reads it.
    fn is_same(&self, file: &mut File, range: &Range<u64>, tag: &str) -> Result<bool, StoreError> {
        file.seek(SeekFrom::Start(range.start)).map_err(|error| unreadable(&error))?;
        let mut body = proof::Body::new(file, range.end - range.start, Some(&self.stop));
        if std::io::copy(&mut body, &mut std::io::sink()).is_err() {
            return Err(StoreError::local(body.failed.unwrap_or_else(|| "cannot be read".to_owned())));
        }
        Ok(proof::is_tag_of(Some(tag), body.md5().as_deref()))
    }

    /// Uploads one part. Returns its tag.
    fn part(
        &self,
        key: &str,
        id: &str,
        number: u64,
        file: &mut File,
        range: &Range<u64>,
        headers: Headers,
    ) -> Result<String, StoreError> {
        let (number, length) = (number.to_string(), range.end - range.start);
        let (tag, md5) = self.persist(|| {
            file.seek(SeekFrom::Start(range.start)).map_err(|error| unreadable(&error))?;
            let url = self.presign(Method::Put, key, &[("partNumber", &number), ("uploadId", id)])?;
            let body = proof::Body::new(&*file, length, Some(&self.stop));
            self.send(&url, body, length, headers)
        })?;
        let tag = tag.ok_or_else(|| StoreError::local("the store gave no tag for a part of it".to_owned()))?;
        // Stores give other tags to what they encrypt. The size of the whole is looked at in the end.
        if md5.is_none() {
            return Err(StoreError::local("the store answered before it had all of it: run again".to_owned()));
        }
        Ok(tag)
    }

    /// Makes the parts one object.
    fn complete(&self, key: &str, id: &str, tags: &[String]) -> Result<(), StoreError> {
        let mut xml = "<CompleteMultipartUpload>".to_owned();
        for (index, tag) in tags.iter().enumerate() {
            let tag = tag.replace('&', "&amp;").replace('<', "&lt;");
            let _ = write!(xml, "<Part><PartNumber>{}</PartNumber><ETag>{tag}</ETag></Part>", index + 1);
        }
        xml.push_str("</CompleteMultipartUpload>");
        self.persist(|| {
            let url = self.presign(Method::Post, key, &[("uploadId", id)])?;
            // A store may copy all parts before it answers.
            let request = self.agent.post(&url).config().timeout_recv_response(Some(JOINING)).build();
            let answer = self.answer(request.header("content-type", "application/xml").send(&xml))?;
            match answer.status {
                // The first answer may have been lost. Whether the object is there is looked at next.
                404 if answer.code == "NoSuchUpload" => return Ok(()),
                200 => {}
                _ => return Err(self.words.refused(&answer).into()),
            }
            let body = self.read(answer, MAX_PAGE)?;
            // A store begins to answer before it is done, so an error may stand in the body.
            let failed = || StoreError::local("the store could not join its parts: run again".to_owned());
            let is_done = String::from_utf8_lossy(&body).contains("CompleteMultipartUploadResult");
            if is_done { Ok(()) } else { Err(Trouble::Passing { error: failed(), after: None, is_busy: false }) }
        })
    }
}

/// The tag of an object of several parts, as most stores make it: the MD5 of the parts' MD5, and their number.
fn tag_of_all(tags: &[String]) -> Option<String> {
    let mut all = Md5::new();
    for tag in tags {
        let digits = Some(tag.trim_matches('"')).filter(|digits| digits.len() == 32)?;
        for at in (0..32).step_by(2) {
            all.update([u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?]);
        }
    }
    Some(format!("{}-{}", hex(&all.finalize()), tags.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_parts_are_enough() {
        let sizes = PartSizes::default();
        assert_eq!(sizes.of(1 << 30), 64 << 20);
        let large = 5u64 << 40;
        assert!(large.div_ceil(sizes.of(large)) <= MOST_PARTS);
        assert_eq!(sizes.of(large) % STEP, 0);
    }

    #[test]
    fn the_tag_of_all_parts() {
        // By `printf hello | md5sum`, twice, and the MD5 of both as bytes.
        let part = "\"5d41402abc4b2a76b9719d911017c592\"".to_owned();
        assert_eq!(tag_of_all(&[part.clone(), part]).as_deref(), Some("616b22817b80eed9f65c3aa38cd29054-2"));
        assert_eq!(tag_of_all(&["\"of another kind\"".to_owned()]), None);
    }
}
