//! Keeps a gallery from being emptied. Whoever publishes an empty database replaces the bucket's catalogue, and for
//! `doctor` nothing uses the bucket's objects then.

use gallery::views::{INDEX, Index};
use serde::Deserialize;

use crate::bucket::Bucket;
use crate::catalogue::Catalogue;
use crate::failure::Failure;
use crate::views;

/// The largest index, in bytes.
const MAX_INDEX: u64 = 1 << 20;

/// What every version's index has.
#[derive(Deserialize)]
struct Count {
    count: usize,
}

/// The index in the bucket, if there is one that can be read.
pub fn index(bucket: &Bucket) -> Result<Option<Index>, Failure> {
    Ok(bucket.get(INDEX, MAX_INDEX)?.and_then(|json| Index::parse(&json).ok()))
}

/// Why this database is not the one that was published into the bucket: it is that of the wrong folder, of another
/// gallery, or a new one in the place of one that was lost. That there is an index in it proves nothing, because
/// `serve` makes one in an empty database.
pub fn refusal(catalogue: &Catalogue, bucket: &Bucket) -> Result<Option<String>, Failure> {
    if catalogue.has_something()? {
        return Ok(None);
    }
    let shown = match bucket.get(INDEX, MAX_INDEX)?.map(|json| serde_json::from_slice::<Count>(&json)) {
        Some(Ok(Count { count: 0 })) => return Ok(None),
        Some(Ok(Count { count: 1 })) => "has 1 item".to_owned(),
        Some(Ok(Count { count })) => format!("has {count} items"),
        Some(Err(_)) => "cannot be read".to_owned(),
        None if views::of_0_1_0(bucket)?.is_empty() => return Ok(None),
        None => "is of version 0.1.0".to_owned(),
    };
    Ok(Some(format!(
        "it is empty, and the catalogue in the bucket {shown}: name the gallery's own (--data, --database, --sql-url), \
         or bring it back from a copy. If it is lost, ingest and adopt make a new one with --rebuild, without the \
         links and without what was hidden or removed"
    )))
}
