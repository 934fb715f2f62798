//! A playlist signed and compressed in one pass.
//!
//! The text inside is the one that [`hls::rewrite`] makes with a presigned URL for each reference. It is never put
//! together.

mod queue;

use hls::{Error, Fault, Scope, Summary, is_safe_uri};
use sigv4::Presigner;

/// A gzip member with the playlist, whose references are replaced by presigned URLs.
pub fn gzip(playlist: &[u8], scope: &Scope<'_>, presigner: &Presigner) -> Result<(Summary, Vec<u8>), Error> {
    // A key is always encoded. So one URL is as fit for a playlist as any other.
    let is_safe = is_safe_uri(&[presigner.url_start(), "key", presigner.url_end()].concat());
    let mut queue = queue::Queue::new(presigner, capacity(playlist));
    let (rest, summary) = hls::split(playlist, scope, &mut |before, reference| {
        if !is_safe {
            return Err(Fault::Replacement);
        }
        match reference {
            Some(reference) => queue.push(before, reference.key),
            None => queue.text(before),
        }
        Ok(())
    })?;
    Ok((summary, queue.finish(rest)))
}

/// A line with a URL has 30 to 40 bytes in the bucket, and takes 41 as gzip.
fn capacity(playlist: &[u8]) -> usize {
    playlist.len() + playlist.len() / 2 + 1024
}
