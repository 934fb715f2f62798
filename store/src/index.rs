//! The index: which blob holds the bytes of which key. It is one SQLite file per bucket.
//!
//! Keys are compared as bytes, which is the order in which S3 lists them. Every method runs on the thread that calls
//! it. One that reads takes microseconds. One that changes something returns when the change is on the disk.

use std::{
    io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, Transaction, params};
use s3s::{
    S3Error, S3ErrorCode,
    dto::{ETagCondition, Metadata, Timestamp},
    s3_error,
};
use serde::{Deserialize, Serialize};

/// The name of the file.
pub const FILE: &str = "index.sqlite";

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS object (
        key BLOB PRIMARY KEY, blob TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
        modified INTEGER NOT NULL, headers TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS upload (
        id TEXT PRIMARY KEY, key BLOB NOT NULL, headers TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS part (
        upload TEXT NOT NULL REFERENCES upload ON DELETE CASCADE, number INTEGER NOT NULL,
        blob TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL,
        PRIMARY KEY (upload, number)
    ) WITHOUT ROWID;";

/// An object, without its bytes.
#[derive(Clone, Debug)]
pub struct Object {
    pub blob: String,
    /// The size in bytes.
    pub size: u64,
    /// The entity tag without quotes. It is always strong.
    pub etag: String,
    /// In Unix seconds, the precision of `Last-Modified`.
    pub modified: i64,
    pub headers: Headers,
}

/// The headers that a PUT gives for an object and a GET repeats.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Headers {
    pub content_type: Option<String>,
    pub cache_control: Option<String>,
    pub content_disposition: Option<String>,
    pub content_encoding: Option<String>,
    pub content_language: Option<String>,
    pub expires: Option<Timestamp>,
    pub metadata: Option<Metadata>,
}

/// A part of a multipart upload that is not complete yet.
pub struct Part {
    pub number: i32,
    pub blob: String,
    pub size: u64,
    pub etag: String,
    pub modified: i64,
}

/// The conditions that must hold for a write to take effect.
#[derive(Clone, Debug, Default)]
pub struct WriteCondition {
    pub if_match: Option<ETagCondition>,
    pub if_none_match: Option<ETagCondition>,
}

/// A key, and what a listing says about it.
pub struct Entry {
    pub key: String,
    pub size: u64,
    pub etag: String,
    pub modified: i64,
}

/// Why the index refused an operation.
#[derive(Debug)]
pub enum Error {
    /// The file cannot be read or written.
    Broken(Box<dyn std::error::Error + Send + Sync>),
    /// The [`WriteCondition`] does not hold.
    ConditionFailed,
    /// The upload is unknown, was completed or aborted, or is for another key.
    NoSuchUpload,
}

type Result<T = (), E = Error> = std::result::Result<T, E>;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Broken(error.into())
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(error.into())
    }
}

impl From<Error> for S3Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Broken(source) => S3Error::with_source(S3ErrorCode::InternalError, source),
            Error::ConditionFailed => {
                s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold")
            }
            Error::NoSuchUpload => s3_error!(NoSuchUpload),
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::other(S3Error::from(error))
    }
}

/// A blob that the index names.
pub struct Named {
    pub blob: String,
    /// The size in bytes.
    pub size: u64,
    /// The key of the object. `None` for a part of an upload.
    pub key: Option<Vec<u8>>,
}

/// How long an upload is kept of which no more comes, in seconds. R2 keeps it for seven days, too:
/// <https://developers.cloudflare.com/r2/buckets/object-lifecycles/>.
const UPLOAD_KEPT: i64 = 7 * 86_400;

/// Unix seconds.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

pub struct Index(Mutex<Connection>);

impl Index {
    /// Opens the file and locks it for this process. The file is made if it is missing.
    ///
    /// # Errors
    /// `WouldBlock` if another process has the file open.
    pub fn open(path: &Path) -> io::Result<Self> {
        let open = || -> rusqlite::Result<Connection> {
            let db = Connection::open(path)?;
            db.busy_timeout(Duration::from_millis(500))?;
            db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            db.pragma_update(None, "journal_mode", "WAL")?;
            // What a change replaces is removed right after it, so a power cut must not undo the change.
            db.pragma_update(None, "synchronous", "FULL")?;
            db.pragma_update(None, "foreign_keys", true)?;
            db.execute_batch(SCHEMA)?;
            Ok(db)
        };
        match open() {
            Ok(db) => Ok(Self(Mutex::new(db))),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                Err(io::Error::new(io::ErrorKind::WouldBlock, "the store's folder is in use by another process"))
            }
            Err(error) => Err(io::Error::other(error)),
        }
    }

    pub fn get(&self, key: &str) -> Result<Option<Object>> {
        let db = self.lock();
        let mut select = db.prepare_cached("SELECT blob, size, etag, modified, headers FROM object WHERE key = ?1")?;
        Ok(select.query_row([key.as_bytes()], object).optional()?)
    }

    /// Points `key` at a new blob, if `condition` holds at this moment. Returns the blob that it replaces.
    ///
    /// # Errors
    /// 412 if the condition does not hold.
    pub fn put(&self, key: &str, object: &Object, condition: &WriteCondition) -> Result<Option<String>> {
        let mut db = self.lock();
        let change = db.transaction()?;
        let replaced = put(&change, key, object, condition)?;
        change.commit()?;
        Ok(replaced)
    }

    /// Forgets `keys` in one step, for which the disk is waited once. Returns the blobs of those that there were.
    pub fn delete(&self, keys: &[&str]) -> Result<Vec<String>> {
        let mut db = self.lock();
        // Without a transaction of our own, nobody would be told that the disk refused the change.
        let change = db.transaction()?;
        let mut blobs = Vec::new();
        for key in keys {
            let mut delete = change.prepare_cached("DELETE FROM object WHERE key = ?1 RETURNING blob")?;
            blobs.extend(delete.query_row([key.as_bytes()], |row| row.get::<_, String>(0)).optional()?);
        }
        change.commit()?;
        Ok(blobs)
    }

    /// Up to `limit` entries whose keys are at or after `from`, in order.
    pub fn scan(&self, from: &[u8], limit: usize) -> Result<Vec<Entry>> {
        let db = self.lock();
        let mut select =
            db.prepare_cached("SELECT key, size, etag, modified FROM object WHERE key >= ?1 ORDER BY key LIMIT ?2")?;
        let entries = select.query_map(params![from, i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
            let key = String::from_utf8_lossy(row.get_ref(0)?.as_blob()?).into_owned();
            Ok(Entry { key, size: size(row, 1)?, etag: row.get(2)?, modified: row.get(3)? })
        })?;
        Ok(entries.collect::<rusqlite::Result<_>>()?)
    }

    /// Every blob that is in use.
    pub fn blobs(&self) -> Result<Vec<String>> {
        let db = self.lock();
        let mut select = db.prepare("SELECT blob FROM object UNION ALL SELECT blob FROM part")?;
        let blobs = select.query_map([], |row| row.get(0))?;
        Ok(blobs.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether no blob is in use.
    pub fn is_empty(&self) -> Result<bool> {
        let none = "SELECT NOT EXISTS (SELECT 1 FROM object) AND NOT EXISTS (SELECT 1 FROM part)";
        Ok(self.lock().query_row(none, [], |row| row.get(0))?)
    }

    /// Every blob that is in use, with what is said of it. Objects come in the order of their keys.
    pub fn named(&self) -> Result<Vec<Named>> {
        let db = self.lock();
        let mut select =
            db.prepare("SELECT blob, size, key FROM object UNION ALL SELECT blob, size, NULL FROM part")?;
        let named =
            select.query_map([], |row| Ok(Named { blob: row.get(0)?, size: size(row, 1)?, key: row.get(2)? }))?;
        Ok(named.collect::<rusqlite::Result<_>>()?)
    }

    /// Forgets objects and parts whose bytes are gone.
    pub fn forget(&self, gone: &[Named]) -> Result {
        let mut db = self.lock();
        let change = db.transaction()?;
        for named in gone {
            match &named.key {
                Some(key) => change.prepare_cached("DELETE FROM object WHERE key = ?1")?.execute([key])?,
                None => change.prepare_cached("DELETE FROM part WHERE blob = ?1")?.execute([&named.blob])?,
            };
        }
        change.commit()?;
        Ok(())
    }

    pub fn start_upload(&self, id: &str, key: &str, headers: &Headers) -> Result {
        let headers = serde_json::to_string(headers)?;
        let db = self.lock();
        db.prepare_cached("INSERT INTO upload VALUES (?1, ?2, ?3)")?.execute(params![id, key.as_bytes(), headers])?;
        Ok(())
    }

    /// # Errors
    /// 404 if there is no such upload for this key.
    pub fn upload(&self, id: &str, key: &str) -> Result<Headers> {
        upload(&self.lock(), id, key)
    }

    /// Adds or replaces a part. Returns the blob that it replaces.
    pub fn put_part(&self, id: &str, key: &str, part: &Part) -> Result<Option<String>> {
        let mut db = self.lock();
        let change = db.transaction()?;
        // The upload may have been completed or aborted while the part arrived.
        upload(&change, id, key)?;
        let replaced = change
            .prepare_cached("DELETE FROM part WHERE upload = ?1 AND number = ?2 RETURNING blob")?
            .query_row(params![id, part.number], |row| row.get(0))
            .optional()?;
        change.prepare_cached("INSERT INTO part VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(params![
            id,
            part.number,
            part.blob,
            i64::try_from(part.size).unwrap_or(i64::MAX),
            part.etag,
            part.modified
        ])?;
        change.commit()?;
        Ok(replaced)
    }

    /// The parts of an upload, by number.
    pub fn parts(&self, id: &str) -> Result<Vec<Part>> {
        let db = self.lock();
        let mut select =
            db.prepare_cached("SELECT number, blob, size, etag, modified FROM part WHERE upload = ?1 ORDER BY number")?;
        let parts = select.query_map([id], |row| {
            Ok(Part {
                number: row.get(0)?,
                blob: row.get(1)?,
                size: size(row, 2)?,
                etag: row.get(3)?,
                modified: row.get(4)?,
            })
        })?;
        Ok(parts.collect::<rusqlite::Result<_>>()?)
    }

    /// Turns an upload into an object in one step. Returns the blob that it replaces.
    ///
    /// # Errors
    /// 404 if the upload is gone, 412 if the condition does not hold.
    pub fn finish_upload(
        &self,
        id: &str,
        key: &str,
        object: &Object,
        condition: &WriteCondition,
    ) -> Result<Option<String>> {
        let mut db = self.lock();
        let change = db.transaction()?;
        upload(&change, id, key)?;
        let replaced = put(&change, key, object, condition)?;
        change.execute("DELETE FROM upload WHERE id = ?1", [id])?;
        change.commit()?;
        Ok(replaced)
    }

    /// Forgets an upload and its parts.
    pub fn drop_upload(&self, id: &str) -> Result {
        self.lock().execute("DELETE FROM upload WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Forgets the uploads of which nothing has come for long, and returns the blobs of their parts. Whoever began such
    /// an upload never ends it. An upload without a part takes no room. The index does not know when it began, and
    /// keeps it.
    pub fn drop_forgotten_uploads(&self) -> Result<Vec<String>> {
        let time = now() - UPLOAD_KEPT;
        let old = "(SELECT upload FROM part GROUP BY upload HAVING MAX(modified) < ?1)";
        let mut db = self.lock();
        let change = db.transaction()?;
        let mut select = change.prepare(&format!("SELECT blob FROM part WHERE upload IN {old}"))?;
        let blobs = select.query_map([time], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
        drop(select);
        change.execute(&format!("DELETE FROM upload WHERE id IN {old}"), [time])?;
        change.commit()?;
        Ok(blobs)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic cannot leave a transaction half done, because a dropped transaction is rolled back.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn put(change: &Transaction<'_>, key: &str, object: &Object, condition: &WriteCondition) -> Result<Option<String>> {
    let current: Option<(String, String)> = change
        .prepare_cached("SELECT blob, etag FROM object WHERE key = ?1")?
        .query_row([key.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let etag = current.as_ref().map(|(_, etag)| etag.as_str());
    let is_current = |wanted: &ETagCondition| match wanted {
        ETagCondition::Any => etag.is_some(),
        ETagCondition::ETag(wanted) => wanted.as_strong().is_some_and(|wanted| Some(wanted) == etag),
    };
    if condition.if_match.as_ref().is_some_and(|wanted| !is_current(wanted))
        || condition.if_none_match.as_ref().is_some_and(is_current)
    {
        return Err(Error::ConditionFailed);
    }
    let headers = serde_json::to_string(&object.headers)?;
    change.prepare_cached("INSERT OR REPLACE INTO object VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(params![
        key.as_bytes(),
        object.blob,
        i64::try_from(object.size).unwrap_or(i64::MAX),
        object.etag,
        object.modified,
        headers
    ])?;
    Ok(current.map(|(blob, _)| blob))
}

fn upload(db: &Connection, id: &str, key: &str) -> Result<Headers> {
    let headers: Option<String> = db
        .prepare_cached("SELECT headers FROM upload WHERE id = ?1 AND key = ?2")?
        .query_row(params![id, key.as_bytes()], |row| row.get(0))
        .optional()?;
    let headers = headers.ok_or(Error::NoSuchUpload)?;
    Ok(serde_json::from_str(&headers)?)
}

fn object(row: &Row<'_>) -> rusqlite::Result<Object> {
    let headers: String = row.get(4)?;
    let headers = serde_json::from_str(&headers)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(4, rusqlite::types::Type::Text, error.into()))?;
    Ok(Object { blob: row.get(0)?, size: size(row, 1)?, etag: row.get(2)?, modified: row.get(3)?, headers })
}

fn size(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let size: i64 = row.get(column)?;
    u64::try_from(size).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, size))
}
