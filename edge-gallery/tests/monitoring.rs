//! The metrics, the alerts and the dashboard, as Prometheus itself reads them.

#![allow(clippy::unwrap_used, clippy::zombie_processes, reason = "a test may")]

mod complete;
mod serving;

use std::{
    fs,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

use serving::Serving;

fn main() -> ExitCode {
    let cases: [(&str, &str, fn()); 4] = [
        ("promtool", "the_metrics_have_no_flaw", the_metrics_have_no_flaw),
        ("promtool", "the_alerts_come_and_go", the_alerts_come_and_go),
        ("prometheus", "every_query_of_the_dashboard_has_an_answer", every_query_of_the_dashboard_has_an_answer),
        ("prometheus", "openmetrics_is_read_too", openmetrics_is_read_too),
    ];
    let trials = cases.map(|(program, name, case)| {
        let is_there = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
        let run = move || -> Result<(), Failed> {
            case();
            Ok(())
        };
        let kind = if is_there { String::new() } else { format!("{program} is not installed") };
        Trial::test(name, run).with_ignored_flag(!is_there).with_kind(kind)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy")
}

/// Requests of several kinds.
fn traffic(gallery: &Serving) {
    for path in ["/healthz", "/", "/api/media", "/api/hls/playlist?key=a.mp4", "/readyz", "/api/file/a.jpg"] {
        gallery.get(&format!("{}{path}", gallery.url("gallery")), &[]);
    }
    gallery.post(&format!("{}/login", gallery.url("gallery")), &serde_json::json!({ "password": "wrong" }));
    gallery.come_and_go();
}

/// `promtool` complains about names and types that are not usual, and about what it cannot read.
fn the_metrics_have_no_flaw() {
    let gallery = Serving::start();
    traffic(&gallery);
    let text = gallery.metrics(|text| text.contains("route=\"/login\""));
    let mut check = Command::new("promtool");
    let mut check = check
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    check.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = check.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success() && said.is_empty(), "{}\n{text}", String::from_utf8_lossy(&said));
}

fn the_alerts_come_and_go() {
    for arguments in [
        ["check", "rules", "edge-gallery.rules.yml"],
        ["check", "config", "prometheus.yml"],
        ["test", "rules", "edge-gallery.test.yml"],
    ] {
        let output =
            Command::new("promtool").args(arguments).current_dir(deploy().join("prometheus")).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said));
    }
}

/// A Prometheus that scrapes a gallery each second.
struct Prometheus {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Prometheus {
    fn scraping(gallery: &Serving) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let target = gallery.url("metrics").strip_prefix("http://").unwrap().strip_suffix("/metrics").unwrap();
        let configuration = fs::read_to_string(deploy().join("prometheus/prometheus.yml")).unwrap();
        let configuration = configuration.replace("15s", "1s").replace("127.0.0.1:9464", target);
        fs::write(folder.path().join("prometheus.yml"), configuration).unwrap();
        let rules = "edge-gallery.rules.yml";
        fs::copy(deploy().join("prometheus").join(rules), folder.path().join(rules)).unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut command = Command::new("prometheus");
        command.arg("--config.file").arg(folder.path().join("prometheus.yml"));
        command.arg("--storage.tsdb.path").arg(folder.path().join("data"));
        command.arg(format!("--web.listen-address={address}"));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { child, url: format!("http://{address}"), _folder: folder }
    }

    /// The outcome of a query, or why there is none.
    fn query(&self, query: &str) -> Result<Vec<Value>, String> {
        let call = ureq::get(format!("{}/api/v1/query", self.url)).query("query", query).call();
        let text = call.and_then(|mut answer| answer.body_mut().read_to_string()).map_err(|error| error.to_string())?;
        let answer: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        answer["data"]["result"].as_array().cloned().ok_or(text)
    }

    /// The outcome of a query, as soon as it has one.
    fn wait_for(&self, query: &str) -> Vec<Value> {
        let since = Instant::now();
        loop {
            let answer = self.query(query);
            match answer {
                Ok(found) if !found.is_empty() => return found,
                answer => assert!(since.elapsed() < Duration::from_mins(1), "{query}: {answer:?}"),
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn every_query_of_the_dashboard_has_an_answer() {
    let gallery = Serving::start();
    let prometheus = Prometheus::scraping(&gallery);
    traffic(&gallery);
    prometheus.wait_for("gallery_http_requests_total{route=\"/login\"}");
    traffic(&gallery);
    prometheus.wait_for("rate(gallery_http_requests_total{route=\"/login\"}[30s]) > 0");
    let dashboard: Value =
        serde_json::from_str(&fs::read_to_string(deploy().join("grafana/edge-gallery.json")).unwrap()).unwrap();
    // Nothing failed, was cut off or made, no page has reported a film, and a hit needs a playlist.
    let idle = [
        "Cache hit rate",
        "Films, as pages report them",
        "Answers that broke off",
        "Failures",
        "Pictures in a size that was missing",
    ];
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expression = target["expr"].as_str().unwrap();
            // As Grafana fills it in where everything is chosen.
            let query = expression.replace("$__rate_interval", "30s").replace("$job", ".+").replace("$instance", ".+");
            assert!(!query.contains('$'), "{query}");
            if idle.contains(&panel["title"].as_str().unwrap()) {
                prometheus.query(&query).unwrap_or_else(|words| panic!("{query}: {words}"));
            } else {
                // A rate takes two looks at a counter.
                prometheus.wait_for(&query);
            }
        }
    }
    let alerts = prometheus.query("ALERTS{alertstate=\"firing\"}").unwrap();
    assert!(alerts.is_empty(), "{alerts:?}");
}

/// This Prometheus asks for OpenMetrics first, and says of a scrape whether it could read it.
fn openmetrics_is_read_too() {
    let gallery = Serving::start();
    let (_, media_type, _) =
        gallery.get(gallery.url("metrics"), &[("accept", "application/openmetrics-text; version=1.0.0")]);
    assert!(media_type.starts_with("application/openmetrics-text"), "{media_type}");
    traffic(&gallery);
    let prometheus = Prometheus::scraping(&gallery);
    prometheus.wait_for("up == 1");
    let found = prometheus.wait_for("sum(gallery_http_requests_total)");
    assert!(found[0]["value"][1].as_str().unwrap().parse::<f64>().unwrap() >= 1.0, "{found:?}");
}
