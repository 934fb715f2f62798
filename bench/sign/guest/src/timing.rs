//! The best of many short rounds. A busy machine spoils some rounds, but not the best one.

use std::hint::black_box;
use std::time::Instant;

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

    /// Does the work once, into an empty text.
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

/// The time of one SHA-256 compression, measured over many in one call.
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
