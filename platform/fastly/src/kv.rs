//! Fastly's KV Store, with the POP's own cache in front of the playlists in it.

use std::{
    rc::Rc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use fastly::{KVStore, kv_store::KVStoreError};
use fastly_shared::FastlyStatus;
use platform::{Error, Kind, Kv, KvKey, StoreName};

use crate::{Body, instance::Instance, pop::Pop};

/// The largest value, in bytes (<https://docs.fastly.com/products/edge-data-storage>).
const MAX_VALUE_BYTES: usize = 25_000_000;
/// How long a POP keeps a value without an expiry.
const UNDATED: Duration = Duration::from_mins(1);

/// One named store.
///
/// The metadata of a value holds its expiry, in seconds since 1970. Fastly removes an expired value only after some
/// hours, and a POP that reads a value must know how long to keep it.
pub struct Store {
    name: StoreName,
    opened: Rc<KVStore>,
    /// `None` for a store whose values must be read anew each time: a change of `auth_version` has to take effect.
    pop: Option<Rc<Pop>>,
}

impl Store {
    pub(crate) fn open(name: StoreName, instance: &Instance, pop: &Rc<Pop>) -> Result<Self, Error> {
        let known = instance.stores.borrow().get(&name).map(Rc::clone);
        let opened = if let Some(known) = known {
            known
        } else {
            let opened = KVStore::open(name.name()).map_err(|error| failure("kv.open", error))?;
            let words = || format!("the service has no KV Store {}", name.name());
            let opened = Rc::new(opened.ok_or_else(|| Error::because(Kind::Unavailable, "kv.open", words()))?);
            instance.stores.borrow_mut().insert(name, Rc::clone(&opened));
            opened
        };
        let pop = (name == StoreName::VideoCache).then(|| Rc::clone(pop));
        Ok(Self { name, opened, pop })
    }

    /// The value, and how much longer it is valid.
    fn read(&self, key: &KvKey) -> Result<Option<(Bytes, Option<Duration>)>, Error> {
        let mut found = match self.opened.lookup(key.as_str()) {
            Ok(found) => found,
            Err(KVStoreError::ItemNotFound) => return Ok(None),
            Err(error) => return Err(failure("kv.get", error)),
        };
        // Without an expiry, or with metadata from another program, the remaining time is not known.
        let left = match found.metadata().as_deref().and_then(expiry) {
            None => None,
            Some(expires) => match expires.checked_sub(now()) {
                None | Some(0) => return Ok(None),
                Some(left) => Some(Duration::from_secs(left)),
            },
        };
        let body = found.try_take_body().ok_or(Error::because(Kind::Unavailable, "kv.get", "no body came"))?;
        Ok(Some((Body(body).collect(MAX_VALUE_BYTES)?, left)))
    }

    fn pop_name(&self, key: &KvKey) -> String {
        format!("kv {} {key}", self.name.name())
    }
}

impl Kv for Store {
    async fn get(&self, key: &KvKey) -> Result<Option<Bytes>, Error> {
        let Some(pop) = &self.pop else { return Ok(self.read(key)?.map(|(value, _)| value)) };
        let name = self.pop_name(key);
        if let Some(cached) = pop.look(&name)
            && let Ok(value) = Body(cached.body).collect(MAX_VALUE_BYTES)
        {
            return Ok(Some(value));
        }
        // While the store does not answer, no other request should wait for this one, which will insert nothing.
        let read = self.read(key).inspect_err(|_| pop.cancel(&name))?;
        Ok(read.map(|(value, left)| {
            pop.insert(&name, left.unwrap_or(UNDATED), &[self.name.name(), key.as_str()], Bytes::new(), &value);
            value
        }))
    }

    async fn put(&self, key: &KvKey, value: Bytes, ttl: Option<Duration>) -> Result<(), Error> {
        if value.len() > MAX_VALUE_BYTES {
            return Err(Error::new(Kind::TooLarge, "kv.put"));
        }
        if let Some(pop) = &self.pop {
            let tags = [self.name.name(), key.as_str()];
            pop.insert(&self.pop_name(key), ttl.unwrap_or(UNDATED), &tags, Bytes::new(), &value);
        }
        let mut insert = self.opened.build_insert();
        if let Some(ttl) = ttl {
            // Rounded up, so that the value never expires early.
            let seconds = ttl.as_secs() + u64::from(ttl.subsec_nanos() > 0);
            let expires = now().saturating_add(seconds).to_string();
            insert = insert.time_to_live(Duration::from_secs(seconds)).metadata(&expires);
        }
        insert.execute(key.as_str(), &value[..]).map_err(|error| failure("kv.put", error))
    }

    async fn delete(&self, key: &KvKey) -> Result<(), Error> {
        match self.opened.delete(key.as_str()) {
            Ok(()) | Err(KVStoreError::ItemNotFound) => {}
            Err(error) => return Err(failure("kv.delete", error)),
        }
        if self.pop.is_some() {
            fastly::http::purge::purge_surrogate_key(key.as_str())
                .map_err(|error| Error::because(Kind::Unavailable, "kv.delete", error.to_string()))?;
        }
        Ok(())
    }
}

fn expiry(metadata: &[u8]) -> Option<u64> {
    std::str::from_utf8(metadata).ok()?.parse().ok()
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn failure(operation: &'static str, error: KVStoreError) -> Error {
    let kind = match &error {
        KVStoreError::TooManyRequests | KVStoreError::Unexpected(FastlyStatus::LIMITEXCEEDED) => Kind::Throttled,
        KVStoreError::ItemPayloadTooLarge => Kind::TooLarge,
        KVStoreError::StoreNotFound(_) | KVStoreError::InvalidStoreHandle | KVStoreError::Unexpected(_) => {
            Kind::Unavailable
        }
        _ => Kind::Invalid,
    };
    Error::because(kind, operation, error)
}
