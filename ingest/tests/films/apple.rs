//! What Apple's "HLS authoring specification for Apple devices" asks for and a program can check, over the master and
//! every playlist of a film. What is not followed on purpose is in docs/FILMS.md.

use std::collections::BTreeSet;

use super::common::Gallery;
use super::playlists::{List, Part, attributes, list, seconds};
use super::probe;

/// Of two figures, how much larger one is, as a share of it.
fn off(stated: f64, measured: f64) -> f64 {
    (stated - measured).abs() / measured
}

/// The peak bits a second of runs of half a target duration to one and a half, and the average.
fn measured(parts: &[Part], target: f64) -> (f64, f64) {
    let bits = |part: &Part| f64::from(u32::try_from(part.bytes).unwrap()) * 8.0;
    let average = parts.iter().map(bits).sum::<f64>() / seconds(parts);
    let mut peak: f64 = 0.0;
    for first in 0..parts.len() {
        let (mut all, mut time) = (0.0, 0.0);
        for part in &parts[first..] {
            (all, time) = (all + bits(part), time + part.seconds);
            if time > 1.5 * target {
                break;
            }
            if time >= 0.5 * target {
                peak = peak.max(all / time);
            }
        }
    }
    (if peak > 0.0 { peak } else { average }, average)
}

fn target(list: &List) -> f64 {
    let line = list.text.lines().find_map(|line| line.strip_prefix("#EXT-X-TARGETDURATION:"));
    line.unwrap_or_else(|| panic!("{}", list.text)).parse().unwrap()
}

/// Media playlists: VOD, whole, of segments within the target duration, which are one file without gaps.
fn media(gallery: &Gallery, key: &str, name: &str) -> List {
    let list = list(gallery, key, name);
    assert!(list.text.starts_with("#EXTM3U\n#EXT-X-VERSION:7\n"), "{name}: {}", list.text);
    assert!(list.text.ends_with("#EXT-X-ENDLIST\n"), "{name}: {}", list.text);
    assert!(list.parts.iter().all(|part| part.seconds > 0.0 && part.seconds.round() <= target(&list)), "{name}");
    let files: BTreeSet<_> = list.parts.iter().map(|part| part.file.as_str()).collect();
    assert_eq!(files.len(), 1, "{name}: {files:?}");
    assert!(gallery.object(&gallery.hls(key, &list.parts[0].file)).is_some(), "{name}");
    assert_eq!(list.text.matches("#EXT-X-MAP:").count(), 1, "{name}");
    list
}

/// Checks a film with a package of its newest kind.
pub fn check(gallery: &Gallery, key: &str) {
    let master = String::from_utf8(gallery.object(&gallery.hls(key, "master.m3u8")).unwrap().bytes).unwrap();
    assert!(master.starts_with("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n"), "{master}");
    let lines: Vec<_> = master.lines().collect();
    let of = |tag: &str| -> Vec<_> { lines.iter().filter_map(|line| line.strip_prefix(tag)).map(attributes).collect() };
    let (media_tags, iframes) = (of("#EXT-X-MEDIA:"), of("#EXT-X-I-FRAME-STREAM-INF:"));
    let variants: Vec<_> = lines
        .windows(2)
        .filter_map(|pair| Some((attributes(pair[0].strip_prefix("#EXT-X-STREAM-INF:")?), pair[1])))
        .collect();
    assert!(!variants.is_empty() && iframes.len() == variants.len(), "every variant has its keyframes: {master}");

    // Groups: names are unique, one at most is the default, and each group that is named is there.
    for kind in ["AUDIO", "SUBTITLES"] {
        let group: Vec<_> = media_tags.iter().filter(|tag| tag["TYPE"] == kind).collect();
        let names: BTreeSet<_> = group.iter().map(|tag| tag["NAME"].as_str()).collect();
        assert_eq!(names.len(), group.len(), "{master}");
        let defaults = group.iter().filter(|tag| tag["DEFAULT"] == "YES").count();
        assert_eq!(defaults, usize::from(kind == "AUDIO" && !group.is_empty()), "{master}");
        assert!(group.iter().all(|tag| tag["AUTOSELECT"] == "YES"), "{master}");
        for (variant, _) in &variants {
            assert_eq!(variant.get(kind), group.first().map(|tag| &tag["GROUP-ID"]), "{master}");
        }
    }

    let sounds: Vec<_> = media_tags.iter().filter(|tag| tag["TYPE"] == "AUDIO").collect();
    let (mut sound_peak, mut sound_average, mut targets) = (0.0_f64, 0.0_f64, Vec::new());
    let mut sound_seconds = None;
    for tag in &sounds {
        let list = media(gallery, key, &tag["URI"]);
        let stream = probe(gallery, &gallery.hls(key, &list.parts[0].file), "a:0");
        assert_eq!(
            [&stream["profile"], &stream["sample_rate"], &stream["channels"], &tag["CHANNELS"]],
            ["LC", "48000", "2", "2"]
        );
        let (peak, average) = measured(&list.parts, target(&list));
        assert!(average < 160_000.0, "{tag:?}: {average}");
        (sound_peak, sound_average) = (sound_peak.max(peak), sound_average.max(average));
        targets.push(target(&list));
        sound_seconds = Some(seconds(&list.parts));
    }

    let (mut boundaries, mut last) = (None, f64::INFINITY);
    for (variant, uri) in &variants {
        let list = media(gallery, key, uri);
        targets.push(target(&list));
        let stream = probe(gallery, &gallery.hls(key, &list.parts[0].file), "v:0");
        let level: u8 = stream["level"].parse().unwrap();
        assert!(stream["profile"] == "High" && level <= 52 && stream["field_order"] == "progressive", "{stream:?}");
        let sound = if sounds.is_empty() { "" } else { ",mp4a.40.2" };
        assert_eq!(variant["CODECS"], format!("avc1.6400{level:02x}{sound}"));
        assert_eq!(variant["RESOLUTION"], format!("{}x{}", stream["width"], stream["height"]));
        let (num, den) = stream["r_frame_rate"].split_once('/').unwrap();
        let rate: f64 = num.parse::<f64>().unwrap() / den.parse::<f64>().unwrap();
        let stated: f64 = variant["FRAME-RATE"].parse().unwrap();
        assert!(stated <= 60.001 && (list.parts.len() < 2 || (stated - rate).abs() < 0.01), "{variant:?} {rate}");
        assert_eq!([&variant["VIDEO-RANGE"], &variant["CLOSED-CAPTIONS"]], ["SDR", "NONE"]);
        // For what is recorded, the stated figures are within a tenth of the measured ones.
        let (peak, average) = measured(&list.parts, target(&list));
        let figure = |name: &str| variant[name].parse::<f64>().unwrap();
        assert!(off(figure("BANDWIDTH"), peak + sound_peak) < 0.1, "{variant:?} {peak} {sound_peak}");
        assert!(off(figure("AVERAGE-BANDWIDTH"), average + sound_average) < 0.1, "{variant:?} {average}");
        assert!(figure("BANDWIDTH") <= last && figure("AVERAGE-BANDWIDTH") <= figure("BANDWIDTH"), "{master}");
        last = figure("BANDWIDTH");
        // Segments begin at the same moments in every size, and sound and pictures end together.
        let lengths: Vec<_> = list.parts.iter().map(|part| part.seconds).collect();
        assert_eq!(*boundaries.get_or_insert_with(|| lengths.clone()), lengths, "{uri}");
        assert!(
            sound_seconds.is_none_or(|sound| (sound - seconds(&list.parts)).abs() < 0.5),
            "{uri} {sound_seconds:?}"
        );

        let keyframes = iframes.iter().find(|tag| tag["RESOLUTION"] == variant["RESOLUTION"]).expect(uri);
        let frames = media(gallery, key, &keyframes["URI"]);
        assert!(frames.text.contains("#EXT-X-I-FRAMES-ONLY\n"), "{}", frames.text);
        assert_eq!(frames.parts[0].file, list.parts[0].file);
        assert_eq!(keyframes["CODECS"], variant["CODECS"].split(',').next().unwrap());
        let (peak, _) = measured(&frames.parts, target(&frames));
        assert!(off(keyframes["BANDWIDTH"].parse().unwrap(), peak) < 0.1, "{keyframes:?} {peak}");
        assert!((seconds(&frames.parts) - seconds(&list.parts)).abs() < 0.01);
    }
    assert!(targets.iter().all(|target| (target - targets[0]).abs() < 0.1), "one target duration for all: {targets:?}");

    for tag in media_tags.iter().filter(|tag| tag["TYPE"] == "SUBTITLES") {
        let list = list(gallery, key, &tag["URI"]);
        assert!(list.parts.iter().all(|part| part.seconds.round() <= target(&list)), "{}", list.text);
        let object = gallery.object(&gallery.hls(key, &list.parts[0].file)).unwrap();
        assert_eq!(object.content_type, "text/vtt");
        assert!(object.bytes.starts_with(b"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n"));
    }
    for tag in of("#EXT-X-SESSION-DATA:") {
        let object = gallery.object(&gallery.hls(key, &tag["URI"])).unwrap();
        let is_json = serde_json::from_slice::<serde_json::Value>(&object.bytes).is_ok();
        assert_eq!(tag.get("FORMAT").map(String::as_str), (!is_json).then_some("RAW"), "{tag:?}");
    }
}
