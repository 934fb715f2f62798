//! What holds whatever the speed: every target writes the same bytes, and a long film fits in little memory.

use bench_sign_guest::urls;

use crate::guest::{Component2, Module1};

/// Three hours twenty, of four seconds each.
const SEGMENTS: &str = "3000";
/// 24 MiB.
const MOST_PAGES: u64 = 24 * 16;

/// Compares URLs of wasm32-wasip1, wasm32-wasip2 and native, one by one and in batches (on wasm by vectors), byte for byte.
/// Gives their number.
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

/// Gives the pages of 64 KiB that the guest had in the end, input, output and program included.
pub fn memory_of_a_long_film(module: &Module1) -> Result<u64, String> {
    let pages = module.run(&["one-playlist", SEGMENTS]).pages;
    if pages > MOST_PAGES {
        return Err(format!("a playlist of {SEGMENTS} segments took {pages} pages of 64 KiB, more than {MOST_PAGES}"));
    }
    Ok(pages)
}
