//! Gives each item its offset, its moment and its day, from all items of the library together.

use std::collections::HashMap;

use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use super::columns::of_instant;
use super::{Moment, OffsetSource, Taken, at, text};

/// How far apart items may be to be nearby, in seconds.
const NEARBY: i64 = 24 * 60 * 60;
/// The most items that are asked for one offset, the nearest first.
const MOST: usize = 64;
/// The weight of the library's zone. An item half a day away weighs the same.
const ZONE: f64 = 1.0 / 750.0;

/// An item whose offset may have to be found.
#[derive(Clone, Copy, Debug)]
pub struct Undecided<'a> {
    pub library: &'a str,
    pub taken: Taken,
}

/// The columns of an item that follow from the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    pub date_taken: String,
    /// `+02:00`.
    pub offset: Option<String>,
    pub offset_source: Option<OffsetSource>,
    /// `2024-06-15T12:00:00.100Z`.
    pub at: String,
    /// The day in the library's time zone.
    pub day: String,
}

/// Settles all items, in their order. Offsets that the items themselves say stay. The others are what most of the
/// items nearby say, weighted by how near they are.
pub fn settle(items: &[Undecided], zone: &TimeZone) -> Vec<Settled> {
    let mut libraries: HashMap<&str, Voters> = HashMap::new();
    for item in items {
        if let Some(offset) = vote(&item.taken) {
            libraries.entry(item.library).or_default().add(&item.taken, offset);
        }
    }
    libraries.values_mut().for_each(Voters::sort);
    let decide = |item: &Undecided| {
        let (offset, by) = explicit(&item.taken).unwrap_or_else(|| {
            let of_zone = of_zone(&item.taken, zone);
            libraries.get(item.library).map_or((of_zone, OffsetSource::Library), |near| near.ask(&item.taken, of_zone))
        });
        let instant = item.taken.instant(offset);
        let day = match item.taken.moment {
            Moment::Day(day) => day,
            _ => zone.to_datetime(instant).date(),
        };
        Settled {
            date_taken: item.taken.text(offset),
            offset: Some(text::of_offset(offset)),
            offset_source: Some(by),
            at: of_instant(instant),
            day: day.to_string(),
        }
    };
    items.iter().map(decide).collect()
}

/// The offset that the item itself says.
fn explicit(taken: &Taken) -> Option<(Offset, OffsetSource)> {
    taken.offset.filter(|(_, by)| !by.is_guess())
}

/// The offset for which an item speaks. Many programs write UTC into XMP, wherever the picture was taken.
fn vote(taken: &Taken) -> Option<Offset> {
    let (offset, by) = explicit(taken)?;
    (by != OffsetSource::Xmp || !offset.is_zero()).then_some(offset)
}

/// The offset of the zone. Of an hour that the clock showed twice, the first counts. Before there were time zones,
/// offsets had seconds. These are cut off.
fn of_zone(taken: &Taken, zone: &TimeZone) -> Offset {
    let exact = match taken.moment {
        Moment::Instant(instant) => zone.to_offset(instant),
        _ => match zone.to_ambiguous_timestamp(taken.wall(Offset::UTC)).offset() {
            AmbiguousOffset::Unambiguous { offset }
            | AmbiguousOffset::Gap { before: offset, .. }
            | AmbiguousOffset::Fold { before: offset, .. } => offset,
        },
    };
    Offset::from_seconds(exact.seconds() / 60 * 60).unwrap_or(exact)
}

/// The items of a library that say their offset, in the order of time. Wall clocks are compared with wall clocks and
/// moments with moments, in seconds.
#[derive(Default)]
struct Voters {
    by_wall: Vec<(i64, Offset)>,
    by_instant: Vec<(i64, Offset)>,
}

impl Voters {
    fn add(&mut self, taken: &Taken, offset: Offset) {
        self.by_wall.push((at(taken.wall(offset), Offset::UTC).as_second(), offset));
        self.by_instant.push((taken.instant(offset).as_second(), offset));
    }

    fn sort(&mut self) {
        self.by_wall.sort_unstable();
        self.by_instant.sort_unstable();
    }

    fn ask(&self, taken: &Taken, of_zone: Offset) -> (Offset, OffsetSource) {
        let (voters, time) = match taken.moment {
            Moment::Instant(instant) => (&self.by_instant, instant.as_second()),
            _ => (&self.by_wall, at(taken.wall(Offset::UTC), Offset::UTC).as_second()),
        };
        // The zone comes first, and so it wins a tie.
        let mut votes = vec![(of_zone, ZONE)];
        for (apart, offset) in nearest(voters, time).take(MOST) {
            #[allow(clippy::cast_precision_loss)] // at most a day
            let weight = 1.0 / (apart as f64 / 60.0 + 30.0);
            match votes.iter_mut().find(|(known, _)| *known == offset) {
                Some((_, sum)) => *sum += weight,
                None => votes.push((offset, weight)),
            }
        }
        let mut winner = votes[0];
        for vote in &votes[1..] {
            if vote.1 > winner.1 {
                winner = *vote;
            }
        }
        // If an item nearby says the same as the zone, the offset is more than the zone's.
        let is_nearby = winner.0 != of_zone || winner.1 > ZONE;
        (winner.0, if is_nearby { OffsetSource::Nearby } else { OffsetSource::Library })
    }
}

/// The voters around a time, nearest first: how far apart they are, and what they say.
fn nearest(voters: &[(i64, Offset)], time: i64) -> impl Iterator<Item = (i64, Offset)> {
    let (before, after) = voters.split_at(voters.partition_point(|(at, _)| *at < time));
    let mut before = before.iter().rev().map(move |(at, offset)| (time - at, *offset)).peekable();
    let mut after = after.iter().map(move |(at, offset)| (at - time, *offset)).peekable();
    std::iter::from_fn(move || match (before.peek(), after.peek()) {
        (Some((left, _)), Some((right, _))) if left <= right => before.next(),
        (_, Some(_)) => after.next(),
        _ => before.next(),
    })
    .take_while(|(apart, _)| *apart <= NEARBY)
}

#[cfg(test)]
#[path = "settle_tests.rs"]
mod tests;
