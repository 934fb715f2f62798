//! Signatures of URLs that differ in their keys only, four at a time.

use core::fmt;

use crate::Presigner;
use crate::hex::hex;
use crate::lanes::{Fastest, LANES, Lanes};
use crate::message::Message;
use crate::sha256::{BLOCK, State, bytes, compress};

/// Makes the signatures of many URLs, for a writer that puts the URLs together on its own.
pub struct Signatures<'a>(Signer<'a, Fastest>);

impl Presigner {
    /// The signatures alone, several at a time if the target can. See [`Signatures`].
    pub fn signatures(&self) -> Signatures<'_> {
        Signatures(Signer::new(self))
    }
}

impl Signatures<'_> {
    /// How many signatures are made at a time.
    pub const AT_A_TIME: usize = LANES;

    /// The signatures of the URLs with these keys, as bytes. The keys are encoded, by
    /// [`encode_key_into`](crate::encode::encode_key_into). There are [`AT_A_TIME`](Self::AT_A_TIME) of them or
    /// fewer. Any more get no signature.
    pub fn of(&mut self, encoded_keys: &[String]) -> [[u8; 32]; LANES] {
        let keys = &encoded_keys[..encoded_keys.len().min(LANES)];
        let Some(first) = keys.first() else { return [[0; 32]; LANES] };
        let mut all = [first.as_bytes(); LANES];
        for (place, key) in all.iter_mut().zip(keys) {
            *place = key.as_bytes();
        }
        self.0.sign(all, keys.len()).map(|state| bytes(&state))
    }
}

impl fmt::Debug for Signatures<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signatures").field("presigner", self.0.presigner).finish_non_exhaustive()
    }
}

/// Generic over the way to hash four messages at a time.
pub(crate) struct Signer<'a, L: Lanes> {
    pub presigner: &'a Presigner,
    /// The blocks with which all canonical requests so far began, each with the state after it.
    start: Vec<([u8; BLOCK], State)>,
    /// The blocks after a key of the length `end_for`, from the first block that the key does not reach.
    end: Vec<L::Alike>,
    end_for: usize,
    /// The last block of the inner hash of the HMAC. It is `Some` if the constant start of the string to sign ends
    /// with a block, so that this last block holds only padding. This is so with region `auto`.
    padding: Option<L::Alike>,
}

impl<'a, L: Lanes> Signer<'a, L> {
    pub fn new(presigner: &'a Presigner) -> Self {
        let padding = presigner.to_sign.rest.is_empty().then(|| L::alike(&to_sign(presigner, &[0; 64]).block(1)));
        Self { presigner, start: Vec::new(), end: Vec::new(), end_for: usize::MAX, padding }
    }

    /// The signatures of the first `count` of these encoded keys.
    pub fn sign(&mut self, keys: [&[u8]; LANES], count: usize) -> [State; LANES] {
        // Four lanes cost about as much as two single hashes.
        if count <= 2 {
            let one = |lane: usize| if lane < count { self.presigner.signature(keys[lane]) } else { State::default() };
            return core::array::from_fn(one);
        }
        let presigner = self.presigner;
        let requests = keys.map(|key| Message {
            before: presigner.request_start.compressed,
            parts: [&presigner.request_start.rest, key, &presigner.request_end],
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
        core::array::from_fn(|lane| outer.state(lane))
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
