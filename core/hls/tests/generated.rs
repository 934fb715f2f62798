//! Random playlists from the grammar. The scanner finds every URI that the generator put in, the rewrite can be
//! undone, and two independent parsers see the same URIs and durations.
#![allow(clippy::format_push_string, reason = "clear before fast in tests")]

mod support;

use std::time::Duration;

use hls::{Kind, PlaylistKind};
use proptest::prelude::*;
use support::{SCOPE, assert_browser_agrees, round_trip};

/// A segment and the tags before it.
#[derive(Debug, Clone)]
struct Item {
    key: Option<String>,
    map: Option<String>,
    millis: u64,
    title: String,
    uri: String,
    range: Option<u64>,
    discontinuity: bool,
}

fn uri() -> impl Strategy<Value = String> {
    let segment = "([a-zA-Z0-9_~!$&'()*+;=@-]|%20|%C3%A9|%3F){1,12}";
    (prop::collection::vec(segment, 1..4), prop::option::of("[a-z0-9=&/?%.-]{0,8}"), "(ts|m4s|mp4|vtt)").prop_map(
        |(segments, query, extension)| {
            let query = query.map(|q| format!("?{q}")).unwrap_or_default();
            format!("{}.{extension}{query}", segments.join("/"))
        },
    )
}

fn item() -> impl Strategy<Value = Item> {
    (
        prop::option::weighted(0.1, uri()),
        prop::option::weighted(0.1, uri()),
        1..6000u64,
        "[a-zA-Z0-9 .:#é-]{0,10}",
        uri(),
        prop::option::weighted(0.2, 1..1_000_000u64),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(key, map, millis, title, uri, range, discontinuity)| Item {
            key,
            map,
            millis,
            title,
            uri,
            range,
            discontinuity,
        })
}

fn render(items: &[Item], end: &str, ended: bool) -> String {
    let mut lines = vec!["#EXTM3U".to_owned(), "#EXT-X-VERSION:7".to_owned(), "#EXT-X-TARGETDURATION:6".to_owned()];
    for item in items {
        if item.discontinuity {
            lines.push("#EXT-X-DISCONTINUITY".to_owned());
        }
        if let Some(uri) = &item.key {
            lines.push(format!("#EXT-X-KEY:METHOD=AES-128,URI=\"{uri}\""));
        }
        if let Some(uri) = &item.map {
            lines.push(format!("#EXT-X-MAP:URI=\"{uri}\""));
        }
        lines.push(format!("#EXTINF:{}.{:03},{}", item.millis / 1000, item.millis % 1000, item.title));
        if let Some(length) = item.range {
            lines.push(format!("#EXT-X-BYTERANGE:{length}@0"));
        }
        lines.push(item.uri.clone());
    }
    if ended {
        lines.push("#EXT-X-ENDLIST".to_owned());
    }
    lines.join(end) + end
}

/// All URIs of one kind of tag, in order.
type Found = (Vec<String>, Vec<String>, Vec<String>);

fn seen_by_m3u8_rs(text: &str) -> (Found, Vec<f32>, bool) {
    let (_, playlist) = m3u8_rs::parse_media_playlist(text.as_bytes()).expect("m3u8-rs parses it");
    let mut found = Found::default();
    let mut seconds = Vec::new();
    for segment in &playlist.segments {
        found.0.extend(segment.key.as_ref().and_then(|k| k.uri.clone()));
        found.1.extend(segment.map.as_ref().map(|m| m.uri.clone()));
        found.2.push(segment.uri.clone());
        seconds.push(segment.duration);
    }
    (found, seconds, playlist.end_list)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn media(items in prop::collection::vec(item(), 0..30), crlf: bool, ended: bool) {
        let text = render(&items, if crlf { "\r\n" } else { "\n" }, ended);
        let (summary, seen) = round_trip(text.as_bytes(), &SCOPE).unwrap();
        assert_browser_agrees(&seen, &SCOPE);

        let of = |kind| seen.iter().filter(|s| s.kind == kind).map(|s| s.raw.clone()).collect::<Vec<_>>();
        let ours = (of(Kind::Key), of(Kind::Map), of(Kind::Segment));
        let put_in: Found = (
            items.iter().filter_map(|i| i.key.clone()).collect(),
            items.iter().filter_map(|i| i.map.clone()).collect(),
            items.iter().map(|i| i.uri.clone()).collect(),
        );
        prop_assert_eq!(&ours, &put_in);
        let total: u64 = items.iter().map(|i| i.millis).sum();
        prop_assert_eq!(Duration::from_secs_f64(summary.duration), Duration::from_millis(total));
        prop_assert_eq!((summary.kind, summary.segments, summary.ended), (PlaylistKind::Media, items.len(), ended));

        let (found, seconds, end) = seen_by_m3u8_rs(&text);
        prop_assert_eq!(&found, &put_in);
        for (theirs, item) in seconds.iter().zip(&items) {
            prop_assert!((theirs - Duration::from_millis(item.millis).as_secs_f32()).abs() < 0.001);
        }
        prop_assert_eq!(end, ended);

        let theirs = hls_m3u8::MediaPlaylist::try_from(text.as_str()).expect("hls_m3u8 parses it");
        let uris: Vec<String> = theirs.segments.iter().map(|(_, s)| s.uri().to_string()).collect();
        prop_assert_eq!(&uris, &put_in.2);
        prop_assert_eq!(theirs.duration(), Duration::from_millis(total));
        prop_assert_eq!(theirs.has_end_list, ended);
    }

    #[test]
    fn master(variants in prop::collection::vec((1..50_000_000u64, uri()), 1..8), audio in prop::option::of(uri()), frames in prop::option::of(uri())) {
        let mut text = "#EXTM3U\n#EXT-X-VERSION:6\n".to_owned();
        if let Some(uri) = &audio {
            text += &format!("#EXT-X-MEDIA:TYPE=AUDIO,URI=\"{uri}\",GROUP-ID=\"a\",NAME=\"a\"\n");
        }
        for (bandwidth, uri) in &variants {
            text += &format!("#EXT-X-STREAM-INF:BANDWIDTH={bandwidth}\n{uri}\n");
        }
        if let Some(uri) = &frames {
            text += &format!("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI=\"{uri}\"\n");
        }
        let (summary, seen) = round_trip(text.as_bytes(), &SCOPE).unwrap();
        prop_assert_eq!((summary.kind, summary.segments), (PlaylistKind::Master, 0));
        let ours: Vec<_> = seen.iter().map(|s| s.raw.clone()).collect();
        let put_in: Vec<_> = audio.iter().chain(variants.iter().map(|(_, uri)| uri)).chain(&frames).cloned().collect();
        prop_assert_eq!(&ours, &put_in);

        let (_, theirs) = m3u8_rs::parse_master_playlist(text.as_bytes()).expect("m3u8-rs parses it");
        let found: Vec<_> = theirs
            .alternatives
            .iter()
            .filter_map(|a| a.uri.clone())
            .chain(theirs.variants.iter().map(|v| v.uri.clone()))
            .collect();
        prop_assert_eq!(&found, &put_in);
    }

    /// Any text at all behind the header is refused, or is rewritten so that the rewrite can be undone.
    #[test]
    fn anything(lines in prop::collection::vec(
        prop_oneof![
            Just("#EXTINF:6,".to_owned()),
            Just("#EXT-X-STREAM-INF:BANDWIDTH=1".to_owned()),
            Just("#EXT-X-ENDLIST".to_owned()),
            uri(),
            "#EXT-X-(KEY|MAP|MEDIA|DATERANGE|DEFINE|PART):(METHOD=NONE|URI=\"[a-z./%:]{0,6}\"|[A-Z]=[\",a]{0,4}|NAME=\"v\",VALUE=\"x\")",
            "\\PC{0,12}",
            "[\\x00-\\x7f]{0,12}",
        ],
        0..12,
    )) {
        let text = "#EXTM3U\n".to_owned() + &lines.join("\n");
        if let Ok((_, seen)) = round_trip(text.as_bytes(), &SCOPE) {
            assert_browser_agrees(&seen, &SCOPE);
        }
    }
}
