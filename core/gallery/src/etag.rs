//! Entity tags and their comparison: RFC 9110 section 8.8.3.

use http::{HeaderMap, HeaderName};

/// An entity tag as it stands in a header: `"..."` or `W/"..."`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ETag<'a> {
    pub weak: bool,
    /// The opaque part with its quotes.
    pub quoted: &'a str,
}

impl<'a> ETag<'a> {
    /// A header value that is exactly one tag.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (tag, rest) = take(text.trim_matches([' ', '\t']))?;
        rest.is_empty().then_some(tag)
    }

    /// Section 8.8.3.2: the opaque parts are equal, and neither tag is weak.
    pub fn strong_eq(self, other: Self) -> bool {
        !self.weak && !other.weak && self.quoted == other.quoted
    }

    /// Section 8.8.3.2: the opaque parts are equal.
    pub fn weak_eq(self, other: Self) -> bool {
        self.quoted == other.quoted
    }
}

/// A tag at the beginning of `text`, and the text after the tag.
fn take(text: &str) -> Option<(ETag<'_>, &str)> {
    let (weak, quoted) = text.strip_prefix("W/").map_or((false, text), |rest| (true, rest));
    let end = quoted.strip_prefix('"')?.find('"')? + 2;
    let (quoted, rest) = quoted.split_at(end);
    // etagc: no space, no control characters (commas are fine).
    let legal = quoted.bytes().all(|byte| byte > b' ' && byte != 0x7f);
    legal.then_some((ETag { weak, quoted }, rest))
}

/// What `If-Match` or `If-None-Match` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition<'a> {
    /// `*`: any current representation.
    Any,
    Tags(Vec<ETag<'a>>),
}

impl<'a> Condition<'a> {
    /// All lines of a header as one list. `None` if the header is absent. A header that is not a list of tags gives
    /// an empty list, which matches nothing.
    pub fn of(headers: &'a HeaderMap, name: &HeaderName) -> Option<Self> {
        let mut lines = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or("?")).peekable();
        lines.peek()?;
        let lines: Vec<&str> = lines.collect();
        if let [line] = lines.as_slice()
            && line.trim_matches([' ', '\t']) == "*"
        {
            return Some(Self::Any);
        }
        let mut tags = Vec::new();
        let readable = lines.into_iter().all(|line| list(line, &mut tags).is_some());
        Some(Self::Tags(if readable { tags } else { Vec::new() }))
    }

    /// Whether the current tag is in the condition, by strong comparison (`If-Match`).
    pub fn matches_strongly(&self, current: Option<ETag<'_>>) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => current.is_some_and(|current| tags.iter().any(|tag| tag.strong_eq(current))),
        }
    }

    /// Whether the current tag is in the condition, by weak comparison (`If-None-Match`).
    pub fn matches_weakly(&self, current: Option<ETag<'_>>) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => current.is_some_and(|current| tags.iter().any(|tag| tag.weak_eq(current))),
        }
    }
}

/// The tags of one line. `None` if the line is not a list of tags. Empty elements are allowed (section 5.6.1.2).
fn list<'a>(mut text: &'a str, tags: &mut Vec<ETag<'a>>) -> Option<()> {
    loop {
        text = text.trim_start_matches([' ', '\t', ',']);
        if text.is_empty() {
            return Some(());
        }
        let (tag, rest) = take(text)?;
        tags.push(tag);
        text = rest.trim_start_matches([' ', '\t']);
        if !text.is_empty() && !text.starts_with(',') {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, header::IF_MATCH};

    use super::*;

    fn tag(text: &str) -> ETag<'_> {
        ETag::parse(text).unwrap()
    }

    #[test]
    fn one_tag() {
        assert_eq!(tag("\"a,b\""), ETag { weak: false, quoted: "\"a,b\"" });
        assert_eq!(tag(" W/\"\" "), ETag { weak: true, quoted: "\"\"" });
        for bad in ["", "a", "\"a", "w/\"a\"", "\"a\"b", "\"a b\"", "\"a\", \"b\"", "W/", "*"] {
            assert_eq!(ETag::parse(bad), None, "{bad}");
        }
    }

    /// Runs `test` with the condition that these lines make.
    fn with<T>(lines: &[&'static str], test: impl FnOnce(Option<Condition<'_>>) -> T) -> T {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(IF_MATCH, HeaderValue::from_static(line));
        }
        test(Condition::of(&headers, &IF_MATCH))
    }

    #[test]
    fn lists() {
        with(&[], |none| assert_eq!(none, None));
        with(&[" * "], |any| assert_eq!(any, Some(Condition::Any)));
        for lines in [&["\"a,b\" , W/\"c\",,\"d\""] as &[_], &["\"a,b\"", "", "W/\"c\" , \"d\","]] {
            with(lines, |list| {
                let tags = ["\"a,b\"", "W/\"c\"", "\"d\""].map(tag).to_vec();
                assert_eq!(list, Some(Condition::Tags(tags)), "{lines:?}");
            });
        }
        for bad in ["", ",", "\"a\" \"b\"", "a", "*, \"a\"", "\"a\", *", "\"a\", b", "\"a"] {
            with(&[bad], |none| assert_eq!(none, Some(Condition::Tags(Vec::new())), "{bad}"));
        }
        with(&["\"a\"", "b"], |none| assert_eq!(none, Some(Condition::Tags(Vec::new()))));
        with(&["*", "*"], |none| assert_eq!(none, Some(Condition::Tags(Vec::new()))));
    }

    #[test]
    fn not_text() {
        let mut headers = HeaderMap::new();
        headers.insert(IF_MATCH, HeaderValue::from_bytes(b"\"a\", \"\xe9\"").unwrap());
        assert_eq!(Condition::of(&headers, &IF_MATCH), Some(Condition::Tags(Vec::new())));
    }

    #[test]
    fn membership() {
        with(&["\"a\", W/\"b\""], |list| {
            let list = list.unwrap();
            for (current, strongly, weakly) in [
                (Some("\"a\""), true, true),
                (Some("W/\"a\""), false, true),
                (Some("\"b\""), false, true),
                (Some("\"c\""), false, false),
                (None, false, false),
            ] {
                let tag = current.map(tag);
                assert_eq!((list.matches_strongly(tag), list.matches_weakly(tag)), (strongly, weakly), "{current:?}");
            }
        });
        with(&["*"], |any| assert!(any.unwrap().matches_strongly(None)));
    }

    #[test]
    fn comparison() {
        assert!(tag("\"a\"").strong_eq(tag("\"a\"")));
        assert!(!tag("W/\"a\"").strong_eq(tag("W/\"a\"")));
        assert!(tag("W/\"a\"").weak_eq(tag("\"a\"")));
    }
}
