//! Best of many short rounds: a busy machine spoils some rounds, not the best one.

use std::hint::black_box;
use std::time::Instant;

use serde::Serialize;

use crate::contenders::{AwsSigV4, Ours, RustyS3, keys};

/// Nanoseconds for one compression, or for one URL.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figures {
    pub compression_ns: f64,
    pub scalar_ns: f64,
    pub batch_ns: f64,
    pub rusty_s3_ns: f64,
    pub aws_sigv4_ns: f64,
}

/// Runs everything `rounds` times, interleaved, and keeps the best of each.
pub fn best_of(rounds: u32) -> Figures {
    let keys = keys();
    let (ours, rusty_s3, aws_sigv4) = (Ours::new(), RustyS3::new(), AwsSigV4::new());
    let mut compression = Compression::new();
    let mut best = [Best::new(keys.len()); 4];
    let mut out = String::with_capacity(64 * 1024);
    for _ in 0..rounds {
        compression.time();
        let [scalar, batch, rusty, aws] = &mut best;
        scalar.time(&mut out, |out| ours.one_by_one(black_box(&keys), out));
        batch.time(&mut out, |out| ours.batch(black_box(&keys), out));
        rusty.time(&mut out, |out| rusty_s3.sign(black_box(&keys), out));
        aws.time(&mut out, |out| aws_sigv4.sign(black_box(&keys), out));
    }
    let [scalar_ns, batch_ns, rusty_s3_ns, aws_sigv4_ns] = best.map(|best| best.each());
    Figures { compression_ns: compression.each(), scalar_ns, batch_ns, rusty_s3_ns, aws_sigv4_ns }
}

/// The shortest time of some work that was repeated.
#[derive(Clone, Copy)]
pub(crate) struct Best {
    nanoseconds: f64,
    parts: f64,
}

impl Best {
    /// Work that consists of so many equal parts.
    #[allow(clippy::cast_precision_loss)] // some thousands
    pub fn new(parts: usize) -> Self {
        Self { nanoseconds: f64::INFINITY, parts: parts as f64 }
    }

    /// Does it once, into an empty text.
    pub fn time(&mut self, out: &mut String, work: impl FnOnce(&mut String)) {
        out.clear();
        let start = Instant::now();
        work(out);
        let nanoseconds = start.elapsed().as_secs_f64() * 1e9;
        black_box(&*out);
        self.nanoseconds = self.nanoseconds.min(nanoseconds);
    }

    /// Nanoseconds for one part.
    pub fn each(&self) -> f64 {
        self.nanoseconds / self.parts
    }
}

/// One SHA-256 compression, measured over many in one call.
pub(crate) struct Compression {
    blocks: Vec<[u8; 64]>,
    state: [u32; 8],
    best: Best,
}

impl Compression {
    pub fn new() -> Self {
        const BLOCKS: usize = 256;
        Self { blocks: vec![[0x5a; 64]; BLOCKS], state: [0; 8], best: Best::new(BLOCKS) }
    }

    pub fn time(&mut self) {
        let Self { blocks, state, best } = self;
        best.time(&mut String::new(), |_| {
            sha2::block_api::compress256(black_box(state), black_box(blocks));
        });
    }

    /// Nanoseconds.
    pub fn each(&self) -> f64 {
        self.best.each()
    }
}
