//! Byte ranges: RFC 9110 section 14.

/// One range of a `Range: bytes=` header. Numbers beyond 64 bits stand as `u64::MAX`, which no object reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteRange {
    /// `first-last`, both included.
    Closed(u64, u64),
    /// `first-`, to the end.
    From(u64),
    /// `-n`, the last n bytes.
    Suffix(u64),
}

impl ByteRange {
    /// The first and last byte in an object of `size` bytes, or `None` if the range lies outside (416).
    pub fn resolve(self, size: u64) -> Option<(u64, u64)> {
        let end = size.checked_sub(1)?;
        match self {
            Self::Closed(first, last) => (first <= end).then(|| (first, last.min(end))),
            Self::From(first) => (first <= end).then_some((first, end)),
            Self::Suffix(0) => None,
            Self::Suffix(length) => Some((size.saturating_sub(length), end)),
        }
    }
}

impl std::fmt::Display for ByteRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Closed(first, last) => write!(f, "bytes={first}-{last}"),
            Self::From(first) => write!(f, "bytes={first}-"),
            Self::Suffix(length) => write!(f, "bytes=-{length}"),
        }
    }
}

/// The ranges a header asks for; `None` where it must be ignored: another unit, or not what section 14.1.1 allows.
pub fn parse(header: &str) -> Option<Vec<ByteRange>> {
    let (unit, set) = header.split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let mut ranges = Vec::new();
    for spec in set.split(',') {
        let spec = spec.trim_matches([' ', '\t']);
        // RFC 9110 section 5.6.1.2: a recipient must accept empty list elements.
        if spec.is_empty() {
            continue;
        }
        ranges.push(range(spec)?);
    }
    (!ranges.is_empty()).then_some(ranges)
}

fn range(spec: &str) -> Option<ByteRange> {
    let (first, last) = spec.split_once('-')?;
    match (first, last) {
        ("", length) => Some(ByteRange::Suffix(number(length)?)),
        (first, "") => Some(ByteRange::From(number(first)?)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(ByteRange::Closed(first, last))
        }
    }
}

/// Digits only, of any count; `parse::<u64>` would take a `+` and fail on sixty digits.
fn number(digits: &str) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(digits.bytes().fold(0u64, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0'))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ByteRange::{Closed, From, Suffix};

    #[test]
    fn parsed() {
        let sixty = "9".repeat(60);
        for (header, ranges) in [
            ("bytes=0-0", vec![Closed(0, 0)]),
            ("bytes=5-", vec![From(5)]),
            ("bytes=-5", vec![Suffix(5)]),
            ("BYTES=0-1", vec![Closed(0, 1)]),
            ("bytes= 0-1 , ,\t-2", vec![Closed(0, 1), Suffix(2)]),
            (&format!("bytes=1-{sixty}"), vec![Closed(1, u64::MAX)]),
            (&format!("bytes=-{sixty}"), vec![Suffix(u64::MAX)]),
            ("bytes=4294967296-4294967297", vec![Closed(1 << 32, (1 << 32) + 1)]),
        ] {
            assert_eq!(parse(header), Some(ranges), "{header}");
        }
    }

    #[test]
    fn ignored() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=,",
            "bytes=-",
            "bytes=a-b",
            "bytes=2-1",
            "bytes=+1-2",
            "bytes=1-2-3",
            "bytes=0x1-2",
            "items=0-1",
            "bytes=1",
            "bytes=0-1,x",
            "bytes=1 -2",
            "bytes =1-2",
            "bytes=\u{664}-5",
        ] {
            assert_eq!(parse(header), None, "{header}");
        }
    }

    #[test]
    fn resolved() {
        for (range, size, bytes) in [
            (Closed(0, 0), 1, Some((0, 0))),
            (Closed(0, 99), 10, Some((0, 9))),
            (Closed(10, 20), 10, None),
            (From(9), 10, Some((9, 9))),
            (From(10), 10, None),
            (Suffix(3), 10, Some((7, 9))),
            (Suffix(99), 10, Some((0, 9))),
            (Suffix(0), 10, None),
            (Suffix(1), 0, None),
            (From(0), 0, None),
            (Closed(u64::MAX, u64::MAX), u64::MAX, None),
            (Closed(1 << 32, 1 << 33), 6 << 30, Some((1 << 32, (6 << 30) - 1))),
        ] {
            assert_eq!(range.resolve(size), bytes, "{range:?} of {size}");
        }
    }
}
