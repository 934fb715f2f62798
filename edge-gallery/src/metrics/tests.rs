//! What Prometheus reads, and the files that go by the names in it.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use platform::{CacheOutcome, Error, Kind, Record};

use super::*;

/// The text after a request that has something of everything.
fn everything() -> String {
    let (metrics, record) = (Metrics::new(), Record::default());
    record.service.set("video-edge");
    record.route.set("/api/hls/playlist");
    record.cache.set(CacheOutcome::Hit);
    for counter in [&record.store_calls, &record.kv_reads, &record.kv_writes, &record.sql_queries] {
        counter.set(2);
    }
    record.cpu.set(Some(Duration::from_millis(3)));
    record.picture.set(Some(("made", "original")));
    record.event.set(Some("logout"));
    record.note(&Error::because(Kind::Denied, "object.read", "words with a \"secret\"").with_code("SlowDown"));
    record.report.set(Some(Playback {
        packaging: "cmaf",
        first_frame_ms: Some(300),
        stalls: 2,
        stalled_ms: 1_500,
        played_ms: 60_000,
        switches: 1,
        failure: None,
    }));
    let head = Duration::from_millis(7);
    metrics.ended(&Ended { record: &record, method: "GET", status: 502, head, bytes: 812, complete: false });
    metrics.refused_connection();
    metrics.dropped_line();
    metrics.text("").unwrap().1
}

#[test]
fn a_request_is_in_every_counter_that_concerns_it() {
    let text = everything();
    let of = "service=\"video-edge\",route=\"/api/hls/playlist\"";
    for line in [
        format!("gallery_http_requests_total{{{of},method=\"GET\",code=\"502\"}} 1"),
        format!("gallery_http_request_duration_seconds_bucket{{{of},le=\"0.005\"}} 0"),
        format!("gallery_http_request_duration_seconds_bucket{{{of},le=\"0.01\"}} 1"),
        format!("gallery_http_request_duration_seconds_count{{{of}}} 1"),
        format!("gallery_http_request_processor_seconds_total{{{of}}} 0.003"),
        format!("gallery_http_response_body_bytes_total{{{of}}} 812"),
        format!("gallery_http_responses_incomplete_total{{{of}}} 1"),
        format!("gallery_cache_outcomes_total{{{of},outcome=\"hit\"}} 1"),
        format!("gallery_store_calls_total{{{of}}} 2"),
        format!("gallery_kv_reads_total{{{of}}} 2"),
        format!("gallery_kv_writes_total{{{of}}} 2"),
        format!("gallery_sql_queries_total{{{of}}} 2"),
        "gallery_failures_total{service=\"video-edge\",operation=\"object.read\",kind=\"denied\",code=\"SlowDown\"} 1"
            .to_owned(),
        "gallery_session_events_total{event=\"logout\"} 1".to_owned(),
        "gallery_session_events_total{event=\"login\"} 0".to_owned(),
        "gallery_missing_pictures_total{how=\"made\",from=\"original\"} 1".to_owned(),
        "gallery_playback_views_total{packaging=\"cmaf\",failure=\"\"} 1".to_owned(),
        "gallery_playback_played_seconds_total 60.0".to_owned(),
        "gallery_playback_stalled_seconds_total 1.5".to_owned(),
        "gallery_playback_stalls_total 2".to_owned(),
        "gallery_connections_refused_total 1".to_owned(),
        "gallery_log_lines_dropped_total 1".to_owned(),
    ] {
        assert!(text.lines().any(|found| found == line), "no {line} in {text}");
    }
    assert!(!text.contains("secret"), "{text}");
}

/// The names that a text of Prometheus' declares.
fn declared(text: &str) -> BTreeSet<&str> {
    text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect()
}

/// The names of metrics in a file, without what a histogram adds to its own.
fn names_in(text: &str) -> BTreeSet<&str> {
    let words = text.split(|character: char| !character.is_ascii_lowercase() && character != '_');
    let metrics = words.filter(|word| word.starts_with("gallery_") || word.starts_with("process_"));
    metrics.map(|word| word.strip_suffix("_bucket").unwrap_or(word)).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

#[test]
fn the_dashboard_and_the_alerts_use_only_what_there_is() {
    let text = everything();
    let known = declared(&text);
    for (path, most) in [("deploy/grafana/edge-gallery.json", 20), ("deploy/prometheus/edge-gallery.rules.yml", 6)] {
        let file = read(path);
        let used = names_in(&file);
        assert!(used.len() >= most, "{path}: {used:?}");
        let unknown: Vec<_> = used.difference(&known).collect();
        assert!(unknown.is_empty(), "{path}: {unknown:?}");
    }
}

#[test]
fn the_handbook_has_each_name_and_no_other() {
    let (text, file) = (everything(), read("docs/OPERATING.md"));
    let rows: String =
        file.lines().filter(|line| line.starts_with("| `gallery_") || line.starts_with("| `process_")).collect();
    let (known, told) = (declared(&text), names_in(&rows));
    assert_eq!(known.symmetric_difference(&told).collect::<Vec<_>>(), Vec::<&&str>::new());
}
