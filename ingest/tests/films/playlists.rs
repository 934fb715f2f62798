//! The playlists in the store, read as the services read them.

use super::common::Gallery;

/// Reads a playlist as the services do.
fn inspect(text: &str, key: &str) -> hls::Summary {
    let prefix = format!("hls/{key}/");
    let scope = hls::Scope { prefix: &prefix, base: &format!("{prefix}list.m3u8"), public_base: None };
    hls::inspect(text.as_bytes(), &scope).unwrap().whole().unwrap()
}

/// A variant's segments: name and seconds.
pub fn segments(gallery: &Gallery, key: &str, quality: &str) -> Vec<(String, f64)> {
    let object = gallery.object(&gallery.hls(key, &format!("{quality}.m3u8"))).expect(quality);
    assert_eq!(object.content_type, "application/vnd.apple.mpegurl");
    let text = String::from_utf8(object.bytes).unwrap();
    assert_eq!(inspect(&text, key).kind, hls::PlaylistKind::Media);
    assert!(text.contains("#EXT-X-PLAYLIST-TYPE:VOD") && text.contains("#EXT-X-INDEPENDENT-SEGMENTS"), "{text}");
    let lines: Vec<_> = text.lines().collect();
    let pairs = lines.windows(2).filter(|pair| pair[0].starts_with("#EXTINF:"));
    pairs
        .map(|pair| {
            let seconds = pair[0].trim_start_matches("#EXTINF:").trim_end_matches(',');
            (pair[1].to_owned(), seconds.parse().unwrap())
        })
        .collect()
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
