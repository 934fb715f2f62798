//! A connection to the file of the stores. It is opened anew a little after it failed.

use std::{
    cell::{Cell, RefCell},
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use platform::{Error, Kind, StoreName};
use rusqlite::{Connection, ErrorCode, params};

use super::identity::{self, Standing};

/// How long an operation waits for a lock that another process holds.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long no operation waits after a wait that failed: each operation then tries only once. Otherwise every request
/// with something to keep would wait while another process holds the file.
const HASTE_AFTER_WAITING: Duration = Duration::from_secs(10);
/// How long no operation uses a file that failed.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How often it is looked whether the file is the one it was.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How many expired rows are removed at once.
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

const SWEEP: &str = "DELETE FROM kv WHERE rowid IN (SELECT rowid FROM kv WHERE expires <= ?1 LIMIT ?2)";

/// The connection of one thread.
pub(super) struct File {
    path: PathBuf,
    connection: RefCell<Result<Connection, Instant>>,
    /// When a wait last failed.
    waited: Cell<Option<Instant>>,
    /// Which file the connection is to, and when this was last looked at.
    opened: Cell<Option<(u64, u64)>>,
    looked: Cell<Instant>,
    /// Whether the file is not the one it was.
    foreign: Cell<bool>,
}

impl File {
    pub fn new(path: PathBuf) -> Self {
        // The first call opens it, or says why it cannot be opened.
        let long_ago = Instant::now().checked_sub(PAUSE_AFTER_FAILURE).unwrap_or_else(Instant::now);
        let file = Self {
            path,
            connection: RefCell::new(Err(long_ago)),
            waited: Cell::new(None),
            opened: Cell::new(None),
            looked: Cell::new(long_ago),
            foreign: Cell::new(false),
        };
        let _ = file.open(&mut file.connection.borrow_mut());
        file
    }

    fn open(&self, held: &mut Result<Connection, Instant>) -> rusqlite::Result<()> {
        *held = Err(Instant::now());
        let connection = connect(&self.path)?;
        self.opened.set(identity::of_path(&self.path));
        self.looked.set(Instant::now());
        self.foreign.set(identity::standing(&connection, &self.path)? == Standing::Foreign);
        *held = Ok(connection);
        Ok(())
    }

    /// Looks now and then whether the path still leads to the open file, and whether the file is the one it was. A file
    /// that was deleted stays open, and would be read for ever.
    fn look(&self, held: &mut Result<Connection, Instant>) -> rusqlite::Result<()> {
        let Ok(connection) = held else { return Ok(()) };
        if self.looked.get().elapsed() < LOOK_EVERY {
            return Ok(());
        }
        if identity::of_path(&self.path) != self.opened.get() {
            return self.open(held);
        }
        self.looked.set(Instant::now());
        let standing = identity::standing(connection, &self.path)?;
        self.foreign.set(standing == Standing::Foreign);
        if standing == Standing::Unnamed { self.open(held) } else { Ok(()) }
    }

    /// How long the next operation may wait for a lock.
    pub fn patience(&self) -> Duration {
        let in_haste = self.waited.get().is_some_and(|waited| waited.elapsed() < HASTE_AFTER_WAITING);
        if in_haste { Duration::ZERO } else { PATIENCE }
    }

    /// Runs `operation` on the connection, opening it anew if an earlier failure closed it. `None` if it is closed, or
    /// if this `store` must not be used.
    pub fn attempt<T>(
        &self,
        store: StoreName,
        operation: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        let mut held = self.connection.borrow_mut();
        if matches!(&*held, Err(failed) if failed.elapsed() >= PAUSE_AFTER_FAILURE) {
            self.open(&mut held)?;
        }
        self.look(&mut held)?;
        match &*held {
            // The other store holds nothing that cannot be made again.
            Ok(_) if store == StoreName::CacheVersion && self.foreign.get() => Ok(None),
            Ok(connection) => operation(connection).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// The result of [`attempt`](Self::attempt) for the caller of `name`, who waited for at most `patience`. A failure
    /// closes the connection.
    pub fn settle<T>(
        &self,
        name: &'static str,
        patience: Duration,
        result: rusqlite::Result<Option<T>>,
    ) -> Result<T, Error> {
        match result {
            Ok(Some(value)) => Ok(value),
            Ok(None) if self.foreign.get() => Err(Error::because(Kind::Unavailable, name, identity::FOREIGN)),
            Ok(None) => Err(Error::because(Kind::Unavailable, name, "the store's file could not be opened")),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                if !patience.is_zero() {
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

    /// A write has found the file free: the next one waits again.
    pub fn is_free(&self) {
        self.waited.set(None);
    }
}

pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    platform_sqlite::log_ahead(&connection, PATIENCE)?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.execute_batch(SCHEMA)?;
    // The identity must be on the disk before the file beside it is.
    connection.pragma_update(None, "synchronous", "full")?;
    identity::give(&mut connection, path)?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.busy_timeout(Duration::ZERO)?;
    // At start the file may be full of values that expired while no host ran. If another worker holds the lock, this
    // is not a failure.
    let _ = sweep(&connection);
    Ok(connection)
}

/// Removes some expired rows.
pub(super) fn sweep(connection: &Connection) -> rusqlite::Result<usize> {
    connection.prepare_cached(SWEEP)?.execute(params![now(), SWEEP_ROWS])
}

/// Milliseconds since 1970.
pub(super) fn now() -> i64 {
    milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

pub(super) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
