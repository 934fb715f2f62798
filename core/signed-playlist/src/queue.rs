//! The references that wait until enough of them can be signed together.

use std::mem;

use deflate::Signed;
use sigv4::{Presigner, Signatures, encode::encode_key_into};

const LANES: usize = Signatures::AT_A_TIME;
/// The most references that wait. References in a row to one object (byte ranges) share a signature.
const MOST: usize = 64;

pub(crate) struct Queue<'p, 's> {
    signatures: Signatures<'s>,
    out: Signed<'p>,
    /// Each with the text before it.
    waiting: Vec<(&'p str, What)>,
    /// The encoded keys to sign, of which `count` are filled in.
    keys: [String; LANES],
    count: usize,
    /// The last URL that was written.
    key: String,
    signature: [u8; 32],
}

/// What comes behind a text.
enum What {
    /// The URL with the signature that was written last.
    Last,
    /// The URL with the signature in this lane.
    Lane(usize),
    /// A text that is no presigned URL.
    Other(String),
}

impl<'p, 's: 'p> Queue<'p, 's> {
    pub fn new(presigner: &'s Presigner, capacity: usize) -> Self {
        Self {
            signatures: presigner.signatures(),
            out: Signed::new(presigner.url_start(), presigner.url_end(), capacity),
            waiting: Vec::with_capacity(MOST),
            keys: [const { String::new() }; LANES],
            count: 0,
            key: String::new(),
            signature: [0; 32],
        }
    }

    /// Appends a text that is no presigned URL.
    pub fn other(&mut self, before: &'p str, other: String) {
        self.wait(before, What::Other(other));
    }

    /// Appends a presigned URL.
    pub fn push(&mut self, before: &'p str, key: &str) {
        let next = &mut self.keys[self.count];
        next.clear();
        encode_key_into(next, key);
        let what = match self.count.checked_sub(1) {
            Some(lane) if self.keys[lane] == self.keys[self.count] => What::Lane(lane),
            None if self.key == self.keys[0] => What::Last,
            _ => {
                self.count += 1;
                What::Lane(self.count - 1)
            }
        };
        self.wait(before, what);
    }

    fn wait(&mut self, before: &'p str, what: What) {
        self.waiting.push((before, what));
        if self.count == LANES || self.waiting.len() == MOST {
            self.sign();
        }
    }

    /// The whole member, with the text behind the last reference.
    pub fn finish(mut self, rest: &'p str) -> Vec<u8> {
        self.sign();
        self.out.text(rest);
        self.out.finish()
    }

    fn sign(&mut self) {
        let signatures = self.signatures.of(&self.keys[..self.count]);
        for (before, what) in self.waiting.drain(..) {
            self.out.text(before);
            match what {
                What::Other(text) => self.out.other(&text),
                What::Last => self.out.url(&self.key, &self.signature),
                What::Lane(lane) => self.out.url(&self.keys[lane], &signatures[lane]),
            }
        }
        if let Some(lane) = self.count.checked_sub(1) {
            mem::swap(&mut self.key, &mut self.keys[lane]);
            self.signature = signatures[lane];
            self.count = 0;
        }
    }
}
