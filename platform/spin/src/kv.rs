//! Spin's key-value stores. Their labels are the names of the stores in lower case: `cache_version`, `video_cache`.

use std::{cell::OnceCell, time::Duration};

use bytes::Bytes;
use platform::{Error, Kind, Kv, KvKey, StoreName};
use spin_sdk::key_value;

/// One store. It is opened at first use, because opening is asynchronous.
///
/// Spin does not expire values. A playlist in `video_cache` carries its expiry, which the service checks. An expired
/// playlist is overwritten, or stays until the store is emptied.
pub struct Store {
    name: StoreName,
    opened: OnceCell<key_value::Store>,
}

impl Store {
    pub(crate) fn new(name: StoreName) -> Self {
        Self { name, opened: OnceCell::new() }
    }

    async fn opened(&self) -> Result<&key_value::Store, Error> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened);
        }
        let label = self.name.name().to_ascii_lowercase();
        let opened = key_value::Store::open(label).await.map_err(|error| failure("kv.open", error))?;
        // Two calls at once may both have opened the store. The second handle is dropped.
        Ok(self.opened.get_or_init(|| opened))
    }
}

impl Kv for Store {
    async fn get(&self, key: &KvKey) -> Result<Option<Bytes>, Error> {
        let value = self.opened().await?.get(key.as_str()).await.map_err(|error| failure("kv.get", error))?;
        Ok(value.map(Bytes::from))
    }

    async fn put(&self, key: &KvKey, value: Bytes, _: Option<Duration>) -> Result<(), Error> {
        self.opened().await?.set(key.as_str(), value).await.map_err(|error| failure("kv.put", error))
    }

    async fn delete(&self, key: &KvKey) -> Result<(), Error> {
        self.opened().await?.delete(key.as_str()).await.map_err(|error| failure("kv.delete", error))
    }
}

fn failure(operation: &'static str, error: key_value::Error) -> Error {
    let kind = match error {
        key_value::Error::StoreTableFull => Kind::Throttled,
        key_value::Error::NoSuchStore | key_value::Error::AccessDenied => Kind::Denied,
        key_value::Error::Other(_) => Kind::Unavailable,
    };
    Error::because(kind, operation, error)
}
