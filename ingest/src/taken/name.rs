//! Dates in the names of files, as phones, messengers and people write them.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::text::{self, Cursor};
use super::{FIRST_FILE, Moment};

/// Names that say milliseconds since 1970.
const SINCE_1970: [&str; 3] = ["FB_IMG_", "mmexport", "wx_camera_"];
/// Pixel phones write UTC.
const UTC: &str = "PXL_";
/// The longest text between a date and its time: ` at `, ` alle ore `.
const LONGEST_BETWEEN: usize = 12;
/// Stands for a character that is neither a letter nor a digit of ASCII.
const OTHER: u8 = b'~';

/// The date and time in the name of a file, else the day in it.
pub fn read(name: &str) -> Option<Moment> {
    let text = ascii(name);
    if let Some(digits) = SINCE_1970.iter().find_map(|start| text.strip_prefix(start.as_bytes())) {
        return since_1970(digits).map(Moment::Instant);
    }
    let mut day = None;
    // If a digit stands before the place, the number there is not a date.
    for at in (0..text.len()).filter(|at| *at == 0 || !text[at - 1].is_ascii_digit()) {
        let Some((date, rest)) = date(&text, at) else { continue };
        if let Some(time) = time(&text, rest) {
            let wall = date.to_datetime(time);
            let is_utc = text.starts_with(UTC.as_bytes());
            return Some(if is_utc { Moment::Instant(super::at(wall, Offset::UTC)) } else { Moment::Wall(wall) });
        }
        let is_apart = at == 0 || !text[at - 1].is_ascii_alphanumeric();
        if is_apart && rest.0.first().is_none_or(|byte| !byte.is_ascii_alphanumeric()) {
            day = day.or(Some(Moment::Day(date)));
        }
    }
    day
}

/// One byte for each character. All kinds of space become one: some systems write U+202F before `PM`.
fn ascii(name: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        c if c.is_whitespace() => b' ',
        c => u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or(OTHER),
    };
    name.chars().map(byte).collect()
}

fn since_1970(text: &[u8]) -> Option<Timestamp> {
    let digits = Cursor(text).digits();
    let milliseconds = std::str::from_utf8(digits).ok().filter(|digits| digits.len() == 13)?.parse().ok()?;
    let moment = Timestamp::from_millisecond(milliseconds).ok()?;
    (Offset::UTC.to_datetime(moment).year() >= FIRST_FILE).then_some(moment)
}

/// `20240615`, `2024-06-15`, `15.06.2024`, and what follows.
fn date(text: &[u8], at: usize) -> Option<(Date, Cursor<'_>)> {
    let mut rest = Cursor(&text[at..]);
    let [year, month, day] = if let Some(year) = rest.number(4, 4) {
        let separator = rest.one_of(b"-_.");
        let month = rest.number(2, 2)?;
        if let Some(separator) = separator {
            rest.one_of(&[separator])?;
        }
        [year, month, rest.number(2, 2)?]
    } else {
        let day = rest.number(2, 2)?;
        let separator = rest.one_of(b"-.")?;
        let month = rest.number(2, 2)?;
        rest.one_of(&[separator])?;
        // With `-`, Americans write the month first.
        let names_day_first = [b"Photo ", b"Video "].iter().any(|start| text.starts_with(*start));
        if separator == b'-' && day <= 12 && !names_day_first {
            return None;
        }
        [rest.number(4, 4)?, month, day]
    };
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    // Names hold dates of digital pictures. Another date is a number that only looks like a date.
    (FIRST_FILE..2100).contains(&year).then_some((date, rest))
}

/// The time that follows a date.
fn time(text: &[u8], mut rest: Cursor) -> Option<Time> {
    let length = rest.0.iter().take_while(|byte| !byte.is_ascii_digit()).count();
    let (between, after) = rest.0.split_at(length);
    let has_words = match between {
        [] => false,
        _ if length <= 3 && between.iter().all(|byte| b"-_T ,.".contains(byte)) => false,
        // ` at `, ` um `, ` à `
        [b' ', words @ .., b' '] if length <= LONGEST_BETWEEN && words.iter().all(|byte| is_of_words(*byte)) => true,
        _ => return None,
    };
    rest = Cursor(after);
    let separated = |mut rest: Cursor<'_>| {
        let hour = rest.number(1, 2)?;
        let separator = rest.one_of(b".-_:' ")?;
        let minute = rest.number(2, 2)?;
        rest.one_of(&[separator])?;
        Some(([hour, minute, rest.number(2, 2)?], rest.0.len()))
    };
    let together =
        |mut rest: Cursor<'_>| Some(([rest.number(2, 2)?, rest.number(2, 2)?, rest.number(2, 2)?], rest.0.len()));
    let found = separated(rest).filter(|_| length > 0).or_else(|| together(rest).filter(|_| !has_words));
    let ([hour, minute, second], left) = found?;
    rest = Cursor(&after[after.len() - left..]);
    let mut fraction = rest.digits();
    if fraction.is_empty() && text.starts_with(b"signal-") && rest.one_of(b"-").is_some() {
        fraction = rest.digits();
    }
    if ![0, 3].contains(&fraction.len()) {
        return None;
    }
    text::time(hour_of_day(hour, rest), minute, second, text::fraction(fraction))
}

fn is_of_words(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || [b' ', OTHER].contains(&byte)
}

/// The hour, with `AM` or `PM` behind the time.
fn hour_of_day(hour: i16, mut rest: Cursor) -> i16 {
    rest.one_of(b" ");
    let half = rest.0.get(..2).filter(|_| rest.0.get(2).is_none_or(|byte| !byte.is_ascii_alphanumeric()));
    match half.map(<[u8]>::to_ascii_uppercase).as_deref() {
        Some(b"AM") if hour == 12 => 0,
        Some(b"PM") if (1..12).contains(&hour) => hour + 12,
        _ => hour,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str) -> String {
        match read(name) {
            Some(Moment::Wall(wall)) => wall.to_string(),
            Some(Moment::Day(day)) => day.to_string(),
            Some(Moment::Instant(instant)) => instant.to_string(),
            None => String::new(),
        }
    }

    #[test]
    fn dates_with_a_time() {
        for name in [
            "IMG_20240615_140322.jpg",
            "IMG20240615140322.jpg",
            "2024-06-15 14.03.22.png",
            "Screenshot_2024-06-15-14-03-22.png",
            "Screenshot_20240615-140322_App.png",
            "signal-2024-06-15-140322.jpg",
            "é20240615140322.jpg",
            "photo_2024-06-15_14-03-22.jpg",
            "WhatsApp Image 2024-06-15 at 14.03.22.jpeg",
            "WhatsApp Video 2024-06-15 at 14.03.22 (1).mp4",
            "WhatsApp Image 2024-06-15 at 2.03.22 PM.jpeg",
            "Screenshot 2024-06-15 at 2.03.22\u{202f}PM.png",
            "Bildschirmfoto 2024-06-15 um 14.03.22.png",
            "Capture d’écran 2024-06-15 à 14.03.22.png",
            "Photo 15-06-2024, 14 03 22.jpg",
            "15.06.2024 14.03.22.jpg",
            "2024_06_15_14_03_22.jpg",
            "20240615T140322.mp4",
            "20240615_140322_1.jpg",
            "2024-06-20 IMG_20240615_140322.jpg",
        ] {
            assert_eq!(shown(name), "2024-06-15T14:03:22", "{name}");
        }
        for (name, expected) in [
            ("signal-2024-06-15-14-03-22-123.jpg", "2024-06-15T14:03:22.123"),
            ("IMG_20240615_140322123.jpg", "2024-06-15T14:03:22.123"),
            ("Screenshot 2024-06-15 at 5.48.13 PM.jpg", "2024-06-15T17:48:13"),
            ("Screenshot 2024-06-15 at 12.48.13 AM.jpg", "2024-06-15T00:48:13"),
            ("Screenshot 2024-06-15 at 12.48.13 PM.jpg", "2024-06-15T12:48:13"),
            ("Screenshot 2024-06-15 at 5.48.13 AMERICA.jpg", "2024-06-15T05:48:13"),
            ("WhatsApp Image 2024-06-15 at 17.46.11.jpeg", "2024-06-15T17:46:11"),
        ] {
            assert_eq!(shown(name), expected, "{name}");
        }
    }

    #[test]
    fn moments() {
        for (name, expected) in [
            ("FB_IMG_1718466000000.jpg", "2024-06-15T15:40:00Z"),
            ("mmexport1718466000123.jpg", "2024-06-15T15:40:00.123Z"),
            ("FB_IMG_0000000000001.jpg", ""),
            ("FB_IMG_171846600000.jpg", ""),
            ("FB_IMG_17184660000000.jpg", ""),
            ("PXL_20240615_140322123.jpg", "2024-06-15T14:03:22.123Z"),
            ("PXL_20240615_140322123.MP.jpg", "2024-06-15T14:03:22.123Z"),
        ] {
            assert_eq!(shown(name), expected, "{name}");
        }
    }

    #[test]
    fn days() {
        for name in [
            "IMG-20240615-WA0007.jpg",
            "VID-20240615-WA0001.mp4",
            "2024-06-15.jpg",
            "20240615.jpg",
            "15.06.2024.jpg",
            "31-12-2024 to 2024-06-15.jpg",
            "2024-06-15 14.03.jpg",
            "20240615_993322.jpg",
            "Party 2024-06-15 (2).jpg",
        ] {
            let expected = if name.starts_with("31") { "2024-12-31" } else { "2024-06-15" };
            assert_eq!(shown(name), expected, "{name}");
        }
    }

    #[test]
    fn numbers_that_only_look_like_dates() {
        for name in [
            "DSC01234.jpg",
            "99920240615_140322.jpg",
            "99920240615.jpg",
            "18240615_140322.jpg",
            "20241315_140322.jpg",
            "2024061512345.jpg",
            "202406151403221.jpg",
            "+4120240615.jpg",
            "f20240615e.jpg",
            "05-06-2024.jpg",
            "2024-06-1512.jpg",
            "2024-6-15.jpg",
            "1718466000000.jpg",
            "",
        ] {
            assert_eq!(shown(name), "", "{name}");
        }
    }
}
