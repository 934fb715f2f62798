//! Text as literals and matches, written by someone who knows where the text stood before.

use super::code::Code;
use super::digits;
use crate::bits::Bits;
use crate::book::{Book, SHORTEST, WINDOW};
use crate::matches::{Tokens, common, split};

/// Text shorter than this is not searched for repetition in itself.
const WORTH_A_SEARCH: usize = 16;

pub(super) struct Stream {
    pub bits: Bits,
    book: &'static Book,
    /// The length of the text so far.
    pub length: usize,
    /// A match that is not written yet, because more of the same may follow. All its bytes are in `length`.
    copy: Copy,
}

struct Copy {
    distance: usize,
    length: usize,
    /// Its first bytes, in case that it stays too short for a match.
    first: [u8; SHORTEST],
}

impl Stream {
    pub fn new(out: Vec<u8>, code: &'static Code) -> Self {
        let mut bits = Bits::new(out);
        code.begin(&mut bits);
        Self { bits, book: &code.book, length: 0, copy: Copy { distance: 0, length: 0, first: [0; SHORTEST] } }
    }

    /// Appends bytes that also stand at `at` in the text.
    #[inline]
    pub fn copy(&mut self, bytes: &[u8], at: usize) {
        let distance = self.length - at;
        if distance > WINDOW {
            self.new_text(bytes);
            return;
        }
        if distance != self.copy.distance {
            self.settle();
            self.copy.distance = distance;
        }
        if let Some(first) = self.copy.first.get_mut(self.copy.length..) {
            for (first, byte) in first.iter_mut().zip(bytes) {
                *first = *byte;
            }
        }
        self.copy.length += bytes.len();
        self.length += bytes.len();
    }

    /// Appends bytes as they are.
    pub fn literals(&mut self, bytes: &[u8]) {
        // A match that waits may still grow.
        if bytes.is_empty() {
            return;
        }
        self.settle();
        self.book.write_literals(bytes, &mut self.bits);
        self.length += bytes.len();
    }

    /// Appends the digits of a signature, and returns them. The code is [`DIGITS`](digits::DIGITS).
    #[inline]
    pub fn digits(&mut self, signature: &[u8; 32]) -> [u8; 64] {
        self.settle();
        self.length += 64;
        digits::write(signature, &mut self.bits)
    }

    /// Appends text of which nothing is known.
    pub fn new_text(&mut self, text: &[u8]) {
        if text.len() < WORTH_A_SEARCH {
            self.literals(text);
        } else {
            split(text, self);
        }
    }

    /// Appends text that is probably like the text `earlier` at `at`, but for names and numbers. Returns how many bytes
    /// both begin with.
    pub fn similar(&mut self, text: &[u8], earlier: &[u8], at: usize) -> usize {
        let (mut text, mut earlier, mut at) = (text, earlier, at);
        let head = common(text, earlier);
        let mut same = head;
        loop {
            self.copy(&text[..same], at);
            (text, earlier, at) = (&text[same..], &earlier[same..], at + same);
            let (word, earlier_word) = (word(text), word(earlier));
            if word + earlier_word == 0 {
                break;
            }
            self.literals(&text[..word]);
            (text, earlier, at) = (&text[word..], &earlier[earlier_word..], at + earlier_word);
            same = common(text, earlier);
        }
        if !text.is_empty() {
            self.new_text(text);
        }
        head
    }

    /// Writes the match that waits.
    #[inline]
    fn settle(&mut self) {
        let Copy { distance, length, first } = &self.copy;
        match first.get(..*length) {
            Some(short) if short.len() < SHORTEST => self.book.write_literals(short, &mut self.bits),
            _ => self.book.write_copy(*length, *distance, &mut self.bits),
        }
        self.copy.length = 0;
    }

    /// Ends the block.
    pub fn finish(mut self) -> Vec<u8> {
        self.settle();
        self.book.write_end(&mut self.bits);
        self.bits.align()
    }
}

impl Tokens for Stream {
    fn literals(&mut self, text: &[u8]) {
        self.literals(text);
    }

    fn copy(&mut self, length: usize, distance: usize) {
        self.settle();
        self.book.write_copy(length, distance, &mut self.bits);
        self.length += length;
    }
}

/// The length of the word or number at the beginning.
fn word(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count()
}
