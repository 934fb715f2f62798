//! The views in the bucket, read as a service reads them.

use gallery::media::Media;
use gallery::views::{Directory, Edition, Head, INDEX, Index, Part, View, item, part_key, shards};

use super::Gallery;

pub fn index(gallery: &Gallery) -> Index {
    let object = gallery.object(INDEX).expect("the index is there");
    assert_eq!(
        (object.content_type.as_str(), object.cache_control.as_str()),
        ("application/json", "private, no-cache")
    );
    Index::parse(&object.bytes).unwrap()
}

fn content(gallery: &Gallery, part: &Part) -> Vec<u8> {
    part.content().unwrap_or_else(|| stored(gallery, &part.name))
}

fn stored(gallery: &Gallery, name: &str) -> Vec<u8> {
    let object = gallery.object(&part_key(name)).expect("the part is there");
    assert_eq!(object.cache_control, "private, max-age=31536000, immutable");
    object.bytes
}

fn head(gallery: &Gallery, view: &str) -> Head {
    let index = index(gallery);
    let view = View::parse(view).unwrap();
    if let Some(head) = index.head(&view).unwrap() {
        return head.clone();
    }
    let albums: Vec<Head> = serde_json::from_slice(&content(gallery, index.albums().unwrap().unwrap())).unwrap();
    albums.into_iter().find(|head| head.name == view.name()).unwrap()
}

fn directory(gallery: &Gallery, head: &Head) -> Directory {
    let gzip = content(gallery, &head.edition(Edition::OneOrigin).directory);
    Directory::parse(&deflate::inflate(&gzip, 1 << 20).unwrap()).unwrap()
}

/// The keys of all items, in the listing's order.
pub fn keys(gallery: &Gallery) -> Vec<String> {
    let directory = directory(gallery, &head(gallery, View::EVERYTHING));
    let mut keys = Vec::new();
    for (segment, _, blocks) in directory.runs(0..directory.blocks().len()) {
        let segment = stored(gallery, segment);
        for block in blocks {
            let at = block.offset as usize;
            let deflated = &segment[at..at + block.deflated as usize];
            let text = deflate::inflate_block(deflated, block.length as usize).unwrap();
            keys.extend(item::lines(&text).map(|line| item::place(line).unwrap().1));
        }
    }
    keys
}

/// The row of an item.
pub fn row(gallery: &Gallery, key: &str) -> Media {
    let index = index(gallery);
    let (part, range) = index.shard(key).unwrap().expect("its shard is there");
    let [start, end] = [range.start, range.end].map(|at| usize::try_from(at).unwrap());
    let shard = deflate::inflate(&stored(gallery, part)[start..end], shards::MAX_BYTES).unwrap();
    shards::item(&shard, key).unwrap().expect("its row is there")
}

/// A view's timeline.
pub fn timeline(gallery: &Gallery, view: &str) -> serde_json::Value {
    let head = head(gallery, view);
    let pieces = head.edition(Edition::OneOrigin);
    let deflated = content(gallery, &pieces.timeline);
    let text = deflate::inflate_block(&deflated, pieces.text.0 as usize).unwrap();
    serde_json::from_slice(&[index(gallery).timeline_start().as_bytes(), &text].concat()).unwrap()
}

/// The object key of a part that holds blocks.
pub fn part(gallery: &Gallery) -> String {
    part_key(&directory(gallery, &head(gallery, View::EVERYTHING)).segments()[0])
}
