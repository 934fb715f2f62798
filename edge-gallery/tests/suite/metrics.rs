//! `serve --metrics`, as a scraper sees it.

use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::TcpStream,
};

use serde_json::json;

use crate::complete::{PASSWORD, SECRET};
use crate::serving::Serving;

/// A sample of Prometheus' text: its name, its labels, its value.
struct Sample {
    name: String,
    labels: Vec<(String, String)>,
    value: f64,
}

/// The samples of a text whose values of labels hold no quotation marks, commas or braces. Whether the text is all that
/// Prometheus wants is in `monitoring.rs`.
fn parse(text: &str) -> Vec<Sample> {
    let sample = |line: &str| {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let labels = labels.strip_suffix('}').unwrap().split(',').filter(|label| !label.is_empty());
        let label = |label: &str| {
            let (name, value) = label.split_once('=').unwrap();
            (name.to_owned(), value.strip_prefix('"').unwrap().strip_suffix('"').unwrap().to_owned())
        };
        Sample { name: name.to_owned(), labels: labels.map(label).collect(), value: value.parse().unwrap() }
    };
    text.lines().filter(|line| !line.starts_with('#')).map(sample).collect()
}

/// The sum of the samples with this name and these labels.
fn sum(samples: &[Sample], name: &str, labels: &[(&str, &str)]) -> f64 {
    let has = |sample: &Sample, (key, value): &(&str, &str)| {
        sample.labels.iter().any(|(found, of)| found == key && of == value)
    };
    let found = samples.iter().filter(|sample| sample.name == name && labels.iter().all(|label| has(sample, label)));
    found.map(|sample| sample.value).sum()
}

#[test]
fn requests_are_counted_by_route_and_nothing_of_them_is_told() {
    let gallery = Serving::start();
    let at = |path: &str| format!("{}{path}", gallery.url("gallery"));
    for _ in 0..3 {
        assert_eq!(gallery.get(&at("/healthz"), &[]).0, 200);
    }
    assert_eq!(gallery.get(&at("/api/media?view=secret-view"), &[]).0, 401);
    assert_eq!(gallery.post(&at("/login"), &json!({ "password": "a wrong secret-password" })), 401);
    assert_eq!(gallery.post(&at("/login"), &json!({ "password": PASSWORD })), 200);
    gallery.get(&at("/secret-path/secret.jpg"), &[("cookie", "session=secret-cookie")]);
    let text = gallery.metrics(|text| sum(&parse(text), "gallery_http_requests_total", &[]) >= 7.0);
    let samples = parse(&text);
    let count = |labels: &[(&str, &str)]| sum(&samples, "gallery_http_requests_total", labels);
    let near = |found: f64, wanted: f64| (found - wanted).abs() < 1e-9;
    assert!(near(count(&[]), 7.0), "{text}");
    assert!(near(count(&[("route", "/healthz"), ("method", "GET"), ("code", "200")]), 3.0), "{text}");
    assert!(near(count(&[("service", "viewer-edge"), ("route", "/api/media"), ("code", "401")]), 1.0), "{text}");
    assert!(near(count(&[("route", "/login"), ("method", "POST")]), 2.0), "{text}");
    // Each request is in the histogram of its route, and has taken some of the processor's time.
    let duration = "gallery_http_request_duration_seconds_count";
    assert!(near(sum(&samples, duration, &[]), 7.0) && near(sum(&samples, duration, &[("route", "/login")]), 2.0));
    let processor = sum(&samples, "gallery_http_request_processor_seconds_total", &[]);
    assert!(processor > 0.0 && processor < 5.0, "{processor}");
    assert!(
        near(sum(&samples, "gallery_http_response_body_bytes_total", &[("route", "/healthz")]), 3.0 * 39.0),
        "{text}"
    );
    for (event, wanted) in [("login", 1.0), ("login-refused", 1.0), ("throttled", 0.0), ("logout", 0.0)] {
        let found = sum(&samples, "gallery_session_events_total", &[("event", event)]);
        assert!(near(found, wanted), "{event}: {found}");
    }
    for name in ["process_start_time_seconds", "process_cpu_seconds_total", "gallery_build_info"] {
        assert!(sum(&samples, name, &[]) > 0.0, "{name}: {text}");
    }
    for never in ["secret", SECRET, PASSWORD, "test-key", "127.0.0.1", "correct horse"] {
        assert!(!text.contains(never), "{never}: {text}");
    }
}

/// A stranger who asks for many things makes no series for each.
#[test]
fn no_client_makes_more_series() {
    let gallery = Serving::start();
    let ask = |round: usize| {
        for number in 0..20 {
            for path in ["/photo", "/api/file", "/api/thumbnail", "/api/hls", "/l", "/api/download"] {
                gallery.get(&format!("{}{path}/{round}-{number}?x={number}", gallery.url("gallery")), &[]);
            }
        }
        let requests = f64::from(u32::try_from((round + 1) * 120).unwrap());
        let text = gallery.metrics(|text| sum(&parse(text), "gallery_http_requests_total", &[]) >= requests);
        text.lines().filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned())).collect::<BTreeSet<_>>()
    };
    let first = ask(0);
    assert_eq!(ask(1), first);
}

/// Sends a request, and returns the whole answer.
fn raw(url: &str, request: &str) -> String {
    let address = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(format!("{request} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_metrics_are_at_one_path_of_their_own_address_and_nowhere_else() {
    let gallery = Serving::start();
    let metrics = gallery.url("metrics");
    assert!(metrics.starts_with("http://127.0.0.1:") && metrics.ends_with("/metrics"), "{metrics}");
    let (status, media_type, text) = gallery.get(metrics, &[]);
    assert_eq!((status, media_type.as_str()), (200, "text/plain; version=0.0.4; charset=utf-8"));
    assert!(text.contains("# TYPE gallery_build_info gauge"), "{text}");
    let accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3";
    let (status, media_type, text) = gallery.get(metrics, &[("accept", accept)]);
    assert_eq!((status, media_type.as_str()), (200, "application/openmetrics-text; version=1.0.0; charset=utf-8"));
    assert!(text.ends_with("# EOF\n"), "{text}");
    for (request, status) in [("GET /", 404), ("GET /metrics/x", 404), ("POST /metrics", 405), ("DELETE /metrics", 405)]
    {
        let answer = raw(metrics, request);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {answer}");
    }
    let head = raw(metrics, "HEAD /metrics");
    assert!(head.starts_with("HTTP/1.1 200 ") && head.ends_with("\r\n\r\n"), "{head}");
    let (_, _, page) = gallery.get(&format!("{}/metrics", gallery.url("gallery")), &[]);
    assert!(!page.contains("gallery_http"), "{page}");
}

/// The line of a request has the processor's time natively too.
#[test]
fn the_log_has_the_processors_time() {
    let mut gallery = Serving::start();
    gallery.get(&format!("{}/healthz", gallery.url("gallery")), &[]);
    let line = gallery.line();
    let cpu = line["cpu_ms"].as_f64().unwrap();
    assert!((0.0..1000.0).contains(&cpu), "{line}");
}
