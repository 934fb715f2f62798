//! Whether the store holds what was sent. A status alone proves nothing: a proxy may have answered, or half of the
//! body may be lost.

use std::io::{self, Read};

use md5::{Digest, Md5};

use super::Head;
use crate::Stop;
use crate::digest::hex;

/// A body that is hashed while it is sent.
pub struct Body<'a, R> {
    source: R,
    left: u64,
    md5: Md5,
    stop: Option<&'a Stop>,
    /// Why the bytes could not be had: a failure of this side, not of the store.
    pub failed: Option<String>,
}

impl<'a, R: Read> Body<'a, R> {
    /// The first `size` bytes of `source`. Once the run is to `stop`, reads fail.
    pub fn new(source: R, size: u64, stop: Option<&'a Stop>) -> Self {
        Self { source, left: size, md5: Md5::new(), stop, failed: None }
    }

    fn fail(&mut self, words: String) -> io::Error {
        self.failed = Some(words.clone());
        io::Error::other(words)
    }

    /// The MD5 of the whole body in hexadecimal. `None` if the store answered before all was sent.
    pub fn md5(self) -> Option<String> {
        (self.left == 0).then(|| hex(&self.md5.finalize()))
    }
}

impl<R: Read> Read for Body<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_some_and(Stop::is_requested) {
            return Err(self.fail("interrupted".to_owned()));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = match self.source.read(&mut buffer[..most]) {
            // Without an error, the client would wait for bytes that never come.
            Ok(0) if most > 0 => return Err(self.fail("it became shorter while it was read: run again".to_owned())),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => return Err(self.fail(format!("cannot be read: {error}"))),
        };
        self.md5.update(&buffer[..count]);
        self.left -= count as u64;
        Ok(count)
    }
}

/// Whether an entity tag is this MD5. Stores make other tags too, above all of encrypted objects.
pub fn is_tag_of(tag: Option<&str>, md5: Option<&str>) -> bool {
    let (Some(tag), Some(md5)) = (tag, md5) else { return false };
    tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(tag).eq_ignore_ascii_case(md5)
}

/// What speaks against the upload of `size` bytes. `None` if it is proved.
pub fn doubt(head: Option<&Head>, size: u64, md5: Option<&str>) -> Option<String> {
    let Some(head) = head else { return Some("the store said yes, but holds nothing".to_owned()) };
    if is_tag_of(head.etag.as_deref(), md5) {
        return None;
    }
    if head.size != size {
        return Some(format!("the store said yes, but holds {} of {size} bytes", head.size));
    }
    let encoding = head.content_encoding.as_deref().filter(|encoding| !matches!(*encoding, "identity" | "aws-chunked"));
    encoding.map(|encoding| format!("the store said yes, but keeps it with the encoding {encoding}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: &str = "5d41402abc4b2a76b9719d911017c592";

    #[test]
    fn the_body_is_hashed_and_never_short() {
        let stop = Stop::default();
        let mut whole = Body::new(&b"hello, and more"[..], 5, Some(&stop));
        assert_eq!(io::read_to_string(&mut whole).unwrap(), "hello");
        assert_eq!(whole.md5().as_deref(), Some(HELLO));

        let mut short = Body::new(&b"hell"[..], 5, Some(&stop));
        io::copy(&mut short, &mut io::sink()).unwrap_err();
        assert!(short.failed.as_ref().is_some_and(|words| words.contains("shorter")));
        assert_eq!(short.md5(), None);

        stop.request();
        let mut stopped = Body::new(&b"hello"[..], 5, Some(&stop));
        io::copy(&mut stopped, &mut io::sink()).unwrap_err();
    }

    #[test]
    fn tags() {
        for (tag, wanted) in [
            (Some("\"5d41402abc4b2a76b9719d911017c592\""), true),
            (Some("\"5D41402ABC4B2A76B9719D911017C592\""), true),
            (Some("5d41402abc4b2a76b9719d911017c592"), true),
            (Some("\"5d41402abc4b2a76b9719d911017c592-1\""), false),
            (Some("\"\""), false),
            (None, false),
        ] {
            assert_eq!(is_tag_of(tag, Some(HELLO)), wanted, "{tag:?}");
        }
        assert!(!is_tag_of(Some("\"x\""), None));
    }

    #[test]
    fn doubts() {
        let head = |size, encoding: Option<&str>, tag: &str| Head {
            size,
            content_type: None,
            cache_control: None,
            content_encoding: encoding.map(str::to_owned),
            etag: Some(tag.to_owned()),
        };
        let of = |head: Option<Head>| doubt(head.as_ref(), 5, Some(HELLO)).unwrap_or_default();
        assert_eq!(of(Some(head(5, None, "\"other\""))), "");
        assert_eq!(of(Some(head(5, Some("gzip"), &format!("\"{HELLO}\"")))), "");
        assert!(of(Some(head(2, None, "\"other\""))).contains("holds 2 of 5 bytes"));
        assert!(of(Some(head(5, Some("gzip"), "\"other\""))).contains("gzip"));
        assert!(of(None).contains("nothing"));
    }
}
