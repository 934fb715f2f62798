//! Odd but legal playlists, written from the grammar of RFC 8216bis: every URI is found, and the other bytes stay.
//! Also playlists that must be refused as a whole.

mod lines;
mod master;
mod media;
mod refused;
mod uris;

#[path = "../support/mod.rs"]
mod support;

use hls::{PlaylistKind, Scope};
use support::SCOPE;

/// One playlist and the URIs in it, each as `Kind key-without-prefix`, followed by `|suffix` if the URI has one.
pub struct Case {
    pub name: &'static str,
    pub text: &'static str,
    pub uris: &'static [&'static str],
}

fn check(cases: &[Case], kind: PlaylistKind, scope: &Scope<'_>) {
    for case in cases {
        let (summary, seen) = support::round_trip(case.text.as_bytes(), scope)
            .unwrap_or_else(|error| panic!("{}: {error}\n{}", case.name, case.text));
        support::assert_browser_agrees(&seen, scope);
        let found: Vec<String> = seen
            .iter()
            .map(|s| {
                let bar = if s.suffix.is_empty() { "" } else { "|" };
                format!("{:?} {}{bar}{}", s.kind, s.relative, s.suffix)
            })
            .collect();
        assert_eq!(found, case.uris, "{}", case.name);
        assert_eq!(summary.kind, kind, "{}", case.name);
        let segments = seen.iter().filter(|s| s.kind == hls::Kind::Segment).count();
        assert!(summary.segments >= segments, "{}", case.name);
    }
}

#[test]
fn there_are_enough_of_them() {
    let count = lines::CASES.len() + media::CASES.len() + master::CASES.len() + uris::CASES.len();
    assert!(count >= 70, "{count}");
}

#[test]
fn odd_lines() {
    check(lines::CASES, PlaylistKind::Media, &SCOPE);
}

#[test]
fn odd_media_playlists() {
    check(media::CASES, PlaylistKind::Media, &SCOPE);
}

#[test]
fn odd_master_playlists() {
    check(master::CASES, PlaylistKind::Master, &Scope { base: "hls/film/master.m3u8", ..SCOPE });
}

#[test]
fn odd_uris() {
    check(uris::CASES, PlaylistKind::Media, &Scope { base: "hls/film/v/720p.m3u8", ..SCOPE });
}
