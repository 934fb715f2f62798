//! Key-value storage in one SQLite file, shared by all workers and kept over restarts.
//!
//! A file that cannot be opened or read gives `Unavailable`, and is tried again a little later. The file is never
//! replaced by an empty one: it holds `auth_version`, and losing this value would revive revoked sessions.

use std::{
    cell::{Cell, RefCell},
    path::{Path, PathBuf},
    rc::Rc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use platform::{Error, Kind, Kv, KvKey, StoreName};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use crate::patience::patiently;

/// The largest value, in bytes: Fastly's limit (<https://docs.fastly.com/products/edge-data-storage>).
pub const MAX_VALUE_BYTES: usize = 25_000_000;

/// How long a write waits for the write of another worker.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long no operation waits after a wait that failed: each operation then tries only once. Otherwise every request
/// with something to keep would wait while another process holds the file.
const HASTE_AFTER_WAITING: Duration = Duration::from_secs(10);
/// How long no operation uses a file that failed.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Once in so many writes, a worker looks for expired rows, and removes at most [`SWEEP_ROWS`] of them.
const SWEEP_EVERY: u32 = 64;
const SWEEP_ROWS: u32 = 256;

/// `expires` is in milliseconds since 1970, NULL for never. Values are large, so rows keep their rowid.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS kv (
    store   TEXT NOT NULL,
    key     TEXT NOT NULL,
    value   BLOB NOT NULL,
    expires INTEGER,
    UNIQUE (store, key)
);
CREATE INDEX IF NOT EXISTS kv_by_expiry ON kv (expires) WHERE expires IS NOT NULL;
";

const GET: &str = "SELECT value FROM kv WHERE store = ?1 AND key = ?2 AND (expires IS NULL OR expires > ?3)";
const PUT: &str = "INSERT INTO kv (store, key, value, expires) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (store, key) DO UPDATE SET value = excluded.value, expires = excluded.expires";
const DELETE: &str = "DELETE FROM kv WHERE store = ?1 AND key = ?2";
const SWEEP: &str = "DELETE FROM kv WHERE rowid IN (SELECT rowid FROM kv WHERE expires <= ?1 LIMIT ?2)";

/// The connection of one worker to the file.
pub(crate) struct File {
    path: PathBuf,
    connection: RefCell<Result<Connection, Instant>>,
    writes: Cell<u32>,
    /// When a wait last failed.
    waited: Cell<Option<Instant>>,
}

impl File {
    pub fn new(path: PathBuf) -> Self {
        let connection = connect(&path).map_err(|_| Instant::now());
        Self { path, connection: RefCell::new(connection), writes: Cell::new(0), waited: Cell::new(None) }
    }

    /// Runs `operation` on the connection, opening it anew if an earlier failure closed it.
    async fn run<T>(
        &self,
        name: &'static str,
        mut operation: impl FnMut(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let in_haste = self.waited.get().is_some_and(|waited| waited.elapsed() < HASTE_AFTER_WAITING);
        let result = patiently(if in_haste { Duration::ZERO } else { PATIENCE }, || {
            let mut held = self.connection.borrow_mut();
            if matches!(&*held, Err(failed) if failed.elapsed() >= PAUSE_AFTER_FAILURE) {
                *held = Err(Instant::now());
                *held = Ok(connect(&self.path)?);
            }
            match &*held {
                Ok(connection) => operation(connection).map(Some),
                Err(_) => Ok(None),
            }
        })
        .await;
        match result {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(Error::because(Kind::Unavailable, name, "the store's file could not be opened")),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                if !in_haste {
                    self.waited.set(Some(Instant::now()));
                }
                Err(Error::because(Kind::Unavailable, name, error))
            }
            Err(error) => {
                *self.connection.borrow_mut() = Err(Instant::now());
                Err(Error::because(Kind::Unavailable, name, error))
            }
        }
    }

    /// Counts a write, and removes expired rows on some writes. If the removal fails, the write still counts as done.
    fn sweep(&self) {
        let writes = self.writes.get().wrapping_add(1);
        self.writes.set(writes);
        if writes.is_multiple_of(SWEEP_EVERY)
            && let Ok(connection) = &*self.connection.borrow()
        {
            let _ = sweep(connection);
        }
    }
}

fn connect(path: &PathBuf) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.execute_batch(SCHEMA)?;
    connection.busy_timeout(Duration::ZERO)?;
    // At start the file may be full of values that expired while no host ran. If another worker holds the lock, this
    // is not a failure.
    let _ = sweep(&connection);
    Ok(connection)
}

fn sweep(connection: &Connection) -> rusqlite::Result<usize> {
    connection.prepare_cached(SWEEP)?.execute(params![now(), SWEEP_ROWS])
}

/// Empties a store of the file `kv.db` in a host's data folder, which may be running. A file that is not there is not
/// made.
pub fn clear(data: &Path, store: StoreName) -> Result<(), Error> {
    const PATIENCE_OF_A_PERSON: Duration = Duration::from_secs(10);
    let path = data.join("kv.db");
    if !path.exists() {
        return Ok(());
    }
    let cleared = Connection::open(&path).and_then(|connection| {
        connection.busy_timeout(PATIENCE_OF_A_PERSON)?;
        connection.execute("DELETE FROM kv WHERE store = ?1", [store.name()])
    });
    cleared.map(drop).map_err(|error| Error::because(Kind::Unavailable, "kv.clear", error))
}

/// Milliseconds since 1970.
fn now() -> i64 {
    milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// One named store.
pub struct Store {
    name: StoreName,
    file: Rc<File>,
}

impl Store {
    pub(crate) fn new(name: StoreName, file: Rc<File>) -> Self {
        Self { name, file }
    }
}

impl Kv for Store {
    async fn get(&self, key: &KvKey) -> Result<Option<Bytes>, Error> {
        self.file
            .run("kv.get", |connection| {
                connection
                    .prepare_cached(GET)?
                    .query_row(params![self.name.name(), key.as_str(), now()], |row| {
                        Ok(Bytes::copy_from_slice(row.get_ref(0)?.as_bytes()?))
                    })
                    .optional()
            })
            .await
    }

    async fn put(&self, key: &KvKey, value: Bytes, ttl: Option<Duration>) -> Result<(), Error> {
        if value.len() > MAX_VALUE_BYTES {
            return Err(Error::new(Kind::TooLarge, "kv.put"));
        }
        // Rounded up, so that the value never expires early.
        let expires = ttl.map(|ttl| now().saturating_add(milliseconds(ttl)).saturating_add(1));
        self.file
            .run("kv.put", |connection| {
                connection.prepare_cached(PUT)?.execute(params![self.name.name(), key.as_str(), &value[..], expires])
            })
            .await?;
        self.file.waited.set(None);
        self.file.sweep();
        Ok(())
    }

    async fn delete(&self, key: &KvKey) -> Result<(), Error> {
        self.file
            .run("kv.delete", |connection| {
                connection.prepare_cached(DELETE)?.execute(params![self.name.name(), key.as_str()])
            })
            .await
            .map(drop)
    }
}
