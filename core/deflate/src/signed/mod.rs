//! A text with many signed URLs, written as one gzip member without the text ever being put together.

mod digits;
mod stream;

use crate::crc::{Shift, crc32, update};
use crate::gzip::{HEADER, end};
use stream::Stream;

/// Writes a text with many signed URLs as one gzip member.
///
/// The URLs differ in their keys and signatures. The writer knows that everything else repeats, and where it stood
/// last, so it searches for almost nothing. The 64 hexadecimal digits of a signature are the only part that cannot
/// become smaller than its 32 bytes, and they take 34.
pub struct Signed<'t> {
    stream: Stream,
    crc: u32,
    start: Constant<'t>,
    end: Constant<'t>,
    /// The last URL: its place, its key and its signature.
    at: usize,
    key: Vec<u8>,
    signature: [u8; 32],
    /// The last texts between URLs, by how they begin.
    texts: [Earlier<'t>; TEXTS],
    latest: usize,
}

const TEXTS: usize = 8;

/// A part of all URLs.
struct Constant<'t> {
    text: &'t [u8],
    crc: u32,
    length: Shift,
}

#[derive(Clone, Copy)]
struct Earlier<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Signed<'t> {
    /// `start` is the part of every URL before its key, and `end` the part between the key and the signature.
    /// `capacity`: about how many bytes the member will have.
    pub fn new(start: &'t str, end: &'t str, capacity: usize) -> Self {
        let mut out = Vec::with_capacity(capacity);
        out.extend_from_slice(&HEADER);
        Self {
            stream: Stream::new(out),
            crc: 0,
            start: Constant::new(start),
            end: Constant::new(end),
            at: 0,
            key: Vec::new(),
            signature: [0; 32],
            texts: [Earlier { text: b"", at: 0 }; TEXTS],
            latest: 0,
        }
    }

    /// Appends a text that stands before, between or behind URLs. The next such text is probably like it.
    pub fn text(&mut self, text: &'t str) {
        let text = text.as_bytes();
        self.crc = append(self.crc, text);
        let at = self.stream.length;
        if text == self.texts[self.latest].text {
            self.stream.copy(text, self.texts[self.latest].at);
        } else {
            self.latest = beginning(text);
            let earlier = self.texts[self.latest];
            self.stream.similar(text, earlier.text, earlier.at);
        }
        self.texts[self.latest] = Earlier { text, at };
    }

    /// Appends a text that stands alone.
    pub fn other(&mut self, text: &str) {
        self.crc = append(self.crc, text.as_bytes());
        self.stream.new_text(text.as_bytes());
    }

    /// Appends a URL.
    pub fn url(&mut self, key: &str, signature: &[u8; 32]) {
        let key = key.as_bytes();
        let (start, end) = (self.start.text, self.end.text);
        let (at, last) = (self.stream.length, self.at);
        let is_first = self.key.is_empty();
        if is_first {
            for part in [start, key, end] {
                self.stream.new_text(part);
            }
        } else {
            self.stream.copy(start, last);
            self.stream.similar(key, &self.key, last + start.len());
            self.stream.copy(end, last + start.len() + self.key.len());
        }
        let digits = if !is_first && self.signature == *signature {
            let digits = digits::text(signature);
            self.stream.copy(&digits, last + start.len() + self.key.len() + end.len());
            digits
        } else {
            self.stream.digits(signature)
        };
        self.crc = self.start.append_to(self.crc);
        self.crc = append(self.crc, key);
        self.crc = self.end.append_to(self.crc);
        self.crc = append(self.crc, &digits);
        self.at = at;
        self.key.clear();
        self.key.extend_from_slice(key);
        self.signature = *signature;
    }

    /// The whole member.
    pub fn finish(self) -> Vec<u8> {
        let length = self.stream.length;
        let mut out = self.stream.finish();
        end(&mut out, self.crc, length as u64);
        out
    }
}

impl<'t> Constant<'t> {
    fn new(text: &'t str) -> Self {
        let text = text.as_bytes();
        Self { text, crc: crc32(text), length: Shift::over(text.len() as u64) }
    }

    fn append_to(&self, crc: u32) -> u32 {
        self.length.combine(crc, self.crc)
    }
}

/// The CRC-32 of a text from that of its beginning.
fn append(crc: u32, bytes: &[u8]) -> u32 {
    !update(!crc, bytes)
}

/// The place for texts that begin like this one. Numbers do not count.
fn beginning(text: &[u8]) -> usize {
    const BYTES: usize = 12;
    let letters = text.iter().take(BYTES).filter(|byte| !byte.is_ascii_digit());
    let sum = letters.fold(0_u32, |sum, byte| sum.wrapping_mul(0x0100_0193) ^ u32::from(*byte));
    (sum.wrapping_mul(0x9e37_79b1) >> 16) as usize % TEXTS
}
