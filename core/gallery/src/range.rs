//! Byte ranges: RFC 9110 section 14.

use http::{HeaderMap, header};

/// A header with more ranges than this is ignored (section 14.2): readers ask for a few ranges, attackers for
/// hundreds. Each range costs a request to the store, and a small host may send only ten requests to the store for
/// one request of a client.
pub const MAX_RANGES: usize = 8;

/// One range of a `Range: bytes=` header. A number beyond 64 bits becomes `u64::MAX`, a size that no object reaches.
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

/// The ranges that a request asks for. Empty if the `Range` must be ignored, or asks for more than [`MAX_RANGES`].
pub fn of(headers: &HeaderMap) -> Vec<ByteRange> {
    let mut lines = headers.get_all(header::RANGE).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return Vec::new() };
    let ranges = line.to_str().ok().and_then(parse).unwrap_or_default();
    if ranges.len() > MAX_RANGES { Vec::new() } else { ranges }
}

/// The parts of an object of `size` bytes to send, as first and last bytes. No byte is sent twice: ranges that
/// overlap or touch become one part (section 15.3.7.2). Otherwise the parts have the order of the request. Empty if
/// all ranges lie outside the object (416).
pub fn select(ranges: &[ByteRange], size: u64) -> Vec<(u64, u64)> {
    let mut parts = Vec::new();
    for part in ranges.iter().filter_map(|range| range.resolve(size)) {
        let touches = |other: &(u64, u64)| other.0 <= part.1 + 1 && part.0 <= other.1 + 1;
        let (near, mut rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(touches);
        rest.push(near.into_iter().fold(part, |whole, part| (whole.0.min(part.0), whole.1.max(part.1))));
        parts = rest;
    }
    parts
}

/// The ranges that a header asks for. `None` if the header must be ignored: it has another unit, or is not what
/// section 14.1.1 allows.
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

/// Digits only, however many. `parse::<u64>` would accept a `+`, and fail on sixty digits.
fn number(digits: &str) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(digits.bytes().fold(0u64, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0'))))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

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

    #[test]
    fn asked_for_once_and_not_too_often() {
        let of = |lines: &[String]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::RANGE, HeaderValue::from_str(line).unwrap());
            }
            super::of(&headers)
        };
        let many = |count| format!("bytes={}", vec!["1-1"; count].join(","));
        assert_eq!(of(&[]), []);
        assert_eq!(of(&[many(1)]), [Closed(1, 1)]);
        assert_eq!(of(&[many(MAX_RANGES)]).len(), MAX_RANGES);
        assert_eq!(of(&[many(MAX_RANGES + 1)]), []);
        assert_eq!(of(&[many(1), many(1)]), []);
    }

    #[test]
    fn selected() {
        for (ranges, parts) in [
            (vec![Closed(0, 1), Closed(5, 6)], vec![(0, 1), (5, 6)]),
            (vec![Closed(5, 6), Closed(0, 1)], vec![(5, 6), (0, 1)]),
            (vec![Closed(0, 1), Closed(2, 3)], vec![(0, 3)]),
            (vec![Closed(2, 3), Closed(0, 1)], vec![(0, 3)]),
            (vec![Closed(0, 5), Closed(2, 3)], vec![(0, 5)]),
            (vec![Closed(0, 1), Closed(4, 5), Closed(2, 3)], vec![(0, 5)]),
            (vec![Closed(0, 1), Closed(8, 8), Closed(4, 5), Closed(2, 3)], vec![(8, 8), (0, 5)]),
            (vec![Closed(0, 0), Suffix(1)], vec![(0, 0), (9, 9)]),
            (vec![From(5), Suffix(8)], vec![(2, 9)]),
            (vec![From(10), Closed(20, 30), Suffix(0)], vec![]),
            (vec![From(10), Closed(3, 30)], vec![(3, 9)]),
            (vec![], vec![]),
        ] {
            assert_eq!(select(&ranges, 10), parts, "{ranges:?}");
        }
        assert_eq!(select(&[From(0), Suffix(1)], u64::MAX), [(0, u64::MAX - 1)]);
        assert_eq!(select(&[From(0)], 0), []);
    }
}
