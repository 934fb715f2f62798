use std::time::Duration;

/// The duration an `EXTINF` starts with, before its comma and title (RFC 8216bis 4.4.4.1).
pub(crate) fn of_segment(rest: &str) -> Option<Duration> {
    parse(rest.split_once(',').map_or(rest, |(value, _)| value).trim())
}

/// Reads `decimal-integer` or `decimal-floating-point` (RFC 8216bis 4.2) exactly, to the
/// nanosecond; further digits are cut off. `None` for signs, exponents, anything else.
fn parse(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut nanos = 0;
    let mut unit = 100_000_000;
    for digit in fraction.bytes() {
        nanos += digit_value(digit)? * unit;
        unit /= 10;
    }
    Some(Duration::new(whole_number(whole)?, nanos))
}

/// `decimal-integer`; the empty text is 0.
fn whole_number(text: &str) -> Option<u64> {
    text.bytes().try_fold(0u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit_value(digit)?)))
}

/// `decimal-integer`; `None` for the empty text.
pub(crate) fn integer(text: &str) -> Option<u64> {
    if text.is_empty() { None } else { whole_number(text) }
}

fn digit_value(digit: u8) -> Option<u32> {
    digit.is_ascii_digit().then(|| u32::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_and_nothing_else_is_a_number() {
        assert_eq!(parse("6"), Some(Duration::from_secs(6)));
        assert_eq!(parse("6.006"), Some(Duration::from_millis(6006)));
        assert_eq!(parse(".5"), Some(Duration::from_millis(500)));
        assert_eq!(parse("5."), Some(Duration::from_secs(5)));
        assert_eq!(parse("0.12345678999"), Some(Duration::new(0, 123_456_789)));
        assert_eq!(parse("18446744073709551615.999999999"), Some(Duration::MAX));
        for bad in ["", ".", "-1", "+1", "1e3", "inf", "NaN", "1,5", "1.2.3", "1 ", "18446744073709551616"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
