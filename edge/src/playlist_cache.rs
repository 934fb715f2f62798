//! Finished playlists in the KV store. A cache: its loss costs time, never an answer.

use bytes::Bytes;
use platform::{CacheOutcome, Cx, KvKey, Platform, StoreName};
use sha2::{Digest, Sha256};

use crate::{
    expiring::Expiring,
    single_flight::{Flight, SingleFlight},
};

/// What an entry is, in full. Its store key is a hash of it; the entry itself carries it and is checked against it.
pub struct Name {
    key: Option<KvKey>,
    identity: String,
}

impl Name {
    /// `kind` is `manifest:master`, `manifest:variant` or `signed`; the parts are everything the value depends on.
    pub fn new(kind: &str, parts: &[&str]) -> Self {
        let identity = parts.iter().fold(kind.to_owned(), |mut text, part| {
            // Control characters are in no key: the separator cannot be forged.
            text.push('\u{1f}');
            text.push_str(part);
            text
        });
        let hash = Sha256::digest(identity.as_bytes());
        let mut name = format!("{kind}:");
        for byte in hash {
            use std::fmt::Write as _;
            let _ = write!(name, "{byte:02x}");
        }
        Self { key: KvKey::parse(name), identity }
    }

    /// The value, opened; else the flight that makes it, to be held until the value has been written. A request that
    /// comes meanwhile waits and finds the value. While the store cannot be read there are no flights: nobody would
    /// find anything.
    pub async fn find<'a, P: Platform, T>(
        &'a self,
        cx: &Cx<'_, P>,
        single_flight: &'a SingleFlight,
        open: impl Fn(Bytes) -> Option<T>,
    ) -> Result<T, Option<Flight<'a>>> {
        if let Some(value) = self.read(cx).await.and_then(&open) {
            return Ok(value);
        }
        if cx.record.cache.get() == CacheOutcome::Bypass {
            return Err(None);
        }
        let flight = single_flight.join(cx, &self.identity).await;
        if flight.waited
            && let Some(value) = self.read(cx).await.and_then(open)
        {
            return Ok(value);
        }
        Err(Some(flight))
    }

    /// The value, if a good one is there. Anything wrong with it or with the store is a miss.
    pub async fn read<P: Platform>(&self, cx: &Cx<'_, P>) -> Option<Bytes> {
        let key = self.key.as_ref()?;
        let read = async { Expiring(cx.kv(StoreName::VideoCache)?).get(key, &self.identity, cx.facts.now).await };
        match read.await {
            Ok(Some(value)) => {
                cx.record.cache.set(CacheOutcome::Hit);
                Some(value)
            }
            Ok(None) => {
                cx.record.cache.set(CacheOutcome::Miss);
                None
            }
            Err(error) => {
                cx.record.cache.set(CacheOutcome::Bypass);
                cx.record.note(&error);
                None
            }
        }
    }

    /// Stores a value until `expires`, unless it is over `max` bytes or the store could not be read just now.
    pub async fn write<P: Platform>(&self, cx: &Cx<'_, P>, value: &[u8], expires: u64, max: usize) {
        let Some(key) = self.key.as_ref().filter(|_| value.len() <= max) else { return };
        if cx.record.cache.get() == CacheOutcome::Bypass {
            return;
        }
        let written = async {
            Expiring(cx.kv(StoreName::VideoCache)?).put(key, &self.identity, value, cx.facts.now, expires).await
        };
        if let Err(error) = written.await {
            cx.record.note(&error);
        }
    }
}
