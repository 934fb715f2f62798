use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::views::View;

/// Every seventh item is a film.
fn item(number: usize) -> Media {
    let film = number % 7 == 3;
    Media {
        key: format!("2025/06 Wedding/é {number:05}"),
        filename: format!("é {number:05}"),
        r#type: if film { MediaType::Video } else { MediaType::Image },
        mime: None,
        size: 1,
        uploaded_at: "2026-01-01T00:00:00Z".into(),
        date_taken: Some(format!("2025-06-{:02}T10:00:{:02}", 1 + number / 40 % 28, number % 60)),
        camera_make: None,
        camera_model: None,
        width: Some(400 + i64::try_from(number % 300).unwrap()),
        height: Some(300),
        duration: None,
        qualities: film.then(|| vec!["720p".into()]),
        thumbnails: [true; 3],
        renditions: None,
        thumbhash: None,
        updated_at: "2026-01-01T00:00:00Z".into(),
        version: None,
        taken: None,
        place: None,
        exposure: None,
        albums: String::new(),
        patches: None,
        checksums: None,
    }
}

fn items(count: usize) -> Vec<Media> {
    (0..count).map(item).collect()
}

fn about() -> About {
    let keys = [5, 3, 900_000, 4].map(|number| item(number).key).into();
    let album = Album { view: View::album("Wedding", "Party"), title: "Party".into(), keys };
    About { title: Some("Wedding".into()), albums: vec![album], ..About::default() }
}

fn directory(built: &Built, pieces: &Pieces) -> Directory {
    let part = &built.parts[&pieces.directory.name];
    Directory::parse(&deflate::inflate(part, 1 << 20).unwrap()).unwrap()
}

/// The items of a view, read from its blocks, and the timeline.
fn read(built: &Built, head: &Head, edition: Edition) -> (Vec<Value>, Value) {
    let pieces = head.edition(edition);
    let directory = directory(built, pieces);
    let mut items = Vec::new();
    for (segment, bytes, run) in directory.runs(0..directory.blocks().len()) {
        let part = &built.parts[segment];
        assert_eq!((bytes.start, bytes.end), (0, part.len() as u64), "a segment is whole");
        for block in run {
            let at = block.offset as usize;
            let deflated = &part[at..at + block.deflated as usize];
            let text = deflate::inflate_block(deflated, block.length as usize).unwrap();
            assert_eq!((crc32(&text), Hash::of(&text)), (block.crc, block.hash));
            let list: Vec<Value> = item::lines(&text).map(|line| serde_json::from_slice(line).unwrap()).collect();
            assert_eq!(list.len(), block.count);
            assert_eq!(block.start, items.len());
            assert_eq!(list.last().unwrap()["key"], block.last.1);
            items.extend(list);
        }
    }
    let deflated = &built.parts[&pieces.timeline.name];
    let text = deflate::inflate_block(deflated, pieces.text.0 as usize).unwrap();
    assert_eq!(crc32(&text), pieces.text.1);
    let json = [built.index.timeline_start().as_bytes(), &text].concat();
    (items, serde_json::from_slice(&json).unwrap())
}

#[test]
fn everything_comes_back_in_order() {
    let mut sorted = items(1000);
    sorted.sort_by(|a, b| b.place().cmp(&a.place()));
    let built = build(items(1000), &about(), &Known::default(), deflate::squeeze_each).unwrap();
    let index = &built.index;
    assert!(index.clone().encode().unwrap().len() <= 4096);
    for (head, filter) in index.heads().unwrap().iter().zip([None, Some(MediaType::Image), Some(MediaType::Video)]) {
        let wanted: Vec<&Media> =
            sorted.iter().filter(|item| filter.is_none_or(|filter| item.r#type == filter)).collect();
        assert_eq!((head.name.as_str(), head.count), (View::of(filter).name(), wanted.len()));
        for edition in Edition::ALL {
            let (items, timeline) = read(&built, head, edition);
            let keys = |items: &[Value]| items.iter().map(|item| item["key"].clone()).collect::<Vec<_>>();
            assert_eq!(keys(&items), wanted.iter().map(|item| Value::from(item.key.as_str())).collect::<Vec<_>>());
            let split = items.iter().all(|item| item["hls"] == Value::Null);
            assert_eq!(split, edition == Edition::Split || filter == Some(MediaType::Image));
            let sum = |field: &str| {
                let list = timeline[field].as_array().unwrap().iter();
                list.map(|pair| usize::try_from(pair[1].as_u64().unwrap()).unwrap()).sum::<usize>()
            };
            assert_eq!([sum("days"), sum("blocks"), timeline["ratios"].as_str().unwrap().len()], [wanted.len(); 3]);
            assert_eq!(timeline["title"], "Wedding");
            assert_eq!(timeline["version"], index.version);
            let views: Vec<&Value> = timeline["views"].as_array().unwrap().iter().map(|view| &view["count"]).collect();
            assert_eq!(views, [1000, 857, 143, 3]);
        }
    }
    for item in sorted.iter().step_by(13) {
        let (part, bytes) = index.shard(&item.key).unwrap().unwrap();
        let bytes = usize::try_from(bytes.start).unwrap()..usize::try_from(bytes.end).unwrap();
        let shard = deflate::inflate(&built.parts[part][bytes], shards::MAX_BYTES).unwrap();
        assert_eq!(shards::item(&shard, &item.key).unwrap().as_ref(), Some(item));
        let film = shards::film(&shard, &item.key).unwrap();
        assert_eq!(film.is_some(), item.r#type == MediaType::Video);
    }
}

#[test]
fn an_album_has_its_own_order() {
    let built = build(items(50), &about(), &Known::default(), deflate::squeeze_each).unwrap();
    let albums: Vec<Head> = serde_json::from_slice(&built.parts[&built.index.albums().unwrap().unwrap().name]).unwrap();
    let (items, timeline) = read(&built, &albums[0], Edition::OneOrigin);
    assert_eq!(
        items.iter().map(|item| &item["key"]).collect::<Vec<_>>(),
        [5, 3, 4].map(|number| item(number).key).iter().collect::<Vec<_>>()
    );
    assert_eq!((&timeline["view"], &albums[0].title), (&albums[0].name.as_str().into(), &Some("Party".to_owned())));
}

#[test]
fn the_version_is_that_of_the_content() {
    let version =
        |items, about: &About| build(items, about, &Known::default(), deflate::squeeze_each).unwrap().index.version;
    let mut turned = items(300);
    turned.reverse();
    assert_eq!(version(items(300), &about()), version(turned, &about()));
    assert_ne!(version(items(300), &about()), version(items(301), &about()));
    assert_ne!(version(items(300), &about()), version(items(300), &About::default()));
}

#[test]
fn a_new_item_makes_at_most_two_blocks_of_a_view_anew() {
    let mut all = items(6000);
    let new = all.remove(777);
    let before = build(all.clone(), &about(), &Known::default(), deflate::squeeze_each).unwrap();
    let mut known = Known::default();
    for pieces in before.index.heads().unwrap().iter().flat_map(Head::editions) {
        known.add(&directory(&before, pieces));
    }
    all.push(new);
    let after = build(all.clone(), &about(), &known, deflate::squeeze_each).unwrap();
    let whole = build(all, &about(), &Known::default(), deflate::squeeze_each).unwrap();
    assert_eq!(
        after.index.clone().encode().unwrap(),
        whole.index.clone().encode().unwrap(),
        "what is known changes nothing"
    );
    assert_eq!(after.names, whole.names);
    for (old, new) in before.index.heads().unwrap().iter().zip(after.index.heads().unwrap()) {
        let names = |built: &Built, head: &Head| -> BTreeSet<String> {
            let directory = directory(built, head.edition(Edition::OneOrigin));
            directory.blocks().iter().map(|block| block.hash.to_string()).collect()
        };
        let fresh = names(&after, new).difference(&names(&before, old)).count();
        assert!(fresh <= 2, "{fresh} blocks of {}", new.name);
    }
    let made = |built: &Built| built.parts.values().map(Vec::len).sum::<usize>();
    assert!(made(&after) * 2 < made(&whole), "{} of {} bytes were made again", made(&after), made(&whole));
}

#[test]
fn no_items_are_a_catalogue_too() {
    let built = build(Vec::new(), &About::default(), &Known::default(), deflate::squeeze_each).unwrap();
    let json = built.index.clone().encode().unwrap();
    let index = Index::parse(&json).unwrap();
    assert_eq!((index.count, index.shard("a")), (0, Ok(None)));
    let (items, timeline) = read(&built, &index.heads().unwrap()[0], Edition::Split);
    assert!(items.is_empty());
    assert_eq!((&timeline["count"], &timeline["ratios"]), (&0.into(), &"".into()));
}
