//! When a film was taken.

use jiff::{SignedDuration, Timestamp};

use super::text::{self, Zone};
use super::{File, Moment, OffsetSource, Source, Taken, offset, takeout, xmp};

/// The first of what is known, in the order of trust. `tag` returns a tag of the container.
pub fn of_film(tag: impl Fn(&str) -> Option<String>, duration: f64, file: &File) -> Taken {
    let by_name = file.by_name();
    let container = container(tag, file);
    let mut taken = file
        .first(xmp::sidecars(file))
        .or_else(|| file.first(takeout::sidecars(file)))
        .or(container)
        .or(by_name)
        .unwrap_or_else(|| file.by_time());
    if let (Moment::Instant(instant), None) = (taken.moment, taken.offset) {
        let wall = by_name.map(|taken| taken.moment);
        let lent = container.filter(|container| is_near(container, instant)).and_then(|container| container.offset);
        if lent.is_some() {
            taken.offset = lent;
        } else if let Some(Moment::Wall(wall)) = wall
            && let Some((instant, offset)) = start([instant, end_to_start(instant, duration)], wall)
        {
            taken.moment = Moment::Instant(instant);
            taken.offset = Some((offset, OffsetSource::Name));
        }
    }
    taken
}

/// Apple's tag and the older `date` are the local time with its offset. `creation_time` is UTC.
fn container(tag: impl Fn(&str) -> Option<String>, file: &File) -> Option<Taken> {
    let of = |name| file.first(Taken::of_container(&tag(name)?));
    let is_local = tag("firmware").is_some_and(|firmware| is_of_local_clock(&firmware));
    let date = of("date");
    of("com.apple.quicktime.creationdate")
        .or(date.filter(|date| date.offset.is_some()))
        .or_else(|| of("creation_time").map(|created| if is_local { created.by_wall_clock() } else { created }))
        .or(date)
}

/// Whether a camera writes its wall clock as if it were UTC. GoPro's do so up to the HERO10: HD5 to HD9 and H21, and
/// H19 for the MAX. From the HERO11 on, H22, they write UTC.
fn is_of_local_clock(firmware: &str) -> bool {
    let is_old = firmware.strip_prefix("HD").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    is_old || firmware.starts_with("H19.") || firmware.starts_with("H21.")
}

impl Taken {
    /// A date and time as containers hold it. A day alone is none: programs write the day of a release.
    pub fn of_container(text: &str) -> Option<Self> {
        let stamp = text::read(text)?;
        let (moment, offset) = match (stamp.moment, stamp.zone) {
            (Moment::Wall(wall), Some(Zone::Utc)) => (Moment::Instant(super::at(wall, Zone::Utc.offset())), None),
            (Moment::Wall(wall), zone) => {
                (Moment::Wall(wall), zone.map(|zone| (zone.offset(), OffsetSource::Container)))
            }
            _ => return None,
        };
        let is_clock = matches!(moment, Moment::Wall(_)) && offset.is_none();
        let source = if is_clock { Source::Clock } else { Source::Container };
        Some(Self { moment, source, offset })
    }

    /// What a clock showed that was taken for UTC.
    fn by_wall_clock(self) -> Self {
        Self { moment: Moment::Wall(self.wall(Zone::Utc.offset())), source: Source::Clock, offset: None }
    }
}

fn is_near(taken: &Taken, instant: Timestamp) -> bool {
    taken.offset.is_some_and(|(offset, _)| {
        taken.instant(offset).duration_since(instant).abs() <= SignedDuration::from_secs(offset::TOLERANCE)
    })
}

/// The moment at which the clock showed `wall`, and its offset.
fn start(instants: [Timestamp; 2], wall: jiff::civil::DateTime) -> Option<(Timestamp, jiff::tz::Offset)> {
    instants.into_iter().find_map(|instant| Some((instant, offset::between(wall, instant)?)))
}

/// Some phones write the moment at which the recording ended.
fn end_to_start(end: Timestamp, duration: f64) -> Timestamp {
    #[allow(clippy::cast_possible_truncation)] // the conversion saturates
    let milliseconds = SignedDuration::from_millis((duration * 1000.0) as i64);
    end.checked_sub(milliseconds).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taken::Source;
    use std::path::Path;

    const APPLE: &str = "com.apple.quicktime.creationdate";

    fn of(tags: &[(&str, &str)], duration: f64, path: &Path) -> String {
        let now = "2024-07-01T00:00:00Z".parse().unwrap();
        let tag = |name: &str| tags.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let taken = of_film(tag, duration, &File::new(path, now));
        let moment = match taken.moment {
            Moment::Wall(wall) => wall.to_string(),
            Moment::Day(day) => day.to_string(),
            Moment::Instant(instant) => instant.to_string(),
        };
        let offset = taken.offset.map(|(offset, by)| format!(" {} {}", text::of_offset(offset), by.name()));
        let by = if taken.source == Source::Container { "" } else { taken.source.name() };
        format!("{moment}{}{by}", offset.unwrap_or_default())
    }

    #[test]
    fn tags_of_containers() {
        for (tags, name, expected) in [
            (&[("creation_time", "2024-06-15T12:10:00.000000Z")][..], "a.mp4", "2024-06-15T12:10:00Z"),
            (
                &[("creation_time", "2024-06-15T12:50:00Z"), (APPLE, "2024-06-15T14:50:00+0200")],
                "IMG_20200101_000000.mov",
                "2024-06-15T14:50:00 +02:00 container",
            ),
            (
                &[("creation_time", "2024-06-15T12:50:00Z"), ("date", "2024-06-15T14:50:00+0200")],
                "a.mov",
                "2024-06-15T14:50:00 +02:00 container",
            ),
            (&[("creation_time", "2024-06-15T12:50:00Z"), ("date", "2019")], "a.mov", "2024-06-15T12:50:00Z"),
            (&[("date", "2024-06-15 14:03:22")], "a.mp4", "2024-06-15T14:03:22clock"),
            (&[("creation_time", "2006-07-14 15:04:43")], "MVI_0001.AVI", "2006-07-14T15:04:43clock"),
            (
                &[("creation_time", "2019-06-15T14:10:00.000000Z"), ("firmware", "HD7.01.01.70.00")],
                "GH010001.MP4",
                "2019-06-15T14:10:00clock",
            ),
            (
                &[("creation_time", "2021-10-15T14:10:00.000000Z"), ("firmware", "H21.01.01.30.00")],
                "GX010001.MP4",
                "2021-10-15T14:10:00clock",
            ),
            (
                &[("creation_time", "2020-06-15T14:10:00.000000Z"), ("firmware", "H19.03.01.50.00")],
                "GS010001.MP4",
                "2020-06-15T14:10:00clock",
            ),
            (
                &[("creation_time", "2023-06-15T12:10:00.000000Z"), ("firmware", "H22.01.01.20.00")],
                "GX010002.MP4",
                "2023-06-15T12:10:00Z",
            ),
            (
                &[("creation_time", "2023-06-15T12:10:00.000000Z"), ("firmware", "HDR v1")],
                "a.mp4",
                "2023-06-15T12:10:00Z",
            ),
            (&[("date", "2019-01-01")], "a.mp4", "2024-07-01T00:00:00Zingest"),
            (&[("creation_time", "1904-01-01T00:00:00Z")], "VID-20240615-WA0001.mp4", "2024-06-15name"),
            (&[("creation_time", "1970-01-01T00:00:00Z")], "20240615_140322.mp4", "2024-06-15T14:03:22name"),
            (&[("creation_time", "2040-02-06T00:00:00Z")], "a.mp4", "2024-07-01T00:00:00Zingest"),
            (&[("creation_time", "yesterday")], "a.mp4", "2024-07-01T00:00:00Zingest"),
        ] {
            assert_eq!(of(tags, 1.5, Path::new(name)), expected, "{tags:?} {name}");
        }
    }

    #[test]
    fn the_local_time_in_the_name() {
        for (utc, duration, name, expected) in [
            ("12:55:00Z", 1.5, "20240615_145500.mp4", "2024-06-15T12:55:00Z +02:00 name"),
            ("12:55:04Z", 1.5, "20240615_145500.mp4", "2024-06-15T12:55:04Z +02:00 name"),
            ("12:52:00Z", 1.5, "20240615_145500.mp4", "2024-06-15T12:52:00Z +02:00 name"),
            // The end of a film of 20 minutes.
            ("13:15:02Z", 1200.0, "20240615_145500.mp4", "2024-06-15T12:55:02Z +02:00 name"),
            ("13:15:02Z", 1.5, "20240615_145500.mp4", "2024-06-15T13:15:02Z"),
            ("12:55:00Z", 1.5, "20240615_182500.mp4", "2024-06-15T12:55:00Z +05:30 name"),
            ("12:55:00Z", 1.5, "20200101_145500.mp4", "2024-06-15T12:55:00Z"),
            ("12:55:00Z", 1.5, "VID-20240615-WA0001.mp4", "2024-06-15T12:55:00Z"),
            ("12:55:00Z", f64::MAX, "20240615_150000.mp4", "2024-06-15T12:55:00Z +02:00 name"),
        ] {
            let utc = format!("2024-06-15T{utc}");
            assert_eq!(of(&[("creation_time", &utc)], duration, Path::new(name)), expected, "{utc} {name}");
        }
    }

    #[test]
    fn files_beside_come_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mov");
        std::fs::write(folder.path().join("a.mov.json"), r#"{"photoTakenTime":{"timestamp":"1718455800"}}"#).unwrap();
        let apple = |text| [(APPLE, text)];
        assert_eq!(of(&apple("2024-06-15T14:50:02+0200"), 1.5, &path), "2024-06-15T12:50:00Z +02:00 containertakeout");
        assert_eq!(of(&apple("2024-06-15T17:50:02+0200"), 1.5, &path), "2024-06-15T12:50:00Ztakeout");
    }
}
