//! Preconditions and byte ranges of a read.
//!
//! Sources: RFC 9110 sections 13 and 14, and <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html> for
//! which header takes precedence.

use std::{
    ops::Range,
    time::{Duration, SystemTime},
};

use http::{HeaderMap, HeaderName, header};

/// What a request gets under its preconditions.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Proceed,
    /// 304, or 412 if the method is not GET or HEAD.
    NotModified,
    /// 412.
    Failed,
}

/// Checks `If-Match`, `If-Unmodified-Since`, `If-None-Match` and `If-Modified-Since`. Entity tags take precedence
/// over dates.
///
/// `etag` is strong and without quotes. `modified` is in Unix seconds. Dates that cannot be read are ignored.
pub fn check(headers: &HeaderMap, etag: &str, modified: i64) -> Verdict {
    if headers.contains_key(header::IF_MATCH) {
        if !tags(headers, header::IF_MATCH).any(|tag| tag.names_strongly(etag)) {
            return Verdict::Failed;
        }
    } else if date(headers, header::IF_UNMODIFIED_SINCE).is_some_and(|date| modified > date) {
        return Verdict::Failed;
    }
    if headers.contains_key(header::IF_NONE_MATCH) {
        if tags(headers, header::IF_NONE_MATCH).any(|tag| tag.names(etag)) {
            return Verdict::NotModified;
        }
    } else if date(headers, header::IF_MODIFIED_SINCE).is_some_and(|date| modified <= date) {
        return Verdict::NotModified;
    }
    Verdict::Proceed
}

/// The range was understood and lies outside the object: 416.
#[derive(Debug, PartialEq, Eq)]
pub struct Unsatisfiable;

/// The bytes to send. `None` means all bytes. It is also returned for forms that HTTP says to ignore, and for more
/// than one range, which S3 does not serve.
pub fn range(headers: &HeaderMap, etag: &str, modified: i64, size: u64) -> Result<Option<Range<u64>>, Unsatisfiable> {
    let mut values = headers.get_all(header::RANGE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Ok(None) };
    if headers.contains_key(header::IF_RANGE) {
        let tag = tags(headers, header::IF_RANGE).any(|tag| tag.names_strongly(etag) && tag.value != "*");
        if !tag && date(headers, header::IF_RANGE) != Some(modified) {
            return Ok(None);
        }
    }
    let Some((first, last)) = value.to_str().ok().and_then(positions) else { return Ok(None) };
    let (first, last) = match (first, last) {
        (Some(first), last) => (first, last.unwrap_or(u64::MAX)),
        // The last bytes. A suffix of 0 bytes cannot be served.
        (None, Some(0)) => return Err(Unsatisfiable),
        (None, Some(length)) => (size.saturating_sub(length), u64::MAX),
        (None, None) => return Ok(None),
    };
    if first > last {
        return Ok(None);
    }
    if first >= size {
        return Err(Unsatisfiable);
    }
    Ok(Some(first..last.saturating_add(1).min(size)))
}

/// `bytes=first-last`, in which either number may be missing.
fn positions(value: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (unit, range) = value.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    let are_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    (are_digits(first) && are_digits(last)).then(|| (position(first), position(last)))
}

/// A number with too many digits means "beyond any end".
fn position(digits: &str) -> Option<u64> {
    (!digits.is_empty()).then(|| digits.parse().unwrap_or(u64::MAX))
}

/// An entity tag in a list, or `*`.
struct Tag<'a> {
    weak: bool,
    value: &'a str,
}

impl Tag<'_> {
    fn names(&self, etag: &str) -> bool {
        self.value == "*" || self.value == etag
    }

    fn names_strongly(&self, etag: &str) -> bool {
        !self.weak && self.names(etag)
    }
}

/// The entity tags of a header. Each is quoted, or bare, which S3 allows.
fn tags(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = Tag<'_>> {
    headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok()).flat_map(|list| {
        // No entity tag of this store holds a comma.
        list.split(',').map(|tag| {
            let tag = tag.trim();
            let (weak, tag) = tag.strip_prefix("W/").map_or((false, tag), |tag| (true, tag));
            let value = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(tag);
            Tag { weak, value }
        })
    })
}

fn date(headers: &HeaderMap, name: HeaderName) -> Option<i64> {
    let date = httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()?;
    let since = date.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

/// Unix seconds as a time.
pub fn time(seconds: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const MODIFIED: i64 = 1_445_412_480;
    const DATE: &str = "Wed, 21 Oct 2015 07:28:00 GMT";
    const LATER: &str = "Wed, 21 Oct 2015 07:28:01 GMT";
    const EARLIER: &str = "Wed, 21 Oct 2015 07:27:59 GMT";

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn preconditions() {
        use header::{IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE};
        let cases: &[(&[(HeaderName, &'static str)], Verdict)] = &[
            (&[], Verdict::Proceed),
            (&[(IF_MATCH, "\"tag\"")], Verdict::Proceed),
            (&[(IF_MATCH, "tag")], Verdict::Proceed),
            (&[(IF_MATCH, "*")], Verdict::Proceed),
            (&[(IF_MATCH, "\"a\", \"tag\"")], Verdict::Proceed),
            (&[(IF_MATCH, "\"other\"")], Verdict::Failed),
            (&[(IF_MATCH, "W/\"tag\"")], Verdict::Failed),
            (&[(IF_MATCH, "\"tag\""), (IF_UNMODIFIED_SINCE, EARLIER)], Verdict::Proceed),
            (&[(IF_UNMODIFIED_SINCE, EARLIER)], Verdict::Failed),
            (&[(IF_UNMODIFIED_SINCE, DATE)], Verdict::Proceed),
            (&[(IF_UNMODIFIED_SINCE, "yesterday")], Verdict::Proceed),
            (&[(IF_NONE_MATCH, "\"tag\"")], Verdict::NotModified),
            (&[(IF_NONE_MATCH, "W/\"tag\"")], Verdict::NotModified),
            (&[(IF_NONE_MATCH, "\"a\",W/\"tag\"")], Verdict::NotModified),
            (&[(IF_NONE_MATCH, "*")], Verdict::NotModified),
            (&[(IF_NONE_MATCH, "\"other\"")], Verdict::Proceed),
            (&[(IF_NONE_MATCH, "\"other\""), (IF_MODIFIED_SINCE, LATER)], Verdict::Proceed),
            (&[(IF_MODIFIED_SINCE, DATE)], Verdict::NotModified),
            (&[(IF_MODIFIED_SINCE, EARLIER)], Verdict::Proceed),
            (&[(IF_MATCH, "\"other\""), (IF_NONE_MATCH, "\"tag\"")], Verdict::Failed),
        ];
        for (given, expected) in cases {
            assert_eq!(check(&headers(given), "tag", MODIFIED), *expected, "{given:?}");
        }
    }

    #[test]
    fn ranges() {
        for (given, size, expected) in [
            ("bytes=0-0", 10, Ok(Some(0..1))),
            ("bytes=2-5", 10, Ok(Some(2..6))),
            ("bytes=2-", 10, Ok(Some(2..10))),
            ("bytes=-3", 10, Ok(Some(7..10))),
            ("bytes=-30", 10, Ok(Some(0..10))),
            ("bytes=5-99", 10, Ok(Some(5..10))),
            ("bytes=5-99999999999999999999999", 10, Ok(Some(5..10))),
            ("Bytes=9-9", 10, Ok(Some(9..10))),
            ("bytes=10-", 10, Err(Unsatisfiable)),
            ("bytes=99999999999999999999999-", 10, Err(Unsatisfiable)),
            ("bytes=-0", 10, Err(Unsatisfiable)),
            ("bytes=0-0", 0, Err(Unsatisfiable)),
            ("bytes=-1", 0, Err(Unsatisfiable)),
            ("bytes=5-2", 10, Ok(None)),
            ("bytes=0-1,3-4", 10, Ok(None)),
            ("bytes=-", 10, Ok(None)),
            ("bytes=a-b", 10, Ok(None)),
            ("bytes=+1-2", 10, Ok(None)),
            ("bytes", 10, Ok(None)),
            ("items=0-1", 10, Ok(None)),
        ] {
            assert_eq!(range(&headers(&[(header::RANGE, given)]), "tag", MODIFIED, size), expected, "{given}");
        }
    }

    #[test]
    fn a_range_counts_only_if_the_validator_is_current() {
        for (validator, counts) in [
            ("\"tag\"", true),
            (DATE, true),
            ("\"other\"", false),
            ("W/\"tag\"", false),
            ("*", false),
            (LATER, false),
            (EARLIER, false),
        ] {
            let given = headers(&[(header::RANGE, "bytes=0-0"), (header::IF_RANGE, validator)]);
            assert_eq!(range(&given, "tag", MODIFIED, 10), Ok(counts.then_some(0..1)), "{validator}");
        }
    }
}
