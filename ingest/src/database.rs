//! The catalogue's database: a SQLite file, or one behind HTTP.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use platform::memory::{batch, sql_error};
use platform::sql_http::Endpoint;
use platform::{Error, Kind, Row, Sql as _, SqlHttp, Statement, Value};
use rusqlite::Connection;

use crate::outbound::{Outbound, finish};

/// How long the pause before the one second try is.
const PAUSE: Duration = Duration::from_millis(500);

/// Threads share it; each call is one transaction.
pub enum Database {
    File(Mutex<Connection>),
    Http(Outbound, Arc<Endpoint>),
}

impl Database {
    /// Opens the file, makes it if it is missing.
    pub fn file(path: &Path) -> Result<Self, Error> {
        let open = || {
            let connection = Connection::open(path)?;
            connection.busy_timeout(Duration::from_secs(10))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            // Losing the last rows in a power failure costs a repeated upload, no more.
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            Ok(connection)
        };
        open().map(|connection| Self::File(Mutex::new(connection))).map_err(|error| sql_error("sql.open", error))
    }

    /// Nothing is sent yet.
    pub fn http(endpoint: Arc<Endpoint>) -> Self {
        Self::Http(Outbound::new(), endpoint)
    }

    /// The rows of one statement.
    pub fn query(&self, sql: &str, parameters: impl Into<Vec<Value>>) -> Result<Vec<Row>, Error> {
        let results = self.batch(&[Statement::new(sql, parameters)])?;
        results.into_iter().next().ok_or(Error::new(Kind::Internal, "sql.query"))
    }

    /// Runs statements in one transaction. They may run twice: after trouble on the way nobody knows if they did.
    pub fn batch(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        match self {
            Self::File(connection) => {
                let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                batch(&mut connection, statements).map_err(|error| sql_error("sql.batch", error))
            }
            Self::Http(outbound, endpoint) => {
                let sql = SqlHttp::new(outbound.clone(), Arc::clone(endpoint));
                match finish(sql.batch(statements)) {
                    Err(error) if error.is_transient() => {
                        std::thread::sleep(PAUSE);
                        finish(sql.batch(statements))
                    }
                    other => other,
                }
            }
        }
    }
}
