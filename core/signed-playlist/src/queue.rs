//! The references that wait until enough of them can be signed together.

use deflate::{Signed, Urls};
use sigv4::{Presigner, Signatures, encode::encode_key_into};

const LANES: usize = Signatures::AT_A_TIME;
/// The most references that wait. References in a row to one object (byte ranges) share a signature.
const MOST: usize = 64;

pub(crate) struct Queue<'p, 's> {
    presigner: &'s Presigner,
    signatures: Signatures<'s>,
    /// `None` before the first signatures, because how the keys repeat decides how the text is written.
    out: Option<Signed<'p>>,
    capacity: usize,
    /// Each with the text before it.
    waiting: Vec<(&'p str, What)>,
    /// The encoded keys to sign, of which `count` are filled in.
    keys: [String; LANES],
    count: usize,
    /// The key that came last.
    last: String,
}

/// What comes behind a text.
enum What {
    /// The URL that was written last.
    Again,
    /// The URL with the signature in this lane.
    Lane(usize),
    /// A text that is no presigned URL.
    Other(String),
}

impl<'p, 's: 'p> Queue<'p, 's> {
    pub fn new(presigner: &'s Presigner, capacity: usize) -> Self {
        Self {
            presigner,
            signatures: presigner.signatures(),
            out: None,
            capacity,
            waiting: Vec::with_capacity(MOST),
            keys: [const { String::new() }; LANES],
            count: 0,
            last: String::new(),
        }
    }

    /// Appends a text that is no presigned URL.
    pub fn other(&mut self, before: &'p str, other: String) {
        self.wait(before, What::Other(other));
    }

    /// Appends a presigned URL. The key is not empty.
    pub fn push(&mut self, before: &'p str, key: &str) {
        let what = if self.last == key {
            What::Again
        } else {
            let next = &mut self.keys[self.count];
            next.clear();
            encode_key_into(next, key);
            self.count += 1;
            self.last.clear();
            self.last.push_str(key);
            What::Lane(self.count - 1)
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
        self.sign().text(rest);
        self.out.map(Signed::finish).unwrap_or_default()
    }

    fn sign(&mut self) -> &mut Signed<'p> {
        let signatures = self.signatures.of(&self.keys[..self.count]);
        let out = self.out.get_or_insert_with(|| {
            let urls = if self.waiting.len() > 2 * self.count { Urls::Alike } else { Urls::Different };
            Signed::new(self.presigner.url_start(), self.presigner.url_end(), urls, self.capacity)
        });
        for (before, what) in self.waiting.drain(..) {
            out.text(before);
            match what {
                What::Other(text) => out.other(&text),
                What::Again => out.url_again(),
                What::Lane(lane) => out.url(&self.keys[lane], &signatures[lane]),
            }
        }
        self.count = 0;
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_of_one_file_in_a_row_share_a_signature() {
        let credentials = sigv4::Credentials::new("id", "secret");
        let bucket = sigv4::Bucket::new("http://s.test", sigv4::UrlStyle::Path, "gallery", "auto").unwrap();
        let key = sigv4::SigningKey::derive(&credentials, bucket.region(), 1_790_000_000);
        let presigner = sigv4::Presigner::new(&key, &bucket, sigv4::Method::Get, 1_790_000_000, 60).unwrap();
        let mut queue = Queue::new(&presigner, 0);
        let mut signed = 0;
        for file in ["720p.mp4", "sound-1.mp4"] {
            for _ in 0..600 {
                let before = queue.count;
                queue.push("\n", file);
                let is_new = matches!(queue.waiting.last(), Some((_, What::Lane(_))));
                assert_eq!(is_new, queue.count > before);
                signed += usize::from(is_new);
                if queue.waiting.len() == MOST - 1 {
                    queue.other("", String::new());
                    assert_eq!((queue.count, queue.waiting.len()), (0, 0));
                }
            }
        }
        assert_eq!(signed, 2);
    }
}
