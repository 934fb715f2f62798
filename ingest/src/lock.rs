//! One program at a time changes a gallery: two that ingest would give out the same keys.

use std::fs::{File, OpenOptions, TryLockError};

use crate::{Error, Place};

/// The right to change a gallery whose catalogue is a file. A drop, or the end of the program, gives it back. For a
/// catalogue behind HTTP there is no such right, because nothing would give it back for a program that was killed.
pub struct Lock {
    file: Option<File>,
}

impl Drop for Lock {
    /// Says so, because a process that is being started has the same open file until its program begins.
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            let _ = file.unlock();
        }
    }
}

impl Lock {
    pub fn take(database: &Place) -> Result<Self, Error> {
        Self::of(database, ".lock", "another ingest or doctor works on it: wait until it has ended")
    }

    /// The right to change who may enter, which an ingest does not take: a link must end while films are encoded.
    pub fn take_for_access(database: &Place) -> Result<Self, Error> {
        Self::of(database, ".access.lock", "another program changes its links: try again in a moment")
    }

    fn of(database: &Place, suffix: &str, busy: &str) -> Result<Self, Error> {
        let Place::File(path) = database else { return Ok(Self { file: None }) };
        let unusable = |words: String| Error::Database(database.name(), words);
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(name);
        let file = file.map_err(|error| unusable(format!("its lock cannot be made: {error}")))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(unusable(busy.to_owned())),
            // A file system without locks.
            Err(TryLockError::Error(_)) => Ok(Self { file: None }),
        }
    }
}
