//! Timelines, blocks and pages.

use super::*;

/// Items in the order of the listing.
fn numbered(count: usize) -> Vec<Media> {
    let names: Vec<String> = (0..count).map(|number| format!("{:05}.jpg", 99_999 - number)).collect();
    items(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn blocks_are_those_of_the_timeline_and_items_know_where_they_stand() {
    let fixture = Fixture::new();
    let all = numbered(500);
    fixture.store.publish(&all);
    let (catalogue, cx) = (&fixture.catalogue, fixture.cx(1));
    for name in ["everything", "photos", "films", View::album("a", "b").name()] {
        let view = View::parse(name).unwrap();
        let timeline = now(catalogue.timeline(&cx, &view, Edition::Split)).unwrap().unwrap();
        let timeline = json(&timeline.gzip);
        let mut keys = Vec::new();
        for (block, count) in timeline["blocks"].as_array().unwrap().iter().map(|pair| (&pair[0], &pair[1])) {
            let name = BlockName::parse(block.as_str().unwrap()).unwrap();
            let list = json(&now(catalogue.block(&cx, &name, Edition::Split)).unwrap().unwrap());
            let list = list.as_array().unwrap();
            assert_eq!(count, list.len());
            for (index, item) in list.iter().enumerate() {
                let media = all.iter().find(|media| media.key == item["key"].as_str().unwrap()).unwrap();
                let position = now(catalogue.position(&cx, media, &view, Edition::Split)).unwrap().unwrap();
                assert_eq!((position.index, position.item), (index, keys.len()));
                assert_eq!(position.block, block.as_str().unwrap());
                keys.push(media.key.clone());
            }
        }
        assert_eq!(timeline["count"], keys.len());
        let wanted = if name == "films" { 0 } else { 500 };
        let wanted: Vec<String> = all[..wanted].iter().map(|item| item.key.clone()).collect();
        let step = if name.starts_with("album") { 3 } else { 1 };
        assert_eq!(keys, wanted.into_iter().step_by(step).collect::<Vec<_>>());
    }
    let not_in_it = now(catalogue.position(&cx, &all[0], &View::of(Some(MediaType::Video)), Edition::Split)).unwrap();
    assert_eq!(not_in_it, None);
    let unknown = View::parse("album-000000000000").unwrap();
    assert!(now(catalogue.timeline(&cx, &unknown, Edition::Split)).unwrap().is_none());
    let gone = BlockName::parse("everything.0000000000000000").unwrap();
    assert!(now(catalogue.block(&cx, &gone, Edition::Split)).unwrap().is_none());
}

#[test]
fn a_page_goes_on_after_an_item_that_is_gone() {
    let fixture = Fixture::new();
    let all = numbered(300);
    let without: Vec<Media> = all.iter().filter(|item| !item.key.starts_with("998")).cloned().collect();
    fixture.store.publish(&without);
    let gone = all.iter().find(|item| item.key == "99850.jpg").unwrap();
    let after = Cursor { filter: None, date: gone.date().to_owned(), key: gone.key.clone() };
    let page = now(fixture.catalogue.page(&fixture.cx(1), Edition::Split, None, Some(&after), 3)).unwrap();
    let page = json(&page.gzip);
    let keys: Vec<&str> = page["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["99799.jpg", "99798.jpg", "99797.jpg"]);
}

#[test]
fn a_large_catalogue_takes_few_bytes_for_an_item() {
    let fixture = Fixture::new();
    fixture.store.publish(&numbered(20_000));
    assert_eq!(fixture.find(100, "90000.jpg"), (Ok(true), 2));
    let read = fixture.store.sent.get();
    assert!(read <= 32 * 1024, "{read} bytes");
}

#[test]
fn a_page_goes_on_where_an_item_stood_that_has_moved() {
    let fixture = Fixture::new();
    let dated = |number: usize, day: usize| Media {
        uploaded_at: format!("2025-06-{day:02}"),
        ..items(&[format!("{number:02}.jpg").as_str()]).remove(0)
    };
    let mut all: Vec<Media> = (1..=30).map(|day| dated(day, day)).collect();
    let after = Cursor { filter: None, date: all[19].date().to_owned(), key: all[19].key.clone() };
    for (moved_to, limit) in [(5, 1), (5, 3), (28, 1), (28, 100), (1, 1)] {
        // It stands elsewhere now, before or behind.
        all[19] = dated(20, moved_to);
        fixture.store.publish(&all);
        let other = Catalogue::new(Source::Snapshot, &fixture.objects);
        let page = now(other.page(&fixture.cx(1), Edition::Split, None, Some(&after), limit)).unwrap();
        let page = json(&page.gzip);
        let first = page["items"][0]["key"].as_str();
        assert_eq!(first, Some("19.jpg"), "the item of the day before, {limit} at a time, moved to {moved_to}");
    }
}

/// Each piece in turn is shorter, longer or another one than it was.
#[test]
fn any_piece_that_a_host_keeps_damaged_is_read_past_it() {
    let fixture = Fixture::new();
    let all = numbered(2000);
    fixture.store.publish(&all);
    *fixture.store.kept.borrow_mut() = Some(HashMap::new());
    // With what another instance would read.
    let read = || {
        let cold = Catalogue::new(Source::Snapshot, &fixture.objects);
        let cx = fixture.cx(1);
        let key = MediaKey::parse(all[0].key.as_str()).unwrap();
        let page = now(cold.page(&cx, Edition::Split, None, None, 1900)).unwrap();
        (page.gzip, now(cold.item(&cx, &key)).unwrap(), cx.record.store_calls.get())
    };
    let (page, item, calls) = read();
    let kept = fixture.store.kept.borrow().clone().unwrap();
    assert!(item.is_some() && kept.len() > 2, "{} pieces", kept.len());
    for (name, sound) in &kept {
        let short = sound.slice(..sound.len() - 1);
        let long = Bytes::from([&sound[..], b"!"].concat());
        let other: Bytes = sound.iter().map(|byte| !byte).collect();
        for damaged in [short, long, other] {
            fixture.store.kept.borrow_mut().as_mut().unwrap().insert(name.clone(), damaged);
            assert!(read() == (page.clone(), item.clone(), calls + 1), "{name}");
        }
        fixture.store.kept.borrow_mut().as_mut().unwrap().insert(name.clone(), sound.clone());
    }
}
