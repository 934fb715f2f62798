//! Finished playlists in the KV store. The store is only a cache: if it is lost, answers take longer, and none is
//! lost.

use bytes::Bytes;
use gallery::digest::hex;
use platform::{CacheOutcome, Cx, KvKey, Platform, StoreName};
use sha2::{Digest, Sha256};

use crate::{
    expiring::Expiring,
    single_flight::{Flight, SingleFlight},
};

/// The full name of an entry. The key in the store is a hash of the name. The entry carries the name and is checked
/// against it.
pub struct Name {
    key: Option<KvKey>,
    identity: String,
}

impl Name {
    /// `kind` is `playlist:master`, `playlist:variant` or `signed`; `parts` are everything on which the value
    /// depends. Another form of the value needs another kind, so that older entries are never found.
    pub fn new(kind: &str, parts: &[&str]) -> Self {
        let identity = parts.iter().fold(kind.to_owned(), |mut text, part| {
            // No key holds control characters, so the separator cannot be forged.
            text.push('\u{1f}');
            text.push_str(part);
            text
        });
        let name = format!("{kind}:{}", hex(&Sha256::digest(identity.as_bytes())));
        Self { key: KvKey::parse(name), identity }
    }

    /// The value, opened, or else the flight that makes it. The caller holds the flight until it has written the
    /// value. A request that arrives in the meantime waits, and then finds the value. While the store cannot be read
    /// there are no flights, because nobody would find the value.
    pub async fn find<P: Platform, T>(
        &self,
        cx: &Cx<'_, P>,
        single_flight: &SingleFlight,
        open: impl Fn(Bytes) -> Option<T>,
    ) -> Result<T, Option<Flight>> {
        if let Some(value) = self.read(cx).await.and_then(&open) {
            return Ok(value);
        }
        if cx.record.cache.get() == CacheOutcome::Bypass {
            return Err(None);
        }
        let flight = single_flight.join(cx, &self.identity).await;
        if !flight.waited.is_zero()
            && let Some(value) = self.read(cx).await.and_then(open)
        {
            return Ok(value);
        }
        Err(Some(flight))
    }

    /// The value, if the store has a valid one. Anything wrong with the value or with the store is a miss.
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

    /// Stores a value until `expires`, unless the value has more than `max` bytes, or the store could not be read
    /// before.
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
