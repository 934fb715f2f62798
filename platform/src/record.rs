//! What a request cost, for the log line and for `Server-Timing`.

use std::{cell::Cell, time::Duration};

use serde::Serialize;

use crate::{Kind, Trace};

/// What the cache did for a response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CacheOutcome {
    /// There was nothing to cache, or the cache was not used.
    #[default]
    Bypass,
    Hit,
    Miss,
}

impl CacheOutcome {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bypass => "bypass",
            Self::Hit => "hit",
            Self::Miss => "miss",
        }
    }
}

/// How much of a response's body was sent, on hosts that can tell.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    pub bytes: u64,
    /// Whether the whole body was sent. It is false if the body broke off or the client left.
    pub complete: bool,
}

/// How a film played, as a page reports it. It says neither who saw the film nor which film it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Playback {
    /// `cmaf` or `ts`.
    pub packaging: &'static str,
    /// From the wish to play until the first frame. `None` if none was shown.
    pub first_frame_ms: Option<u32>,
    pub stalls: u32,
    pub stalled_ms: u32,
    pub played_ms: u32,
    /// How often the player went to another quality.
    pub switches: u32,
    /// `network`, `media`, `key`, `unsupported` or `other`.
    pub failure: Option<&'static str>,
}

/// A failure in words of fixed sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    pub operation: &'static str,
    pub kind: Kind,
    /// By which the store refused.
    pub code: Option<&'static str>,
}

/// The counts of one request. The record is shared by reference while the request is served, on one thread.
#[derive(Default)]
pub struct Record {
    pub service: Cell<&'static str>,
    /// The route's pattern, never the path: keys and tokens stay out of the log.
    pub route: Cell<&'static str>,
    pub cache: Cell<CacheOutcome>,
    pub kv_reads: Cell<u32>,
    pub kv_writes: Cell<u32>,
    pub store_calls: Cell<u32>,
    pub sql_queries: Cell<u32>,
    /// The arm of an experiment that served this request.
    pub arm: Cell<Option<&'static str>>,
    /// What was done for a picture that nobody has made before, and of what: `made` or `substitute`, and the name of a
    /// size or `original`.
    pub picture: Cell<Option<(&'static str, &'static str)>>,
    /// The answer tells the page, in `Server-Timing`, that it may report how the film plays.
    pub takes_reports: Cell<bool>,
    /// What a page reports. The line then has nothing by which it could be joined with other lines.
    pub report: Cell<Option<Playback>>,
    /// The processor's time until the head of the answer, on hosts that tell.
    pub cpu: Cell<Option<Duration>>,
    /// What happened to a session: `login`, `login-refused`, `throttled`, `logout`, or `session-ended` when
    /// somebody came with a session that has ended. Programs that shut addresses out look for it.
    pub event: Cell<Option<&'static str>>,
    /// The trace of which the request is a part.
    pub trace: Cell<Option<Trace>>,
    /// The client as the log shows it. See [`LogClient`](crate::LogClient).
    pub client: Cell<Option<String>>,
    /// What failed, in the words for the log. The last failure is kept.
    pub failure: Cell<Option<String>>,
    /// The same failure, for counters.
    pub failed: Cell<Option<Failed>>,
}

impl Record {
    pub(crate) fn count(counter: &Cell<u32>) {
        counter.set(counter.get().saturating_add(1));
    }

    /// Notes a failure for the log. The client gets other words for it, or does not see it at all.
    pub fn note(&self, failure: &crate::Error) {
        self.failure.set(Some(failure.to_string()));
        let (operation, kind, code) = (failure.operation(), failure.kind(), failure.code());
        self.failed.set(Some(Failed { operation, kind, code }));
    }

    /// The `Server-Timing` value (<https://www.w3.org/TR/server-timing/>): milliseconds to the head, and the counts.
    pub fn server_timing(&self, elapsed: Duration) -> String {
        let arm = self.arm.get().map(|arm| format!(", arm;desc={arm}")).unwrap_or_default();
        let picture = self.picture.get().map(|(how, of)| format!(", {how};desc={of}")).unwrap_or_default();
        let reports = if self.takes_reports.get() { ", reports" } else { "" };
        // Whole hundredths: formatting a float is 18 kB of code.
        let hundredths = elapsed.as_micros() / 10;
        format!(
            "total;dur={}.{:02}, cache;desc={}, kv-reads;desc={}, kv-writes;desc={}, store-calls;desc={}, \
             sql-queries;desc={}{arm}{picture}{reports}",
            hundredths / 100,
            hundredths % 100,
            self.cache.get().name(),
            self.kv_reads.get(),
            self.kv_writes.get(),
            self.store_calls.get(),
            self.sql_queries.get(),
        )
    }

    /// The log line: one JSON object without a newline. `elapsed` is the time until the head of the answer.
    ///
    /// A host that does not see how a body is sent has no `sent`. The line then has no `bytes`.
    pub fn log_line(
        &self,
        request_id: &str,
        method: &str,
        status: u16,
        elapsed: Duration,
        sent: Option<Sent>,
    ) -> String {
        let trace = self.trace.get().filter(|_| self.report.get().is_none());
        let line = Line {
            request_id: self.report.get().is_none().then_some(request_id),
            client: self.client.take().filter(|_| self.report.get().is_none()),
            event: self.event.get(),
            service: self.service.get(),
            route: self.route.get(),
            method,
            status,
            ms: milliseconds(elapsed),
            cpu_ms: self.cpu.get().map(milliseconds),
            cache: self.cache.get().name(),
            kv_reads: self.kv_reads.get(),
            kv_writes: self.kv_writes.get(),
            store_calls: self.store_calls.get(),
            sql_queries: self.sql_queries.get(),
            arm: self.arm.get(),
            report: self.report.get(),
            made: self.picture.get().filter(|(how, _)| *how == "made").map(|(_, of)| of),
            substitute: self.picture.get().filter(|(how, _)| *how == "substitute").map(|(_, of)| of),
            bytes: sent.map(|sent| sent.bytes),
            complete: sent.filter(|sent| !sent.complete).map(|sent| sent.complete),
            trace_id: trace.as_ref().map(Trace::id),
            failure: self.failure.take(),
        };
        json(&line)
    }
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'static str>,
    service: &'static str,
    route: &'static str,
    method: &'a str,
    status: u16,
    ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_ms: Option<f64>,
    cache: &'static str,
    kv_reads: u32,
    kv_writes: u32,
    store_calls: u32,
    sql_queries: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    arm: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Playback>,
    #[serde(skip_serializing_if = "Option::is_none")]
    made: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    substitute: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    complete: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

/// Milliseconds with two decimals.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e5).round() / 100.0
}

/// The log line for a failure that keeps a host from serving at all. The line holds names and the host's own words,
/// never values.
pub fn host_failure(words: &str) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        service: &'static str,
        failure: &'a str,
    }
    json(&Line { service: "host", failure: words })
}

/// Lines hold only text and numbers, so this cannot fail.
fn json(line: &impl Serialize) -> String {
    let mut text = Vec::with_capacity(512);
    let written = serde_json::to_writer(&mut text, line).is_ok();
    if written { String::from_utf8(text).unwrap_or_default() } else { String::new() }
}

/// The method for the log: one of a fixed set, because a client may send any word.
pub fn method_name(method: &http::Method) -> &'static str {
    const KNOWN: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("OTHER")
}
