//! Items by their keys, for hosts without SQL: the catalogue's rows in shards by a hash of the key.
//!
//! A shard is a gzip member with JSON Lines, one [`Media`] a line. Shards lie one after the other in parts, so that a
//! change of one item changes one part.

use serde::{Deserialize, Serialize};

use super::Unreadable;
use crate::media::{Film, Media, MediaType};

/// The items of a shard, about.
const ITEMS: usize = 64;
/// The most shards. Each takes two or three bytes of the index.
pub const MOST: usize = 512;
/// The shards of a part.
pub const IN_A_PART: usize = 16;
/// The largest text of a shard, in bytes. With [`MOST`] shards, a million items stay below it.
pub const MAX_BYTES: usize = 4 << 20;

/// The number of shards for so many items.
pub fn count(items: usize) -> usize {
    (items / ITEMS).clamp(1, MOST)
}

/// The shard of a key. FNV-1a (<http://www.isthe.com/chongo/tech/comp/fnv/>) spreads keys evenly enough, and gives the
/// same result on every platform.
pub fn of(key: &str, count: usize) -> usize {
    let hash = key
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    // Less than `count`, which is a `usize`.
    usize::try_from(hash % count.max(1) as u64).unwrap_or_default()
}

/// The part of an item that playback needs.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    key: String,
    r#type: MediaType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    qualities: Option<Vec<String>>,
    updated_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    albums: String,
}

/// A line from which [`film`] reads, and nothing else.
pub fn film_line(media: &Media) -> serde_json::Result<Vec<u8>> {
    let entry = Entry {
        key: media.key.clone(),
        r#type: media.r#type,
        qualities: media.qualities.clone(),
        updated_at: media.updated_at.clone(),
        version: media.version.clone(),
        albums: media.albums.clone(),
    };
    let mut line = serde_json::to_vec(&entry)?;
    line.push(b'\n');
    Ok(line)
}

/// The item with a key, if it is in the text of its shard.
pub fn item(shard: &[u8], key: &str) -> Result<Option<Media>, Unreadable> {
    let line = line(shard, key)?;
    line.map(|line| serde_json::from_slice(line).map_err(|_| Unreadable)).transpose()
}

/// The film with a key, if it is in the text of its shard.
pub fn film(shard: &[u8], key: &str) -> Result<Option<Film>, Unreadable> {
    let Some(line) = line(shard, key)? else { return Ok(None) };
    let entry: Entry = serde_json::from_slice(line).map_err(|_| Unreadable)?;
    let Entry { qualities, updated_at, version, albums, .. } = entry;
    Ok((entry.r#type == MediaType::Video).then_some(Film { qualities, updated_at, version, albums }))
}

/// The line of a key, which comes first in its line. The lines of other items need not be parsed.
pub fn line<'a>(text: &'a [u8], key: &str) -> Result<Option<&'a [u8]>, Unreadable> {
    let start = line_start(key)?;
    Ok(text.split(|byte| *byte == b'\n').find(|line| line.starts_with(&start)))
}

/// How the line of a key begins, in a shard and in a block.
pub fn line_start(key: &str) -> Result<Vec<u8>, Unreadable> {
    let mut start = br#"{"key":"#.to_vec();
    serde_json::to_writer(&mut start, key).map_err(|_| Unreadable)?;
    start.push(b',');
    Ok(start)
}
