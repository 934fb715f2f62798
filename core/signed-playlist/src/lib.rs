//! A playlist signed and compressed in one pass.
//!
//! The text inside is the one that [`hls::rewrite`] makes with a presigned URL for each reference. It is never put
//! together.

mod queue;

use std::mem;

use hls::{Error, Fault, Reference, Scope, Summary, is_safe_uri};
use queue::Queue;
use sigv4::Presigner;

/// A gzip member with the playlist, whose references are replaced by presigned URLs.
///
/// `other` may append another URI for a reference. A reference for which it appends nothing is presigned.
pub fn gzip(
    playlist: &[u8],
    scope: &Scope<'_>,
    presigner: &Presigner,
    mut other: impl FnMut(&mut String, &Reference<'_>),
) -> Result<(Summary, Vec<u8>), Error> {
    // A key is always encoded. So one URL is as fit for a playlist as any other.
    let is_safe = is_safe_uri(&[presigner.url_start(), "key", presigner.url_end()].concat());
    let mut queue = Queue::new(presigner, capacity(playlist));
    let mut text = String::new();
    let (rest, summary) = hls::split(playlist, scope, |before, reference| {
        let Some(reference) = reference else {
            queue.other(before, String::new());
            return Ok(());
        };
        other(&mut text, reference);
        let fits = if text.is_empty() {
            queue.push(before, reference.key);
            is_safe
        } else {
            let fits = is_safe_uri(&text);
            queue.other(before, mem::take(&mut text));
            fits
        };
        if fits { Ok(()) } else { Err(Fault::Replacement) }
    })?;
    Ok((summary, queue.finish(rest)))
}

/// A line with a URL of its own has 30 to 40 bytes in the bucket, and takes 41 as gzip. A byte range takes seven.
fn capacity(playlist: &[u8]) -> usize {
    playlist.len() + playlist.len() / 2 + 1024
}
