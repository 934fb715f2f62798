//! Deletes the objects whose time has come: old versions after a day, downloads after three, removed items after
//! thirty.

use std::collections::HashSet;

use gallery::download::{MANIFEST_SECONDS, PREFIX};

use crate::bucket::Bucket;
use crate::catalogue::{Catalogue, Deletion, State};
use crate::failure::Failure;

/// Deletes what is due at `now`, and returns how many objects went.
pub fn run(catalogue: &Catalogue, bucket: &Bucket, now: jiff::Timestamp) -> Result<u64, Failure> {
    let now = now.to_string();
    let due = catalogue.deletions(Some(&now))?;
    if due.is_empty() {
        return Ok(0);
    }
    let kept = kept(catalogue)?;
    // What an item has is never deleted, whatever was planned.
    let (void, due): (Vec<_>, Vec<_>) = due.into_iter().partition(|deletion| kept.contains(&deletion.object));
    catalogue.deleted(&void)?;
    catalogue.purge(&due, &now)?;
    let mut deleted = 0;
    for deletion in &due {
        deleted += delete(bucket, deletion)?;
    }
    catalogue.deleted(&due)?;
    Ok(deleted)
}

/// Deletes what was written for downloads that no token opens any more.
pub fn downloads(bucket: &Bucket, now: jiff::Timestamp) -> Result<(), Failure> {
    let oldest = now - jiff::SignedDuration::from_secs(MANIFEST_SECONDS.cast_signed());
    for object in bucket.list(PREFIX)? {
        let written = object.modified.and_then(|written| written.parse::<jiff::Timestamp>().ok());
        if written.is_some_and(|written| written < oldest) {
            bucket.delete(&object.key)?;
        }
    }
    Ok(())
}

/// The objects and prefixes of items that are shown or hidden.
fn kept(catalogue: &Catalogue) -> Result<HashSet<String>, Failure> {
    let mut kept = HashSet::new();
    for item in catalogue.items()? {
        kept.extend(item.stored.objects(&item.key));
    }
    // Single ones of them may be planned, beside the prefix.
    kept.extend(catalogue.objects_of_clips()?);
    for item in catalogue.withdrawn()?.into_iter().filter(|item| item.state == State::Hidden) {
        kept.extend(item.stored.objects(&item.key));
    }
    Ok(kept)
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
fn is_directly_below(object: &str, prefix: &str) -> bool {
    object.strip_prefix(prefix).is_some_and(|name| !name.is_empty() && !name.contains('/'))
}
