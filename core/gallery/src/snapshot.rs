//! The catalogue as objects in the bucket, for hosts without SQL.
//!
//! A snapshot is four objects whose names hold its version, and one index, [`CURRENT`], that names the version.
//! Writing the index makes the snapshot current: a reader that has read the old index goes on with the old objects.
//! The objects are JSON Lines, with one [`Media`] a line. Three objects hold the listings in the API's order:
//! everything, photos, films. The fourth object holds everything again, in shards by a hash of the key. The index
//! says where blocks and shards begin, so that any page and any item is one range of one object.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    cursor::Cursor,
    media::{Film, Media, MediaType},
};

/// The key of the index.
pub const CURRENT: &str = "catalogue/current";
/// The version of the layout. A reader refuses an index of another version.
const FORMAT: u32 = 1;
/// The items of a block or a shard, about. To read one item, a reader then reads some 20 KB.
const PART_ITEMS: usize = 64;
/// The most blocks of a listing. Each block adds a date and a key to the index.
const MAX_BLOCKS: usize = 64;
/// The most shards. Each shard adds one number to the index.
const MAX_SHARDS: usize = 512;
/// Up to so many films stand in the index itself, in some 100 bytes each. A playlist then costs one request less.
const MAX_FILMS: usize = 300;

/// The object at [`CURRENT`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    format: u32,
    /// A digest of the content: the same catalogue has the same version.
    pub version: String,
    /// The snapshot before this one, kept for readers that still use its index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    pub count: usize,
    /// When an item was last changed; empty if there are no items.
    pub changed: String,
    all: Listing,
    images: Listing,
    videos: Listing,
    shards: Offsets,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    films: Option<Vec<Entry>>,
}

/// The part of an item that playback needs, either in the index or read from the item's whole line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    key: String,
    r#type: MediaType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    qualities: Option<Vec<String>>,
    updated_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<String>,
}

/// Where the parts of an object begin, in bytes, and where the object ends.
type Offsets = Vec<u64>;

/// One listing's object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listing {
    block_items: usize,
    /// Date and key of each block's first item.
    firsts: Vec<(String, String)>,
    offsets: Offsets,
}

/// Some neighbouring parts of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The object's key.
    pub object: String,
    /// Where each part is in the object, in bytes. The parts follow one another, and no part is empty.
    pub ranges: Vec<Range<u64>>,
}

/// A snapshot about to be written.
#[derive(Debug)]
pub struct Snapshot {
    pub index: Index,
    /// Keys and bytes of the objects.
    pub objects: [(String, Vec<u8>); 4],
}

/// The bytes are not an index or an item that this version can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the catalogue's snapshot is not one this program can read")
    }
}

impl std::error::Error for Unreadable {}

/// The objects of a snapshot: everything, photos, films, the shards.
pub fn object_keys(version: &str) -> [String; 4] {
    ["all", "image", "video", "shards"].map(|name| format!("catalogue/{version}/{name}.jsonl"))
}

impl Snapshot {
    /// Lays out the catalogue. The items may come in any order.
    pub fn new(mut items: Vec<Media>) -> serde_json::Result<Self> {
        items.sort_by(|a, b| b.place().cmp(&a.place()));
        let lines: Vec<(&Media, Vec<u8>)> = items
            .iter()
            .map(|item| {
                let mut line = serde_json::to_vec(item)?;
                line.push(b'\n');
                Ok((item, line))
            })
            .collect::<serde_json::Result<_>>()?;
        let of = |wanted| lines.iter().filter(move |(item, _)| item.r#type == wanted);
        let (all, all_bytes) = listing(lines.iter());
        let (images, image_bytes) = listing(of(MediaType::Image));
        let (videos, video_bytes) = listing(of(MediaType::Video));
        let (shards, shard_bytes) = shards(&lines);
        let films = (of(MediaType::Video).count() <= MAX_FILMS).then(|| of(MediaType::Video).map(Entry::of).collect());
        let version = version(&all_bytes);
        let [all_key, image_key, video_key, shards_key] = object_keys(&version);
        let changed = items.iter().map(|item| item.updated_at.as_str()).max().unwrap_or_default().to_owned();
        let index = Index {
            format: FORMAT,
            version,
            previous: None,
            count: items.len(),
            changed,
            all,
            images,
            videos,
            shards,
            films,
        };
        let objects =
            [(all_key, all_bytes), (image_key, image_bytes), (video_key, video_bytes), (shards_key, shard_bytes)];
        Ok(Self { index, objects })
    }
}

fn listing<'a>(lines: impl Iterator<Item = &'a (&'a Media, Vec<u8>)>) -> (Listing, Vec<u8>) {
    let lines: Vec<_> = lines.collect();
    let block_items = PART_ITEMS.max(lines.len().div_ceil(MAX_BLOCKS));
    let (mut firsts, mut offsets, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    for block in lines.chunks(block_items) {
        firsts.extend(block.first().map(|(item, _)| (item.date().to_owned(), item.key.clone())));
        offsets.push(bytes.len() as u64);
        bytes.extend(block.iter().flat_map(|(_, line)| line));
    }
    offsets.push(bytes.len() as u64);
    (Listing { block_items, firsts, offsets }, bytes)
}

fn shards(lines: &[(&Media, Vec<u8>)]) -> (Offsets, Vec<u8>) {
    let count = (lines.len() / PART_ITEMS).clamp(1, MAX_SHARDS);
    let mut shards = vec![Vec::new(); count];
    for (item, line) in lines {
        shards[shard_of(&item.key, count)].push(line);
    }
    let (mut offsets, mut bytes) = (vec![0], Vec::new());
    for shard in shards {
        bytes.extend(shard.into_iter().flatten());
        offsets.push(bytes.len() as u64);
    }
    (offsets, bytes)
}

/// FNV-1a (<http://www.isthe.com/chongo/tech/comp/fnv/>): it spreads keys evenly enough, and gives the same result on
/// every platform.
fn shard_of(key: &str, count: usize) -> usize {
    let hash = key
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    // Less than `count`, which is a `usize`.
    usize::try_from(hash % count.max(1) as u64).unwrap_or_default()
}

fn version(all: &[u8]) -> String {
    let digest = Sha256::new().chain_update(FORMAT.to_le_bytes()).chain_update(all).finalize();
    digest[..16].iter().fold(String::with_capacity(32), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Index {
    /// Reads the object at [`CURRENT`].
    pub fn parse(json: &[u8]) -> Result<Self, Unreadable> {
        let index: Self = serde_json::from_slice(json).map_err(|_| Unreadable)?;
        let listings = [&index.all, &index.images, &index.videos];
        let sound = index.format == FORMAT
            && index.version.len() == 32
            && index.version.bytes().all(|byte| byte.is_ascii_hexdigit())
            && listings.iter().all(|listing| {
                listing.block_items > 0 && listing.offsets.len() == listing.firsts.len() + 1 && rises(&listing.offsets)
            })
            && index.shards.len() >= 2
            && rises(&index.shards);
        if sound { Ok(index) } else { Err(Unreadable) }
    }

    /// The parts that hold the next `limit` items of a listing after `after`, or all that are left. The parts may
    /// begin before these items and end after them: [`page`] cuts.
    pub fn page(&self, filter: Option<MediaType>, after: Option<&Cursor>, limit: usize) -> Parts {
        let [all, images, videos, _] = object_keys(&self.version);
        let (object, listing) = match filter {
            None => (all, &self.all),
            Some(MediaType::Image) => (images, &self.images),
            Some(MediaType::Video) => (videos, &self.videos),
        };
        let whole = limit.div_ceil(listing.block_items);
        let (first, blocks) = match after {
            None => (0, whole),
            Some(after) => {
                let place = (after.date.as_str(), after.key.as_str());
                let begins_before = |(date, key): &(String, String)| (date.as_str(), key.as_str()) >= place;
                // The last block that begins at or before the cursor may also hold items after the cursor. It is read
                // in addition.
                (listing.firsts.partition_point(begins_before).saturating_sub(1), whole + 1)
            }
        };
        let end = (first + blocks).min(listing.firsts.len());
        Parts { object, ranges: ranges(&listing.offsets[first.min(end)..=end]) }
    }

    /// The part that holds the item with a key, if there is one.
    pub fn item(&self, key: &str) -> Parts {
        let [.., object] = object_keys(&self.version);
        let shard = shard_of(key, self.shards.len() - 1);
        Parts { object, ranges: ranges(&self.shards[shard..=shard + 1]) }
    }

    /// The film with a key, if the index itself holds the films. `None` if it does not.
    pub fn film(&self, key: &str) -> Option<Option<Film>> {
        let films = self.films.as_ref()?;
        Some(films.iter().find(|film| film.key == key).cloned().and_then(Entry::film))
    }
}

impl Entry {
    fn of((item, _): &(&Media, Vec<u8>)) -> Self {
        Self {
            key: item.key.clone(),
            r#type: item.r#type,
            qualities: item.qualities.clone(),
            updated_at: item.updated_at.clone(),
            version: item.version.clone(),
        }
    }

    /// `None` if the entry is a photo.
    fn film(self) -> Option<Film> {
        let film = Film { qualities: self.qualities, updated_at: self.updated_at, version: self.version };
        (self.r#type == MediaType::Video).then_some(film)
    }
}

fn rises(offsets: &[u64]) -> bool {
    offsets.first() == Some(&0) && offsets.is_sorted()
}

/// The range from each offset to the next, without empty ranges.
fn ranges(offsets: &[u64]) -> Vec<Range<u64>> {
    offsets.windows(2).map(|pair| pair[0]..pair[1]).filter(|range| !range.is_empty()).collect()
}

/// The items of a page: at most `limit` of those in `parts` that come after `after`.
pub fn page<'a>(
    parts: impl IntoIterator<Item = &'a [u8]>,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Vec<Media>, Unreadable> {
    parts
        .into_iter()
        .flat_map(lines)
        .map(|line| serde_json::from_slice::<Media>(line).map_err(|_| Unreadable))
        .filter(|item| match (item, after) {
            (Ok(item), Some(after)) => item.place() < (after.date.as_str(), after.key.as_str()),
            _ => true,
        })
        .take(limit)
        .collect()
}

/// The item with a key, if it is in the part.
pub fn item(part: &[u8], key: &str) -> Result<Option<Media>, Unreadable> {
    let line = line(part, key)?;
    line.map(|line| serde_json::from_slice(line).map_err(|_| Unreadable)).transpose()
}

/// The film with a key, if it is in the part.
pub fn film(part: &[u8], key: &str) -> Result<Option<Film>, Unreadable> {
    let Some(line) = line(part, key)? else { return Ok(None) };
    let entry: Entry = serde_json::from_slice(line).map_err(|_| Unreadable)?;
    Ok(entry.film())
}

fn line<'a>(part: &'a [u8], key: &str) -> Result<Option<&'a [u8]>, Unreadable> {
    // The key comes first in a line, so the lines of other items need not be parsed.
    let mut start = br#"{"key":"#.to_vec();
    start.extend(serde_json::to_vec(key).map_err(|_| Unreadable)?);
    start.push(b',');
    Ok(lines(part).find(|line| line.starts_with(&start)))
}

fn lines(part: &[u8]) -> impl Iterator<Item = &[u8]> {
    part.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

#[cfg(test)]
#[path = "snapshot_tests.rs"]
mod tests;
