//! Checks that do not depend on speed: every target writes the same bytes, and a long film fits into little memory.

use bench_sign_guest::urls;

use crate::guest::{Component2, Module1};

/// Segments of four seconds, which make three hours twenty.
const SEGMENTS: &str = "3000";
/// 24 MiB, in pages of 64 KiB.
const MOST_PAGES: u64 = 24 * 16;

/// Compares the URLs of wasm32-wasip1, wasm32-wasip2 and native byte for byte, one by one and in batches (on wasm,
/// batches use vectors). Returns the number of URLs.
pub fn identical_urls(module: &Module1, component: &Component2) -> Result<usize, String> {
    let expected = urls::one_by_one();
    for (name, urls) in [
        ("native in batches", urls::batches()),
        ("wasm32-wasip1 one by one", module.run(&["one-by-one"]).output),
        ("wasm32-wasip1 in batches", module.run(&["batches"]).output),
        ("wasm32-wasip2 one by one", component.run(&["one-by-one"])),
        ("wasm32-wasip2 in batches", component.run(&["batches"])),
    ] {
        if urls != expected {
            let mut pairs = expected.lines().zip(urls.lines());
            let (ours, other) = pairs.find(|(ours, other)| ours != other).unwrap_or(("all", "fewer or more"));
            return Err(format!("native one by one and {name} differ:\n{ours}\n{other}"));
        }
    }
    match expected.lines().count() {
        0 => Err("no URL was compared".to_owned()),
        count => Ok(count),
    }
}

/// Returns the pages of 64 KiB that the guest had at the end, including its input, its output and the program.
pub fn memory_of_a_long_film(module: &Module1) -> Result<u64, String> {
    let pages = module.run(&["one-playlist", SEGMENTS]).pages;
    if pages > MOST_PAGES {
        return Err(format!("a playlist of {SEGMENTS} segments took {pages} pages of 64 KiB, more than {MOST_PAGES}"));
    }
    Ok(pages)
}
