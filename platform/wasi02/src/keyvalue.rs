//! Key-value storage of the host's: `wasi:keyvalue/store@0.2.0-draft`, for components that ask for it.
//!
//! A component cannot import an interface if it is there and do without it else. So this is another component, not another
//! setting: what a component does not use it does not import.

use std::{cell::RefCell, rc::Rc, time::Duration};

use bytes::Bytes;
use platform::{Error, Kind, Kv, KvKey, StoreName, kv_objects::MAX_VALUE_BYTES};

use crate::{Stores, Wasi02};
use bindings::wasi::keyvalue::store::{self, Bucket};

/// The functions of the interface that are used here. A host has more; with `0.2.0-draft2`, which is Spin's, these are the same
/// but by another name.
#[allow(unsafe_code, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        generate_all,
        inline: "
            package edge-gallery:platform;

            world stores {
                import wasi:keyvalue/store@0.2.0-draft;
            }

            package wasi:keyvalue@0.2.0-draft {
                interface store {
                    variant error { no-such-store, access-denied, other(string) }
                    open: func(identifier: string) -> result<bucket, error>;
                    resource bucket {
                        get: func(key: string) -> result<option<list<u8>>, error>;
                        set: func(key: string, value: list<u8>) -> result<_, error>;
                        delete: func(key: string) -> result<_, error>;
                    }
                }
            }
        ",
    });
}

/// The host's stores, by their names: `CACHE_VERSION`, `VIDEO_CACHE`. Each is opened once a request.
#[derive(Clone, Default)]
pub struct Keyvalue(Rc<RefCell<Opened>>);

type Opened = Vec<(StoreName, Rc<Bucket>)>;

impl Stores for Keyvalue {
    type Kv = Store;

    fn open(&self, _: &Wasi02<Self>, name: StoreName) -> Result<Store, Error> {
        let mut opened = self.0.borrow_mut();
        let known = opened.iter().find(|(known, _)| *known == name).map(|(_, bucket)| Rc::clone(bucket));
        let bucket = if let Some(known) = known {
            known
        } else {
            let bucket = store::open(name.name()).map_err(|error| failure("kv.open", name, error))?;
            let bucket = Rc::new(bucket);
            opened.push((name, Rc::clone(&bucket)));
            bucket
        };
        Ok(Store { name, bucket })
    }
}

/// One store.
///
/// - The interface expires nothing. What is in `VIDEO_CACHE` carries its expiry and is checked when read
///   ([`platform::expiring`]); a host's store may have an age of its own for all that is in it.
/// - A value over [`MAX_VALUE_BYTES`] gives `TooLarge`.
pub struct Store {
    name: StoreName,
    bucket: Rc<Bucket>,
}

impl Kv for Store {
    async fn get(&self, key: &KvKey) -> Result<Option<Bytes>, Error> {
        let value = self.bucket.get(&spelled(key)).map_err(|error| failure("kv.get", self.name, error))?;
        Ok(value.map(Bytes::from))
    }

    async fn put(&self, key: &KvKey, value: Bytes, _: Option<Duration>) -> Result<(), Error> {
        if value.len() > MAX_VALUE_BYTES {
            return Err(Error::new(Kind::TooLarge, "kv.put"));
        }
        self.bucket.set(&spelled(key), &value).map_err(|error| failure("kv.put", self.name, error))
    }

    async fn delete(&self, key: &KvKey) -> Result<(), Error> {
        self.bucket.delete(&spelled(key)).map_err(|error| failure("kv.delete", self.name, error))
    }
}

/// A key as every host takes it: NATS, which wasmCloud has behind this, has no colon in keys
/// (<https://nats-io.github.io/nats.net/api/NATS.Client.KeyValueStore.NatsKVStore.IsValidKey.html>), and no key of ours has an equals sign.
fn spelled(key: &KvKey) -> String {
    key.as_str().replace(':', "=")
}

fn failure(operation: &'static str, name: StoreName, error: store::Error) -> Error {
    let name = name.name();
    let (kind, words) = match error {
        store::Error::NoSuchStore => (Kind::Unavailable, format!("the host has no store {name}")),
        store::Error::AccessDenied => (Kind::Denied, format!("the host keeps the store {name} from the component")),
        store::Error::Other(words) => (Kind::Unavailable, format!("{name}: {words}")),
    };
    Error::because(kind, operation, words)
}
