//! When a photo or film was taken: what says so, and how far it is trusted. `docs/LIBRARY.md` has the order of trust.

mod beside;
mod camera;
mod columns;
mod film;
mod foreign;
mod name;
mod offset;
mod photo;
mod png;
mod settle;
mod takeout;
mod text;
mod xmp;

use std::path::Path;

use jiff::civil::{Date, DateTime, date};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::walk::Excluded;

pub use columns::Columns;
pub use film::of_film;
pub use foreign::{agree, of_row, uploaded};
pub use photo::{of_photo, of_sidecar};
pub use settle::{Settled, Undecided, settle};

/// No camera took a picture before this year.
const FIRST_YEAR: i16 = 1826;
/// The zero points of clocks. A clock that was never set shows these days.
const ZERO_POINTS: [Date; 2] = [date(1904, 1, 1), date(1970, 1, 1)];
/// Zones differ by up to 26 hours, and clocks are wrong. What lies further in the future is no date.
const AHEAD: SignedDuration = SignedDuration::from_hours(48);
/// No digital file was written before this year.
const FIRST_FILE: i16 = 1990;

/// What says when an item was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Exif,
    Xmp,
    Takeout,
    Gps,
    /// A film's tag that says the moment, or the offset beside the wall clock.
    Container,
    /// A film's tag that says a wall clock alone, as that of a camera which writes AVI.
    Clock,
    Name,
    /// The time of the file's last change.
    File,
    /// The moment at which the file was first read.
    Ingest,
    /// 0.1.0 wrote the row, and did not say.
    Unknown,
}

impl Source {
    const ALL: [Self; 10] = [
        Self::Exif,
        Self::Xmp,
        Self::Takeout,
        Self::Gps,
        Self::Container,
        Self::Clock,
        Self::Name,
        Self::File,
        Self::Ingest,
        Self::Unknown,
    ];

    /// The name in the catalogue.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exif => "exif",
            Self::Xmp => "xmp",
            Self::Takeout => "takeout",
            Self::Gps => "gps",
            Self::Container => "container",
            Self::Clock => "clock",
            Self::Name => "name",
            Self::File => "file",
            Self::Ingest => "ingest",
            Self::Unknown => "",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// What says how far the wall clock was from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetSource {
    Exif,
    Xmp,
    Gps,
    Container,
    Name,
    /// Items of the same library that were taken at about the same time.
    Nearby,
    /// The library's time zone.
    Library,
}

impl OffsetSource {
    const ALL: [Self; 7] = [Self::Exif, Self::Xmp, Self::Gps, Self::Container, Self::Name, Self::Nearby, Self::Library];

    /// The name in the catalogue.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exif => "exif",
            Self::Xmp => "xmp",
            Self::Gps => "gps",
            Self::Container => "container",
            Self::Name => "name",
            Self::Nearby => "nearby",
            Self::Library => "library",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    /// Whether [`settle()`] made it up. It is decided anew each time.
    pub const fn is_guess(self) -> bool {
        matches!(self, Self::Nearby | Self::Library)
    }
}

/// What is known of the moment. The rest follows from the offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// What a clock on the wall showed, to the millisecond.
    Wall(DateTime),
    /// Only the day on the wall's calendar.
    Day(Date),
    /// The moment itself, to the millisecond.
    Instant(Timestamp),
}

/// When an item was taken, as far as the item itself says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    pub moment: Moment,
    pub source: Source,
    pub offset: Option<(Offset, OffsetSource)>,
}

/// The file of an item, and the moment of the run.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    pub path: &'a Path,
    pub now: Timestamp,
    /// What lies beside it and is not to be opened.
    pub excluded: Option<&'a Excluded>,
}

impl<'a> File<'a> {
    /// A file of which everything beside it may be opened.
    pub const fn new(path: &'a Path, now: Timestamp) -> Self {
        Self { path, now, excluded: None }
    }

    fn name(&self) -> std::borrow::Cow<'_, str> {
        self.path.file_name().unwrap_or_default().to_string_lossy()
    }

    /// The first date that can be true.
    fn first(&self, dates: impl IntoIterator<Item = Taken>) -> Option<Taken> {
        dates.into_iter().find(|taken| taken.is_believable(self.now))
    }

    /// The date in the name.
    fn by_name(&self) -> Option<Taken> {
        let moment = name::read(&self.name())?;
        self.first([Taken { moment, source: Source::Name, offset: None }])
    }

    /// What is left if nothing else says when the item was taken: the file's time, else the moment of the run.
    fn by_time(&self) -> Taken {
        let modified = self.path.metadata().and_then(|metadata| metadata.modified()).ok();
        by_time(modified.and_then(|time| Timestamp::try_from(time).ok()), self.now)
    }
}

fn by_time(modified: Option<Timestamp>, now: Timestamp) -> Taken {
    let of = |moment, source| Taken { moment: Moment::Instant(whole_milliseconds(moment)), source, offset: None };
    modified
        .filter(|time| Offset::UTC.to_datetime(*time).year() >= FIRST_FILE)
        .map(|time| of(time, Source::File))
        .filter(|taken| taken.is_believable(now))
        .unwrap_or_else(|| of(now, Source::Ingest))
}

impl Taken {
    /// Whether a clock that was set can have shown this.
    fn is_believable(&self, now: Timestamp) -> bool {
        let offset = self.offset.map_or(Offset::UTC, |(offset, _)| offset);
        let day = self.wall(offset).date();
        day.year() >= FIRST_YEAR
            && !ZERO_POINTS.contains(&day)
            && self.instant(offset) <= now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX)
    }

    /// What the clock on the wall showed. A day alone counts as its last millisecond.
    fn wall(&self, offset: Offset) -> DateTime {
        match self.moment {
            Moment::Wall(wall) => wall,
            Moment::Day(day) => day.at(23, 59, 59, 999_000_000),
            Moment::Instant(instant) => offset.to_datetime(instant),
        }
    }

    fn instant(&self, offset: Offset) -> Timestamp {
        match self.moment {
            Moment::Instant(instant) => instant,
            _ => at(self.wall(offset), offset),
        }
    }
}

/// The moment at which a clock with this offset shows `wall`.
fn at(wall: DateTime, offset: Offset) -> Timestamp {
    let edge = if wall.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
    offset.to_timestamp(wall).unwrap_or(edge)
}

/// The same moment without the digits below a millisecond.
fn whole_milliseconds(time: Timestamp) -> Timestamp {
    let below = i64::from(time.subsec_nanosecond().rem_euclid(1_000_000));
    time.saturating_sub(SignedDuration::from_nanos(below)).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn names_are_read_back() {
        for source in Source::ALL {
            assert_eq!(Source::parse(source.name()), Some(source));
        }
        for source in OffsetSource::ALL {
            assert_eq!(OffsetSource::parse(source.name()), Some(source));
        }
        assert_eq!((Source::parse("Exif"), OffsetSource::parse("")), (None, None));
    }

    #[test]
    fn clocks_that_were_not_set_are_not_believed() {
        let now = time("2024-06-15T12:00:00Z");
        for (wall, believed) in [
            (datetime(2024, 6, 15, 12, 0, 0, 0), true),
            (datetime(2024, 6, 17, 11, 59, 59, 0), true),
            (datetime(2024, 6, 17, 12, 0, 1, 0), false),
            (datetime(2036, 2, 7, 6, 28, 16, 0), false),
            (datetime(1904, 1, 1, 0, 0, 0, 0), false),
            (datetime(1970, 1, 1, 1, 0, 0, 0), false),
            (datetime(1970, 1, 2, 0, 0, 0, 0), true),
            (datetime(1826, 7, 1, 0, 0, 0, 0), true),
            (datetime(1, 1, 1, 0, 0, 0, 0), false),
            (DateTime::MAX, false),
            (DateTime::MIN, false),
        ] {
            let taken = Taken { moment: Moment::Wall(wall), source: Source::Exif, offset: None };
            assert_eq!(taken.is_believable(now), believed, "{wall}");
        }
    }

    #[test]
    fn the_files_time_then_the_moment_of_the_run() {
        let now = time("2024-06-15T12:00:00.123456Z");
        let read_at = (Moment::Instant(time("2024-06-15T12:00:00.123Z")), Source::Ingest);
        for (modified, expected) in [
            (Some("2001-02-03T04:05:06.789999Z"), (Moment::Instant(time("2001-02-03T04:05:06.789Z")), Source::File)),
            (Some("1980-01-01T00:00:00Z"), read_at),
            (Some("2030-01-01T00:00:00Z"), read_at),
            (None, read_at),
        ] {
            let taken = by_time(modified.map(time), now);
            assert_eq!((taken.moment, taken.source), expected, "{modified:?}");
        }
        assert_eq!(whole_milliseconds(time("1969-12-31T23:59:59.9995Z")), time("1969-12-31T23:59:59.999Z"));
    }
}
