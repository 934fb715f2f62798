use crate::variables::{Variables, holds_reference};
use crate::{Error, Fault, Kind, Reference, Scope};

/// Longest object key in bytes. Source: Amazon S3 user guide, "Naming Amazon S3 objects"; R2's
/// limit is the same.
pub const MAX_KEY: usize = 1024;

/// Turns URIs into object keys (RFC 3986 section 5.2, without the parts that could leave the prefix). The buffers are
/// reused for every URI.
pub(crate) struct Locator<'s, 'p> {
    scope: Scope<'s>,
    /// `scope.base` up to its last `/`.
    folder: &'s str,
    key: String,
    /// The URI whose key this is, and the length of its path. Empty if the URI had variables in it. Byte ranges of one
    /// file have the same URI on each line.
    last: &'p str,
    last_path: usize,
    expanded: String,
    decoded: Vec<u8>,
}

impl<'s, 'p> Locator<'s, 'p> {
    pub fn new(scope: &Scope<'s>) -> Result<Self, Error> {
        let Scope { prefix, base, .. } = *scope;
        let inside = base.len() > prefix.len() && base.starts_with(prefix);
        if !(prefix.len() > 1 && prefix.ends_with('/') && inside) {
            return Err(Error::Scope);
        }
        let folder = &base[..=base.rfind('/').ok_or(Error::Scope)?];
        Ok(Self {
            scope: *scope,
            folder,
            key: String::with_capacity(MAX_KEY),
            last: "",
            last_path: 0,
            expanded: String::new(),
            decoded: Vec::new(),
        })
    }

    /// The object that a URI names. `None` for a URI that is not fetched from the bucket and stays as it is.
    /// `variables` is `None` if the playlist is known to hold no reference to a variable.
    pub fn locate<'a>(
        &'a mut self,
        kind: Kind,
        raw: &'p str,
        variables: Option<&Variables<'_>>,
    ) -> Result<Option<Reference<'a>>, Fault>
    where
        'p: 'a,
    {
        if !raw.is_empty() && self.last == raw && variables.is_none() {
            let relative = &self.key[self.scope.prefix.len()..];
            return Ok(Some(Reference { kind, key: &self.key, relative, suffix: &raw[self.last_path..], raw }));
        }
        self.last = "";
        let text = match variables {
            Some(variables) if holds_reference(raw) => {
                self.expanded.clear();
                variables.expand(raw, &mut self.expanded)?;
                self.expanded.trim_matches(' ')
            }
            _ => raw,
        };

        let (folder, rest) = match scheme(text) {
            Some(name) if !is_http(name) => {
                let stays = name.eq_ignore_ascii_case("data")
                    || matches!(kind, Kind::Key | Kind::SessionKey | Kind::SessionData | Kind::Asset);
                return if stays { Ok(None) } else { Err(Fault::Scheme) };
            }
            scheme if scheme.is_some() || text.starts_with("//") => match below(text, self.scope.public_base) {
                Some(rest) => (self.scope.prefix, rest),
                None if is_foreign_extra(kind, text)? => return Ok(None),
                None => return Err(Fault::Outside),
            },
            _ if text.starts_with('/') => return Err(Fault::Outside),
            _ => (self.folder, text),
        };

        let shape = Shape::of(rest)?;
        let (path, suffix) = rest.split_at(shape.path);
        self.key.clear();
        self.key.push_str(folder);
        if shape.plain {
            self.key.push_str(path);
        } else {
            append(&mut self.key, self.scope.prefix.len(), path, &mut self.decoded)?;
        }
        let relative = &self.key[self.scope.prefix.len()..];
        if path.is_empty() || relative.is_empty() || relative.ends_with('/') {
            return Err(Fault::Empty);
        }
        if relative.starts_with('/') {
            return Err(Fault::Outside);
        }
        if self.key.len() > MAX_KEY {
            return Err(Fault::TooLong);
        }
        if variables.is_none() {
            self.last = raw;
            self.last_path = raw.len() - suffix.len();
        }
        Ok(Some(Reference { kind, key: &self.key, relative, suffix, raw }))
    }
}

/// What a single pass over a relative reference finds out.
struct Shape {
    /// Length of the path: up to the first `?` or `#`.
    path: usize,
    /// The path has no percent-encoding and no segment that starts with a dot. The key then ends with the path as it
    /// is.
    plain: bool,
}

impl Shape {
    fn of(text: &str) -> Result<Self, Fault> {
        let bytes = text.as_bytes();
        let mut plain = true;
        for (at, &byte) in bytes.iter().enumerate() {
            match CLASSES[usize::from(byte)] {
                Class::Plain => {}
                Class::Percent => plain = false,
                Class::Dot => plain &= at > 0 && bytes[at - 1] != b'/',
                Class::End => {
                    let bad = bytes[at..].iter().any(|&b| b < 0x20 || b == b'"');
                    return if bad { Err(Fault::Character) } else { Ok(Self { path: at, plain }) };
                }
                Class::Bad => return Err(Fault::Character),
            }
        }
        Ok(Self { path: bytes.len(), plain })
    }
}

#[derive(Clone, Copy)]
enum Class {
    Plain,
    Percent,
    /// May start a dot segment.
    Dot,
    /// Ends the path.
    End,
    /// Browsers read `\` as `/` and drop TAB; `<` and `>` would come from an error page inside a playlist. A quote
    /// would end an attribute.
    Bad,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Plain; 256];
    classes[b'%' as usize] = Class::Percent;
    classes[b'.' as usize] = Class::Dot;
    classes[b'?' as usize] = Class::End;
    classes[b'#' as usize] = Class::End;
    classes[b'\\' as usize] = Class::Bad;
    classes[b'"' as usize] = Class::Bad;
    classes[b'<' as usize] = Class::Bad;
    classes[b'>' as usize] = Class::Bad;
    classes[b'\t' as usize] = Class::Bad;
    classes
};

/// Appends `path` to `key`, which is a folder. Dot segments are resolved, and percent-encoding is decoded once. `..`
/// never makes `key` shorter than `floor` bytes, not even for a moment.
fn append(key: &mut String, floor: usize, path: &str, scratch: &mut Vec<u8>) -> Result<(), Fault> {
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        match segment {
            "." => {}
            ".." => {
                if key.len() == floor {
                    return Err(Fault::Outside);
                }
                let parent = key[floor..key.len() - 1].rfind('/').map_or(floor, |at| floor + at + 1);
                key.truncate(parent);
            }
            _ => {
                decode(segment, key, scratch)?;
                if segments.peek().is_some() {
                    key.push('/');
                }
            }
        }
    }
    Ok(())
}

/// Percent-decodes one segment once. Refuses bytes that would make the decoded key mean something else to another
/// reader: hidden separators, dot segments, control characters, broken UTF-8.
fn decode(segment: &str, key: &mut String, scratch: &mut Vec<u8>) -> Result<(), Fault> {
    if !segment.contains('%') {
        key.push_str(segment);
        return Ok(());
    }
    scratch.clear();
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            scratch.push(byte);
            continue;
        }
        let (high, low) = (bytes.next().and_then(hex), bytes.next().and_then(hex));
        let (Some(high), Some(low)) = (high, low) else {
            return Err(Fault::Character);
        };
        scratch.push(high << 4 | low);
    }
    let text = std::str::from_utf8(scratch).map_err(|_| Fault::Character)?;
    if matches!(text, "." | "..") {
        return Err(Fault::Outside);
    }
    if text.chars().any(|c| c.is_control() || c == '/' || c == '\\') {
        return Err(Fault::Character);
    }
    key.push_str(text);
    Ok(())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// RFC 3986 section 3.1: the text before the first `:`, if it has the form of a scheme.
fn scheme(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    if !bytes.first()?.is_ascii_alphabetic() {
        return None;
    }
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    let length = bytes.iter().position(|b| !is_part(b))?;
    (bytes[length] == b':').then(|| &text[..length])
}

fn is_http(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

/// The text after the public base in an absolute or scheme-relative URL.
fn below<'t>(text: &'t str, base: Option<&str>) -> Option<&'t str> {
    let (scheme, authority, path) = split(text)?;
    let (base_scheme, base_authority, base_path) = split(base?)?;
    let same = (scheme.is_empty() || scheme.eq_ignore_ascii_case(base_scheme))
        && !authority.is_empty()
        && authority.eq_ignore_ascii_case(base_authority);
    if !same {
        return None;
    }
    path.strip_prefix(base_path.strip_suffix('/').unwrap_or(base_path))?.strip_prefix('/')
}

/// Whether a URL of another host names something that a film plays without: an interstitial, or session data.
fn is_foreign_extra(kind: Kind, text: &str) -> Result<bool, Fault> {
    if !matches!(kind, Kind::Asset | Kind::SessionData) || split(text).is_none_or(|(_, host, _)| host.is_empty()) {
        return Ok(false);
    }
    // Also refuses what browsers read as a `/`, and with it URLs whose host is not what it seems.
    Shape::of(text).map(|_| true)
}

/// The scheme (empty if the URL has none), the authority, and the rest from its `/`, `?` or `#` on.
fn split(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = match url.strip_prefix("//") {
        Some(rest) => ("", rest),
        None => url.split_once("://")?,
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    Some((scheme, authority, path))
}
