//! Entity tags and their comparison: RFC 9110 section 8.8.3.

/// An entity tag as it stands in a header: `"..."` or `W/"..."`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ETag<'a> {
    pub weak: bool,
    /// The opaque part with its quotes.
    pub quoted: &'a str,
}

impl<'a> ETag<'a> {
    /// One tag, alone in its header.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (tag, rest) = take(text.trim_matches([' ', '\t']))?;
        rest.is_empty().then_some(tag)
    }

    /// Section 8.8.3.2: same opaque part, neither is weak.
    pub fn strong_eq(self, other: Self) -> bool {
        !self.weak && !other.weak && self.quoted == other.quoted
    }

    /// Section 8.8.3.2: same opaque part.
    pub fn weak_eq(self, other: Self) -> bool {
        self.quoted == other.quoted
    }
}

/// A tag at the beginning of `text`, and what follows it.
fn take(text: &str) -> Option<(ETag<'_>, &str)> {
    let (weak, quoted) = text.strip_prefix("W/").map_or((false, text), |rest| (true, rest));
    let end = quoted.strip_prefix('"')?.find('"')? + 2;
    let (quoted, rest) = quoted.split_at(end);
    // etagc: no space, no control characters (commas are fine).
    let legal = quoted.bytes().all(|byte| byte > b' ' && byte != 0x7f);
    legal.then_some((ETag { weak, quoted }, rest))
}

/// The value of `If-Match` or `If-None-Match`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition<'a> {
    /// `*`: any representation there is.
    Any,
    Tags(Vec<ETag<'a>>),
}

impl<'a> Condition<'a> {
    /// `None` where the header is not what section 13.1.1 allows; it is then ignored.
    pub fn parse(mut text: &'a str) -> Option<Self> {
        if text.trim_matches([' ', '\t']) == "*" {
            return Some(Self::Any);
        }
        let mut tags = Vec::new();
        loop {
            text = text.trim_start_matches([' ', '\t', ',']);
            if text.is_empty() {
                break;
            }
            let (tag, rest) = take(text)?;
            tags.push(tag);
            text = rest.trim_start_matches([' ', '\t']);
            if !text.is_empty() && !text.starts_with(',') {
                return None;
            }
        }
        (!tags.is_empty()).then_some(Self::Tags(tags))
    }

    /// Whether the current tag is among these, by weak comparison (`If-None-Match`).
    pub fn matches_weakly(&self, current: ETag<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.iter().any(|tag| tag.weak_eq(current)),
        }
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn lists() {
        assert_eq!(Condition::parse(" * "), Some(Condition::Any));
        let list = Condition::parse("\"a,b\" , W/\"c\",,\"d\"").unwrap();
        assert!(list.matches_weakly(tag("W/\"a,b\"")));
        assert!(list.matches_weakly(tag("\"c\"")));
        assert!(!list.matches_weakly(tag("\"a\"")));
        for bad in ["", ",", "\"a\" \"b\"", "a", "*, \"a\"", "\"a\", *"] {
            assert_eq!(Condition::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn comparison() {
        assert!(tag("\"a\"").strong_eq(tag("\"a\"")));
        assert!(!tag("W/\"a\"").strong_eq(tag("W/\"a\"")));
        assert!(tag("W/\"a\"").weak_eq(tag("\"a\"")));
    }
}
