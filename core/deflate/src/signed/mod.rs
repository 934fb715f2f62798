//! A text with many signed URLs, written as one gzip member without the text ever being put together.

mod code;
mod digits;
mod ranges;
mod stream;

use crate::crc::{Shift, crc32, update};
use crate::gzip::{HEADER, end};
use stream::Stream;

/// Writes a text with many signed URLs as one gzip member.
///
/// The URLs differ in their keys and signatures. The writer knows that everything else repeats, and where it stood
/// last, so it searches for almost nothing. The 64 hexadecimal digits of a signature are the only part that cannot
/// become smaller than its 32 bytes, and they take 34. A URL that is the same as the one before takes as little as
/// everything else that repeats.
pub struct Signed<'t> {
    stream: Stream,
    urls: Urls,
    crc: u32,
    start: Constant<'t>,
    end: Constant<'t>,
    /// The last URL: its place, its key and its signature.
    at: usize,
    key: Vec<u8>,
    signature: [u8; 32],
    /// The last URL as a whole, once it came twice.
    whole: Option<(Vec<u8>, Mark)>,
    /// The last texts between URLs, by how they begin.
    texts: [Earlier<'t>; TEXTS],
    latest: usize,
}

/// What the URLs of a text are like. It sets the code, and changes no byte of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urls {
    /// Most have signatures of their own.
    Different,
    /// Most are the same as the one before, as where the segments are byte ranges of one file.
    Alike,
}

const TEXTS: usize = 8;

/// A part of all URLs.
struct Constant<'t> {
    text: &'t [u8],
    mark: Mark,
}

/// The CRC-32 of a text, and what it takes to append the text again.
struct Mark {
    crc: u32,
    length: Shift,
}

#[derive(Default)]
struct Earlier<'t> {
    text: &'t [u8],
    at: usize,
    /// What the text before it began with too: the length, and the rest of what is known of it.
    head: Option<(usize, Mark)>,
}

impl<'t> Signed<'t> {
    /// `start` is the part of every URL before its key, and `end` the part between the key and the signature.
    /// `capacity`: about how many bytes the member will have.
    pub fn new(start: &'t str, end: &'t str, urls: Urls, capacity: usize) -> Self {
        let mut out = Vec::with_capacity(capacity);
        out.extend_from_slice(&HEADER);
        let code = match urls {
            Urls::Different => &digits::DIGITS,
            Urls::Alike => &ranges::RANGES,
        };
        Self {
            stream: Stream::new(out, code),
            urls,
            crc: 0,
            start: Constant::new(start),
            end: Constant::new(end),
            at: 0,
            key: Vec::new(),
            signature: [0; 32],
            whole: None,
            texts: Default::default(),
            latest: 0,
        }
    }

    /// Appends a text that stands before, between or behind URLs. The next such text is probably like it.
    pub fn text(&mut self, text: &'t str) {
        let text = text.as_bytes();
        let at = self.stream.length;
        let same = if text == self.texts[self.latest].text {
            self.stream.copy(text, self.texts[self.latest].at);
            text.len()
        } else {
            self.latest = self.slot(text);
            let earlier = &self.texts[self.latest];
            self.stream.similar(text, earlier.text, earlier.at)
        };
        let earlier = &mut self.texts[self.latest];
        self.crc = match &earlier.head {
            Some((length, mark)) if same >= *length => append(mark.append_to(self.crc), &text[*length..]),
            _ => {
                earlier.head = (same >= BEGINNING).then(|| (same, Mark::of(&text[..same])));
                append(self.crc, text)
            }
        };
        (earlier.text, earlier.at) = (text, at);
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
        if self.key.is_empty() {
            for part in [start, key, end] {
                self.stream.new_text(part);
            }
        } else {
            self.stream.copy(start, last);
            self.stream.similar(key, &self.key, last + start.len());
            self.stream.copy(end, last + start.len() + self.key.len());
        }
        let digits = match self.urls {
            Urls::Different => self.stream.digits(signature),
            Urls::Alike => {
                let digits = digits::text(signature);
                self.stream.literals(&digits);
                digits
            }
        };
        self.crc = self.start.mark.append_to(self.crc);
        self.crc = append(self.crc, key);
        self.crc = self.end.mark.append_to(self.crc);
        self.crc = append(self.crc, &digits);
        self.at = at;
        self.key.clear();
        self.key.extend_from_slice(key);
        self.signature = *signature;
        self.whole = None;
    }

    /// Appends the last URL again. Before there is one, this means nothing.
    pub fn url_again(&mut self) {
        let (text, mark) = self.whole.get_or_insert_with(|| {
            let digits = digits::text(&self.signature);
            let text = [self.start.text, &self.key, self.end.text, &digits].concat();
            let mark = Mark::of(&text);
            (text, mark)
        });
        let at = self.stream.length;
        self.stream.copy(text, self.at);
        self.crc = mark.append_to(self.crc);
        self.at = at;
    }

    /// The place for texts that begin like this one.
    fn slot(&self, text: &[u8]) -> usize {
        let latest = self.texts[self.latest].text;
        // Most often it begins like the last one.
        match (text.first_chunk::<BEGINNING>(), latest.first_chunk::<BEGINNING>()) {
            (Some(one), Some(other)) if one == other => self.latest,
            _ => beginning(text),
        }
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
        Self { text, mark: Mark::of(text) }
    }
}

impl Mark {
    fn of(text: &[u8]) -> Self {
        Self { crc: crc32(text), length: Shift::over(text.len() as u64) }
    }

    /// The CRC-32 of a text with this one behind it.
    fn append_to(&self, crc: u32) -> u32 {
        self.length.combine(crc, self.crc)
    }
}

/// The CRC-32 of a text from that of its beginning.
fn append(crc: u32, bytes: &[u8]) -> u32 {
    !update(!crc, bytes)
}

/// So many bytes are the beginning of a text.
const BEGINNING: usize = 12;

/// The place for texts that begin like this one. Numbers do not count.
fn beginning(text: &[u8]) -> usize {
    let letters = text.iter().take(BEGINNING).filter(|byte| !byte.is_ascii_digit());
    let sum = letters.fold(0_u32, |sum, byte| sum.wrapping_mul(0x0100_0193) ^ u32::from(*byte));
    (sum.wrapping_mul(0x9e37_79b1) >> 16) as usize % TEXTS
}
