use core::fmt;
use core::ops::Range;

use crate::Presigner;
use crate::hex::{as_str, hex};
use crate::lanes::{Fastest, LANES, Lanes};
use crate::message::Message;
use crate::sha256::{BLOCK, State, compress};

/// Signs many URLs of one [`Presigner`] into one growing text. The bytes are those of
/// [`presign_into`](Presigner::presign_into).
///
/// ```
/// # fn playlist(presigner: &sigv4::Presigner, segments: &[String]) -> String {
/// let mut out = String::from("#EXTM3U\n");
/// let mut batch = presigner.batch();
/// for segment in segments {
///     out.push_str("#EXTINF:4.0,\n");
///     batch.push(&mut out, segment);
///     out.push('\n');
/// }
/// batch.finish(&mut out);
/// # out
/// # }
/// ```
///
/// Beside the text, a batch holds the blocks that the canonical requests have in common at their beginning and end,
/// and a copy of the text since the first unsigned URL.
pub struct Batch<'a>(InLanes<'a, Fastest>);

impl Presigner {
    /// Signs many URLs, several at a time if the target can. See [`Batch`].
    pub fn batch(&self) -> Batch<'_> {
        Batch(InLanes::new(self))
    }
}

impl Batch<'_> {
    /// Appends the URL of an object. The signature may be zeros until a later call. `out` must be the same text in
    /// all calls. It may grow between calls, but the text that is there must not change.
    pub fn push(&mut self, out: &mut String, object_key: &str) {
        self.0.push(out, object_key);
    }

    /// Fills in the signatures still missing.
    pub fn finish(self, out: &mut String) {
        self.0.finish(out);
    }
}

impl fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InLanes { presigner, count, .. } = &self.0;
        f.debug_struct("Batch").field("presigner", presigner).field("waiting", count).finish_non_exhaustive()
    }
}

/// A batch, generic over the way to hash four messages at a time.
struct InLanes<'a, L: Lanes> {
    presigner: &'a Presigner,
    /// The places of the encoded keys of unsigned URLs in the text.
    waiting: [Range<usize>; LANES],
    count: usize,
    /// The blocks with which all canonical requests so far began, each with the state after it.
    start: Vec<([u8; BLOCK], State)>,
    /// The blocks after a key of the length `end_for`, from the first block that the key does not reach.
    end: Vec<L::Alike>,
    end_for: usize,
    /// The last block of the inner hash of the HMAC. It is `Some` if the constant start of the string to sign ends
    /// with a block, so that this last block holds only padding. This is so with region `auto`.
    padding: Option<L::Alike>,
    /// Where [`fill_in`](Self::fill_in) keeps the end of the text while it works.
    tail: String,
}

impl<'a, L: Lanes> InLanes<'a, L> {
    fn new(presigner: &'a Presigner) -> Self {
        let padding = presigner.to_sign.rest.is_empty().then(|| L::alike(&to_sign(presigner, &[0; 64]).block(1)));
        Self {
            presigner,
            waiting: [const { 0..0 }; LANES],
            count: 0,
            start: Vec::new(),
            end: Vec::new(),
            end_for: usize::MAX,
            padding,
            tail: String::new(),
        }
    }

    fn push(&mut self, out: &mut String, object_key: &str) {
        self.waiting[self.count] = self.presigner.append_unsigned(out, object_key);
        self.count += 1;
        if self.count == LANES {
            let signatures = self.signatures(out.as_bytes());
            self.fill_in(out, &signatures);
        }
    }

    fn finish(mut self, out: &mut String) {
        let signatures = match self.count {
            0 => return,
            // Four lanes cost about as much as two single hashes.
            1 | 2 => core::array::from_fn(|lane| match self.waiting[..self.count].get(lane) {
                Some(key) => self.presigner.signature(&out.as_bytes()[key.clone()]),
                None => [b'0'; 64],
            }),
            _ => {
                for lane in self.count..LANES {
                    self.waiting[lane] = self.waiting[0].clone();
                }
                self.signatures(out.as_bytes())
            }
        };
        self.fill_in(out, &signatures);
    }

    /// Writes the signatures over the zeros of the waiting URLs.
    ///
    /// The end of the text is put together anew. `String::replace_range` would change the text in place, but it works
    /// byte by byte.
    fn fill_in(&mut self, out: &mut String, signatures: &[[u8; 64]; LANES]) {
        let start = self.presigner.signature_at(&self.waiting[0]);
        self.tail.clear();
        self.tail.push_str(&out[start..]);
        out.truncate(start);
        let mut rest = 0;
        for (key, signature) in self.waiting[..self.count].iter().zip(signatures) {
            let at = self.presigner.signature_at(key) - start;
            out.push_str(&self.tail[rest..at]);
            out.push_str(as_str(signature));
            rest = at + signature.len();
        }
        out.push_str(&self.tail[rest..]);
        self.count = 0;
    }

    fn signatures(&mut self, text: &[u8]) -> [[u8; 64]; LANES] {
        let presigner = self.presigner;
        let requests = self.waiting.each_ref().map(|key| Message {
            before: presigner.request_start.compressed,
            parts: [&presigner.request_start.rest, &text[key.clone()], &presigner.request_end],
        });
        let hashes = self.hash(&requests);

        let mut inner = L::splat(&presigner.to_sign.state);
        if let Some(padding) = &self.padding {
            inner.compress_hex(&hashes);
            inner.compress_alike(padding);
        } else {
            let digits = core::array::from_fn::<_, LANES, _>(|lane| hex(&hashes.state(lane)));
            let messages = digits.each_ref().map(|digits| to_sign(presigner, digits));
            for index in 0..messages[0].blocks() {
                inner.compress(&messages.each_ref().map(|message| message.block(index)));
            }
        }
        let mut outer = L::splat(&presigner.hmac.outer);
        outer.compress_outer(&inner);
        core::array::from_fn(|lane| hex(&outer.state(lane)))
    }

    /// The hashes of four canonical requests.
    fn hash(&mut self, requests: &[Message<'_>; LANES]) -> L {
        let blocks = requests.each_ref().map(Message::blocks);
        let fewest = blocks.into_iter().min().unwrap_or_default();
        let most = blocks.into_iter().max().unwrap_or_default();

        let mut state = self.presigner.request_start.state;
        let mut index = 0;
        let mut next = requests.each_ref().map(|request| request.block(0));
        while index + 1 < fewest && next.iter().all(|block| *block == next[0]) {
            state = self.started(index, &next[0], &state);
            index += 1;
            next = requests.each_ref().map(|request| request.block(index));
        }

        // After keys of the same length the rest is the same, from the first block without any byte of the key.
        let [start, key, _] = requests[0].parts;
        let alike = if requests.iter().all(|request| request.parts[1].len() == key.len()) {
            (start.len() + key.len()).div_ceil(BLOCK)
        } else {
            most
        };
        if alike < most && self.end_for != key.len() {
            self.end.clear();
            self.end.extend((alike..most).map(|index| L::alike(&requests[0].block(index))));
            self.end_for = key.len();
        }

        let mut lanes = L::splat(&state);
        let mut hashes = [State::default(); LANES];
        while index < most {
            if index < alike {
                lanes.compress(&next);
                if index + 1 < alike {
                    next = requests.each_ref().map(|request| request.block(index + 1));
                }
            } else {
                lanes.compress_alike(&self.end[index - alike]);
            }
            index += 1;
            for lane in 0..LANES {
                if fewest != most && blocks[lane] == index {
                    hashes[lane] = lanes.state(lane);
                }
            }
        }
        if fewest == most { lanes } else { L::from_states(&hashes) }
    }

    /// The state after a block that is the same in all requests. Most often it is the same block as in the last four.
    fn started(&mut self, index: usize, block: &[u8; BLOCK], before: &State) -> State {
        if let Some((known, state)) = self.start.get(index)
            && known == block
        {
            return *state;
        }
        let state = compress(before, block);
        self.start.truncate(index);
        self.start.push((*block, state));
        state
    }
}

/// The rest of the string to sign, with the hex digits of the canonical request's hash.
fn to_sign<'a>(presigner: &'a Presigner, hash: &'a [u8; 64]) -> Message<'a> {
    Message { before: presigner.to_sign.compressed, parts: [&presigner.to_sign.rest, hash, &[]] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::{Streams, Vectors};
    use crate::{Bucket, Credentials, Method, SigningKey, UrlStyle};

    const NOW: u64 = 1_790_000_000;

    fn presigner(region: &str, bucket: &str, token: &str) -> Presigner {
        let bucket = Bucket::new("http://store.test:9000", UrlStyle::Path, bucket, region).unwrap();
        let mut credentials = Credentials::new("AKID", "secret");
        if !token.is_empty() {
            credentials = credentials.with_session_token(token);
        }
        let key = SigningKey::derive(&credentials, region, NOW);
        Presigner::new(&key, &bucket, Method::Get, NOW, 3600).unwrap()
    }

    fn check(presigner: &Presigner, keys: &[String]) {
        check_in::<Streams>(presigner, keys);
        check_in::<Vectors>(presigner, keys);
    }

    fn check_in<L: Lanes>(presigner: &Presigner, keys: &[String]) {
        let (mut expected, mut actual) = (String::from("#é\n"), String::from("#é\n"));
        let mut batch = InLanes::<L>::new(presigner);
        for (number, key) in keys.iter().enumerate() {
            presigner.presign_into(&mut expected, key);
            batch.push(&mut actual, key);
            for out in [&mut expected, &mut actual] {
                out.push_str(&"\n#é ".repeat(number % 3));
            }
        }
        batch.finish(&mut actual);
        assert_eq!(actual, expected);
    }

    /// Every alignment of the key and of the region against the blocks, and every number of URLs left for the end.
    #[test]
    fn as_one_by_one() {
        for region in ["auto", "us-east-1", "x", "a-region-of-fifty-six-bytes-which-fills-the-block-almost"] {
            for (bucket, token) in
                [("b", ""), ("a-bucket-with-a-name-that-fills-the-first-block-of-a-request-x", "t/+=")]
            {
                let presigner = presigner(region, bucket, token);
                for length in 0..140 {
                    let keys: Vec<String> =
                        (0..length % 10).map(|number| format!("{}{number}", "k".repeat(length))).collect();
                    check(&presigner, &keys);
                }
            }
        }
    }

    /// Keys whose lengths differ within a group of four, by a few bytes and by blocks, with and without a common
    /// start.
    #[test]
    fn as_one_by_one_with_mixed_keys() {
        let presigner = presigner("auto", "gallery", "");
        let mut random = 1_u64;
        let mut next = move |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (random >> 33) % below
        };
        for _ in 0..300 {
            let start = "film/".repeat(usize::try_from(next(30)).unwrap());
            let keys: Vec<String> = (0..next(14))
                .map(|_| {
                    let length = if next(3) == 0 { next(1024) } else { next(4) };
                    format!("{start}{}", "é /%".repeat(usize::try_from(length).unwrap()))
                })
                .collect();
            check(&presigner, &keys);
        }
    }
}
