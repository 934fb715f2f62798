//! Deletes the objects whose time has come: old versions after a day, downloads after three, removed items after
//! thirty.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use gallery::download::{MANIFEST_SECONDS, PREFIX};

use crate::Stop;
use crate::abreast::{abreast, uploads};
use crate::bucket::Bucket;
use crate::catalogue::{Catalogue, Deletion, State};
use crate::failure::Failure;
use crate::services;

/// How many planned deletions are done before they are forgotten. What a stopped run has done stays done.
const AT_ONCE: usize = 200;

/// Deletes what is due at `now`.
pub fn run(catalogue: &Catalogue, bucket: &Bucket, now: jiff::Timestamp, stop: &Stop) -> Result<(), Failure> {
    let now = now.to_string();
    let due = catalogue.deletions(Some(&now))?;
    if due.is_empty() {
        return Ok(());
    }
    let kept = kept(catalogue)?;
    // What an item has is never deleted, whatever was planned.
    let (void, due): (Vec<_>, Vec<_>) = due.into_iter().partition(|deletion| kept.contains(&deletion.object));
    catalogue.deleted(&void)?;
    for some in due.chunks(AT_ONCE) {
        if stop.is_requested() {
            return Err(Failure::Stopped);
        }
        catalogue.purge(some, &now)?;
        objects(bucket, &objects_of(bucket, some)?, stop)?;
        catalogue.deleted(some)?;
    }
    Ok(())
}

/// Deletes objects, some at once.
pub fn objects(bucket: &Bucket, keys: &[String], stop: &Stop) -> Result<(), Failure> {
    abreast(keys, uploads(), |key| {
        if stop.is_requested() {
            return Err(Failure::Stopped);
        }
        Ok(bucket.delete(key)?)
    })
}

/// Deletes what was written for downloads that no token opens any more. What has another name there is no service's,
/// and stays, as does what an item has.
pub fn downloads(catalogue: &Catalogue, bucket: &Bucket, now: jiff::Timestamp, stop: &Stop) -> Result<(), Failure> {
    let oldest = now - jiff::SignedDuration::from_secs(MANIFEST_SECONDS.cast_signed());
    let is_old = |written: &str| written.parse::<jiff::Timestamp>().is_ok_and(|written| written < oldest);
    let listed = bucket.list(PREFIX)?.into_iter().filter(|object| services::is_download(&object.key));
    let old = listed.filter(|object| object.modified.as_deref().is_some_and(is_old));
    let mut old: Vec<String> = old.map(|object| object.key).collect();
    if !old.is_empty() {
        let kept = kept(catalogue)?;
        old.retain(|object| !kept.contains(object));
    }
    objects(bucket, &old, stop)
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

/// The keys of the objects that deletions mean.
fn objects_of(bucket: &Bucket, deletions: &[Deletion]) -> Result<Vec<String>, Failure> {
    let (prefixes, single): (Vec<_>, Vec<_>) =
        deletions.iter().map(|deletion| deletion.object.clone()).partition(|object| object.ends_with('/'));
    let keys = Mutex::new(single);
    abreast(&prefixes, uploads(), |prefix| {
        let listed = bucket.list(prefix)?.into_iter().map(|object| object.key);
        let below = listed.filter(|key| is_directly_below(key, prefix));
        keys.lock().unwrap_or_else(PoisonError::into_inner).extend(below);
        Ok::<_, Failure>(())
    })?;
    Ok(keys.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// `hls/a/` may also begin the objects of the film `a/b.mp4`, and of another version.
fn is_directly_below(object: &str, prefix: &str) -> bool {
    object.strip_prefix(prefix).is_some_and(|name| !name.is_empty() && !name.contains('/'))
}
