//! Deletes the objects whose time has come: old versions after a day, removed items after thirty.

use std::collections::HashSet;

use crate::bucket::Bucket;
use crate::catalogue::{Catalogue, Deletion, Item};
use crate::failure::Failure;

/// Deletes what is due at `now`, and returns how many objects went.
pub fn run(catalogue: &Catalogue, bucket: &Bucket, now: jiff::Timestamp) -> Result<u64, Failure> {
    let now = now.to_string();
    let due = catalogue.deletions(Some(&now))?;
    if due.is_empty() {
        return Ok(0);
    }
    let kept = kept(&catalogue.items()?);
    let mut deleted = 0;
    let mut gone = Vec::with_capacity(due.len());
    for deletion in due {
        // What an item has is never deleted, whatever was planned.
        if !kept.contains(&deletion.object) {
            deleted += delete(bucket, &deletion)?;
        }
        gone.push(deletion);
    }
    catalogue.deleted(&gone, &now)?;
    Ok(deleted)
}

/// The originals, thumbnails and prefixes that items have.
fn kept(items: &[Item]) -> HashSet<String> {
    items
        .iter()
        .flat_map(|item| Deletion::of_item(&item.key, item.version.as_deref(), item.is_film, ""))
        .map(|one| one.object)
        .collect()
}

fn delete(bucket: &Bucket, deletion: &Deletion) -> Result<u64, Failure> {
    if !deletion.object.ends_with('/') {
        bucket.delete(&deletion.object)?;
        return Ok(1);
    }
    let mut deleted = 0;
    for object in bucket.list(&deletion.object)? {
        if is_directly_below(&object.key, &deletion.object) {
            bucket.delete(&object.key)?;
            deleted += 1;
        }
    }
    Ok(deleted)
}

/// `hls/a/` may also begin the objects of the film `a/b.mp4`, and of another version.
pub fn is_directly_below(object: &str, prefix: &str) -> bool {
    object.strip_prefix(prefix).is_some_and(|name| !name.is_empty() && !name.contains('/'))
}
