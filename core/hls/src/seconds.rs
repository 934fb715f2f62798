use std::time::Duration;

/// The duration at the start of an `EXTINF`, before the comma and the title (RFC 8216bis 4.4.4.1).
pub(crate) fn of_segment(rest: &str) -> Option<Duration> {
    let bytes = rest.as_bytes();
    let end = bytes.iter().position(|&b| b == b',').unwrap_or(bytes.len());
    parse(bytes[..end].trim_ascii())
}

/// Reads `decimal-integer` or `decimal-floating-point` (RFC 8216bis 4.2) exactly, to the nanosecond; further digits
/// are cut off. `None` if the text holds a sign, an exponent or anything else.
fn parse(text: &[u8]) -> Option<Duration> {
    let point = text.iter().position(|&b| b == b'.').unwrap_or(text.len());
    let fraction = text.get(point + 1..).unwrap_or_default();
    if point == 0 && fraction.is_empty() {
        return None;
    }
    let mut nanos = 0;
    let mut unit = 100_000_000;
    for &digit in fraction {
        nanos += digit_value(digit)? * unit;
        unit /= 10;
    }
    Some(Duration::new(whole_number(&text[..point])?, nanos))
}

/// `decimal-integer`; the empty text is 0.
fn whole_number(text: &[u8]) -> Option<u64> {
    text.iter().try_fold(0u64, |sum, &digit| sum.checked_mul(10)?.checked_add(u64::from(digit_value(digit)?)))
}

/// `decimal-integer`; `None` for the empty text.
pub(crate) fn integer(text: &str) -> Option<u64> {
    if text.is_empty() { None } else { whole_number(text.as_bytes()) }
}

fn digit_value(digit: u8) -> Option<u32> {
    digit.is_ascii_digit().then(|| u32::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_text(text: &str) -> Option<Duration> {
        parse(text.as_bytes())
    }

    #[test]
    fn decimals_are_exact_and_nothing_else_is_a_number() {
        assert_eq!(parse_text("6"), Some(Duration::from_secs(6)));
        assert_eq!(parse_text("6.006"), Some(Duration::from_millis(6006)));
        assert_eq!(parse_text(".5"), Some(Duration::from_millis(500)));
        assert_eq!(parse_text("5."), Some(Duration::from_secs(5)));
        assert_eq!(parse_text("0.12345678999"), Some(Duration::new(0, 123_456_789)));
        assert_eq!(parse_text("18446744073709551615.999999999"), Some(Duration::MAX));
        for bad in ["", ".", "-1", "+1", "1e3", "inf", "NaN", "1,5", "1.2.3", "1 ", "18446744073709551616"] {
            assert_eq!(parse_text(bad), None, "{bad}");
        }
    }
}
