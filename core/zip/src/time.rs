//! When a file was last changed, as a ZIP says it.

/// The earliest time of the DOS fields: 1980-01-01 00:00:00.
const EARLIEST: u32 = pack([0, 1, 1], [0, 0, 0]);
/// The latest time of the DOS fields: 2107-12-31 23:59:58.
const LATEST: u32 = pack([127, 12, 31], [23, 59, 58]);

/// Years since 1980, month and day; hours, minutes and seconds.
const fn pack([year, month, day]: [u32; 3], [hour, minute, second]: [u32; 3]) -> u32 {
    year << 25 | month << 21 | day << 16 | hour << 11 | minute << 5 | second >> 1
}

/// A wall clock for the DOS fields (APPNOTE 4.4.6), and the moment for the extra field "UT", if it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// The date in the upper half, the time in the lower one.
    pub(crate) dos: u32,
    /// Seconds since 1970, not negative.
    pub(crate) moment: Option<i32>,
}

impl Time {
    /// Reads a wall clock such as `2024-06-15T14:00:00`. Whatever follows the seconds is not read: a fraction, a zone.
    ///
    /// `moment` is in seconds since 1970. Without it, or before 1970, or after 2038-01-19 03:14:07, the ZIP tells the
    /// wall clock alone. Info-ZIP's `extrafld.txt` gives the moment 32 bits with a sign, but 7-Zip and libarchive read
    /// it without: to them, 1969 would be 2106.
    ///
    /// A wall clock outside of 1980 to 2107 becomes the nearest time within. A text that is not a wall clock
    /// stands for the earliest time.
    pub fn parse(wall_clock: &str, moment: Option<i64>) -> Self {
        let dos = dos(wall_clock.as_bytes()).unwrap_or(EARLIEST);
        let moment = moment.and_then(|moment| i32::try_from(moment).ok()).filter(|moment| *moment >= 0);
        Self { dos, moment }
    }
}

fn dos(text: &[u8]) -> Option<u32> {
    let number = |start: usize, end: usize| {
        text.get(start..end)?
            .iter()
            .try_fold(0_u32, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
    };
    let is = |at: usize, wanted: &[u8]| text.get(at).is_some_and(|byte| wanted.contains(byte));
    let is_split = is(4, b"-") && is(7, b"-") && is(10, b"T ") && is(13, b":") && is(16, b":");
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let is_time = is_split && hour < 24 && minute < 60 && second <= 60;
    if !is_time || day == 0 || day > days(year, month)? {
        return None;
    }
    if year < 1980 {
        return Some(EARLIEST);
    }
    if year > 2107 {
        return Some(LATEST);
    }
    // A leap second is told as the last one before it.
    Some(pack([year - 1980, month, day], [hour, minute, second.min(59)]))
}

/// How many days a month has.
fn days(year: u32, month: u32) -> Option<u32> {
    Some(match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Year, month, day, hour, minute, second.
    fn read(text: &str) -> [u32; 6] {
        let dos = Time::parse(text, None).dos;
        let [date, time] = [dos >> 16, dos & 0xffff];
        [1980 + (date >> 9), date >> 5 & 15, date & 31, time >> 11, time >> 5 & 63, (time & 31) * 2]
    }

    #[test]
    fn a_wall_clock_is_told_to_two_seconds() {
        assert_eq!(read("2024-06-15T14:00:07"), [2024, 6, 15, 14, 0, 6]);
        assert_eq!(read("2024-02-29T23:59:59.123"), [2024, 2, 29, 23, 59, 58]);
        assert_eq!(read("2016-12-31T23:59:60Z"), [2016, 12, 31, 23, 59, 58]);
        assert_eq!(read("2024-06-15 14:00:00+02:00"), [2024, 6, 15, 14, 0, 0]);
    }

    #[test]
    fn years_that_do_not_fit_are_clamped() {
        assert_eq!(read("1969-07-20T20:17:40"), [1980, 1, 1, 0, 0, 0]);
        assert_eq!(read("1980-01-01T00:00:00"), [1980, 1, 1, 0, 0, 0]);
        assert_eq!(read("2107-12-31T23:59:59"), [2107, 12, 31, 23, 59, 58]);
        assert_eq!(read("2108-01-01T00:00:00"), [2107, 12, 31, 23, 59, 58]);
        assert_eq!(read("9999-12-31T23:59:59"), [2107, 12, 31, 23, 59, 58]);
    }

    #[test]
    fn what_is_not_a_wall_clock_is_the_earliest_time() {
        for text in [
            "",
            "2024",
            "2024-06-15",
            "2024-06-15T14:00",
            "2024-13-01T00:00:00",
            "2024-00-01T00:00:00",
            "2023-02-29T00:00:00",
            "1900-02-29T00:00:00",
            "2024-06-31T00:00:00",
            "2024-06-00T00:00:00",
            "2024-06-15T24:00:00",
            "2024-06-15T14:60:00",
            "2024-06-15T14:00:61",
            "2024/06/15T14:00:00",
            "+024-06-15T14:00:00",
            "２０２４-06-15T14:00:00",
        ] {
            assert_eq!(read(text), [1980, 1, 1, 0, 0, 0], "{text}");
        }
    }

    #[test]
    fn a_moment_that_readers_read_otherwise_is_left_out() {
        let moment = |moment| Time::parse("2024-06-15T14:00:00", moment).moment;
        assert_eq!(moment(None), None);
        assert_eq!(moment(Some(0)), Some(0));
        assert_eq!(moment(Some(-1)), None);
        assert_eq!(moment(Some(i64::from(i32::MAX))), Some(i32::MAX));
        assert_eq!(moment(Some(1 << 31)), None);
        assert_eq!(moment(Some(i64::MIN)), None);
    }
}
