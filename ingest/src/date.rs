//! Dates as cameras, phones and people write them, into the catalogue's form: `YYYY-MM-DDTHH:MM:SS`, the local time
//! where the picture was taken, followed by `+02:00` or `Z` if the offset is known.

use jiff::civil::DateTime;

/// No camera took a picture before this year. In films, clocks that were never set show 1904 or 1970.
const FIRST_YEAR: i16 = 1826;

/// EXIF's `2024:06:15 14:03:22` (CIPA DC-008, `DateTimeOriginal`), with the offset of `OffsetTimeOriginal`.
pub fn exif(text: &str, offset: Option<&str>) -> Option<String> {
    let date = civil(&digits(text.get(..19)?, "dddd?dd?dd?dd?dd?dd")?)?;
    Some(match offset.and_then(self::offset) {
        Some(offset) => format!("{date}{offset}"),
        None => date,
    })
}

/// A film's `2024-06-15T14:03:22.000000Z` or Apple's `2024-06-15T14:03:22+0200`. The zero points of clocks, 1904 and
/// 1970, do not count as dates.
pub fn film(text: &str) -> Option<String> {
    let date = civil(&digits(text.get(..19)?, "dddd-dd-dd?dd:dd:dd")?)?;
    let zone = text[19..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    if date.starts_with("1904-01-01") || date.starts_with("1970-01-01") {
        return None;
    }
    let zone = match zone {
        "Z" => "Z".to_owned(),
        zone => offset(zone).unwrap_or_default(),
    };
    Some(date + &zone)
}

/// A date and time within a file name: `IMG_20240615_140322.jpg`, `2024-06-15 14.03.22.png`,
/// `PXL_20240615_140322123.jpg`.
pub fn file_name(name: &str) -> Option<String> {
    const FORMS: [&str; 4] = ["dddddddd?dddddd", "dddd-dd-dd?dd?dd?dd", "dddd-dd-dd?dddddd", "dddddddddddddd"];
    (0..name.len())
        .filter(|at| name.is_char_boundary(*at))
        // If a digit stands before the place, the number there is not a year.
        .filter(|at| *at == 0 || !name.as_bytes()[at - 1].is_ascii_digit())
        .find_map(|at| {
            FORMS.iter().find_map(|form| {
                let found = civil(&digits(name.get(at..at + form.len())?, form)?)?;
                // Names hold dates of digital pictures. An earlier date is a number that only looks like a date.
                ("1990".."2100").contains(&&found[..4]).then_some(found)
            })
        })
}

/// `+02:00` from `+02:00` or `+0200`; `None` for anything else.
fn offset(text: &str) -> Option<String> {
    let text = text.trim_end_matches(['\0', ' ']);
    let sign = text.chars().next().filter(|sign| matches!(sign, '+' | '-'))?;
    let rest = &text[1..];
    let number = digits(rest, "dd:dd").or_else(|| digits(rest, "dddd"))?;
    let (hours, minutes) = number.split_at(2);
    (hours <= "14" && minutes <= "59").then(|| format!("{sign}{hours}:{minutes}"))
}

/// The digits of `text` if it has exactly this form: `d` is a digit, `?` is any character except a digit, and other
/// characters stand for themselves.
fn digits(text: &str, form: &str) -> Option<String> {
    if !text.is_ascii() || text.len() != form.len() {
        return None;
    }
    let fits = text.bytes().zip(form.bytes()).all(|(byte, form)| match form {
        b'd' => byte.is_ascii_digit(),
        b'?' => !byte.is_ascii_alphanumeric() || byte == b'T',
        other => byte == other,
    });
    fits.then(|| text.chars().zip(form.bytes()).filter(|(_, form)| *form == b'd').map(|(digit, _)| digit).collect())
}

/// Fourteen digits as a date, if this date exists.
fn civil(digits: &str) -> Option<String> {
    let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i8>().ok();
    let year: i16 = digits.get(..4)?.parse().ok()?;
    if year < FIRST_YEAR {
        return None;
    }
    let date = DateTime::new(year, part(4..6)?, part(6..8)?, part(8..10)?, part(10..12)?, part(12..14)?, 0).ok()?;
    Some(date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exif_dates() {
        for (text, offset, date) in [
            ("2024:06:15 14:03:22", None, Some("2024-06-15T14:03:22")),
            ("2024:06:15 14:03:22", Some("+02:00"), Some("2024-06-15T14:03:22+02:00")),
            ("2024:06:15 14:03:22", Some("-09:30"), Some("2024-06-15T14:03:22-09:30")),
            ("2024:06:15 14:03:22", Some("   :  "), Some("2024-06-15T14:03:22")),
            ("2024-06-15 14:03:22", None, Some("2024-06-15T14:03:22")),
            ("2024:06:15 14:03:22\0", None, Some("2024-06-15T14:03:22")),
            ("0000:00:00 00:00:00", None, None),
            ("2024:02:30 14:03:22", None, None),
            ("2024:06:15 24:03:22", None, None),
            ("    :  :     :  :  ", None, None),
            ("2024:06:15", None, None),
            ("2024é06:15 14:03:2", None, None),
        ] {
            assert_eq!(exif(text, offset).as_deref(), date, "{text}");
        }
    }

    #[test]
    fn film_dates() {
        for (text, date) in [
            ("2024-06-15T12:03:22.000000Z", Some("2024-06-15T12:03:22Z")),
            ("2024-06-15T14:03:22+0200", Some("2024-06-15T14:03:22+02:00")),
            ("2024-06-15T14:03:22-08:00", Some("2024-06-15T14:03:22-08:00")),
            ("2024-06-15 14:03:22", Some("2024-06-15T14:03:22")),
            ("1904-01-01T00:00:00.000000Z", None),
            ("1970-01-01T00:00:00.000000Z", None),
            ("yesterday", None),
        ] {
            assert_eq!(film(text).as_deref(), date, "{text}");
        }
    }

    #[test]
    fn dates_in_names() {
        for (name, date) in [
            ("IMG_20240615_140322.jpg", Some("2024-06-15T14:03:22")),
            ("PXL_20240615_140322123.jpg", Some("2024-06-15T14:03:22")),
            ("2024-06-15 14.03.22.png", Some("2024-06-15T14:03:22")),
            ("Screenshot_2024-06-15-14-03-22.png", Some("2024-06-15T14:03:22")),
            ("signal-2024-06-15-140322.jpg", Some("2024-06-15T14:03:22")),
            ("é20240615140322.jpg", Some("2024-06-15T14:03:22")),
            ("IMG-20240615-WA0001.jpg", None),
            ("DSC01234.jpg", None),
            ("99920240615_140322.jpg", None),
            ("18240615_140322.jpg", None),
            ("20241315_140322.jpg", None),
            ("", None),
        ] {
            assert_eq!(file_name(name).as_deref(), date, "{name}");
        }
    }
}
