//! Blocks are compressed on all cores.

use std::thread;

use flate2::{Compress, Compression, FlushCompress};

/// The level that made the smallest listing for its time: above it, a percent of size costs twice the time.
const LEVEL: u32 = 6;
/// Fewer bytes than this for each thread are not worth a thread.
const WORTH_A_THREAD: usize = 64 * 1024;

/// Compresses texts, each into a piece of raw DEFLATE that ends in a full flush.
pub fn deflate(texts: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let bytes: usize = texts.iter().map(Vec::len).sum();
    let threads = thread::available_parallelism().map_or(1, usize::from).min(bytes / WORTH_A_THREAD).max(1);
    let share = texts.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let mut shares = texts.chunks(share);
        let first = shares.next().unwrap_or_default();
        let others: Vec<_> = shares.map(|share| scope.spawn(move || all(share))).collect();
        let mut done = all(first);
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    })
}

fn all(texts: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut compress = Compress::new(Compression::new(LEVEL), false);
    texts.iter().map(|text| one(&mut compress, text)).collect()
}

fn one(compress: &mut Compress, text: &[u8]) -> Vec<u8> {
    compress.reset();
    let mut out = Vec::with_capacity(text.len() / 4 + 64);
    loop {
        let read = usize::try_from(compress.total_in()).unwrap_or(usize::MAX);
        // The only error is that of a stream that was used wrongly.
        let _ = compress.compress_vec(&text[read..], &mut out, FlushCompress::Full);
        // A flush is over when it leaves room.
        if out.len() < out.capacity() {
            return out;
        }
        out.reserve(out.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_whatever_their_size() {
        let texts: Vec<Vec<u8>> = (0..40)
            .map(|number: usize| {
                let mut state = number as u64 + 1;
                let noise = std::iter::repeat_with(|| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    state.to_le_bytes()[7]
                });
                noise.take(number * number * 37).chain(std::iter::repeat_n(7, number * 1000)).collect()
            })
            .collect();
        let deflated = deflate(&texts);
        assert_eq!(deflated.len(), texts.len());
        for (text, deflated) in texts.iter().zip(&deflated) {
            assert_eq!(::deflate::inflate_block(deflated, text.len()).as_ref(), Some(text));
        }
        let joined = deflated.concat();
        assert_eq!(
            ::deflate::inflate_block(&joined, texts.concat().len()),
            Some(texts.concat()),
            "pieces can be joined"
        );
    }
}
