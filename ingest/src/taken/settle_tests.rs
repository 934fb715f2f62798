//! Properties of settling.

use super::*;
use crate::taken::Source;

fn item<'a>(library: &'a str, when: &str, source: Source, offset: Option<(i8, OffsetSource)>) -> Undecided<'a> {
    let moment = when
        .parse()
        .map(Moment::Instant)
        .or_else(|_| if when.len() > 10 { when.parse().map(Moment::Wall) } else { when.parse().map(Moment::Day) })
        .unwrap();
    let offset = offset.map(|(hours, by)| (jiff::tz::offset(hours), by));
    Undecided { library, taken: Taken { moment, source, offset } }
}

fn photo(when: &str, hours: Option<i8>) -> Undecided<'static> {
    item("a", when, Source::Exif, hours.map(|hours| (hours, OffsetSource::Exif)))
}

fn film(when: &str) -> Undecided<'static> {
    item("a", when, Source::Container, None)
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

/// The wall clock with its offset, and where the offset is from.
fn shown(settled: &Settled) -> String {
    let by = settled.offset_source.unwrap().name();
    format!("{}{} {by}", settled.date_taken, settled.offset.as_deref().unwrap())
}

fn last(items: &[Undecided], zone: &TimeZone) -> Settled {
    settle(items, zone).pop().unwrap()
}

#[test]
fn an_afternoon_of_cameras_phones_and_films() {
    let apple = Some((2, OffsetSource::Container));
    let items = [
        photo("2024-06-15T14:00:00", None),
        film("2024-06-15T12:10:00Z"),
        photo("2024-06-15T14:20:00", Some(2)),
        photo("2024-06-15T13:30:00", Some(1)),
        photo("2024-06-15T14:40:00", None),
        item("a", "2024-06-15T14:50:00", Source::Container, apple),
        item("a", "2024-06-15T12:55:00Z", Source::Container, Some((2, OffsetSource::Name))),
        film("2024-06-15T22:30:00Z"),
        item("a", "2024-06-15", Source::Name, None),
    ];
    for name in ["Europe/Zurich", "UTC", "America/New_York"] {
        let settled = settle(&items, &zone(name));
        assert_eq!(
            settled.iter().map(shown).collect::<Vec<_>>(),
            [
                "2024-06-15T14:00:00+02:00 nearby",
                "2024-06-15T14:10:00+02:00 nearby",
                "2024-06-15T14:20:00+02:00 exif",
                "2024-06-15T13:30:00+01:00 exif",
                "2024-06-15T14:40:00+02:00 nearby",
                "2024-06-15T14:50:00+02:00 container",
                "2024-06-15T14:55:00+02:00 name",
                "2024-06-16T00:30:00+02:00 nearby",
                "2024-06-15+02:00 nearby",
            ],
            "{name}"
        );
    }
    let settled = settle(&items, &zone("Europe/Zurich"));
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|at| &settled[*at].at);
    assert_eq!(order, [0, 1, 2, 3, 4, 5, 6, 8, 7], "the day alone comes at its end");
    assert_eq!(settled[8].at, "2024-06-15T21:59:59.999Z");
    assert_eq!((settled[7].day.as_str(), settled[8].day.as_str()), ("2024-06-16", "2024-06-15"));
}

#[test]
fn two_say_one_and_one_says_another() {
    let film = film("2024-06-15T22:30:00Z");
    let apple = item("a", "2024-06-15T14:50:00", Source::Container, Some((2, OffsetSource::Container)));
    let items = [photo("2024-06-15T14:20:00", Some(2)), apple, photo("2024-06-15T13:30:00", Some(1)), film];
    let settled = last(&items, &zone("UTC"));
    assert_eq!(shown(&settled), "2024-06-16T00:30:00+02:00 nearby");
    assert_eq!(settled.day, "2024-06-15", "the day is that of the library's zone");
}

#[test]
fn the_zone_where_nobody_is_near() {
    let zurich = zone("Europe/Zurich");
    for (items, expected) in [
        (vec![film("2024-06-15T12:10:00Z")], "2024-06-15T14:10:00+02:00 library"),
        (vec![film("2024-12-15T12:10:00Z")], "2024-12-15T13:10:00+01:00 library"),
        (vec![photo("2024-12-15T12:10:00", None)], "2024-12-15T12:10:00+01:00 library"),
        // More than a day away.
        (
            vec![photo("2024-06-14T12:09:59", Some(9)), photo("2024-06-15T12:10:00", None)],
            "2024-06-15T12:10:00+02:00 library",
        ),
        // Half a day away: the zone weighs more. Two of them weigh more than the zone.
        (
            vec![photo("2024-06-15T00:00:00", Some(9)), photo("2024-06-15T12:10:00", None)],
            "2024-06-15T12:10:00+02:00 library",
        ),
        (
            vec![
                photo("2024-06-15T00:00:00", Some(9)),
                photo("2024-06-15T00:00:00", Some(9)),
                photo("2024-06-15T12:10:00", None),
            ],
            "2024-06-15T12:10:00+09:00 nearby",
        ),
        // Another library does not count, and UTC in XMP does not count.
        (
            vec![
                item("b", "2024-06-15T12:10:00", Source::Exif, Some((9, OffsetSource::Exif))),
                photo("2024-06-15T12:10:00", None),
            ],
            "2024-06-15T12:10:00+02:00 library",
        ),
        (
            vec![
                item("a", "2024-06-15T12:10:00", Source::Xmp, Some((0, OffsetSource::Xmp))),
                photo("2024-06-15T12:10:00", None),
            ],
            "2024-06-15T12:10:00+02:00 library",
        ),
        // What was guessed before says nothing.
        (
            vec![
                item("a", "2024-06-15T12:10:00", Source::Exif, Some((9, OffsetSource::Nearby))),
                photo("2024-06-15T12:10:00", None),
            ],
            "2024-06-15T12:10:00+02:00 library",
        ),
    ] {
        assert_eq!(shown(&last(&items, &zurich)), expected, "{items:?}");
    }
}

#[test]
fn the_hour_that_comes_twice() {
    // In Zurich, 02:30 came twice on 27 October 2024, and never on 31 March.
    let zurich = zone("Europe/Zurich");
    let items = [
        film("2024-10-27T00:30:00Z"),
        film("2024-10-27T01:15:00Z"),
        photo("2024-10-27T02:30:00", Some(1)),
        photo("2024-10-27T03:30:00", None),
    ];
    let settled = settle(&items, &zurich);
    let ats: Vec<_> = settled.iter().map(|settled| settled.at.as_str()).collect();
    assert!(ats.is_sorted(), "{ats:?}");
    assert_eq!(shown(&last(&[photo("2024-10-27T02:30:00", None)], &zurich)), "2024-10-27T02:30:00+02:00 library");
    assert_eq!(shown(&last(&[film("2024-10-27T00:30:00Z")], &zurich)), "2024-10-27T02:30:00+02:00 library");
    assert_eq!(shown(&last(&[film("2024-10-27T01:30:00Z")], &zurich)), "2024-10-27T02:30:00+01:00 library");
    let never = last(&[photo("2024-03-31T02:30:00", None)], &zurich);
    assert_eq!(
        (shown(&never).as_str(), never.at.as_str()),
        ("2024-03-31T02:30:00+01:00 library", "2024-03-31T01:30:00.000Z")
    );
}

#[test]
fn the_order_of_the_items_does_not_matter_and_settling_twice_is_settling_once() {
    // A fixed sequence of numbers that look random.
    let mut state = 7_u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut items: Vec<_> = (0..500)
        .map(|_| {
            let second = 1_718_400_000 + i64::try_from(random(400_000)).unwrap();
            let moment = jiff::Timestamp::from_second(second).unwrap();
            let hours = i8::try_from(random(3)).unwrap();
            match random(3) {
                0 => film(&moment.to_string()),
                1 => photo(&Offset::UTC.to_datetime(moment).to_string(), None),
                _ => photo(&Offset::UTC.to_datetime(moment).to_string(), Some(hours)),
            }
        })
        .collect();
    let zone = zone("Europe/Zurich");
    let settled = settle(&items, &zone);
    let again: Vec<_> = items
        .iter()
        .zip(&settled)
        .map(|(item, settled)| {
            let columns = crate::taken::Columns {
                date_taken: Some(settled.date_taken.clone()),
                taken_source: Some(item.taken.source.name().to_owned()),
                taken_offset: settled.offset.clone(),
                offset_source: settled.offset_source.map(|by| by.name().to_owned()),
                taken_at: Some(settled.at.clone()),
                day: Some(settled.day.clone()),
            };
            Undecided { taken: Taken::from_columns(&columns, "a.jpg").unwrap(), ..*item }
        })
        .collect();
    assert_eq!(settle(&again, &zone), settled);
    items.reverse();
    let mut reversed = settle(&items, &zone);
    reversed.reverse();
    assert_eq!(reversed, settled);
    for settled in &settled {
        let wall = format!("{}{}", settled.date_taken, settled.offset.as_deref().unwrap());
        let at: jiff::Timestamp = settled.at.parse().unwrap();
        assert_eq!(wall.parse::<jiff::Timestamp>().unwrap(), at, "the wall clock is the moment in its offset");
        assert_eq!(settled.at.len(), "2024-06-15T12:00:00.100Z".len());
    }
}

#[test]
fn a_large_library_asks_few_of_many() {
    // All at one moment: each of the second half would ask each of the first.
    let items: Vec<_> =
        (0..100_000).map(|number| photo("2024-06-15T12:10:00", (number % 2 == 0).then_some(9))).collect();
    let settled = settle(&items, &zone("UTC"));
    assert!(settled.iter().all(|settled| settled.offset.as_deref() == Some("+09:00")));
    let voters: Vec<_> = (0..1000).map(|second| (second, Offset::UTC)).collect();
    let apart: Vec<_> = nearest(&voters, 500).map(|(apart, _)| apart).collect();
    assert_eq!(apart.len(), 1000);
    assert!(apart.is_sorted());
}
