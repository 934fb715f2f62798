//! Uploads: PUTs that stream from disk, each of which is proved before anybody relies on it.

use std::fs::File;
use std::io::Read;

use sigv4::Method;
use ureq::SendBody;

use super::retry::Trouble;
use super::{Bucket, Content, Headers, StoreError, proof};

/// How often an object is uploaded that the store accepts but does not hold.
const PROOFS: u32 = 3;
/// From this size on, the store is asked before the body is sent: a refusal then costs no upload, and its reason
/// arrives.
const ASK_FIRST: u64 = 1 << 20;

impl Bucket {
    /// Uploads one object, and makes sure that the store holds it. Returns how many bytes were sent, and its tag.
    pub(super) fn upload(
        &self,
        key: &str,
        content: Content,
        headers: Headers,
    ) -> Result<(u64, Option<String>), StoreError> {
        let size = match content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::File(path) => path.metadata().map_err(|error| unreadable(&error))?.len(),
        };
        if let Content::File(path) = content
            && size >= self.parts.from
        {
            return self.upload_in_parts(key, path, size, headers);
        }
        let mut tries = 0;
        loop {
            let (tag, md5) = self.persist(|| match content {
                // What is in memory is small, and the snapshot is sent after a stop too.
                Content::Bytes(bytes) => {
                    let url = self.presign(Method::Put, key, &[])?;
                    self.send(&url, proof::Body::new(bytes, size, None), size, headers)
                }
                Content::File(path) => {
                    let file = File::open(path).map_err(|error| unreadable(&error))?;
                    let url = self.presign(Method::Put, key, &[])?;
                    self.send(&url, proof::Body::new(file, size, Some(&self.stop)), size, headers)
                }
            })?;
            let md5 = md5.as_deref();
            if proof::is_tag_of(tag.as_deref(), md5) {
                return Ok((size, tag));
            }
            let head = self.head(key)?;
            let Some(doubt) = proof::doubt(head.as_ref(), size, md5) else {
                return Ok((size, head.and_then(|head| head.etag)));
            };
            tries += 1;
            if tries == PROOFS || !self.retry.pause(tries) {
                return Err(StoreError::local(format!(
                    "{doubt}: run again, and look at the store and proxies before it"
                )));
            }
        }
    }

    /// One PUT. Returns the tag that the store gave, and the MD5 of what was sent.
    pub(super) fn send(
        &self,
        url: &str,
        mut body: proof::Body<impl Read>,
        size: u64,
        headers: Headers,
    ) -> Result<(Option<String>, Option<String>), Trouble> {
        let mut request = self
            .agent
            .put(url)
            .header("content-type", headers.content_type)
            .header("cache-control", headers.cache_control)
            // With a length, the body is not sent in chunks, which stores do not accept.
            .header("content-length", size.to_string());
        if size >= ASK_FIRST {
            request = request.header("expect", "100-continue");
        }
        let outcome = request.send(SendBody::from_reader(&mut body));
        if let (Err(_), Some(words)) = (&outcome, body.failed.take()) {
            return Err(StoreError::local(words).into());
        }
        let answer = self.answer(outcome)?;
        if !answer.is_success() {
            return Err(self.words.refused(&answer).into());
        }
        // A page is never the store's own answer, whatever its tag.
        let tag = answer.header("etag").filter(|_| !answer.is_page);
        Ok((tag.map(str::to_owned), body.md5()))
    }
}

pub(super) fn unreadable(error: &std::io::Error) -> StoreError {
    StoreError::local(format!("cannot be read: {error}"))
}
