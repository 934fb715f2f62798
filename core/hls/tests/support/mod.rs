//! Helpers of several test files: a scope, and "rewrite, then undo".
#![allow(dead_code, reason = "each test file uses its own part")]

use hls::{Error, Kind, Reference, Scope, Summary};

pub const SCOPE: Scope<'_> =
    Scope { prefix: "hls/film/", base: "hls/film/720p.m3u8", public_base: Some("https://cdn.example/media/hls/film/") };

/// The same film, its playlist two folders further down.
pub const NESTED: Scope<'_> = Scope { base: "hls/film/v/w/720p.m3u8", ..SCOPE };

/// A [`Reference`] that outlives the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub kind: Kind,
    pub key: String,
    pub relative: String,
    pub suffix: String,
    pub raw: String,
}

impl From<&Reference<'_>> for Seen {
    fn from(r: &Reference<'_>) -> Self {
        Self {
            kind: r.kind,
            key: r.key.to_owned(),
            relative: r.relative.to_owned(),
            suffix: r.suffix.to_owned(),
            raw: r.raw.to_owned(),
        }
    }
}

/// Every reference, and the playlist with each URI replaced by a URI that looks signed and holds the reference's
/// number.
pub fn rewritten(playlist: &[u8], scope: &Scope<'_>) -> Result<(Summary, Vec<Seen>, String), Error> {
    let mut seen: Vec<Seen> = Vec::new();
    let mut out = String::from("before|");
    let result = hls::rewrite(playlist, scope, &mut out, |out, reference| {
        out.push_str("https://signed.example/f/");
        out.push_str(&seen.len().to_string());
        out.push_str("?X-Amz-Credential=AK%2F20260101%2Fauto&X-Amz-Signature=0f");
        seen.push(reference.into());
    });
    assert_eq!(hls::inspect(playlist, scope), result, "inspect and rewrite disagree");
    match result {
        Ok(summary) => {
            assert_eq!(summary.references, seen.len());
            Ok((summary, seen, out.split_off("before|".len())))
        }
        Err(error) => {
            assert_eq!(out, "before|", "output left behind after {error}");
            Err(error)
        }
    }
}

/// Rewrites, checks every key, undoes the rewrite and asserts that the first text comes back. What is left out does not
/// come back: a byte order mark, and the line of a steering server outside the prefix.
pub fn round_trip(playlist: &[u8], scope: &Scope<'_>) -> Result<(Summary, Vec<Seen>), Error> {
    let (summary, seen, out) = rewritten(playlist, scope)?;
    for reference in &seen {
        assert_inside(reference, scope);
    }
    let signed = Scope { public_base: Some("https://signed.example/f/"), ..*scope };
    let mut undone = String::new();
    let again = hls::rewrite(out.as_bytes(), &signed, &mut undone, |out, reference| {
        let number: usize = reference.relative.parse().expect("a number of ours");
        assert_eq!(reference.kind, seen[number].kind);
        out.push_str(&seen[number].raw);
    });
    assert_eq!(again, Ok(summary), "the rewritten playlist says something else");
    let text = std::str::from_utf8(playlist).expect("accepted");
    assert!(!undone.starts_with('\u{feff}'));
    let undone = undone.split('\n');
    let mut first = text.strip_prefix('\u{feff}').unwrap_or(text).split('\n');
    for line in undone {
        let before = first.next().expect("no line is added");
        let steering = before.starts_with("#EXT-X-CONTENT-STEERING:") && before.contains("SERVER-URI");
        assert!(line == before || line.trim().is_empty() && steering, "undo: {line} instead of {before}");
    }
    assert_eq!(first.next(), None, "undo");
    Ok((summary, seen))
}

/// Everything that is true for any bytes whatever.
pub fn check(playlist: &[u8]) {
    for scope in [SCOPE, NESTED] {
        if let Ok((_, seen)) = round_trip(playlist, &scope) {
            assert_browser_agrees(&seen, &scope);
        }
    }
}

/// Compares each key with the object that a browser would fetch: the WHATWG resolution of the URI against the
/// playlist's own URL, with its path percent-decoded once. Two kinds of reference are left out. References with
/// variables are one kind. The other is references with a segment like `c:`. The `url` crate (2.5.8) takes such a
/// segment for a drive letter, even in https, and does not remove it for a `..` after it. Browsers do.
pub fn assert_browser_agrees(seen: &[Seen], scope: &Scope<'_>) {
    let root = "https://cdn.example/media/";
    let base = url::Url::parse(&format!("{root}{}", scope.base)).expect("a URL");
    let is_drive = |segment: &str| matches!(segment.as_bytes(), [letter, b':' | b'|'] if letter.is_ascii_alphabetic());
    let is_comparable = |s: &&Seen| !s.raw.contains("{$") && !s.raw.split('/').any(is_drive);
    for reference in seen.iter().filter(is_comparable) {
        let url = base.join(&reference.raw).unwrap_or_else(|error| panic!("{reference:?}: {error}"));
        let path = percent_encoding::percent_decode_str(url.path()).decode_utf8().expect("UTF-8");
        assert_eq!(path.strip_prefix("/media/"), Some(reference.key.as_str()), "{reference:?}");
        assert_eq!((url.scheme(), url.host_str()), ("https", Some("cdn.example")), "{reference:?}");
    }
}

/// The promises of [`Reference`].
pub fn assert_inside(seen: &Seen, scope: &Scope<'_>) {
    assert_eq!(seen.key, format!("{}{}", scope.prefix, seen.relative));
    assert!(!seen.relative.is_empty() && !seen.relative.starts_with('/') && !seen.relative.ends_with('/'), "{seen:?}");
    assert!(seen.key.len() <= hls::MAX_KEY);
    assert!(!seen.key.contains('\\') && !seen.key.chars().any(char::is_control), "{seen:?}");
    assert!(!seen.key.split('/').any(|s| s == "." || s == ".."), "{seen:?}");
}
