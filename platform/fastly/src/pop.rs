//! The values that a POP keeps for all its instances, in Fastly's core cache, and the rule which instance makes a
//! missing value.
//!
//! The first request that looks for a missing value gets the claim to make it. Other requests that look in the
//! meantime wait inside the host, and then find the value made. A claim ends when the value is kept, when the claim
//! is given up, and when its request ends. The next request in line then gets the claim. A cache that fails counts as
//! an empty cache.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    io::Write as _,
    time::{Duration, Instant},
};

use bytes::Bytes;
use fastly::cache::core::{self, Transaction};

/// How long a request waits, in all, for other requests that make what it wants. After that it makes the value too,
/// because the others may be stuck.
const PATIENCE: Duration = Duration::from_secs(3);

/// A request's view of the POP: the claims that the request holds, and how long it has waited for the claims of
/// others.
#[derive(Default)]
pub(crate) struct Pop {
    claims: RefCell<HashMap<String, Transaction>>,
    waited: Cell<Duration>,
}

/// A value that was found.
pub(crate) struct Cached {
    pub body: fastly::Body,
    pub metadata: Bytes,
}

impl Pop {
    /// The value kept under `name`. If it is `None`, the claim to make the value belongs to this request, unless the
    /// request has used up its waiting time.
    pub fn look(&self, name: &str) -> Option<Cached> {
        if self.claims.borrow().contains_key(name) {
            // This request has the claim already. Another look would wait for the request itself.
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

    /// How long the request has waited so far, in whole seconds. Its own calls have that much less time.
    pub fn waited(&self) -> Duration {
        Duration::from_secs(self.waited.get().as_secs())
    }

    /// Keeps a value for `ttl`, for all requests that wait for it and for later ones.
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
            // A body that is dropped without `finish` is not kept.
            let _ = body.write_all(value).and_then(|()| body.finish());
        }
    }

    /// Gives up a claim. The next request in line gets it.
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
