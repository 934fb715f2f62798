//! The committed film is whole and small, and its description is right.

#![allow(
    clippy::format_collect,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::case_sensitive_file_extension_comparisons
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/film"))
}

#[test]
fn the_package_is_small_and_all_of_it_is_embedded() {
    let film = demo::short_film();
    let mut on_disk: BTreeMap<String, u64> = BTreeMap::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let entry = entry.unwrap();
        on_disk.insert(entry.file_name().into_string().unwrap(), entry.metadata().unwrap().len());
    }
    assert!(on_disk.values().sum::<u64>() <= 2_000_000, "{on_disk:?}");
    let embedded: BTreeSet<&str> =
        film.hls.iter().map(|(name, _)| *name).chain(["original.mp4", "poster.jpg", "film.json"]).collect();
    assert_eq!(embedded, on_disk.keys().map(String::as_str).collect());
    for (name, bytes) in film.hls {
        assert_eq!(bytes.len() as u64, on_disk[*name], "{name}");
    }
}

#[test]
fn every_playlist_leads_to_segments() {
    let film = demo::short_film();
    let file = |name: &str| film.hls.iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("no {name}")).1;
    let text = |name: &str| std::str::from_utf8(file(name)).unwrap();
    let master = text("master.m3u8");
    let variants: Vec<_> = master.lines().filter(|l| !l.starts_with('#')).collect();
    assert_eq!(variants, film.qualities.iter().map(|q| format!("{q}.m3u8")).collect::<Vec<_>>());
    assert_eq!(variants.len(), 3);
    for variant in variants {
        let quality = variant.strip_suffix(".m3u8").unwrap();
        let playlist = text(variant);
        assert!(playlist.ends_with("#EXT-X-ENDLIST\n"));
        let segments: Vec<_> = playlist.lines().filter(|l| !l.starts_with('#')).collect();
        let sizes: Vec<u64> = segments.iter().map(|s| file(s).len() as u64).collect();
        for (i, segment) in segments.iter().enumerate() {
            assert_eq!(*segment, format!("{quality}_{i:03}.ts"));
            let bytes = file(segment);
            assert!(bytes.len() % 188 == 0 && bytes.chunks(188).all(|packet| packet[0] == 0x47), "{segment}");
        }
        let measured = hls::measure::bandwidth(playlist, &sizes).unwrap();
        assert!((measured.duration - film.duration).abs() < 0.1, "{}", measured.duration);
        let line = master.lines().find(|l| l.contains(&format!("{quality}\""))).unwrap();
        for attribute in [
            format!(":BANDWIDTH={},", measured.peak),
            format!(",AVERAGE-BANDWIDTH={},", measured.average),
            ",mp4a.40.2\"".to_owned(),
            "FRAME-RATE=24".to_owned(),
            format!("x{}", quality.trim_end_matches('p')),
        ] {
            assert!(line.contains(&attribute), "{line} lacks {attribute}");
        }
    }
}

#[test]
fn the_description_matches() {
    let film = demo::short_film();
    let text = std::fs::read_to_string(folder().join("film.json")).unwrap();
    assert_eq!(text, demo::film::description());
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["key"], film.key);
    assert_eq!(json["qualities"].as_array().unwrap().len(), film.qualities.len());
    let poster = image::load_from_memory(film.poster).unwrap();
    assert_eq!((poster.width(), poster.height()), (film.width, film.height));
    assert_eq!(&film.original[4..8], b"ftyp");
    // The index comes before the media, so a player can start before it has the whole file.
    let at = |name: &[u8]| film.original.windows(4).position(|w| w == name).unwrap();
    assert!(at(b"moov") < at(b"mdat"));
}

#[test]
fn the_short_film_is_written_once() {
    let out = tempfile::tempdir().unwrap();
    let path = demo::write_short_film(out.path()).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), demo::short_film().original);
    let date = std::fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(demo::write_short_film(out.path()).unwrap(), path);
    assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), date);
}
