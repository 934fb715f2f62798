//! The snapshot of 0.1.0 in the bucket. It stays while services of 0.1.0 may still be at work: until the catalogue has
//! been published twice by this version.

use gallery::layout::CATALOGUE;
use gallery::views::is_part_name;
use serde::Deserialize;

use crate::bucket::Bucket;
use crate::failure::Failure;

const CURRENT: &str = "catalogue/current";
/// What a library said about itself, in versions between.
const LIBRARIES: &str = "catalogue/libraries";
/// What each of its versions holds.
const LISTS: [&str; 4] = ["all", "image", "video", "shards"];
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
            keys.extend(LISTS.map(|name| format!("catalogue/{version}/{name}.jsonl")));
        }
    }
    Ok(keys)
}

/// Whether an object has the name of one of a snapshot's.
pub fn is_object(object: &str) -> bool {
    let Some((version, list)) = object.strip_prefix(CATALOGUE).and_then(|name| name.split_once('/')) else {
        return [CURRENT, LIBRARIES].contains(&object);
    };
    // Its versions are as long as the names of parts.
    is_part_name(version) && list.strip_suffix(".jsonl").is_some_and(|list| LISTS.contains(&list))
}

pub fn remove(bucket: &Bucket) -> Result<(), Failure> {
    objects(bucket)?.iter().try_for_each(|key| Ok(bucket.delete(key)?))
}
