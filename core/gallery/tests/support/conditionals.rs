//! What is true for any lines whatever, read as a request's conditions and a file's validators.

use gallery::conditional::{Conditions, Validators, Verdict};
use http::{HeaderMap, HeaderValue, header};

/// Each line is a header: a letter for its name, then its value. `t` and `d` are the file's tag and date, the other
/// letters are headers of the request.
pub fn check(text: &str) {
    let (mut request, mut file) = (HeaderMap::new(), HeaderMap::new());
    for line in text.split('\n') {
        let Some(letter) = line.chars().next().filter(char::is_ascii) else { continue };
        let Ok(value) = HeaderValue::from_bytes(&line.as_bytes()[1..]) else { continue };
        let (headers, name) = match letter {
            't' => (&mut file, header::ETAG),
            'd' => (&mut file, header::LAST_MODIFIED),
            'm' => (&mut request, header::IF_MATCH),
            'n' => (&mut request, header::IF_NONE_MATCH),
            's' => (&mut request, header::IF_MODIFIED_SINCE),
            'u' => (&mut request, header::IF_UNMODIFIED_SINCE),
            'r' => (&mut request, header::IF_RANGE),
            _ => continue,
        };
        headers.append(name, value);
    }
    let conditions = Conditions::of(&request);
    let current = Validators::of(&file);
    assert_eq!(conditions.verdict(current), by_steps(&request, &file), "{request:?} {file:?}");
    assert_eq!(conditions.allow_range(current), range_counts(&request, &file), "{request:?} {file:?}");

    // A store that follows the hint comes to the same verdict as this crate.
    if let Some((name, value)) = conditions.hint() {
        let hint = HeaderMap::from_iter([(name, value)]);
        assert_eq!(Conditions::of(&hint).verdict(current), conditions.verdict(current), "{request:?} {file:?}");
    }
    // Without conditions, nothing is refused.
    if conditions.is_empty() {
        assert!(conditions.verdict(current) == Verdict::Proceed && conditions.allow_range(current));
    }
}

/// RFC 9110 section 13.2.2, step by step.
fn by_steps(request: &HeaderMap, file: &HeaderMap) -> Verdict {
    let own = tag(file, "etag");
    let modified = date(file, "last-modified");
    // Steps 1 and 2.
    let holds = match (tags(request, "if-match"), date(request, "if-unmodified-since"), modified) {
        (Named::These(tags), ..) => own.is_some_and(|own| tags.iter().any(|tag| !tag.0 && !own.0 && tag.1 == own.1)),
        (Named::Nothing, Some(date), Some(modified)) => modified <= date,
        (Named::Any | Named::Nothing, ..) => true,
    };
    if !holds {
        return Verdict::Failed;
    }
    // Steps 3 and 4.
    let fresh = match (tags(request, "if-none-match"), date(request, "if-modified-since"), modified) {
        (Named::Any, ..) => true,
        (Named::These(tags), ..) => own.is_some_and(|own| tags.iter().any(|tag| tag.1 == own.1)),
        (Named::Nothing, Some(date), Some(modified)) => modified <= date,
        (Named::Nothing, ..) => false,
    };
    if fresh { Verdict::NotModified } else { Verdict::Proceed }
}

/// Step 5, and section 13.1.5.
fn range_counts(request: &HeaderMap, file: &HeaderMap) -> bool {
    if !request.contains_key("if-range") {
        return true;
    }
    match (tag(request, "if-range"), date(request, "if-range")) {
        (Some((weak, opaque)), _) => tag(file, "etag").is_some_and(|own| !weak && !own.0 && own.1 == opaque),
        (None, Some(wanted)) => date(file, "last-modified") == Some(wanted),
        (None, None) => false,
    }
}

/// Whether the tag is weak, and the text between its quotes.
type Tag<'a> = (bool, &'a [u8]);

enum Named<'a> {
    Nothing,
    Any,
    These(Vec<Tag<'a>>),
}

fn lines<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a [u8]> {
    headers.get_all(name).iter().map(|value| value.as_bytes().trim_ascii()).collect()
}

fn tag<'a>(headers: &'a HeaderMap, name: &str) -> Option<Tag<'a>> {
    let [line] = lines(headers, name)[..] else { return None };
    let (tag, rest) = first_tag(line)?;
    rest.is_empty().then_some(tag)
}

/// Section 8.8.3; a tag beyond ASCII is not accepted.
fn first_tag(text: &[u8]) -> Option<(Tag<'_>, &[u8])> {
    let (weak, text) = match text {
        [b'W', b'/', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let [b'"', text @ ..] = text else { return None };
    let length = text.iter().take_while(|byte| matches!(byte, 0x21 | 0x23..=0x7e)).count();
    let [b'"', rest @ ..] = &text[length..] else { return None };
    Some(((weak, &text[..length]), rest))
}

/// Sections 13.1.1 and 5.6.1.2. If one line cannot be read, the lines together name no tag at all.
fn tags<'a>(headers: &'a HeaderMap, name: &str) -> Named<'a> {
    let lines = lines(headers, name);
    match lines[..] {
        [] => return Named::Nothing,
        [b"*"] => return Named::Any,
        _ => {}
    }
    let mut all = Vec::new();
    for mut line in lines {
        while let [first, rest @ ..] = line {
            if matches!(first, b',' | b' ' | b'\t') {
                line = rest;
                continue;
            }
            let Some((tag, rest)) = first_tag(line) else { return Named::These(Vec::new()) };
            all.push(tag);
            line = rest.trim_ascii_start();
            if !matches!(line, [] | [b',', ..]) {
                return Named::These(Vec::new());
            }
        }
    }
    Named::These(all)
}

/// Section 5.6.7. A header that occurs twice has no date.
fn date(headers: &HeaderMap, name: &str) -> Option<u64> {
    let [line] = lines(headers, name)[..] else { return None };
    let date = httpdate::parse_http_date(std::str::from_utf8(line).ok()?).ok()?;
    date.duration_since(std::time::UNIX_EPOCH).ok().map(|since| since.as_secs())
}
