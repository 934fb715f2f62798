//! Spin's key-value store `default`, the only one that every Spin has and the only one that Akamai's functions allow
//! (<https://developer.fermyon.com/wasm-functions/using-key-value-store>). A key there is `STORE:KEY`, such as
//! `CACHE_VERSION:auth_version`.

use std::{cell::OnceCell, time::Duration};

use bytes::Bytes;
use platform::{Error, Kind, Kv, KvKey, StoreName};

use crate::bindings::key_value;

/// The label of the store.
const LABEL: &str = "default";

/// One of the gallery's stores. Spin's store is opened at first use.
///
/// Spin does not expire values. A playlist in `VIDEO_CACHE` carries its expiry, which the service checks. An expired
/// playlist is overwritten, or stays until the store is emptied.
pub struct Store {
    name: StoreName,
    opened: OnceCell<key_value::Store>,
}

impl Store {
    pub(crate) fn new(name: StoreName) -> Self {
        Self { name, opened: OnceCell::new() }
    }

    fn opened(&self) -> Result<&key_value::Store, Error> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened);
        }
        let opened = key_value::Store::open(LABEL).map_err(|error| failure("kv.open", error))?;
        Ok(self.opened.get_or_init(|| opened))
    }

    /// The colon may be in a [`KvKey`] too, so it is legal on every host. No name of a store has one.
    fn key(&self, key: &KvKey) -> String {
        format!("{}:{key}", self.name.name())
    }
}

impl Kv for Store {
    async fn get(&self, key: &KvKey) -> Result<Option<Bytes>, Error> {
        let value = self.opened()?.get(&self.key(key)).map_err(|error| failure("kv.get", error))?;
        Ok(value.map(Bytes::from))
    }

    async fn put(&self, key: &KvKey, value: Bytes, _: Option<Duration>) -> Result<(), Error> {
        self.opened()?.set(&self.key(key), &value).map_err(|error| failure("kv.put", error))
    }

    async fn delete(&self, key: &KvKey) -> Result<(), Error> {
        self.opened()?.delete(&self.key(key)).map_err(|error| failure("kv.delete", error))
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
