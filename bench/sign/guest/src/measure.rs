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

/// Blocks hashed to measure one compression, in one call.
const BLOCKS: usize = 256;

/// Runs everything `rounds` times, interleaved, and keeps the best of each.
pub fn best_of(rounds: u32) -> Figures {
    let keys = keys();
    let (ours, rusty_s3, aws_sigv4) = (Ours::new(), RustyS3::new(), AwsSigV4::new());
    let blocks = vec![[0x5a_u8; 64]; BLOCKS];
    let mut state = [0_u32; 8];
    let mut out = String::with_capacity(64 * 1024);
    let mut best = [f64::INFINITY; 5];
    for _ in 0..rounds {
        let mut time = |at: usize, count: usize, work: &mut dyn FnMut(&mut String)| {
            out.clear();
            let start = Instant::now();
            work(&mut out);
            let nanoseconds = start.elapsed().as_secs_f64() * 1e9;
            black_box(&out);
            #[allow(clippy::cast_precision_loss)] // a few hundred
            let each = nanoseconds / count as f64;
            best[at] = best[at].min(each);
        };
        time(0, BLOCKS, &mut |_| sha2::block_api::compress256(black_box(&mut state), black_box(&blocks)));
        time(1, keys.len(), &mut |out| ours.one_by_one(black_box(&keys), out));
        time(2, keys.len(), &mut |out| ours.batch(black_box(&keys), out));
        time(3, keys.len(), &mut |out| rusty_s3.sign(black_box(&keys), out));
        time(4, keys.len(), &mut |out| aws_sigv4.sign(black_box(&keys), out));
    }
    let [compression_ns, scalar_ns, batch_ns, rusty_s3_ns, aws_sigv4_ns] = best;
    Figures { compression_ns, scalar_ns, batch_ns, rusty_s3_ns, aws_sigv4_ns }
}
