//! Whether a key may do what the KV stores of a host need that keeps them in the bucket.

use std::time::Duration;

use gallery::layout;
use platform::StoreName;
use platform_s3::Location;
use sigv4::Method;

use super::{Bucket, StoreError};
use crate::Stop;

/// No service has a value of this name.
const CHECKED: &str = "check";

/// Lists, writes, reads and deletes a value of its own below `kv/`. The error says which of these failed, and why.
pub fn probe_kv(location: &Location, certificates: &[Vec<u8>]) -> Result<(), String> {
    let bucket = Bucket::new(location, certificates, 1, Duration::ZERO, Stop::default());
    let object = layout::kv(StoreName::CacheVersion.name(), CHECKED);
    let words = |what: &str, why: &str| {
        format!("the key may not {what} below kv/, where GALLERY_KV=bucket keeps values: {why}")
    };
    let may = |what: &str, done: Result<(), StoreError>| done.map_err(|error| words(what, &error.to_string()));
    // Without the right to list, a store says "access denied" to a value that is not there, and no session is served.
    may("list", bucket.list(&object).map(drop))?;
    may("write", bucket.put_plain(&object))?;
    // A value whose reading is refused counts as absent, and this one is there.
    let read = bucket.get(&object, 1).map(|value| value.is_some());
    let deleted = may("delete", bucket.delete(&object));
    match read {
        Ok(true) => deleted,
        Ok(false) => Err(words("read", "the store does not show a value that was written")),
        Err(error) => may("read", Err(error)),
    }
}

impl Bucket {
    /// Writes an empty value. A key that may do nothing else proves nothing of it.
    fn put_plain(&self, object: &str) -> Result<(), StoreError> {
        self.persist(|| {
            let url = self.presign(Method::Put, object, &[])?;
            let answer = self.answer(self.agent.put(&url).send(&[][..]))?;
            if answer.is_success() { Ok(()) } else { Err(self.words.refused(&answer).into()) }
        })
    }
}
