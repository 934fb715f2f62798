use core::fmt;
use core::ops::Range;

use crate::Presigner;
use crate::hex::{as_str, hex};
use crate::lanes::{Fastest, LANES, Lanes};
use crate::signatures::Signer;

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
        let InLanes { signer, count, .. } = &self.0;
        f.debug_struct("Batch").field("presigner", signer.presigner).field("waiting", count).finish_non_exhaustive()
    }
}

/// A batch, generic over the way to hash four messages at a time.
struct InLanes<'a, L: Lanes> {
    signer: Signer<'a, L>,
    /// The places of the encoded keys of unsigned URLs in the text.
    waiting: [Range<usize>; LANES],
    count: usize,
    /// Where [`fill_in`](Self::fill_in) keeps the end of the text while it works.
    tail: String,
}

impl<'a, L: Lanes> InLanes<'a, L> {
    fn new(presigner: &'a Presigner) -> Self {
        Self { signer: Signer::new(presigner), waiting: [const { 0..0 }; LANES], count: 0, tail: String::new() }
    }

    fn push(&mut self, out: &mut String, object_key: &str) {
        self.waiting[self.count] = self.signer.presigner.append_unsigned(out, object_key);
        self.count += 1;
        if self.count == LANES {
            self.sign(out);
        }
    }

    fn finish(mut self, out: &mut String) {
        if self.count > 0 {
            self.sign(out);
        }
    }

    /// Signs the waiting URLs, of which there is one at least.
    fn sign(&mut self, out: &mut String) {
        for lane in self.count..LANES {
            self.waiting[lane] = self.waiting[0].clone();
        }
        let waiting = self.waiting.clone();
        let keys = waiting.each_ref().map(|key| &out.as_bytes()[key.clone()]);
        let signatures = self.signer.sign(keys, self.count).map(|state| hex(&state));
        self.fill_in(out, &signatures);
    }

    /// Writes the signatures over the zeros of the waiting URLs.
    ///
    /// The end of the text is put together anew. `String::replace_range` would change the text in place, but it works
    /// byte by byte.
    fn fill_in(&mut self, out: &mut String, signatures: &[[u8; 64]; LANES]) {
        let start = self.signer.presigner.signature_at(&self.waiting[0]);
        self.tail.clear();
        self.tail.push_str(&out[start..]);
        out.truncate(start);
        let mut rest = 0;
        for (key, signature) in self.waiting[..self.count].iter().zip(signatures) {
            let at = self.signer.presigner.signature_at(key) - start;
            out.push_str(&self.tail[rest..at]);
            out.push_str(as_str(signature));
            rest = at + signature.len();
        }
        out.push_str(&self.tail[rest..]);
        self.count = 0;
    }
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

        let mut signer = Signer::<L>::new(presigner);
        for some in keys.chunks(LANES) {
            let encoded: Vec<String> = some.iter().map(|key| encoded(key)).collect();
            let all = core::array::from_fn(|lane| encoded[lane.min(encoded.len() - 1)].as_bytes());
            for (state, key) in signer.sign(all, some.len()).iter().zip(some) {
                let mut url = String::new();
                presigner.presign_into(&mut url, key);
                assert!(url.ends_with(as_str(&hex(state))), "{key}");
            }
        }
    }

    fn encoded(key: &str) -> String {
        let mut out = String::new();
        crate::encode::encode_key_into(&mut out, key);
        out
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
