//! Files that say what must go, made by hand. Whatever must go has the word SECRET in it, and whatever stays KEPT.

// Each test uses a part; lengths are small; kinds of boxes are written as they read.
#![allow(dead_code, clippy::unwrap_used, clippy::cast_possible_truncation, clippy::trivially_copy_pass_by_ref)]

pub mod boxes;
pub mod pictures;
pub mod tiff;

use privacy::{Finding, Patches, ReadAt};

/// A file in memory that counts what is read of it.
pub struct Counted<'a> {
    pub bytes: &'a [u8],
    pub read: u64,
}

impl ReadAt for Counted<'_> {
    type Error = String;

    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), String> {
        let from = usize::try_from(offset).map_err(|error| error.to_string())?;
        let part = self.bytes.get(from..from + buffer.len()).ok_or("read beyond the end")?;
        buffer.copy_from_slice(part);
        self.read += buffer.len() as u64;
        Ok(())
    }
}

/// A file of each format.
pub fn files() -> Vec<Vec<u8>> {
    vec![
        pictures::with_segments(&pictures::segments(true)),
        pictures::with_parts(&pictures::segments(false), &[(0, pictures::encoded(image::ImageFormat::Jpeg))]),
        pictures::png(),
        pictures::webp(),
        pictures::gif(),
        boxes::heif(),
        boxes::film_with_places(b"meta", b"gpmd"),
    ]
}

pub fn examine(bytes: &[u8]) -> Finding {
    privacy::examine(&mut Counted { bytes, read: 0 }).unwrap()
}

pub fn patches(bytes: &[u8]) -> Patches {
    match examine(bytes) {
        Finding::Known(patches) => patches,
        Finding::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

/// The patched file.
pub fn patched(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    patches(bytes).apply(0, &mut out);
    out
}

pub fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// The patched file, which says no secret, and of which patches leave nothing to blank.
pub fn clean(bytes: &[u8]) -> Vec<u8> {
    assert!(has(bytes, b"SECRET"), "there is something to blank");
    let out = patched(bytes);
    assert_eq!(out.len(), bytes.len());
    if let Some(at) = out.windows(6).position(|window| window == b"SECRET") {
        panic!("at {at}: {}", out[at.saturating_sub(60)..(at + 30).min(out.len())].escape_ascii());
    }
    assert_eq!(patched(&out), out, "a second time changes nothing");
    out
}
