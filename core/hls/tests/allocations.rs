//! A long playlist is rewritten with a handful of allocations, whatever its length.
#![allow(clippy::format_push_string, reason = "clear before fast in tests")]
#![allow(unsafe_code, reason = "a counting allocator cannot be written without it")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    /// One counter per thread, because the test harness allocates too.
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: passes every call to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn allocations_do_not_grow_with_the_playlist() {
    let scope = hls::Scope { prefix: "hls/film/", base: "hls/film/v/720p.m3u8", public_base: None };
    let mut counts = Vec::new();
    for segments in [30, 3000] {
        let mut text = String::from("#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MAP:URI=\"i.mp4\"\n");
        for number in 0..segments {
            // Plain, encoded and dotted URIs.
            let uri = ["a", "b%20", "../c"][number % 3];
            text += &format!("#EXTINF:6.006,\r\n{uri}{number:04}.m4s\r\n");
        }
        let mut out = String::with_capacity(text.len() * 8);
        let before = COUNT.get();
        let summary = hls::rewrite(text.as_bytes(), &scope, &mut out, |out, r| out.push_str(r.relative)).unwrap();
        counts.push(COUNT.get() - before);
        assert_eq!(summary.segments, segments);
    }
    assert_eq!(counts[0], counts[1]);
    assert!(counts[1] <= 4, "{counts:?}");
}
