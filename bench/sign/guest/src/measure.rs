//! The cost of one presigned URL, with this project's signer and with others.

use std::hint::black_box;

use serde::Serialize;

use crate::contenders::{AwsSigV4, RustyS3};
use crate::ours::{Ours, keys};
use crate::timing::{Best, Compression};

/// Nanoseconds for one compression, or for one URL.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figures {
    pub compression_ns: f64,
    pub scalar_ns: f64,
    pub batch_ns: f64,
    pub rusty_s3_ns: f64,
    pub aws_sigv4_ns: f64,
}

/// Runs everything `rounds` times, in turns, and keeps the best time of each.
pub fn best_of(rounds: u32) -> Figures {
    let keys = keys();
    let (ours, rusty_s3, aws_sigv4) = (Ours::r2(), RustyS3::new(), AwsSigV4::new());
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
