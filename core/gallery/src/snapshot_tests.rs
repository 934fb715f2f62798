use super::*;

/// A catalogue with ties, awkward keys, and every seventh item a film.
fn items(count: usize) -> Vec<Media> {
    (0..count)
        .map(|number| {
            let film = number % 7 == 3;
            Media {
                key: format!("{:02}/Tänz \"{number}\" & (1) 50%\\.jpg", number % 10),
                filename: format!("Tänz \"{number}\".jpg"),
                r#type: if film { MediaType::Video } else { MediaType::Image },
                mime: Some("image/jpeg".into()),
                size: i64::try_from(number).unwrap() * 1_000_003,
                uploaded_at: "2025-01-01T00:00:00Z".into(),
                // A third of the items has no date of its own. The others share each date, five numbers at a time.
                date_taken: (number % 3 > 0).then(|| format!("2024-06-15T{:06}", number / 5)),
                camera_make: None,
                camera_model: Some("α7".into()),
                width: Some(4000),
                height: None,
                duration: film.then_some(0.1 + 0.2),
                qualities: film.then(|| vec!["1080p".into(), "720p".into()]),
                thumbnails: [true, number % 2 == 0, false],
                updated_at: format!("2025-01-{:02}T00:00:00Z", 1 + number % 28),
                version: (number % 3 == 0).then(|| format!("{number:016x}")),
                taken: None,
            }
        })
        .collect()
}

/// The bytes of parts, as a store would give them.
fn read<'a>(snapshot: &'a Snapshot, parts: &Parts) -> Vec<&'a [u8]> {
    let (_, bytes) = snapshot.objects.iter().find(|(key, _)| *key == parts.object).unwrap();
    let at = |offset: u64| usize::try_from(offset).unwrap();
    parts.ranges.iter().map(|range| &bytes[at(range.start)..at(range.end)]).collect()
}

fn sorted(mut items: Vec<Media>, filter: Option<MediaType>) -> Vec<Media> {
    items.retain(|item| filter.is_none_or(|filter| item.r#type == filter));
    items.sort_by(|a, b| b.place().cmp(&a.place()));
    items
}

#[test]
fn pages_join_to_the_listing_whatever_their_length() {
    for (count, limits) in [(0, [1, 2, 101]), (1, [1, 2, 101]), (300, [1, 101, 1001]), (10_000, [101, 999, 1001])] {
        let snapshot = Snapshot::new(items(count)).unwrap();
        let json = serde_json::to_vec(&snapshot.index).unwrap();
        let index = Index::parse(&json).unwrap();
        for filter in [None, Some(MediaType::Image), Some(MediaType::Video)] {
            let wanted = sorted(items(count), filter);
            for limit in limits {
                let (mut came, mut after) = (Vec::new(), None);
                loop {
                    let parts = index.page(filter, after.as_ref(), limit);
                    let next = page(read(&snapshot, &parts), after.as_ref(), limit).unwrap();
                    let full = next.len() == limit;
                    came.extend(next);
                    if !full {
                        break;
                    }
                    let last = came.last().unwrap();
                    after = Some(Cursor { filter, date: last.date().to_owned(), key: last.key.clone() });
                }
                assert!(came == wanted, "{count} items, {limit} at a time, {filter:?}");
            }
        }
    }
}

#[test]
fn a_cursor_may_name_what_is_no_longer_there() {
    let snapshot = Snapshot::new(items(300)).unwrap();
    let wanted = sorted(items(300), None);
    for (date, key) in [("9", "z"), ("2024-06-15T000030x", "k"), ("2025-01-01T00:00:00Z", "05/"), ("", "a")] {
        let after = Cursor { filter: None, date: date.into(), key: key.into() };
        let parts = snapshot.index.page(None, Some(&after), 50);
        let came = page(read(&snapshot, &parts), Some(&after), 50).unwrap();
        let rest: Vec<_> = wanted.iter().filter(|item| item.place() < (date, key)).take(50).cloned().collect();
        assert!(came == rest, "after {date} {key}");
    }
}

#[test]
fn every_item_is_found_and_no_other() {
    for count in [0, 1, 500, 10_000] {
        let snapshot = Snapshot::new(items(count)).unwrap();
        let find = |key: &str| {
            let parts = read(&snapshot, &snapshot.index.item(key));
            assert!(parts.len() <= 1);
            parts.first().and_then(|part| item(part, key).unwrap())
        };
        for wanted in items(count) {
            assert_eq!(find(&wanted.key).as_ref(), Some(&wanted));
            // The start of a key, or a key with more at its end, is another key.
            assert_eq!(find(&wanted.key[..wanted.key.len() - 1]), None);
            assert_eq!(find(&format!("{}\",", wanted.key)), None);
        }
    }
}

#[test]
fn few_films_stand_in_the_index_many_do_not() {
    let Snapshot { index: few, objects } = Snapshot::new(items(100)).unwrap();
    let all = items(100);
    for wanted in &all {
        let film = few.film(&wanted.key).unwrap();
        assert_eq!(film, super::film(&objects[3].1, &wanted.key).unwrap());
        let expected = Film {
            qualities: wanted.qualities.clone(),
            updated_at: wanted.updated_at.clone(),
            version: wanted.version.clone(),
        };
        assert_eq!(film, (wanted.r#type == MediaType::Video).then_some(expected));
    }
    assert_eq!(Snapshot::new(items(10_000)).unwrap().index.film("x"), None);
}

/// What it costs to fetch a page or an item of a large library, and the index itself.
#[test]
fn ten_thousand_items_take_small_reads() {
    let snapshot = Snapshot::new(items(10_000)).unwrap();
    let length = |parts: &Parts| parts.ranges.iter().map(|range| range.end - range.start).sum::<u64>();
    let json = serde_json::to_vec(&snapshot.index).unwrap();
    assert!(json.len() < 24 * 1024, "the index has {} bytes", json.len());
    let page = length(&snapshot.index.page(None, None, 101));
    assert!(page < 64 * 1024, "the first page reads {page} bytes");
    for item in items(10_000) {
        let shard = length(&snapshot.index.item(&item.key));
        assert!(shard < 48 * 1024, "{} reads {shard} bytes", item.key);
    }
}

#[test]
fn the_version_follows_the_content_alone() {
    let version = |items| Snapshot::new(items).unwrap().index.version;
    let mut other = items(50);
    other.reverse();
    assert_eq!(version(items(50)), version(other.clone()));
    other[7].size += 1;
    assert_ne!(version(items(50)), version(other));
    assert_ne!(version(items(50)), version(items(49)));
}

#[test]
fn what_is_no_index_is_refused() {
    let good = serde_json::to_value(Snapshot::new(items(200)).unwrap().index).unwrap();
    assert!(Index::parse(good.to_string().as_bytes()).is_ok());
    for (path, bad) in [
        ("/format", serde_json::json!(2)),
        ("/version", serde_json::json!("../../../../../../../secret/of/x")),
        ("/version", serde_json::json!("")),
        ("/all/offsets", serde_json::json!([0])),
        ("/all/blockItems", serde_json::json!(0)),
        ("/images/offsets/1", serde_json::json!(0xffff_ffff_u64)),
        ("/shards", serde_json::json!([])),
        ("/shards", serde_json::json!([5, 4])),
    ] {
        let mut index = good.clone();
        *index.pointer_mut(path).unwrap() = bad;
        assert_eq!(Index::parse(index.to_string().as_bytes()), Err(Unreadable), "{path}");
    }
    for text in ["", "{}", "null", "<Error/>"] {
        assert_eq!(Index::parse(text.as_bytes()), Err(Unreadable), "{text}");
    }
    assert_eq!(item(br#"{"key":"a",}"#, "a"), Err(Unreadable));
}
