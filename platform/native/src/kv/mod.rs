//! Key-value storage in the bucket, which several machines share, or in a file.
//!
//! The file is one of SQLite, shared by all workers and kept over restarts. Each worker reads by a connection of its
//! own, and one thread writes for all.
//!
//! A file that cannot be opened or read gives `Unavailable`, and is tried again a little later. The file is never
//! replaced by an empty one: it holds `auth_version`, and losing this value would revive revoked sessions. If somebody
//! else replaced it, the store `CACHE_VERSION` is closed (see `identity`).

mod file;
mod identity;
mod writer;

use std::{
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use platform::{
    Error, Kind, Kv, KvKey, StoreName,
    config::{ConfigError, Lookup, names::GALLERY_KV},
};
use platform_fallback::KvObjects;
use platform_s3::{Location, Objects};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{HostError, Native, patience::patiently, request};
use file::{File, connect, milliseconds, now};
use writer::{Change, Writer};

/// The file in the data folder.
pub const FILE: &str = "kv.db";

/// The largest value in the file, in bytes: Fastly's limit
/// (<https://docs.fastly.com/products/edge-data-storage>).
pub const MAX_VALUE_BYTES: usize = 25_000_000;

const GET: &str = "SELECT value FROM kv WHERE store = ?1 AND key = ?2 AND (expires IS NULL OR expires > ?3)";

/// Reads `GALLERY_KV`: whether the stores are in the bucket.
pub fn is_in_bucket(lookup: &Lookup<'_>) -> Result<bool, ConfigError> {
    match lookup.required(GALLERY_KV)?.as_str() {
        "file" => Ok(false),
        "bucket" => Ok(true),
        _ => Err(ConfigError::new(GALLERY_KV, "must be file or bucket")),
    }
}

/// The bucket that holds the stores. `None` where they are in the file.
pub(crate) fn bucket(lookup: &Lookup<'_>) -> Result<Option<Location>, ConfigError> {
    is_in_bucket(lookup)?.then(|| Location::load(lookup)).transpose()
}

/// Where the stores are, as the workers of a process share it.
pub(crate) enum Place {
    File(PathBuf, Arc<Writer>),
    Bucket(Location),
}

impl Place {
    /// In `bucket`, or without one in the file of this data folder. The file is made, and its writer started.
    pub fn new(data_dir: &Path, bucket: Option<Location>) -> Result<Self, HostError> {
        if let Some(location) = bucket {
            return Ok(Self::Bucket(location));
        }
        let path = data_dir.join(FILE);
        let writer = Arc::new(Writer::start(path.clone())?);
        Ok(Self::File(path, writer))
    }
}

/// The stores, as one worker holds them.
pub(crate) enum Stores {
    File(Rc<FileStores>),
    Bucket(Rc<Objects>),
}

pub(crate) struct FileStores {
    file: File,
    writer: Arc<Writer>,
}

impl Stores {
    pub fn open(place: &Place) -> Self {
        match place {
            Place::File(path, writer) => {
                Self::File(Rc::new(FileStores { file: File::new(path.clone()), writer: Arc::clone(writer) }))
            }
            Place::Bucket(location) => Self::Bucket(Rc::new(Objects::new(location.clone()))),
        }
    }

    /// `native` is the platform that holds these stores.
    pub fn store(&self, native: &Native, name: StoreName) -> Store {
        Store(match self {
            Self::File(stores) => Inner::File(FileStore { name, stores: Rc::clone(stores) }),
            Self::Bucket(objects) => {
                Inner::Bucket(KvObjects::new(native.clone(), Rc::clone(objects), name, request::now()))
            }
        })
    }
}

/// How long a person's command waits for a lock.
const PATIENCE_OF_A_PERSON: Duration = Duration::from_secs(10);

/// Writes a value into a store of the file `kv.db` in a host's data folder, which may be running. A value that is there
/// stays. A file that is not there is made, and is the host's from then on. Returns whether the value was written.
pub fn put_if_absent(data: &Path, store: StoreName, key: &str, value: &str) -> Result<bool, Error> {
    const PUT: &str = "INSERT OR IGNORE INTO kv (store, key, value) VALUES (?1, ?2, ?3)";
    let put = connect(&data.join(FILE)).and_then(|connection| {
        connection.busy_timeout(PATIENCE_OF_A_PERSON)?;
        connection.execute(PUT, params![store.name(), key, value.as_bytes()])
    });
    put.map(|rows| rows > 0).map_err(|error| Error::because(Kind::Unavailable, "kv.put", error))
}

/// Empties a store of the file `kv.db` in a host's data folder, which may be running. A file that is not there is not
/// made.
pub fn clear(data: &Path, store: StoreName) -> Result<(), Error> {
    let path = data.join(FILE);
    if !path.exists() {
        return Ok(());
    }
    let cleared = Connection::open(&path).and_then(|connection| {
        connection.busy_timeout(PATIENCE_OF_A_PERSON)?;
        connection.execute("DELETE FROM kv WHERE store = ?1", [store.name()])
    });
    cleared.map(drop).map_err(|error| Error::because(Kind::Unavailable, "kv.clear", error))
}

/// One named store.
pub struct Store(Inner);

enum Inner {
    File(FileStore),
    Bucket(KvObjects<Native>),
}

/// The calls to the bucket are boxed, so that the future of a request is small where the stores are in the file.
impl Kv for Store {
    async fn get(&self, key: &KvKey) -> Result<Option<Bytes>, Error> {
        match &self.0 {
            Inner::File(file) => file.get(key).await,
            Inner::Bucket(bucket) => Box::pin(bucket.get(key)).await,
        }
    }

    async fn put(&self, key: &KvKey, value: Bytes, ttl: Option<Duration>) -> Result<(), Error> {
        match &self.0 {
            Inner::File(file) => file.put(key, value, ttl).await,
            Inner::Bucket(bucket) => Box::pin(bucket.put(key, value, ttl)).await,
        }
    }

    async fn delete(&self, key: &KvKey) -> Result<(), Error> {
        match &self.0 {
            Inner::File(file) => file.delete(key).await,
            Inner::Bucket(bucket) => Box::pin(bucket.delete(key)).await,
        }
    }
}

struct FileStore {
    name: StoreName,
    stores: Rc<FileStores>,
}

impl Kv for FileStore {
    async fn get(&self, key: &KvKey) -> Result<Option<Bytes>, Error> {
        let file = &self.stores.file;
        let read = |connection: &Connection| {
            connection
                .prepare_cached(GET)?
                .query_row(params![self.name.name(), key.as_str(), now()], |row| {
                    Ok(Bytes::copy_from_slice(row.get_ref(0)?.as_bytes()?))
                })
                .optional()
        };
        let patience = file.patience();
        let result = patiently(patience, || file.attempt(self.name, read)).await;
        file.settle("kv.get", patience, result)
    }

    async fn put(&self, key: &KvKey, value: Bytes, ttl: Option<Duration>) -> Result<(), Error> {
        if value.len() > MAX_VALUE_BYTES {
            return Err(Error::new(Kind::TooLarge, "kv.put"));
        }
        // Rounded up, so that the value never expires early.
        let expires = ttl.map(|ttl| now().saturating_add(milliseconds(ttl)).saturating_add(1));
        self.stores.writer.write(self.name, key, Change::Put { value, expires }).await
    }

    async fn delete(&self, key: &KvKey) -> Result<(), Error> {
        self.stores.writer.write(self.name, key, Change::Delete).await
    }
}
