//! Key-value storage in one SQLite file, shared by all workers and kept over restarts. Each worker reads by a
//! connection of its own, and one thread writes for all.
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
use platform::{Error, Kind, Kv, KvKey, StoreName};
use rusqlite::{Connection, OptionalExtension, params};

use crate::patience::patiently;
use file::{File, connect, milliseconds, now};
use writer::Change;

pub(crate) use writer::Writer;

/// The file in the data folder.
pub(crate) const FILE: &str = "kv.db";

/// The largest value, in bytes: Fastly's limit (<https://docs.fastly.com/products/edge-data-storage>).
pub const MAX_VALUE_BYTES: usize = 25_000_000;

const GET: &str = "SELECT value FROM kv WHERE store = ?1 AND key = ?2 AND (expires IS NULL OR expires > ?3)";

/// The stores, as one worker holds them.
pub(crate) struct Stores {
    file: File,
    writer: Arc<Writer>,
}

impl Stores {
    pub fn new(path: PathBuf, writer: &Arc<Writer>) -> Self {
        Self { file: File::new(path), writer: Arc::clone(writer) }
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
pub struct Store {
    name: StoreName,
    stores: Rc<Stores>,
}

impl Store {
    pub(crate) fn new(name: StoreName, stores: Rc<Stores>) -> Self {
        Self { name, stores }
    }
}

impl Kv for Store {
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
