//! Dates in the rows of another program.

use jiff::Timestamp;

use super::text::{self, Zone};
use super::{File, Moment, OffsetSource, Source, Taken, whole_milliseconds};

/// How far apart two sayings of one moment may be, in seconds.
const SAME: i64 = 1;

/// A date as a row of the predecessor holds it. For films it is what ffprobe says, and `Z` means UTC. For photos it is
/// what a JavaScript library made of EXIF on a machine whose zone was UTC: it wrote `Z` or `+00:00` behind the wall
/// clock of the camera, which has no zone.
pub fn of_row(text: &str, is_film: bool, file: &File) -> Option<Taken> {
    let taken = if is_film { Taken::of_container(text)? } else { of_photo(text)? };
    file.first([taken])
}

fn of_photo(text: &str) -> Option<Taken> {
    let stamp = text::read(text)?;
    let offset = match stamp.zone {
        Some(Zone::Offset(offset)) if !offset.is_zero() => Some((offset, OffsetSource::Exif)),
        _ => None,
    };
    Some(Taken { moment: stamp.moment, source: Source::Exif, offset })
}

/// What is left where nothing says when an item was taken: it was there by then.
pub fn uploaded(at: Timestamp) -> Taken {
    Taken { moment: Moment::Instant(whole_milliseconds(at)), source: Source::Ingest, offset: None }
}

/// Whether two dates mean the same moment, so that the one that says more may stand for the other.
pub fn agree(one: &Taken, other: &Taken) -> bool {
    let instant = |taken: &Taken| match (taken.moment, taken.offset) {
        (Moment::Instant(instant), _) => Some(instant),
        (Moment::Wall(_), Some((offset, _))) => Some(taken.instant(offset)),
        _ => None,
    };
    match (one.moment, other.moment) {
        (Moment::Wall(one), Moment::Wall(other)) => one.duration_until(other).as_secs().abs() <= SAME,
        _ => match (instant(one), instant(other)) {
            (Some(one), Some(other)) => one.duration_until(other).as_secs().abs() <= SAME,
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn read(text: &str, is_film: bool) -> Option<Taken> {
        of_row(text, is_film, &File::new(Path::new("x"), "2026-01-01T00:00:00Z".parse().unwrap()))
    }

    #[test]
    fn a_photo_has_a_wall_clock_and_a_film_a_moment() {
        let shown = |taken: Option<Taken>| taken.map(|taken| (taken.moment, taken.source, taken.offset));
        let wall = jiff::civil::datetime(2025, 9, 20, 14, 3, 22, 0);
        let photo = (Moment::Wall(wall), Source::Exif, None);
        for text in
            ["2025-09-20T14:03:22.000Z", "2025-09-20T14:03:22.000+00:00", "2025-09-20 14:03:22", "2025:09:20 14:03:22"]
        {
            assert_eq!(shown(read(text, false)), Some(photo), "{text}");
        }
        let film = (Moment::Instant("2025-09-20T16:30:00Z".parse().unwrap()), Source::Container, None);
        assert_eq!(shown(read("2025-09-20T16:30:00.000000Z", true)), Some(film));
        for nothing in ["CURRENT_TIMESTAMP", "", "null", "1970-01-01T00:00:00.000Z", "2031-01-01T00:00:00Z"] {
            assert_eq!(read(nothing, false), None, "{nothing}");
        }
    }

    #[test]
    fn what_means_the_same() {
        let [utc, local] = ["2025-09-20T16:30:00Z", "2025-09-20T18:30:00+0200"].map(|text| read(text, true).unwrap());
        assert!(agree(&utc, &local) && agree(&local, &utc));
        let other = read("2025-09-20T16:30:05Z", true).unwrap();
        assert!(!agree(&other, &local) && !agree(&utc, &other));
        let [exif, row] = ["2025-09-20 14:03:22", "2025-09-20T14:03:22.500Z"].map(|text| read(text, false).unwrap());
        assert!(agree(&exif, &row));
        assert!(!agree(&exif, &utc));
    }
}
