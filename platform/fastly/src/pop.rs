//! What a POP keeps for all its instances, in Fastly's core cache, and who of them makes what is not there.
//!
//! The first to look for a missing thing gets the claim to make it; others who look meanwhile wait, here, in the host, and find it
//! made. A claim ends when the thing is kept, when it is given up, and with its request; then the next in line gets it.
//! A cache that fails is as good as an empty one.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    io::Write as _,
    time::{Duration, Instant},
};

use bytes::Bytes;
use fastly::cache::core::{self, Transaction};

/// How long a request waits, in all, for others who make what it wants, before making it too: they may be stuck.
const PATIENCE: Duration = Duration::from_secs(3);

/// One request's view of it: the claims it holds, and how long it has waited for those of others.
#[derive(Default)]
pub(crate) struct Pop {
    claims: RefCell<HashMap<String, Transaction>>,
    waited: Cell<Duration>,
}

/// A thing that was there.
pub(crate) struct Cached {
    pub body: fastly::Body,
    pub metadata: Bytes,
}

impl Pop {
    /// What is kept under `name`. Else `None`, and the claim to make it is ours, unless we have waited long enough.
    pub fn look(&self, name: &str) -> Option<Cached> {
        if self.claims.borrow().contains_key(name) {
            // Ours to make already: looking again would wait for ourselves.
            return None;
        }
        let key = Bytes::copy_from_slice(name.as_bytes());
        let (since, left) = (Instant::now(), PATIENCE.saturating_sub(self.waited.get()));
        let looked = Transaction::lookup(key).timeout(left.max(Duration::from_millis(1))).execute();
        self.waited.set(self.waited.get() + since.elapsed());
        let looked = looked.ok()?;
        if looked.must_insert_or_update() {
            self.claims.borrow_mut().insert(name.to_owned(), looked);
            return None;
        }
        let found = looked.found()?;
        Some(Cached { body: found.to_stream().ok()?, metadata: found.user_metadata() })
    }

    /// How long the request has waited so far, in whole seconds: that much less may its own calls take.
    pub fn waited(&self) -> Duration {
        Duration::from_secs(self.waited.get().as_secs())
    }

    /// Keeps a thing for `ttl`, for all who wait for it and who come later.
    pub fn insert(&self, name: &str, ttl: Duration, tags: &[&str], metadata: Bytes, value: &[u8]) {
        let tags = tags.iter().copied();
        let length = value.len() as u64;
        let opened = match self.claims.borrow_mut().remove(name) {
            Some(claim) => {
                claim.insert(ttl).surrogate_keys(tags).user_metadata(metadata).known_length(length).execute()
            }
            None => core::insert(Bytes::copy_from_slice(name.as_bytes()), ttl)
                .surrogate_keys(tags)
                .user_metadata(metadata)
                .known_length(length)
                .execute(),
        };
        if let Ok(mut body) = opened {
            // Dropped without `finish`, it is not kept.
            let _ = body.write_all(value).and_then(|()| body.finish());
        }
    }

    /// Gives a claim up: the next in line gets it.
    pub fn cancel(&self, name: &str) {
        if let Some(claim) = self.claims.borrow_mut().remove(name) {
            let _ = claim.cancel_insert_or_update();
        }
    }
}

impl Drop for Pop {
    fn drop(&mut self) {
        for (_, claim) in self.claims.borrow_mut().drain() {
            let _ = claim.cancel_insert_or_update();
        }
    }
}
