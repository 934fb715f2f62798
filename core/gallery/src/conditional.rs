//! Conditional requests: RFC 9110 section 13.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::etag::{Condition, ETag};

/// The validators that tell two versions of a file apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validators<'a> {
    pub etag: Option<ETag<'a>>,
    /// When the file last changed, in seconds since 1970.
    pub modified: Option<u64>,
}

impl<'a> Validators<'a> {
    /// A response's `ETag` and `Last-Modified`.
    pub fn of(headers: &'a HeaderMap) -> Self {
        Self {
            etag: only(headers, &header::ETAG).and_then(ETag::parse),
            modified: date(headers, &header::LAST_MODIFIED),
        }
    }
}

/// What a GET or HEAD gets under its conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Proceed,
    /// 304: the client has this version already.
    NotModified,
    /// 412: this version is not the one that the client wants.
    Failed,
}

/// The conditions of a request. A date that cannot be read is ignored, as if its header were absent.
#[allow(clippy::struct_field_names, reason = "the headers' names")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conditions<'a> {
    if_match: Option<Condition<'a>>,
    if_unmodified_since: Option<u64>,
    if_none_match: Option<Condition<'a>>,
    if_modified_since: Option<u64>,
    if_range: Option<IfRange<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IfRange<'a> {
    Tag(ETag<'a>),
    Date(u64),
    /// Neither a tag nor a date: the condition never holds.
    Unreadable,
}

impl<'a> Conditions<'a> {
    pub fn of(headers: &'a HeaderMap) -> Self {
        let if_range = headers.contains_key(header::IF_RANGE).then(|| {
            let tag = only(headers, &header::IF_RANGE).and_then(ETag::parse).map(IfRange::Tag);
            tag.or_else(|| date(headers, &header::IF_RANGE).map(IfRange::Date)).unwrap_or(IfRange::Unreadable)
        });
        Self {
            if_match: Condition::of(headers, &header::IF_MATCH),
            if_unmodified_since: date(headers, &header::IF_UNMODIFIED_SINCE),
            if_none_match: Condition::of(headers, &header::IF_NONE_MATCH),
            if_modified_since: date(headers, &header::IF_MODIFIED_SINCE),
            if_range,
        }
    }

    /// Whether the request has no conditions.
    pub fn is_empty(&self) -> bool {
        let without = Self {
            if_match: None,
            if_unmodified_since: None,
            if_none_match: None,
            if_modified_since: None,
            if_range: None,
        };
        *self == without
    }

    /// The steps of section 13.2.2, all but the last. A tag takes precedence over a date.
    pub fn verdict(&self, current: Validators<'_>) -> Verdict {
        let wanted = match (&self.if_match, self.if_unmodified_since.zip(current.modified)) {
            (Some(tags), _) => tags.matches_strongly(current.etag),
            (None, Some((date, modified))) => modified <= date,
            (None, None) => true,
        };
        let known = match (&self.if_none_match, self.if_modified_since.zip(current.modified)) {
            (Some(tags), _) => tags.matches_weakly(current.etag),
            (None, Some((date, modified))) => modified <= date,
            (None, None) => false,
        };
        match (wanted, known) {
            (false, _) => Verdict::Failed,
            (true, true) => Verdict::NotModified,
            (true, false) => Verdict::Proceed,
        }
    }

    /// The last step: whether `If-Range` lets a range count. A tag is compared strongly, a date exactly (section
    /// 13.1.5).
    pub fn allow_range(&self, current: Validators<'_>) -> bool {
        match self.if_range {
            None => true,
            Some(IfRange::Tag(tag)) => current.etag.is_some_and(|current| tag.strong_eq(current)),
            Some(IfRange::Date(date)) => current.modified == Some(date),
            Some(IfRange::Unreadable) => false,
        }
    }

    /// A header for the request to the store, where one tag or one date decides. With this header, the store answers
    /// with a 304 if the client has the file already. The header is only a hint: a store that ignores it sends the
    /// file, and [`verdict`](Self::verdict) then comes to the same result.
    pub fn hint(&self) -> Option<(HeaderName, HeaderValue)> {
        if self.if_match.is_some() || self.if_unmodified_since.is_some() {
            return None;
        }
        let (name, text) = match (&self.if_none_match, self.if_modified_since) {
            (Some(Condition::Tags(tags)), _) if tags.len() == 1 => (header::IF_NONE_MATCH, tags[0].quoted.to_owned()),
            (Some(_), _) | (None, None) => return None,
            (None, Some(date)) => {
                let date = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(date))?;
                (header::IF_MODIFIED_SINCE, httpdate::fmt_http_date(date))
            }
        };
        Some((name, HeaderValue::from_str(&text).ok()?))
    }
}

/// The value of a header that occurs exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut lines = headers.get_all(name).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return None };
    line.to_str().ok().map(|text| text.trim_matches([' ', '\t']))
}

/// A date in any of the three forms of section 5.6.7, in seconds since 1970.
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let date = httpdate::parse_http_date(only(headers, name)?).ok()?;
    date.duration_since(SystemTime::UNIX_EPOCH).ok().map(|since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use http::header::{
        IF_MATCH as MATCH, IF_MODIFIED_SINCE as SINCE, IF_NONE_MATCH as NONE_MATCH, IF_RANGE,
        IF_UNMODIFIED_SINCE as UNTIL,
    };

    use super::*;
    use Verdict::{Failed, NotModified, Proceed};

    const DATE: &str = "Wed, 21 Oct 2015 07:28:00 GMT";
    const LATER: &str = "Wed, 21 Oct 2015 07:28:01 GMT";
    const EARLIER: &str = "Wed, 21 Oct 2015 07:27:59 GMT";

    fn headers(lines: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        headers
    }

    fn file() -> HeaderMap {
        headers(&[(header::ETAG, "\"tag\""), (header::LAST_MODIFIED, DATE)])
    }

    #[test]
    fn validators() {
        let file = file();
        let current = Validators::of(&file);
        assert_eq!(current.etag, ETag::parse("\"tag\""));
        assert_eq!(current.modified, Some(1_445_412_480));
        assert_eq!(Validators::of(&headers(&[(header::ETAG, "tag")])), Validators::default());
    }

    #[test]
    fn verdicts() {
        for (lines, verdict) in [
            (&[] as &[_], Proceed),
            (&[(MATCH, "\"tag\"")], Proceed),
            (&[(MATCH, "*")], Proceed),
            (&[(MATCH, "\"a\""), (MATCH, "\"tag\"")], Proceed),
            (&[(MATCH, "\"other\"")], Failed),
            (&[(MATCH, "W/\"tag\"")], Failed),
            (&[(MATCH, "tag")], Failed),
            (&[(MATCH, "\"tag\""), (UNTIL, EARLIER)], Proceed),
            (&[(MATCH, "\"other\""), (UNTIL, LATER)], Failed),
            (&[(UNTIL, EARLIER)], Failed),
            (&[(UNTIL, DATE)], Proceed),
            (&[(UNTIL, "yesterday")], Proceed),
            (&[(UNTIL, EARLIER), (UNTIL, EARLIER)], Proceed),
            (&[(NONE_MATCH, "\"tag\"")], NotModified),
            (&[(NONE_MATCH, "W/\"tag\"")], NotModified),
            (&[(NONE_MATCH, "*")], NotModified),
            (&[(NONE_MATCH, "\"a\""), (NONE_MATCH, "\"tag\"")], NotModified),
            (&[(NONE_MATCH, "tag")], Proceed),
            (&[(NONE_MATCH, "\"other\""), (SINCE, LATER)], Proceed),
            (&[(NONE_MATCH, "tag"), (SINCE, LATER)], Proceed),
            (&[(NONE_MATCH, "\"tag\""), (SINCE, EARLIER)], NotModified),
            (&[(SINCE, DATE)], NotModified),
            (&[(SINCE, LATER)], NotModified),
            (&[(SINCE, EARLIER)], Proceed),
            (&[(SINCE, "Wednesday, 21-Oct-15 07:28:00 GMT")], NotModified),
            (&[(SINCE, "Wed Oct 21 07:28:00 2015")], NotModified),
            (&[(SINCE, "Wednesday, 21-Oct-15 07:27:59 GMT")], Proceed),
            (&[(SINCE, "Wed Oct 21 07:27:59 2015")], Proceed),
            (&[(SINCE, LATER), (SINCE, LATER)], Proceed),
            (&[(MATCH, "\"other\""), (NONE_MATCH, "\"tag\"")], Failed),
            (&[(MATCH, "\"tag\""), (NONE_MATCH, "\"tag\"")], NotModified),
            (&[(UNTIL, EARLIER), (SINCE, LATER)], Failed),
            (&[(UNTIL, LATER), (SINCE, LATER)], NotModified),
        ] {
            let (request, file) = (headers(lines), file());
            assert_eq!(Conditions::of(&request).verdict(Validators::of(&file)), verdict, "{lines:?}");
        }
    }

    #[test]
    fn emptiness() {
        for (lines, empty) in [
            (&[] as &[_], true),
            (&[(SINCE, "yesterday")], true),
            (&[(UNTIL, LATER), (UNTIL, LATER)], true),
            (&[(SINCE, DATE)], false),
            (&[(UNTIL, DATE)], false),
            (&[(MATCH, "tag")], false),
            (&[(NONE_MATCH, "*")], false),
            (&[(IF_RANGE, "yesterday")], false),
        ] {
            assert_eq!(Conditions::of(&headers(lines)).is_empty(), empty, "{lines:?}");
        }
    }

    /// Without validators, dates are ignored, and only `*` matches.
    #[test]
    fn a_file_without_validators() {
        for (lines, verdict) in [
            (&[(SINCE, LATER)], Proceed),
            (&[(UNTIL, EARLIER)], Proceed),
            (&[(NONE_MATCH, "\"tag\"")], Proceed),
            (&[(NONE_MATCH, "*")], NotModified),
            (&[(MATCH, "\"tag\"")], Failed),
            (&[(MATCH, "*")], Proceed),
        ] {
            assert_eq!(Conditions::of(&headers(lines)).verdict(Validators::default()), verdict, "{lines:?}");
        }
        assert!(!Conditions::of(&headers(&[(IF_RANGE, DATE)])).allow_range(Validators::default()));
    }

    #[test]
    fn ranges() {
        for (lines, allowed) in [
            (&[] as &[_], true),
            (&[(IF_RANGE, "\"tag\"")], true),
            (&[(IF_RANGE, " \"tag\" ")], true),
            (&[(IF_RANGE, "W/\"tag\"")], false),
            (&[(IF_RANGE, "\"other\"")], false),
            (&[(IF_RANGE, "\"other\", \"tag\"")], false),
            (&[(IF_RANGE, "\"tag\""), (IF_RANGE, "\"tag\"")], false),
            (&[(IF_RANGE, "*")], false),
            (&[(IF_RANGE, "tag")], false),
            (&[(IF_RANGE, "")], false),
            (&[(IF_RANGE, DATE)], true),
            (&[(IF_RANGE, "Wed Oct 21 07:28:00 2015")], true),
            (&[(IF_RANGE, LATER)], false),
            (&[(IF_RANGE, EARLIER)], false),
            (&[(IF_RANGE, "yesterday")], false),
        ] {
            let (request, file) = (headers(lines), file());
            assert_eq!(Conditions::of(&request).allow_range(Validators::of(&file)), allowed, "{lines:?}");
        }
    }

    #[test]
    fn hints() {
        for (lines, hint) in [
            (&[] as &[_], None),
            (&[(NONE_MATCH, "\"tag\"")], Some((NONE_MATCH, "\"tag\""))),
            (&[(NONE_MATCH, "W/\"tag\""), (SINCE, LATER)], Some((NONE_MATCH, "\"tag\""))),
            (&[(NONE_MATCH, "\"a\", \"b\"")], None),
            (&[(NONE_MATCH, "*")], None),
            (&[(NONE_MATCH, "tag"), (SINCE, LATER)], None),
            (&[(SINCE, "Wednesday, 21-Oct-15 07:28:00 GMT")], Some((SINCE, DATE))),
            (&[(SINCE, "yesterday")], None),
            (&[(NONE_MATCH, "\"tag\""), (MATCH, "\"tag\"")], None),
            (&[(SINCE, DATE), (UNTIL, DATE)], None),
        ] {
            let hint = hint.map(|(name, value)| (name, HeaderValue::from_static(value)));
            assert_eq!(Conditions::of(&headers(lines)).hint(), hint, "{lines:?}");
        }
    }
}
