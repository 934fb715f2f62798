//! Reads the answer to `ListObjectsV2` (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>).
//!
//! Stores generate this answer, so it always has the same shape: elements without attributes, and text with the five
//! XML entities.

/// One page of a listing.
#[derive(Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub objects: Vec<T>,
    /// The token of the next page, if there is one.
    pub next: Option<String>,
}

/// The keys of objects, and their sizes in bytes: see [`parse_with`].
pub fn parse(xml: &str) -> Option<Page<(String, u64)>> {
    parse_with(xml, key_and_size)
}

/// The key of an object, and its size in bytes, out of its `<Contents>`.
pub fn key_and_size(contents: &str) -> Option<(String, u64)> {
    Some((unescape(element(contents, "Key")?), element(contents, "Size")?.parse().ok()?))
}

/// `None` if the text is not an answer to `ListObjectsV2`, or says that there is more but not where. `object` reads
/// the elements of one object.
///
/// `IsTruncated` decides whether there is a next page: some stores send a token with the last page too.
pub fn parse_with<T>(xml: &str, object: impl Fn(&str) -> Option<T>) -> Option<Page<T>> {
    let (_, mut rest) = xml.split_once("<ListBucketResult")?;
    let next = match element(rest, "IsTruncated") {
        Some("true") => Some(unescape(element(rest, "NextContinuationToken")?)),
        _ => None,
    };
    let mut objects = Vec::new();
    while let Some((_, after)) = rest.split_once("<Contents>") {
        let (contents, after) = after.split_once("</Contents>")?;
        objects.push(object(contents)?);
        rest = after;
    }
    rest.contains("</ListBucketResult>").then_some(Page { objects, next })
}

/// The text between the tags of an element without attributes: the first of that name.
pub fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

/// A text with the five entities of XML as the characters that they stand for.
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let character = after.split_once(';').and_then(|(name, tail)| Some((entity(name)?, tail)));
        rest = if let Some((character, tail)) = character {
            out.push(character);
            tail
        } else {
            out.push('&');
            after
        };
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page() {
        let xml = "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"x\"><IsTruncated>true</IsTruncated>\
                   <NextContinuationToken>a&amp;b</NextContinuationToken>\
                   <Contents><Key>hls/Tanz &amp; M\u{fc}ller &#x28;1&#41;/1080p_000.ts</Key><Size>12</Size></Contents>\
                   <Contents><Size>3</Size><Key>x</Key></Contents></ListBucketResult>";
        let objects = vec![("hls/Tanz & M\u{fc}ller (1)/1080p_000.ts".to_owned(), 12), ("x".to_owned(), 3)];
        assert_eq!(parse(xml), Some(Page { objects, next: Some("a&b".to_owned()) }));
    }

    #[test]
    fn a_token_alone_is_no_next_page() {
        for last in ["", "<IsTruncated>false</IsTruncated>"] {
            let token = "<NextContinuationToken>x</NextContinuationToken>";
            let page = parse(&format!("<ListBucketResult>{last}{token}</ListBucketResult>"));
            assert_eq!(page, Some(Page { objects: Vec::new(), next: None }), "{last}");
        }
    }

    #[test]
    fn what_is_no_page() {
        for xml in [
            "",
            "<html>",
            "<ListBucketResult>",
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
        ] {
            assert_eq!(parse(xml), None, "{xml}");
        }
    }
}
