//! A part of an object.

use sigv4::Method;

use super::answer::Answer;
use super::{Bucket, StoreError};

/// A part of an object, and what the store says of the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub bytes: Vec<u8>,
    /// Of the whole object, in bytes. `None` if the store does not say it.
    pub size: Option<u64>,
    /// With its quotes.
    pub etag: Option<String>,
}

impl Bucket {
    /// `count` bytes of an object from `start`, or fewer at its end. `None` if the object does not exist.
    pub fn range(&self, key: &str, start: u64, count: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.piece(key, start, count)?.map(|piece| piece.bytes))
    }

    /// As [`range`](Self::range), with what the store says of the object.
    pub fn piece(&self, key: &str, start: u64, count: u64) -> Result<Option<Piece>, StoreError> {
        let range = format!("bytes={start}-{}", start.saturating_add(count.max(1)) - 1);
        self.persist(|| {
            let url = self.presign(Method::Get, key, &[])?;
            let answer = self.answer(self.agent.get(&url).header("range", &range).call())?;
            let length = answer.header("content-length").and_then(|length| length.parse::<u64>().ok());
            let etag = answer.header("etag").map(str::to_owned);
            match (answer.status, answer.code.as_str()) {
                (206, _) => {
                    let size = size(&answer);
                    Ok(Some(Piece { bytes: self.read(answer, count)?, size, etag }))
                }
                // A range from the start that is the whole object, from a store that says so.
                (200, _) if start == 0 && length.is_some_and(|length| length <= count) => {
                    Ok(Some(Piece { bytes: self.read(answer, count)?, size: length, etag }))
                }
                (200, _) => Err(StoreError::local(format!("{} does not serve ranges", self.words.endpoint)).into()),
                // It ends before.
                (416, _) => Ok(Some(Piece { bytes: Vec::new(), size: size(&answer), etag })),
                (404, "NoSuchKey" | "") | (403, "AccessDenied") => Ok(None),
                _ => Err(self.words.refused(&answer).into()),
            }
        })
    }
}

/// The size of the whole: `bytes 0-9/100`, or `bytes */100` (RFC 9110 section 14.4).
fn size(answer: &Answer) -> Option<u64> {
    answer.header("content-range")?.rsplit_once('/')?.1.parse().ok()
}
