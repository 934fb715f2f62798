//! The dates in EXIF (CIPA DC-008).

use exif::{Exif, Tag};
use jiff::Timestamp;
use jiff::tz::Offset;

use super::text::{self, Zone};
use super::{Moment, OffsetSource, Source, Taken, offset};
use crate::facts;

/// When the picture was taken, else when it was digitised.
pub fn taken(exif: &Exif) -> impl Iterator<Item = Taken> + '_ {
    let original = clock(exif, [Tag::DateTimeOriginal, Tag::SubSecTimeOriginal, Tag::OffsetTimeOriginal]);
    let digitized = clock(exif, [Tag::DateTimeDigitized, Tag::SubSecTimeDigitized, Tag::OffsetTimeDigitized]);
    let moment = moment_of_gps(exif);
    [original, digitized].into_iter().flatten().map(move |mut taken| {
        if let (Moment::Wall(wall), None, Some(moment)) = (taken.moment, taken.offset, moment) {
            taken.offset = offset::between(wall, moment).map(|offset| (offset, OffsetSource::Gps));
        }
        taken
    })
}

/// When the file was last changed. Cameras write the moment of taking here too, programs do not.
pub fn changed(exif: &Exif) -> Option<Taken> {
    clock(exif, [Tag::DateTime, Tag::SubSecTime, Tag::OffsetTime])
}

/// The moment at which the position was found.
pub fn gps(exif: &Exif) -> Option<Taken> {
    let moment = Moment::Instant(moment_of_gps(exif)?);
    Some(Taken { moment, source: Source::Gps, offset: None })
}

fn clock(exif: &Exif, [date, fraction, offset]: [Tag; 3]) -> Option<Taken> {
    let stamp = text::read(&facts::text(exif, date)?)?;
    let moment = match (stamp.moment, facts::text(exif, fraction)) {
        (Moment::Wall(wall), Some(digits)) => {
            let nanosecond = text::fraction(digits.as_bytes()) * 1_000_000;
            Moment::Wall(wall.with().subsec_nanosecond(nanosecond).build().unwrap_or(wall))
        }
        (moment, _) => moment,
    };
    let offset = facts::text(exif, offset).and_then(|offset| text::offset(&offset));
    let offset = offset.or(stamp.zone.map(Zone::offset)).map(|offset| (offset, OffsetSource::Exif));
    Some(Taken { moment, source: Source::Exif, offset })
}

/// GPS counts in UTC.
fn moment_of_gps(exif: &Exif) -> Option<Timestamp> {
    let Moment::Day(date) = text::read(&facts::text(exif, Tag::GPSDateStamp)?)?.moment else { return None };
    let [hour, minute, second] = facts::rationals(exif, Tag::GPSTimeStamp)?;
    let whole = |number: f64| (number.fract() == 0.0 && (0.0..60.0).contains(&number)).then_some(number);
    #[allow(clippy::cast_possible_truncation)] // all are below 60
    let time = text::time(
        whole(hour)? as i16,
        whole(minute)? as i16,
        whole(second.floor())? as i16,
        (second.fract() * 1000.0) as i32,
    )?;
    Some(super::at(date.to_datetime(time), Offset::UTC))
}
