//! Offsets that follow from a wall clock and the moment it showed.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// A clock may be this far off, in seconds.
pub const TOLERANCE: i64 = 300;
const QUARTER: i64 = 900;
/// The offsets that are not whole hours and were in use since 1990, in minutes.
const ODD: [i64; 15] = [-570, -270, -210, -150, 210, 270, 330, 345, 390, 510, 525, 570, 630, 765, 825];

/// The offset of a clock that showed `wall` at `instant`. `None` if no zone has such an offset, or the clock was
/// wrong.
pub fn between(wall: DateTime, instant: Timestamp) -> Option<Offset> {
    let seconds = super::at(wall, Offset::UTC).as_second() - instant.as_second();
    let rounded = (seconds + QUARTER / 2).div_euclid(QUARTER) * QUARTER;
    let minutes = rounded / 60;
    let is_used = ODD.contains(&minutes) || ((-12 * 60..=14 * 60).contains(&minutes) && minutes % 60 == 0);
    if !is_used || (seconds - rounded).abs() > TOLERANCE {
        return None;
    }
    Offset::from_seconds(i32::try_from(rounded).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_that_zones_have() {
        for (wall, instant, offset) in [
            ("2024-06-15T14:00:00", "2024-06-15T12:00:00Z", Some("+02")),
            ("2024-06-15T14:03:22", "2024-06-15T12:00:01Z", Some("+02")),
            ("2024-06-15T13:56:00", "2024-06-15T12:00:00Z", Some("+02")),
            ("2024-06-15T14:06:00", "2024-06-15T12:00:00Z", None),
            ("2024-06-15T13:15:00", "2024-06-15T12:00:00Z", None),
            ("2024-06-15T17:45:00", "2024-06-15T12:00:00Z", Some("+05:45")),
            ("2024-06-15T02:30:00", "2024-06-15T12:00:00Z", Some("-09:30")),
            ("2024-06-16T02:00:00", "2024-06-15T12:00:00Z", Some("+14")),
            ("2024-06-15T00:00:00", "2024-06-15T12:00:00Z", Some("-12")),
            ("2024-06-16T03:00:00", "2024-06-15T12:00:00Z", None),
            ("2024-06-14T23:00:00", "2024-06-15T12:00:00Z", None),
            ("2001-01-01T00:00:00", "2024-06-15T12:00:00Z", None),
        ] {
            let found = between(wall.parse().unwrap(), instant.parse().unwrap());
            assert_eq!(found.map(|offset| offset.to_string()).as_deref(), offset, "{wall} {instant}");
        }
    }
}
