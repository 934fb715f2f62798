//! The snapshot of 0.1.0 in the bucket. It stays while services of 0.1.0 may still be at work: until the catalogue has
//! been published twice by this version.

use serde::Deserialize;

use crate::bucket::Bucket;
use crate::failure::Failure;

const CURRENT: &str = "catalogue/current";
/// What a library said about itself, in versions between.
const LIBRARIES: &str = "catalogue/libraries";
const MAX_INDEX: u64 = 1 << 20;

#[derive(Deserialize)]
struct Index {
    version: String,
    previous: Option<String>,
}

/// The keys of its objects, the one first that leads to the others. None if there is no such snapshot.
pub fn objects(bucket: &Bucket) -> Result<Vec<String>, Failure> {
    let Some(json) = bucket.get(CURRENT, MAX_INDEX)? else { return Ok(Vec::new()) };
    let mut keys = vec![CURRENT.to_owned(), LIBRARIES.to_owned()];
    if let Ok(index) = serde_json::from_slice::<Index>(&json) {
        for version in [Some(index.version), index.previous].into_iter().flatten() {
            keys.extend(["all", "image", "video", "shards"].map(|name| format!("catalogue/{version}/{name}.jsonl")));
        }
    }
    Ok(keys)
}

pub fn remove(bucket: &Bucket) -> Result<(), Failure> {
    objects(bucket)?.iter().try_for_each(|key| Ok(bucket.delete(key)?))
}
