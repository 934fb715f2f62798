//! Publishes the catalogue as a snapshot in the bucket, for hosts without SQL.
//!
//! The objects are written first and the index last. Until the index is written, everybody reads the snapshot before.
//! A run that dies in between leaves only some objects that nobody reads.

use gallery::media::Media;
use gallery::snapshot::{CURRENT, Index, Snapshot, object_keys};

use crate::bucket::{Bucket, Headers, StoreError};
use crate::failure::Failure;

/// Objects whose names hold their version.
const IMMUTABLE: Headers =
    Headers { content_type: "application/jsonl", cache_control: "private, max-age=31536000, immutable" };
pub const CHANGING: Headers = Headers { content_type: "application/json", cache_control: "private, no-cache" };
/// The largest index that is read, in bytes.
pub const MAX_INDEX: u64 = 1 << 20;

/// Brings the bucket's snapshot up to date. If it is up to date already, writes it only with `force`.
pub fn publish(items: Vec<Media>, bucket: &Bucket, force: bool) -> Result<(), Failure> {
    let snapshot = Snapshot::new(items).map_err(encoding)?;
    let old = bucket.get(CURRENT, MAX_INDEX)?.and_then(|bytes| Index::parse(&bytes).ok());
    let is_current = old.as_ref().is_some_and(|old| old.version == snapshot.index.version);
    if is_current && !force {
        return Ok(());
    }
    for (key, bytes) in &snapshot.objects {
        bucket.put_aside(key, bytes, IMMUTABLE)?;
    }
    let mut index = snapshot.index;
    let outdated = match old {
        Some(old) if is_current => {
            index.previous = old.previous;
            None
        }
        Some(old) => {
            let outdated = old.previous.filter(|version| *version != index.version);
            index.previous = Some(old.version);
            outdated
        }
        None => None,
    };
    bucket.put_aside(CURRENT, &serde_json::to_vec(&index).map_err(encoding)?, CHANGING)?;
    for key in outdated.iter().flat_map(|version| object_keys(version)) {
        bucket.delete(&key)?;
    }
    Ok(())
}

#[allow(clippy::needless_pass_by_value)] // for map_err
pub fn encoding(error: serde_json::Error) -> Failure {
    StoreError::local(format!("the catalogue's snapshot cannot be written: {error}")).into()
}
