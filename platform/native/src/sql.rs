//! The catalogue: one SQLite file, one connection per worker.

use std::{cell::RefCell, path::Path, rc::Rc, time::Duration};

use platform::{
    Error, Row, Sql, Statement, Value,
    memory::{batch, query, sql_error},
};

use crate::{HostError, patience::patiently};

/// How long a statement waits for another connection's transaction before it gives `Unavailable`.
const PATIENCE: Duration = Duration::from_secs(1);
/// The same, at start, where nobody waits and an ingest may be writing.
const PATIENCE_AT_START: Duration = Duration::from_secs(5);
/// More than the services have; the default of 16 would do too, but not by much.
const PREPARED_STATEMENTS: usize = 64;

/// One worker's connection.
pub(crate) struct Connected(RefCell<rusqlite::Connection>);

impl Connected {
    /// Opens the file, makes it a WAL database and applies the schema. The error is one line with the path.
    pub fn open(path: &Path) -> Result<Self, HostError> {
        let open = || -> rusqlite::Result<rusqlite::Connection> {
            let connection = rusqlite::Connection::open(path)?;
            connection.busy_timeout(PATIENCE_AT_START)?;
            connection.pragma_update(None, "journal_mode", "wal")?;
            connection.pragma_update(None, "synchronous", "normal")?;
            connection.pragma_update(None, "foreign_keys", true)?;
            connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
            connection.execute_batch(gallery::media::SCHEMA)?;
            connection.busy_timeout(Duration::ZERO)?;
            Ok(connection)
        };
        open()
            .map(|connection| Self(RefCell::new(connection)))
            .map_err(|error| HostError::new(format!("cannot open the database {}", path.display()), error))
    }
}

/// The catalogue's database, as a request sees it.
pub struct Database(Rc<Connected>);

impl Database {
    pub(crate) fn new(connected: Rc<Connected>) -> Self {
        Self(connected)
    }
}

impl Sql for Database {
    async fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        patiently(PATIENCE, || query(&self.0.0.borrow(), sql, parameters))
            .await
            .map_err(|error| sql_error("sql.query", error))
    }

    async fn batch(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        patiently(PATIENCE, || batch(&mut self.0.0.borrow_mut(), statements))
            .await
            .map_err(|error| sql_error("sql.batch", error))
    }
}
