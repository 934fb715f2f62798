//! Dates as cameras and programs write them: `2024:06:15 14:03:22`, `2024-06-15T14:03:22.100+02:00`, and what comes
//! near.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::Moment;

/// A date as it stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// A wall clock or a day.
    pub moment: Moment,
    pub zone: Option<Zone>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// `Z`.
    Utc,
    Offset(Offset),
}

impl Zone {
    pub const fn offset(self) -> Offset {
        match self {
            Self::Utc => Offset::UTC,
            Self::Offset(offset) => offset,
        }
    }
}

/// Reads a date. The time, its seconds, a fraction and the zone may be missing. Some cameras write hour 24 for the
/// hour after midnight, on the new day.
pub fn read(text: &str) -> Option<Stamp> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    let mut rest = Cursor(text.as_bytes());
    let year = rest.number(4, 4)?;
    let separator = rest.one_of(b":-/.")?;
    let month = rest.number(1, 2)?;
    rest.one_of(&[separator])?;
    let day = rest.number(1, 2)?;
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    if !rest.0.iter().any(u8::is_ascii_alphanumeric) {
        return Some(Stamp { moment: Moment::Day(date), zone: None });
    }
    rest.one_of(b"Tt ")?;
    while rest.one_of(b" ").is_some() {}
    let hour = rest.number(1, 2)?;
    rest.one_of(b":.")?;
    let minute = rest.number(2, 2)?;
    let second = rest.one_of(b":.").and_then(|_| rest.number(2, 2)).unwrap_or(0);
    let milliseconds = rest.one_of(b".,").map_or(0, |_| fraction(rest.digits()));
    if rest.0.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let hour = if hour == 24 { 0 } else { hour };
    // A leap second has no place of its own.
    let second = if second == 60 { 59 } else { second };
    let time = time(hour, minute, second, milliseconds)?;
    let zone = std::str::from_utf8(rest.0).ok().map(str::trim).and_then(zone);
    Some(Stamp { moment: Moment::Wall(date.to_datetime(time)), zone })
}

fn zone(text: &str) -> Option<Zone> {
    if text.eq_ignore_ascii_case("z") { Some(Zone::Utc) } else { offset(text).map(Zone::Offset) }
}

/// `+02:00`, `+0200` or `+02`.
pub fn offset(text: &str) -> Option<Offset> {
    let mut rest = Cursor(text.trim_matches(|c: char| c.is_whitespace() || c == '\0').as_bytes());
    let sign = if rest.one_of(b"+-")? == b'-' { -1 } else { 1 };
    let hours = rest.number(2, 2)?;
    rest.one_of(b":");
    let minutes = if rest.0.is_empty() { 0 } else { rest.number(2, 2)? };
    if !rest.0.is_empty() || hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60)).ok()
}

/// `+02:00`.
pub fn of_offset(offset: Offset) -> String {
    let minutes = offset.seconds().abs() / 60;
    let sign = if offset.is_negative() { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The digits behind a decimal point, in whole milliseconds.
pub fn fraction(digits: &[u8]) -> i32 {
    let digit =
        |at: usize| digits.get(at).filter(|byte| byte.is_ascii_digit()).map_or(0, |byte| i32::from(byte - b'0'));
    digit(0) * 100 + digit(1) * 10 + digit(2)
}

pub fn time(hour: i16, minute: i16, second: i16, milliseconds: i32) -> Option<Time> {
    let [hour, minute, second] = [hour, minute, second].map(|part| i8::try_from(part).unwrap_or(-1));
    Time::new(hour, minute, second, milliseconds * 1_000_000).ok()
}

/// The part of a text that is not read yet.
#[derive(Clone, Copy)]
pub struct Cursor<'a>(pub &'a [u8]);

impl<'a> Cursor<'a> {
    /// A number of `least` to `most` digits, at most four.
    pub fn number(&mut self, least: usize, most: usize) -> Option<i16> {
        let length = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if length < least {
            return None;
        }
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        Some(digits.iter().fold(0, |number, digit| number * 10 + i16::from(digit - b'0')))
    }

    /// All digits that follow.
    pub fn digits(&mut self) -> &'a [u8] {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        digits
    }

    /// The next byte, if it is one of these.
    pub fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        bytes.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        let stamp = read(text)?;
        let zone = match stamp.zone {
            None => String::new(),
            Some(Zone::Utc) => "Z".to_owned(),
            Some(Zone::Offset(offset)) => of_offset(offset),
        };
        Some(match stamp.moment {
            Moment::Wall(wall) => format!("{wall}{zone}"),
            Moment::Day(day) => format!("{day}{zone}"),
            Moment::Instant(_) => unreachable!("a text has no instant"),
        })
    }

    #[test]
    fn dates_and_what_comes_near() {
        for (text, date) in [
            ("2024:06:15 14:03:22", "2024-06-15T14:03:22"),
            ("2024-06-15 14:03:22", "2024-06-15T14:03:22"),
            ("2024/06/15 14:03:22", "2024-06-15T14:03:22"),
            ("2024:06:15 14:03:22\0", "2024-06-15T14:03:22"),
            ("2024:6:5 4:03:22", "2024-06-05T04:03:22"),
            ("2024:06:15 14:03:22 nothing", "2024-06-15T14:03:22"),
            ("2024-06-15T14:03:22.1", "2024-06-15T14:03:22.1"),
            ("2024-06-15T14:03:22.123456Z", "2024-06-15T14:03:22.123Z"),
            ("2024-06-15T14:03:22+0200", "2024-06-15T14:03:22+02:00"),
            ("2024-06-15T14:03:22-08:00", "2024-06-15T14:03:22-08:00"),
            ("2024-06-15T14:03+05:45", "2024-06-15T14:03:00+05:45"),
            ("2024:06:16 24:15:00", "2024-06-16T00:15:00"),
            ("2024:06:15 17:00", "2024-06-15T17:00:00"),
            ("2024:06:15 17:00:  ", "2024-06-15T17:00:00"),
            ("2024:06:30 23:59:60", "2024-06-30T23:59:59"),
            ("2024:06:15", "2024-06-15"),
            ("2024:06:15   :  :  ", "2024-06-15"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(date), "{text}");
        }
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "0000:00:00 00:00:00",
            "2024:00:15 14:03:22",
            "2024:06:00 14:03:22",
            "2024:02:30 14:03:22",
            "2024:06:15 25:03:22",
            "2024:06:15 14:60:22",
            "2024:06:15 14:03:61",
            "2024:06:15 14:03:225",
            "2024:06:151",
            "2024:06-15",
            "    :  :     :  :  ",
            "2024é06:15 14:03:2",
            "2024",
            "2024-06",
            "yesterday",
            "",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn offsets() {
        for (text, expected) in [
            ("+02:00", Some("+02:00")),
            ("-0930", Some("-09:30")),
            ("+14\0", Some("+14:00")),
            ("+00:00", Some("+00:00")),
            ("-00:30", Some("-00:30")),
            ("   :  ", None),
            ("+15:00", None),
            ("+02:60", None),
            ("02:00", None),
            ("+02:00:00", None),
        ] {
            assert_eq!(offset(text).map(of_offset).as_deref(), expected, "{text}");
        }
        assert_eq!([fraction(b"9"), fraction(b"90"), fraction(b"1234567"), fraction(b"")], [900, 900, 123, 0]);
    }
}
