//! Numbers as people read them.

use crate::line::Range;

/// `1,234,567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `3`, or `3 to 4`.
pub fn counts(range: Range) -> String {
    between(&count(range.least), count(range.most))
}

/// Bytes, by powers of 1,000, with at most three digits before the point: `1.42 GB`.
pub fn bytes(number: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let Some((one, name)) = UNITS.into_iter().find(|(one, _)| number >= *one) else { return format!("{number} B") };
    let hundredths = (u128::from(number) * 100 + u128::from(one) / 2) / u128::from(one);
    format!("{}.{:02} {name}", hundredths / 100, hundredths % 100)
}

/// US$, with two decimals from a dollar on, and four below.
pub fn dollars(pico: u128) -> String {
    const ONE: u128 = 1_000_000_000_000;
    let (scale, places) = if pico >= ONE { (100, 2) } else { (10_000, 4) };
    let parts = (pico * scale + ONE / 2) / ONE;
    format!("{}.{:0places$}", whole(parts / scale), parts % scale)
}

fn whole(number: u128) -> String {
    u64::try_from(number).map_or_else(|_| number.to_string(), count)
}

/// `0.1234`, or `0.1234 to 0.2345`.
pub fn dollar_range((least, most): (u128, u128)) -> String {
    between(&dollars(least), dollars(most))
}

fn between(least: &str, most: String) -> String {
    if least == most { most } else { format!("{least} to {most}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), text);
        }
    }

    #[test]
    fn bytes_have_the_unit_that_fits() {
        for (number, text) in [
            (30, "30 B"),
            (1_000, "1.00 kB"),
            (330_000, "330.00 kB"),
            (1_415_121_000, "1.42 GB"),
            (2_000_000_000_000, "2.00 TB"),
        ] {
            assert_eq!(bytes(number), text);
        }
    }

    #[test]
    fn dollars_are_rounded_to_the_nearest() {
        for (pico, text) in [
            (0, "0.0000"),
            (49_999_999, "0.0000"),
            (50_000_000, "0.0001"),
            (246_062_520_000, "0.2461"),
            (7_500_000_000_000, "7.50"),
            (1_234_567_890_000_000_000, "1,234,567.89"),
        ] {
            assert_eq!(dollars(pico), text);
        }
        assert_eq!(dollar_range((7_500_000_000_000, 7_500_000_000_000)), "7.50");
        assert_eq!(dollar_range((51_948_000_000, 53_028_000_000)), "0.0519 to 0.0530");
    }
}
