//! Dates as `SigV4` writes them, from unix seconds.

const DAY: u64 = 86_400;

/// 9999-12-31T23:59:59Z. The format cannot hold later times, so they become this time.
const LAST: u64 = 253_402_300_799;

/// Whole UTC days since 1970-01-01.
pub(crate) fn day(now: u64) -> u64 {
    now.min(LAST) / DAY
}

/// Unix seconds as `YYYYMMDDTHHMMSSZ` in ASCII, e.g. `20130524T000000Z`. A time after the year 9999 becomes the last
/// second of that year.
pub fn amz_date(now: u64) -> [u8; 16] {
    let (year, month, date) = civil(day(now));
    let second = now.min(LAST) % DAY;
    let mut out = *b"00000000T000000Z";
    put(&mut out[0..4], year);
    put(&mut out[4..6], month);
    put(&mut out[6..8], date);
    put(&mut out[9..11], second / 3600);
    put(&mut out[11..13], second / 60 % 60);
    put(&mut out[13..15], second % 60);
    out
}

/// The year, month (1-12) and day (1-31) of a number of days since 1970-01-01, in the proleptic Gregorian calendar.
///
/// Years are counted from 1 March. The leap day is then the last day of its year, and month lengths follow a pattern
/// of 153 days in five months (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn civil(days: u64) -> (u64, u64, u64) {
    const DAYS_BEFORE_1970: u64 = 719_468; // since 0000-03-01
    const DAYS_PER_ERA: u64 = 146_097; // 400 years
    let days = days + DAYS_BEFORE_1970;
    let era = days / DAYS_PER_ERA;
    let day_of_era = days % DAYS_PER_ERA;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let date = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let (month, carry) = if month_from_march < 10 { (month_from_march + 3, 0) } else { (month_from_march - 9, 1) };
    (era * 400 + year_of_era + carry, month, date)
}

/// Writes `number` in decimal, right-aligned, filling `out`.
fn put(out: &mut [u8], mut number: u64) {
    for digit in out.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(now: u64) -> String {
        String::from_utf8(amz_date(now).to_vec()).unwrap()
    }

    #[test]
    fn known_times() {
        for (now, expected) in [
            (0, "19700101T000000Z"),
            (951_782_399, "20000228T235959Z"),
            (951_782_400, "20000229T000000Z"),
            (951_868_800, "20000301T000000Z"),
            (1_369_353_600, "20130524T000000Z"),
            (1_440_938_160, "20150830T123600Z"),
            (1_709_164_800, "20240229T000000Z"),
            (1_709_251_199, "20240229T235959Z"),
            (1_709_251_200, "20240301T000000Z"),
            (1_735_689_599, "20241231T235959Z"),
            (4_107_542_399, "21000228T235959Z"),
            (4_107_542_400, "21000301T000000Z"),
            (LAST, "99991231T235959Z"),
            (LAST + 1, "99991231T235959Z"),
            (u64::MAX, "99991231T235959Z"),
        ] {
            assert_eq!(text(now), expected, "{now}");
        }
    }

    /// Every day from 1970 to 9999, against a calendar that counts one day at a time.
    #[test]
    fn every_day_follows_the_one_before() {
        let (mut year, mut month, mut date) = (1970, 1, 1);
        for days in 0..=LAST / DAY {
            assert_eq!(civil(days), (year, month, date), "day {days}");
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 if leap => 29,
                2 => 28,
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            date += 1;
            if date > length {
                (month, date) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
        assert_eq!((year, month, date), (10_000, 1, 1));
    }
}
