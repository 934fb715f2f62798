//! Whether the file of the stores is the one it was.
//!
//! The store `CACHE_VERSION` says which sessions were ended. In an empty file they would live again. So the file gets a
//! random name at its birth, and the same name stands in a file beside it, which nobody has a reason to exchange
//! together with it. An old copy has the same name, and is not noticed.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::whole;

/// No service has a store of this name.
const STORE: &str = "HOST";
const KEY: &str = "identity";

const READ: &str = "SELECT value FROM kv WHERE store = ?1 AND key = ?2";
const WRITE: &str = "INSERT INTO kv (store, key, value) VALUES (?1, ?2, ?3)";

/// What the operator is told of a file that is not the one it was.
pub(super) const FOREIGN: &str = "kv.db is not the file that it was: it was deleted, emptied or exchanged, and with it \
    went what says which sessions were ended. Stop the program, remove kv.db-wal and kv.db-shm, restore kv.db, start, \
    and run edge-gallery session end --all. Or delete kv.id beside it: then this kv.db counts, and \
    ended sessions may live again";

/// Gives the file its identity, if neither it nor the file beside it has one: it is new, or of an earlier version. A
/// missing file beside it is written anew, because to delete it is how an operator takes the stores as they are.
pub(super) fn give(connection: &mut Connection, path: &Path) -> rusqlite::Result<()> {
    if beside(path)?.is_some() {
        return Ok(());
    }
    // The lock of a writer, so that of several that open the file at once one gives the name.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let name = if let Some(name) = read(&transaction)? {
        name
    } else {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| other(io::Error::other(error.to_string())))?;
        let name = format!("{:032x}", u128::from_be_bytes(random)).into_bytes();
        transaction.execute(WRITE, params![STORE, KEY, name])?;
        name
    };
    transaction.commit()?;
    // After the row: a name beside a file without a row is what a lost file looks like.
    whole::write(&file_beside(path), &[&name[..], b"\n"].concat()).map_err(other)
}

/// What the file of the stores is to the file beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Own,
    Foreign,
    /// There is no file beside it, so the next connection has to give the identity.
    Unnamed,
}

pub(super) fn standing(connection: &Connection, path: &Path) -> rusqlite::Result<Standing> {
    let row = read(connection)?;
    Ok(match beside(path)? {
        None => Standing::Unnamed,
        Some(name) if row.as_ref() == Some(&name) => Standing::Own,
        Some(_) => Standing::Foreign,
    })
}

fn read(connection: &Connection) -> rusqlite::Result<Option<Vec<u8>>> {
    let value = |row: &rusqlite::Row<'_>| Ok(row.get_ref(0)?.as_bytes()?.to_vec());
    connection.prepare_cached(READ)?.query_row(params![STORE, KEY], value).optional()
}

fn file_beside(path: &Path) -> PathBuf {
    path.with_extension("id")
}

fn beside(path: &Path) -> rusqlite::Result<Option<Vec<u8>>> {
    match fs::read(file_beside(path)) {
        Ok(bytes) => Ok(Some(bytes.trim_ascii().to_vec())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(other(error)),
    }
}

/// The error of a file that is no database, as the others are.
fn other(error: io::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}

/// Which file a path leads to. `None` if it leads nowhere, or to nothing.
pub(super) fn of_path(path: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(path).ok().filter(|metadata| metadata.len() > 0)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Some((metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        Some((0, 0))
    }
}
