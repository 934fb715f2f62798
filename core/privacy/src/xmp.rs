//! A packet of XMP. Showing a picture needs none of it, except what gain maps and motion photos are found by. All
//! else becomes spaces, and what stays does not move.

/// The prefixes of the properties that stay: gain maps of Adobe, Google and Apple, and the list of the pictures in a
/// file (ISO 21496-1, Ultra HDR 1.1, Dynamic Depth).
const PREFIXES: [&[u8]; 4] = [b"hdrgm", b"HDRGainMap", b"Container", b"Item"];
/// Elements that only hold others.
const FRAME: [&[u8]; 3] = [b"x:xmpmeta", b"rdf:RDF", b"rdf:Description"];
/// Elements within properties.
const LISTS: [&[u8]; 5] = [b"rdf:Seq", b"rdf:Bag", b"rdf:Alt", b"rdf:li", b"rdf:Description"];
/// The words that values may be.
const WORDS: [&[u8]; 12] = [
    b"True",
    b"False",
    b"true",
    b"false",
    b"Resource",
    b"Primary",
    b"GainMap",
    b"MotionPhoto",
    b"image/jpeg",
    b"image/heic",
    b"video/mp4",
    b"video/quicktime",
];
/// The longest number that stays, in bytes.
const MAX_NUMBER: usize = 32;
const MAX_DEPTH: usize = 32;

/// A packet that says nothing.
const EMPTY: &[u8] = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";

/// The packet of the same length that is left. It says nothing if nothing is, or if it is not understood.
pub fn strip(old: &[u8]) -> Vec<u8> {
    let mut new = vec![b' '; old.len()];
    if copy(old, &mut new) != Some(true) {
        new.fill(b' ');
        if let Some(start) = new.get_mut(..EMPTY.len()) {
            start.copy_from_slice(EMPTY);
        }
    }
    new
}

/// Whether a packet names the pictures that follow in the file.
pub fn has_container(packet: &[u8]) -> bool {
    packet.windows(10).any(|text| text == b"Container:")
}

struct Element<'a> {
    name: &'a [u8],
    is_kept: bool,
    /// It is a property, or lies within one.
    in_property: bool,
}

/// Copies what stays. Whether any property does; `None` for what is not well-formed.
fn copy(old: &[u8], new: &mut [u8]) -> Option<bool> {
    let mut open: Vec<Element> = Vec::new();
    let mut found = false;
    let mut at = 0;
    while let Some(length) = memchr::memchr(b'<', &old[at..]) {
        let tag = at + length;
        if open.last().is_some_and(|element| element.is_kept && element.in_property) && is_value(&old[at..tag]) {
            new[at..tag].copy_from_slice(&old[at..tag]);
        }
        let rest = &old[tag..];
        let ending = |text: &[u8]| memchr::memmem::find(rest, text).map(|end| tag + end + text.len());
        if rest.starts_with(b"<?") {
            at = ending(b"?>")?;
            continue;
        }
        if rest.starts_with(b"<!--") {
            at = ending(b"-->")?;
            continue;
        }
        at = ending(b">")?;
        let inner = &old[tag + 1..at - 1];
        if let Some(name) = inner.strip_prefix(b"/") {
            let element = open.pop().filter(|element| element.name == name.trim_ascii())?;
            if element.is_kept {
                new[tag..at].copy_from_slice(&old[tag..at]);
            }
            continue;
        }
        let is_empty = inner.ends_with(b"/");
        let inner = inner.strip_suffix(b"/").unwrap_or(inner);
        let name = &inner[..inner.iter().position(u8::is_ascii_whitespace).unwrap_or(inner.len())];
        let (parent_kept, in_property) =
            open.last().map_or((true, false), |parent| (parent.is_kept, parent.in_property));
        let is_property = is_listed(name);
        let stays = is_property || FRAME.contains(&name) || in_property && LISTS.contains(&name);
        let element = Element { name, is_kept: parent_kept && stays, in_property: in_property || is_property };
        if element.is_kept {
            found |= is_property;
            let end = tag + 1 + name.len();
            new[tag..end].copy_from_slice(&old[tag..end]);
            new[at - 1] = b'>';
            if is_empty {
                new[at - 2] = b'/';
            }
            found |= attributes(old, new, (end, end + inner.len() - name.len()))?;
        }
        if !is_empty {
            open.push(element);
        }
        if open.len() > MAX_DEPTH {
            return None;
        }
    }
    open.is_empty().then_some(found)
}

/// Copies the attributes that stay. Whether one of them is a property.
fn attributes(old: &[u8], new: &mut [u8], (mut at, end): (usize, usize)) -> Option<bool> {
    let mut found = false;
    loop {
        at += old[at..end].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if at == end {
            return Some(found);
        }
        let equals = at + memchr::memchr(b'=', &old[at..end])?;
        let name = old[at..equals].trim_ascii();
        let quote = equals + 1 + old[equals + 1..end].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let mark = *old[..end].get(quote).filter(|mark| b"\"'".contains(mark))?;
        let close = quote + 1 + memchr::memchr(mark, &old[quote + 1..end])?;
        let value = &old[quote + 1..close];
        let stays = match name.strip_prefix(b"xmlns:") {
            Some(prefix) => is_name(value) && (is_prefix(prefix) || [&b"x"[..], b"rdf", b"GCamera"].contains(&prefix)),
            None => is_value(value) && (is_listed(name) || name.starts_with(b"rdf:")),
        };
        if stays {
            found |= is_listed(name);
            new[at..=close].copy_from_slice(&old[at..=close]);
        }
        at = close + 1;
    }
}

fn is_prefix(prefix: &[u8]) -> bool {
    PREFIXES.contains(&prefix)
}

/// Whether a property stays, by its name.
fn is_listed(name: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', name) else { return false };
    let (prefix, own) = (&name[..colon], &name[colon + 1..]);
    is_prefix(prefix) || prefix == b"GCamera" && (own.starts_with(b"Motion") || own.starts_with(b"MicroVideo"))
}

/// Whether a value is a number, or a word that is known.
fn is_value(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    let is_number = value.iter().all(|byte| byte.is_ascii_digit() || b".,+-eE/ ".contains(byte));
    value.len() <= MAX_NUMBER && is_number || WORDS.contains(&value)
}

/// Whether this is the name of a namespace that is in use.
fn is_name(value: &[u8]) -> bool {
    [&b"adobe:ns:meta/"[..], b"http://ns.", b"http://www.w3.org/"].iter().any(|start| value.starts_with(start))
        && value.len() <= 64
}
