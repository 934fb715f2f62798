//! A part of an object.

use sigv4::Method;

use super::{Bucket, StoreError};

impl Bucket {
    /// `count` bytes of an object from `start`, or fewer at its end. `None` if the object does not exist.
    pub fn range(&self, key: &str, start: u64, count: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let range = format!("bytes={start}-{}", start.saturating_add(count.max(1)) - 1);
        self.persist(|| {
            let url = self.presign(Method::Get, key, &[])?;
            let answer = self.answer(self.agent.get(&url).header("range", &range).call())?;
            match (answer.status, answer.code.as_str()) {
                (206, _) => self.read(answer, count).map(Some),
                // A range from the start that is the whole object, from a store that says so.
                (200, _)
                    if start == 0 && answer.header("content-length").is_some_and(|length| within(length, count)) =>
                {
                    self.read(answer, count).map(Some)
                }
                (200, _) => Err(StoreError::local(format!("{} does not serve ranges", self.words.endpoint)).into()),
                // It ends before.
                (416, _) => Ok(Some(Vec::new())),
                (404, "NoSuchKey" | "") | (403, "AccessDenied") => Ok(None),
                _ => Err(self.words.refused(&answer).into()),
            }
        })
    }
}

fn within(length: &str, count: u64) -> bool {
    length.parse::<u64>().is_ok_and(|length| length <= count)
}
