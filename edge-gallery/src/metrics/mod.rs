//! `serve --metrics`: what the log lines say, as counters for Prometheus.
//!
//! The labels are names of services, patterns of routes and words of fixed sets. No path, key, token or address is
//! among them, and no client can make more of them.

mod listener;
mod process;

pub use listener::listen;

use std::sync::{Arc, atomic::AtomicU64};

use platform::record::{self, Playback};
use platform_native::{Ended, Observer};
use prometheus_client::{
    encoding::{EncodeLabelSet, prometheus_text, text},
    metrics::{counter::Counter, family::Family, histogram::Histogram, info::Info},
    registry::{Registry, Unit},
};

/// Seconds. A kept thumbnail takes less than the first, and a request whose store does not answer about ten.
const BUCKETS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// What happens to sessions. A counter that is there before its first event can be told from one that does not exist.
const EVENTS: [&str; 5] = ["login", "login-refused", "throttled", "logout", "session-ended"];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    service: &'static str,
    /// The route's pattern, as in the log.
    route: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    service: &'static str,
    route: &'static str,
    method: &'static str,
    code: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Cached {
    service: &'static str,
    route: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Failed {
    service: &'static str,
    operation: &'static str,
    kind: &'static str,
    /// The store's code, or empty.
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Event {
    event: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Picture {
    how: &'static str,
    from: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct View {
    packaging: &'static str,
    /// Empty for a view that did not fail.
    failure: &'static str,
}

type Seconds = Counter<f64, AtomicU64>;

/// The counters of the process, and the text of them.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answer, Counter>,
    durations: Family<Route, Histogram>,
    processor: Family<Route, Seconds>,
    bytes: Family<Route, Counter>,
    incomplete: Family<Route, Counter>,
    cache: Family<Cached, Counter>,
    store_calls: Family<Route, Counter>,
    kv_reads: Family<Route, Counter>,
    kv_writes: Family<Route, Counter>,
    sql_queries: Family<Route, Counter>,
    failures: Family<Failed, Counter>,
    events: Family<Event, Counter>,
    pictures: Family<Picture, Counter>,
    views: Family<View, Counter>,
    played: Seconds,
    stalled: Seconds,
    stalls: Counter,
    connections_refused: Counter,
    log_lines_dropped: Counter,
}

impl Metrics {
    pub fn new() -> Arc<Self> {
        let mut registry = Registry::default();
        process::register(&mut registry);
        let ours = registry.sub_registry_with_prefix("gallery");
        ours.register("build", "The version of the program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        let metrics = Self {
            requests: family(ours, "http_requests", "Requests that have ended"),
            durations: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            processor: Family::default(),
            bytes: Family::default(),
            incomplete: family(ours, "http_responses_incomplete", "Answers that broke off, or whose client left"),
            cache: family(ours, "cache_outcomes", "What the cache did for requests"),
            store_calls: family(ours, "store_calls", "Requests to the bucket, and to video-edge"),
            kv_reads: family(ours, "kv_reads", "Reads of the KV stores"),
            kv_writes: family(ours, "kv_writes", "Writes of the KV stores"),
            sql_queries: family(ours, "sql_queries", "Queries of the database"),
            failures: family(ours, "failures", "Requests in which something failed, by what failed last"),
            events: family(ours, "session_events", "What happened to sessions"),
            pictures: family(ours, "missing_pictures", "Pictures in a size that was missing"),
            views: family(ours, "playback_views", "Views of films that pages have reported"),
            played: Seconds::default(),
            stalled: Seconds::default(),
            stalls: Counter::default(),
            connections_refused: Counter::default(),
            log_lines_dropped: Counter::default(),
            registry: Registry::default(),
        };
        let (seconds, bytes) = (|| Unit::Seconds, || Unit::Bytes);
        let heads = "Until the head of the answer";
        ours.register_with_unit("http_request_duration", heads, seconds(), metrics.durations.clone());
        let processor = "The processor's time of the services, until the head of the answer";
        ours.register_with_unit("http_request_processor", processor, seconds(), metrics.processor.clone());
        ours.register_with_unit("http_response_body", "Bytes of bodies that were sent", bytes(), metrics.bytes.clone());
        ours.register_with_unit("playback_played", "What pages have reported", seconds(), metrics.played.clone());
        ours.register_with_unit("playback_stalled", "What pages have reported", seconds(), metrics.stalled.clone());
        ours.register("playback_stalls", "What pages have reported", metrics.stalls.clone());
        let refused = "Connections that were closed because there were too many";
        ours.register("connections_refused", refused, metrics.connections_refused.clone());
        let dropped = "Lines that could not be written, or that nobody read fast enough";
        ours.register("log_lines_dropped", dropped, metrics.log_lines_dropped.clone());
        for event in EVENTS {
            drop(metrics.events.get_or_create(&Event { event }));
        }
        Arc::new(Self { registry, ..metrics })
    }

    /// The text in a format that the scraper reads, and its media type: OpenMetrics 1.0 for those that ask for it, else
    /// Prometheus' text 0.0.4.
    pub fn text(&self, accept: &str) -> Option<(&'static str, String)> {
        const OPENMETRICS: &str = "application/openmetrics-text";
        let mut out = String::new();
        if accept.contains(OPENMETRICS) {
            text::encode(&mut out, &self.registry).ok()?;
            return Some(("application/openmetrics-text; version=1.0.0; charset=utf-8", out));
        }
        prometheus_text::encode(&mut out, &self.registry).ok()?;
        Some((prometheus_text::CONTENT_TYPE, out))
    }

    fn report(&self, report: &Playback) {
        let view = View { packaging: report.packaging, failure: report.failure.unwrap_or_default() };
        self.views.get_or_create(&view).inc();
        self.played.inc_by(f64::from(report.played_ms) / 1000.0);
        self.stalled.inc_by(f64::from(report.stalled_ms) / 1000.0);
        self.stalls.inc_by(u64::from(report.stalls));
    }
}

fn family<S>(registry: &mut Registry, name: &str, help: &str) -> Family<S, Counter>
where
    S: Clone + std::fmt::Debug + Eq + std::hash::Hash + EncodeLabelSet + Send + Sync + 'static,
{
    let family = Family::default();
    registry.register(name, help, family.clone());
    family
}

impl Observer for Metrics {
    fn ended(&self, Ended { record, method, status, head, bytes, complete }: &Ended<'_>) {
        let (service, route, method, code) = (record.service.get(), record.route.get(), *method, *status);
        self.requests.get_or_create(&Answer { service, route, method, code }).inc();
        let of = Route { service, route };
        self.durations.get_or_create(&of).observe(head.as_secs_f64());
        if let Some(cpu) = record.cpu.get() {
            self.processor.get_or_create(&of).inc_by(cpu.as_secs_f64());
        }
        self.bytes.get_or_create(&of).inc_by(*bytes);
        if !complete {
            self.incomplete.get_or_create(&of).inc();
        }
        self.cache.get_or_create(&Cached { service, route, outcome: record.cache.get().name() }).inc();
        for (family, count) in [
            (&self.store_calls, &record.store_calls),
            (&self.kv_reads, &record.kv_reads),
            (&self.kv_writes, &record.kv_writes),
            (&self.sql_queries, &record.sql_queries),
        ] {
            if count.get() > 0 {
                family.get_or_create(&of).inc_by(u64::from(count.get()));
            }
        }
        if let Some(record::Failed { operation, kind, code }) = record.failed.get() {
            let (kind, code) = (kind.name(), code.unwrap_or_default());
            self.failures.get_or_create(&Failed { service, operation, kind, code }).inc();
        }
        if let Some(event) = record.event.get() {
            self.events.get_or_create(&Event { event }).inc();
        }
        if let Some((how, from)) = record.picture.get() {
            self.pictures.get_or_create(&Picture { how, from }).inc();
        }
        if let Some(report) = record.report.get() {
            self.report(&report);
        }
    }

    fn refused_connection(&self) {
        self.connections_refused.inc();
    }

    fn dropped_line(&self) {
        self.log_lines_dropped.inc();
    }
}

#[cfg(test)]
mod tests;
