//! The playlists in the store, read as the services read them.

use super::common::Gallery;

/// Reads a playlist as the services do.
fn inspect(text: &str, key: &str) -> hls::Summary {
    let prefix = format!("hls/{key}/");
    let scope = hls::Scope { prefix: &prefix, base: &format!("{prefix}list.m3u8"), public_base: None };
    hls::inspect(text.as_bytes(), &scope).unwrap().whole().unwrap()
}

/// A part of a file that a playlist names.
#[derive(Clone, Debug)]
pub struct Part {
    pub file: String,
    pub seconds: f64,
    pub offset: usize,
    pub bytes: usize,
}

/// A media playlist.
#[derive(Clone, Debug)]
pub struct List {
    pub text: String,
    /// The bytes before the first segment that belong to every one, of the same file.
    pub init: usize,
    pub parts: Vec<Part>,
}

/// A playlist of a film, with all its parts. Each has the whole of a file, or a range of it.
pub fn list(gallery: &Gallery, key: &str, name: &str) -> List {
    let object = gallery.object(&gallery.hls(key, name)).expect(name);
    assert_eq!(object.content_type, "application/vnd.apple.mpegurl");
    let text = String::from_utf8(object.bytes).unwrap();
    assert_eq!(inspect(&text, key).kind, hls::PlaylistKind::Media);
    assert!(text.contains("#EXT-X-PLAYLIST-TYPE:VOD"), "{text}");
    let folder = name.rsplit_once('/').map_or_else(String::new, |(folder, _)| format!("{folder}/"));
    let (mut parts, mut init, mut seconds, mut range, mut next) = (Vec::new(), 0, 0.0, None, 0);
    for line in text.lines() {
        if let Some(map) = line.strip_prefix("#EXT-X-MAP:") {
            let (bytes, offset) =
                map.split_once("BYTERANGE=\"").unwrap().1.trim_end_matches('"').split_once('@').unwrap();
            assert_eq!(offset, "0");
            init = bytes.parse().unwrap();
        } else if let Some(length) = line.strip_prefix("#EXTINF:") {
            seconds = length.trim_end_matches(',').parse().unwrap();
        } else if let Some(value) = line.strip_prefix("#EXT-X-BYTERANGE:") {
            let (bytes, offset) = value.split_once('@').map_or((value, None), |(bytes, at)| (bytes, Some(at)));
            range = Some((bytes.parse().unwrap(), offset.map_or(next, |at| at.parse().unwrap())));
        } else if !line.starts_with('#') && !line.is_empty() {
            let whole = || gallery.object(&gallery.hls(key, &format!("{folder}{line}"))).unwrap().bytes.len();
            let (bytes, offset): (usize, usize) = range.take().unwrap_or_else(|| (whole(), 0));
            next = offset + bytes;
            parts.push(Part { file: line.to_owned(), seconds, offset, bytes });
        }
    }
    List { text, init, parts }
}

/// A variant's segments.
pub fn segments(gallery: &Gallery, key: &str, quality: &str) -> Vec<Part> {
    let list = list(gallery, key, &format!("{quality}.m3u8"));
    assert!(list.text.contains("#EXT-X-INDEPENDENT-SEGMENTS"), "{}", list.text);
    list.parts
}

/// The seconds of all segments of a playlist.
pub fn seconds(parts: &[Part]) -> f64 {
    parts.iter().map(|part| part.seconds).sum()
}

/// The master's variants: attribute texts and URIs.
pub fn master(gallery: &Gallery, key: &str) -> Vec<(String, String)> {
    let text = String::from_utf8(gallery.object(&gallery.hls(key, "master.m3u8")).unwrap().bytes).unwrap();
    assert_eq!(inspect(&text, key).kind, hls::PlaylistKind::Master);
    let lines: Vec<_> = text.lines().collect();
    let pairs = lines.windows(2).filter(|pair| pair[0].starts_with("#EXT-X-STREAM-INF:"));
    pairs.map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect()
}

pub fn attribute<'a>(line: &'a str, name: &str) -> &'a str {
    let rest = line.split([':', ',']).find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    rest.unwrap_or_else(|| panic!("{name} in {line}"))
}

/// The attributes of a tag, without quotation marks.
pub fn attributes(mut list: &str) -> std::collections::BTreeMap<String, String> {
    let mut all = std::collections::BTreeMap::new();
    while let Some((name, rest)) = list.split_once('=') {
        let (value, rest) = match rest.strip_prefix('"') {
            Some(rest) => rest.split_once('"').unwrap(),
            None => rest.split_at(rest.find(',').unwrap_or(rest.len())),
        };
        assert!(all.insert(name.to_owned(), value.to_owned()).is_none(), "{name} twice in {list}");
        list = rest.strip_prefix(',').unwrap_or_default();
    }
    all
}
