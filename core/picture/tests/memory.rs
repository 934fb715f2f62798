//! No picture takes more than 64 MiB, its source included.
#![allow(clippy::unwrap_used, clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
#![allow(unsafe_code, reason = "a counting allocator cannot be written without it")]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use common::{How, PLAIN, photo, png, scene};
use gallery::layout::ThumbnailSize;
use jpeg_encoder::SamplingFactor;
use picture::Refusal;

const MOST: usize = 64 << 20;

struct Counting;

/// For all threads: the decoder of JPEG has some where there are threads.
static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: passes every call to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Makes a picture, and returns its width and height with the most memory that there was on the way.
fn measured(source: Vec<u8>, size: ThumbnailSize) -> (Result<(u32, u32), Refusal>, usize) {
    let source = Bytes::from(source);
    let before = NOW.load(Ordering::Relaxed) - source.len();
    PEAK.store(NOW.load(Ordering::Relaxed), Ordering::Relaxed);
    let made = picture::make(source, size);
    let peak = PEAK.load(Ordering::Relaxed) - before;
    let dimensions = |jpeg: Vec<u8>| {
        let picture = image::ImageReader::with_format(std::io::Cursor::new(jpeg), image::ImageFormat::Jpeg);
        picture.into_dimensions().unwrap()
    };
    (made.map(dimensions), peak)
}

/// A canvas of 16 by 16 pixels, and a frame of 16,383 by 16,383.
fn bomb() -> Vec<u8> {
    let frame = [&b"\x10\0\0\x9d\x01\x2a\xff\x3f\xff\x3f"[..], &[0; 64]].concat();
    let canvas = [&b"VP8X\x0a\0\0\0\0\0\0\0"[..], &[15, 0, 0, 15, 0, 0]].concat();
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let chunks = [&b"WEBP"[..], &canvas, b"VP8 ", &length(&frame), &frame].concat();
    [&b"RIFF"[..], &length(&chunks), &chunks].concat()
}

/// What looks like a segment hides a progressive frame of 40 megapixels. Behind it stands a frame of grey pixels.
fn hidden() -> Vec<u8> {
    let sides = b"\x08\x15\x60\x1c\x80";
    let progressive = [&b"\xff\xc2\0\x11"[..], sides, b"\x03\x01\x11\0\x02\x11\0\x03\x11\0"].concat();
    let length = u16::try_from(progressive.len() + 2).unwrap().to_be_bytes();
    let grey = [&b"\xff\xc0\0\x0b"[..], sides, b"\x01\x01\x11\0"].concat();
    [&b"\xff\xd8\xff\0"[..], &length, &progressive, &grey, b"\xff\xda\0\x08\x01\x01\0\0\x3f\0\xff\xd9"].concat()
}

/// One test, because all share the count.
#[test]
fn no_picture_needs_more_than_64_mib() {
    use ThumbnailSize::{Large, Medium, Screen, Small};
    use png::{BitDepth::Eight, ColorType::Rgb};
    const FORTY: (u32, u32) = (7296, 5472);
    let full = || How { sampling: SamplingFactor::F_1_1, ..PLAIN };
    let progressive = || How { progressive: true, ..PLAIN };
    let of = |(width, height): (u32, u32), how: &How| photo(&scene(width, height), how);
    let webp = |(width, height): (u32, u32)| {
        webp::Encoder::from_rgb(&scene(width, height), width, height).encode(80.0).to_vec()
    };
    let all_png = |(width, height): (u32, u32)| png(&scene(width, height), (width, height), Rgb, Eight);
    for (name, source, size, wanted) in [
        ("40 MP, halved colours", of(FORTY, &PLAIN), Screen, Ok((2048, 1536))),
        ("40 MP, full colours", of(FORTY, &full()), Screen, Ok((1824, 1368))),
        ("40 MP, full colours, small", of(FORTY, &full()), Small, Ok((150, 113))),
        ("12 MP, progressive", of((4000, 3000), &progressive()), Large, Ok((800, 600))),
        ("20 MP, progressive", of((5472, 3648), &progressive()), Large, Err(Refusal::TooLarge)),
        ("a panorama", of((30_000, 1300), &PLAIN), Screen, Ok((8192, 355))),
        ("a PNG of 10 MP", all_png((3872, 2592)), Screen, Ok((2048, 1371))),
        ("a wide PNG", all_png((40_000, 250)), Screen, Ok((8192, 51))),
        ("a WebP of 8 MP", webp((3264, 2448)), Medium, Ok((400, 300))),
        ("a WebP of 16 MP", webp((4608, 3456)), Medium, Err(Refusal::TooLarge)),
        ("a WebP whose frame is larger than its canvas", bomb(), Small, Err(Refusal::Broken)),
        ("a JPEG with a frame that only some find", hidden(), Small, Err(Refusal::Unknown)),
        (
            "a JPEG of many scans",
            [of((64, 48), &progressive()), b"\xff\xda".repeat(200)].concat(),
            Small,
            Err(Refusal::TooLarge),
        ),
    ] {
        let length = source.len();
        let (made, peak) = measured(source, size);
        assert_eq!(made, wanted, "{name} of {length} bytes: {peak} bytes");
        assert!(peak <= MOST, "{name} of {length} bytes: {peak} bytes");
    }
}
