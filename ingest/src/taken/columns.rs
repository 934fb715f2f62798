//! When an item was taken, as the catalogue's row says it.

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, tz::Offset};

use super::text::{self, Zone};
use super::{Moment, OffsetSource, Source, Taken, name, whole_milliseconds};

/// The columns of a row that say when the item was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// The wall clock. Until [`super::settle()`] knows the offset of a moment in UTC, that moment with `Z`.
    pub date_taken: Option<String>,
    pub taken_source: Option<String>,
    pub taken_offset: Option<String>,
    pub offset_source: Option<String>,
    pub taken_at: Option<String>,
    pub day: Option<String>,
}

impl Taken {
    /// The columns, as far as they are known without the other items.
    pub fn to_columns(self) -> Columns {
        let explicit = self.offset.filter(|(_, by)| !by.is_guess());
        let date_taken = match (self.moment, explicit) {
            (Moment::Instant(instant), None) => of_instant(instant).replace(".000", ""),
            (_, offset) => self.text(offset.map_or(Offset::UTC, |(offset, _)| offset)),
        };
        Columns {
            date_taken: Some(date_taken),
            taken_source: Some(self.source.name().to_owned()),
            taken_offset: explicit.map(|(offset, _)| text::of_offset(offset)),
            offset_source: explicit.map(|(_, by)| by.name().to_owned()),
            taken_at: match (self.moment, explicit) {
                (Moment::Instant(instant), _) => Some(of_instant(instant)),
                (_, Some((offset, _))) => Some(of_instant(self.instant(offset))),
                _ => None,
            },
            day: match self.moment {
                Moment::Day(day) => Some(day.to_string()),
                _ => None,
            },
        }
    }

    /// What the columns were written from. What was guessed is forgotten. `filename` says whether a date in the name
    /// is a moment.
    pub fn from_columns(columns: &Columns, filename: &str) -> Option<Self> {
        let source = columns.taken_source.as_deref().and_then(Source::parse).filter(|it| *it != Source::Unknown);
        let Some(source) = source else { return Self::of_0_1_0(columns.date_taken.as_deref()?) };
        let is_instant = match source {
            Source::Takeout | Source::Gps | Source::Container | Source::File | Source::Ingest => true,
            Source::Name => matches!(name::read(filename), Some(Moment::Instant(_))),
            Source::Exif | Source::Xmp | Source::Clock | Source::Unknown => false,
        };
        let at = columns.taken_at.as_deref().and_then(|at| at.parse::<Timestamp>().ok());
        let moment = match at.filter(|_| is_instant) {
            Some(at) => Moment::Instant(whole_milliseconds(at)),
            None => text::read(columns.date_taken.as_deref()?)?.moment,
        };
        let offset = columns.taken_offset.as_deref().and_then(text::offset);
        let by = columns.offset_source.as_deref().and_then(OffsetSource::parse).filter(|by| !by.is_guess());
        Some(Self { moment, source, offset: offset.zip(by) })
    }

    /// What 0.1.0, or another program, wrote to `date_taken`: a wall clock, which its offset may follow, or a moment
    /// with `Z`.
    pub fn of_0_1_0(date_taken: &str) -> Option<Self> {
        let stamp = text::read(date_taken)?;
        let (moment, offset) = match (stamp.moment, stamp.zone) {
            (Moment::Wall(wall), Some(Zone::Utc)) => (Moment::Instant(super::at(wall, Offset::UTC)), None),
            // 0.1.0 had offsets from EXIF, and from Apple's tag in films. It did not say which.
            (moment, zone) => (moment, zone.map(|zone| (zone.offset(), OffsetSource::Exif))),
        };
        Some(Self { moment, source: Source::Unknown, offset })
    }

    /// `date_taken`: the wall clock of this offset. Rows of 0.1.0 keep the form that they had.
    pub(super) fn text(&self, offset: Offset) -> String {
        let (old, known) = (self.source == Source::Unknown, self.offset);
        match self.moment {
            Moment::Day(day) => of_day(day),
            Moment::Instant(instant) if old => of_wall(Offset::UTC.to_datetime(instant)) + "Z",
            Moment::Wall(wall) if old => {
                of_wall(wall) + &known.map_or(String::new(), |(known, _)| text::of_offset(known))
            }
            _ => of_wall(self.wall(offset)),
        }
    }
}

fn of_day(day: Date) -> String {
    day.to_string()
}

/// `2024-06-15T14:00:00`, or with `.100` if there is a fraction.
fn of_wall(wall: DateTime) -> String {
    if wall.subsec_nanosecond() < 1_000_000 { format!("{wall:.0}") } else { format!("{wall:.3}") }
}

/// `2024-06-15T12:00:00.100Z`.
pub(super) fn of_instant(instant: Timestamp) -> String {
    format!("{instant:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(moment: Moment, source: Source, offset: Option<(i8, OffsetSource)>) -> Taken {
        Taken { moment, source, offset: offset.map(|(hours, by)| (jiff::tz::offset(hours), by)) }
    }

    fn wall(text: &str) -> Moment {
        Moment::Wall(text.parse().unwrap())
    }

    fn instant(text: &str) -> Moment {
        Moment::Instant(text.parse().unwrap())
    }

    fn columns(row: [&str; 6]) -> Columns {
        let [date_taken, taken_source, taken_offset, offset_source, taken_at, day] =
            row.map(|text| (!text.is_empty()).then(|| text.to_owned()));
        Columns { date_taken, taken_source, taken_offset, offset_source, taken_at, day }
    }

    #[test]
    fn there_and_back() {
        let day = Moment::Day("2024-06-15".parse().unwrap());
        for (known, name, row) in [
            (
                taken(wall("2024-06-15T14:00:00"), Source::Exif, None),
                "",
                ["2024-06-15T14:00:00", "exif", "", "", "", ""],
            ),
            (
                taken(wall("2024-06-15T14:00:00.1"), Source::Exif, Some((2, OffsetSource::Gps))),
                "",
                ["2024-06-15T14:00:00.100", "exif", "+02:00", "gps", "2024-06-15T12:00:00.100Z", ""],
            ),
            (
                taken(wall("2006-07-14T15:04:43"), Source::Clock, None),
                "MVI_0001.AVI",
                ["2006-07-14T15:04:43", "clock", "", "", "", ""],
            ),
            (taken(day, Source::Name, None), "", ["2024-06-15", "name", "", "", "", "2024-06-15"]),
            (
                taken(day, Source::Xmp, Some((-2, OffsetSource::Xmp))),
                "",
                ["2024-06-15", "xmp", "-02:00", "xmp", "2024-06-16T01:59:59.999Z", "2024-06-15"],
            ),
            (
                taken(instant("2024-06-15T12:00:00Z"), Source::File, None),
                "",
                ["2024-06-15T12:00:00Z", "file", "", "", "2024-06-15T12:00:00.000Z", ""],
            ),
            (
                taken(instant("2024-06-15T12:00:00.5Z"), Source::Container, Some((2, OffsetSource::Name))),
                "20240615_140000.mp4",
                ["2024-06-15T14:00:00.500", "container", "+02:00", "name", "2024-06-15T12:00:00.500Z", ""],
            ),
            (
                taken(instant("2024-06-15T15:40:00Z"), Source::Name, None),
                "FB_IMG_1718466000000.jpg",
                ["2024-06-15T15:40:00Z", "name", "", "", "2024-06-15T15:40:00.000Z", ""],
            ),
        ] {
            assert_eq!(known.to_columns(), columns(row), "{known:?}");
            assert_eq!(Taken::from_columns(&columns(row), name), Some(known), "{row:?}");
        }
    }

    #[test]
    fn what_was_guessed_is_forgotten() {
        for (row, name, known) in [
            (
                ["2024-06-15T14:00:00", "exif", "+01:00", "nearby", "2024-06-15T13:00:00.000Z", "2024-06-15"],
                "a.jpg",
                taken(wall("2024-06-15T14:00:00"), Source::Exif, None),
            ),
            (
                ["2024-06-15T14:00:00", "container", "+01:00", "library", "2024-06-15T13:00:00.000Z", "2024-06-15"],
                "a.mp4",
                taken(instant("2024-06-15T13:00:00Z"), Source::Container, None),
            ),
            (
                ["2024-06-15T14:00:00", "clock", "+01:00", "library", "2024-06-15T13:00:00.000Z", "2024-06-15"],
                "a.avi",
                taken(wall("2024-06-15T14:00:00"), Source::Clock, None),
            ),
            (
                ["2024-06-15T14:00:00", "name", "+01:00", "library", "2024-06-15T13:00:00.000Z", "2024-06-15"],
                "20240615_140000.jpg",
                taken(wall("2024-06-15T14:00:00"), Source::Name, None),
            ),
            (
                ["2024-06-15T14:00:00", "name", "+01:00", "library", "2024-06-15T13:00:00.000Z", "2024-06-15"],
                "PXL_20240615_130000000.jpg",
                taken(instant("2024-06-15T13:00:00Z"), Source::Name, None),
            ),
        ] {
            assert_eq!(Taken::from_columns(&columns(row), name), Some(known), "{row:?}");
        }
    }

    #[test]
    fn rows_of_0_1_0_and_of_other_programs() {
        let old = |moment, offset: Option<i8>| {
            Some(taken(moment, Source::Unknown, offset.map(|hours| (hours, OffsetSource::Exif))))
        };
        for (text, expected) in [
            ("2024-06-15T14:03:22", old(wall("2024-06-15T14:03:22"), None)),
            ("2024-06-15T14:03:22+02:00", old(wall("2024-06-15T14:03:22"), Some(2))),
            ("2024-06-15T12:03:22Z", old(instant("2024-06-15T12:03:22Z"), None)),
            ("2024-06-15T12:03:22.000Z", old(instant("2024-06-15T12:03:22Z"), None)),
            ("2024:06:15 14:03:22", old(wall("2024-06-15T14:03:22"), None)),
            ("2024-06-15 14:03:22", old(wall("2024-06-15T14:03:22"), None)),
            ("2024-06-15", old(Moment::Day("2024-06-15".parse().unwrap()), None)),
            ("CURRENT_TIMESTAMP", None),
            ("", None),
        ] {
            assert_eq!(Taken::of_0_1_0(text), expected, "{text}");
            let row = columns([text, "", "+01:00", "nearby", "2024-06-15T13:00:00.000Z", "2024-06-15"]);
            assert_eq!(Taken::from_columns(&row, "a.jpg"), expected, "{text}");
        }
        for text in ["2024-06-15T14:03:22", "2024-06-15T14:03:22+02:00", "2024-06-15T12:03:22Z", "2024-06-15"] {
            let known = Taken::of_0_1_0(text).unwrap();
            assert_eq!(known.to_columns().date_taken.as_deref(), Some(text));
            assert_eq!(known.text(jiff::tz::offset(9)), text, "the text stays as it is");
        }
    }
}
