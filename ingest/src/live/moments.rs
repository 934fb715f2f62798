//! Whether a photo and a film were taken at the same moment.

use crate::taken::{Moment, Source, Taken};

/// How far the two may be apart, in seconds. Some devices note the end of a film.
const APART: i64 = 30;
/// Where one of them tells no offset from UTC: all offsets are multiples of this, in seconds.
const STEP: i64 = 15 * 60;

/// Whether nothing says that they were taken at different moments. `photo` is the date of the photo's row and how it
/// was found.
pub fn may_agree(photo: &(Option<String>, String), film: Option<&Taken>) -> bool {
    let is_known =
        |source| matches!(source, Source::Exif | Source::Xmp | Source::Gps | Source::Container | Source::Clock);
    let (date, source) = photo;
    let seconds = date.as_deref().and_then(seconds);
    let Some(film) = film.filter(|film| is_known(film.source)) else { return true };
    let (Some(seconds), true) = (seconds, Source::parse(source).is_some_and(is_known)) else { return true };
    let film = match film.moment {
        Moment::Wall(time) => i64::from(time.minute()) * 60 + i64::from(time.second()),
        Moment::Instant(time) => time.as_second(),
        Moment::Day(_) => return true,
    };
    let apart = (seconds - film).rem_euclid(STEP);
    apart.min(STEP - apart) <= APART
}

/// The minutes and seconds of `2024-06-15T14:03:22`.
fn seconds(date: &str) -> Option<i64> {
    let number = |range| date.get(range).and_then(|digits: &str| digits.parse::<i64>().ok());
    Some(number(14..16)? * 60 + number(17..19)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_meet_whatever_their_zones_are() {
        let film = |time: &str, source| Taken { moment: Moment::Wall(time.parse().unwrap()), source, offset: None };
        let photo = |time: &str, source: &str| (Some(time.to_owned()), source.to_owned());
        let taken = photo("2024-06-15T14:03:22", "exif");
        for (time, may) in [
            ("2024-06-15T14:03:22", true),
            ("2024-06-15T12:03:25", true),
            ("2024-06-15T08:18:20", true),
            ("2024-06-15T14:04:22", false),
            ("2024-06-15T14:10:00", false),
        ] {
            assert_eq!(may_agree(&taken, Some(&film(time, Source::Container))), may, "{time}");
            assert!(may_agree(&taken, Some(&film(time, Source::File))), "a guess");
            assert!(may_agree(&photo("2024-06-15T14:03:22", "file"), Some(&film(time, Source::Container))), "a guess");
        }
        let noon = film("2024-06-15T12:00:00", Source::Container);
        assert!(may_agree(&(None, "exif".into()), Some(&noon)) && may_agree(&taken, None));
        assert!(may_agree(&photo("2024-06-15", "exif"), Some(&noon)), "a day without a time");
        assert!(may_agree(&photo("2024-06-15T11:59:50", "exif"), Some(&noon)), "over the hour");
    }
}
