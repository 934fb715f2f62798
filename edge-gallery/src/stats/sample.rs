//! What is counted of requests and of views.

use std::collections::BTreeMap;

use super::{
    interval::{Figure, as_float, mean, quantile, rate, share},
    lines::{Report, Request},
};

/// The requests of one kind.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    pub requests: u64,
    ms: Vec<f32>,
    bytes: Sums,
    cpu_ms: Sums,
    hits: u64,
    misses: u64,
    client_errors: u64,
    server_errors: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    count: u64,
    sum: f64,
    squares: f64,
}

impl Sums {
    fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        self.squares += value * value;
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    fn mean(&self) -> Option<Figure> {
        mean(self.count, self.sum, self.squares)
    }
}

/// The figures of requests. What no host told is missing.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    pub requests: u64,
    pub bytes: Option<f64>,
    pub bytes_each: Option<Figure>,
    pub hits: Option<Figure>,
    pub p50: Option<Figure>,
    pub p99: Option<Figure>,
    pub cpu: Option<Figure>,
    pub client_errors: Option<Figure>,
    pub server_errors: Option<Figure>,
}

impl Sample {
    pub fn add(&mut self, request: &Request) {
        self.requests += 1;
        self.ms.push(request.ms);
        self.hits += u64::from(request.cache == "hit");
        self.misses += u64::from(request.cache == "miss");
        self.client_errors += u64::from((400..500).contains(&request.status));
        self.server_errors += u64::from(request.status >= 500);
        if let Some(bytes) = request.bytes {
            self.bytes.add(as_float(bytes));
        }
        if let Some(cpu_ms) = request.cpu_ms {
            self.cpu_ms.add(cpu_ms);
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.requests += other.requests;
        self.ms.extend_from_slice(&other.ms);
        self.bytes.merge(&other.bytes);
        self.cpu_ms.merge(&other.cpu_ms);
        self.hits += other.hits;
        self.misses += other.misses;
        self.client_errors += other.client_errors;
        self.server_errors += other.server_errors;
    }

    pub fn figures(mut self) -> Figures {
        self.ms.sort_unstable_by(f32::total_cmp);
        Figures {
            requests: self.requests,
            bytes: (self.bytes.count > 0).then_some(self.bytes.sum),
            bytes_each: self.bytes.mean(),
            hits: share(self.hits, self.hits + self.misses),
            p50: quantile(&self.ms, 0.5),
            p99: quantile(&self.ms, 0.99),
            cpu: self.cpu_ms.mean(),
            client_errors: share(self.client_errors, self.requests),
            server_errors: share(self.server_errors, self.requests),
        }
    }
}

/// Views of films, as pages told.
#[derive(Clone, Debug, Default)]
pub struct Views {
    count: u64,
    first_frames: Vec<f32>,
    stalls: u64,
    stalled_ms: u64,
    played_ms: u64,
    switches: u64,
    failures: BTreeMap<String, u64>,
}

/// The figures of views.
#[derive(Clone, Debug)]
pub struct ViewFigures {
    pub views: u64,
    pub hours: f64,
    pub first_frame_p50: Option<Figure>,
    pub first_frame_p99: Option<Figure>,
    /// In an hour of watching.
    pub stalls: Option<Figure>,
    /// Seconds in an hour of watching.
    pub stalled: Option<f64>,
    pub failures: Option<Figure>,
    /// How often each came.
    pub codes: BTreeMap<String, u64>,
    pub switches: Option<Figure>,
}

impl Views {
    pub fn add(&mut self, report: &Report) {
        self.count += 1;
        self.first_frames.extend(report.first_frame_ms);
        self.stalls += report.stalls;
        self.stalled_ms += report.stalled_ms;
        self.played_ms += report.played_ms;
        self.switches += report.switches;
        if let Some(code) = &report.failure {
            *self.failures.entry(code.clone()).or_default() += 1;
        }
    }

    pub fn figures(mut self) -> ViewFigures {
        self.first_frames.sort_unstable_by(f32::total_cmp);
        let hours = as_float(self.played_ms) / 3_600_000.0;
        ViewFigures {
            views: self.count,
            hours,
            first_frame_p50: quantile(&self.first_frames, 0.5),
            first_frame_p99: quantile(&self.first_frames, 0.99),
            stalls: rate(self.stalls, hours),
            stalled: (hours > 0.0).then(|| as_float(self.stalled_ms) / 1000.0 / hours),
            failures: share(self.failures.values().sum(), self.count),
            codes: self.failures,
            switches: rate(self.switches, hours),
        }
    }
}
