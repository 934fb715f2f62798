//! The thread that writes to the file of the stores, for all workers of a process.
//!
//! A write may wait for another process, and for the disk when SQLite moves its log into the file. A worker that waited
//! itself would let all its viewers wait.

use std::{
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use bytes::Bytes;
use platform::{Error, Kind, KvKey, StoreName};
use rusqlite::{Connection, params};
use tokio::{sync::oneshot, time::timeout};

use super::file::{File, sweep};
use crate::HostError;

/// The most writes that wait.
const WAITING: usize = 64;
/// How long a request waits for its write. What it wanted to keep may be kept later.
const PATIENCE_OF_A_REQUEST: Duration = Duration::from_secs(10);
/// Once in so many writes, the writer looks for expired rows.
const SWEEP_EVERY: u32 = 64;

const PUT: &str = "INSERT INTO kv (store, key, value, expires) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (store, key) DO UPDATE SET value = excluded.value, expires = excluded.expires";
const DELETE: &str = "DELETE FROM kv WHERE store = ?1 AND key = ?2";

/// The way to the thread. It ends when this is dropped, after the writes that wait.
pub(crate) struct Writer {
    writes: Option<SyncSender<Write>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// A write, and the way back to the request that waits for it.
struct Write {
    store: StoreName,
    key: KvKey,
    change: Change,
    done: oneshot::Sender<Result<(), Error>>,
}

pub(super) enum Change {
    Put {
        value: Bytes,
        /// In milliseconds since 1970. `None` for never.
        expires: Option<i64>,
    },
    Delete,
}

impl Change {
    const fn name(&self) -> &'static str {
        match self {
            Self::Put { .. } => "kv.put",
            Self::Delete => "kv.delete",
        }
    }
}

impl Writer {
    pub fn start(path: PathBuf) -> Result<Self, HostError> {
        let (writes, waiting) = sync_channel(WAITING);
        // Before the workers open the file: SQLite does not wait where two at once make it a file with a log.
        let file = File::new(path);
        let thread = std::thread::Builder::new()
            .name("kv".into())
            .spawn(move || write_all(&file, &waiting))
            .map_err(|error| HostError::new("cannot start the writer of the stores", error))?;
        Ok(Self { writes: Some(writes), thread: Mutex::new(Some(thread)) })
    }

    pub(super) async fn write(&self, store: StoreName, key: &KvKey, change: Change) -> Result<(), Error> {
        let name = change.name();
        let (done, result) = oneshot::channel();
        let write = Write { store, key: key.clone(), change, done };
        match self.writes.as_ref().map(|writes| writes.try_send(write)) {
            Some(Ok(())) => {}
            Some(Err(TrySendError::Full(_))) => {
                return Err(Error::because(Kind::Unavailable, name, "too many writes wait"));
            }
            Some(Err(TrySendError::Disconnected(_))) | None => return Err(Error::new(Kind::Internal, name)),
        }
        match timeout(PATIENCE_OF_A_REQUEST, result).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Error::new(Kind::Internal, name)),
            Err(_) => Err(Error::because(Kind::Unavailable, name, "the store's file is too slow")),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.writes.take());
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }
}

fn write_all(file: &File, waiting: &Receiver<Write>) {
    let mut puts = 0_u32;
    while let Ok(Write { store, key, change, done }) = waiting.recv() {
        let patience = file.patience();
        let result = file.attempt(store, |connection| {
            // SQLite's own waiting, which sleeps on this thread. Waiting in turn is what a writer does.
            connection.busy_timeout(patience)?;
            run(connection, store, &key, &change)
        });
        let result = file.settle(change.name(), patience, result);
        let is_put = result.is_ok() && matches!(change, Change::Put { .. });
        let _ = done.send(result);
        if is_put {
            file.is_free();
            puts = puts.wrapping_add(1);
            if puts.is_multiple_of(SWEEP_EVERY) {
                // If the removal fails, the next one may not.
                let _ = file.attempt(store, sweep);
            }
        }
    }
}

fn run(connection: &Connection, store: StoreName, key: &KvKey, change: &Change) -> rusqlite::Result<()> {
    // A logout that was answered must outlive a power cut. A playlist can be made again.
    let care = if store == StoreName::CacheVersion { "full" } else { "normal" };
    connection.pragma_update(None, "synchronous", care)?;
    let (store, key) = (store.name(), key.as_str());
    match change {
        Change::Put { value, expires } => {
            connection.prepare_cached(PUT)?.execute(params![store, key, &value[..], expires])
        }
        Change::Delete => connection.prepare_cached(DELETE)?.execute(params![store, key]),
    }
    .map(drop)
}
