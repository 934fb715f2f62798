//! The catalogue's database: a SQLite file, or a database behind HTTP.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gallery::schema;
use platform::{Error, Kind, Row, Sql as _, Statement, Value};
use platform_fallback::{Endpoint, SqlHttp};
use platform_sqlite::{batch, open, sql_error};
use rusqlite::Connection;

use crate::outbound::{Outbound, finish};

/// How long a statement waits for another program that writes.
const PATIENCE: Duration = Duration::from_secs(10);
/// The pause before the second try. There is no third.
const PAUSE: Duration = Duration::from_millis(500);

/// A database. Threads share it, and each call is one transaction.
pub enum Database {
    File(Mutex<Connection>),
    Http(Outbound, Arc<Endpoint>),
}

impl Database {
    /// Opens the file, which is made if it is missing, and brings its schema up to date.
    pub fn file(path: &Path) -> Result<Self, schema::Failure<rusqlite::Error>> {
        Ok(Self::File(Mutex::new(open(path, PATIENCE)?)))
    }

    /// Applies the steps of the schema that the database lacks, and returns the version that it had before.
    pub fn migrate(&self) -> Result<usize, schema::Failure<Error>> {
        let apply = |statements: &[String]| {
            let statements: Vec<_> = statements.iter().map(|sql| Statement::new(sql, [])).collect();
            self.batch(&statements).map(drop)
        };
        schema::migrate(|sql| self.texts(sql), apply)
    }

    /// A database behind HTTP. Nothing is sent yet.
    pub fn http(endpoint: Arc<Endpoint>, certificates: &[Vec<u8>]) -> Self {
        Self::Http(Outbound::new(certificates), endpoint)
    }

    /// The first column of a query's rows.
    pub fn texts(&self, sql: &str) -> Result<Vec<String>, Error> {
        let rows = self.query(sql, [])?;
        rows.iter().map(|row| Ok(row.text(0)?.unwrap_or_default().to_owned())).collect()
    }

    /// The rows of one statement.
    pub fn query(&self, sql: &str, parameters: impl Into<Vec<Value>>) -> Result<Vec<Row>, Error> {
        let results = self.batch(&[Statement::new(sql, parameters)])?;
        results.into_iter().next().ok_or(Error::new(Kind::Internal, "sql.query"))
    }

    /// Runs statements in one transaction. They may run twice: after a failed connection it is not known whether they
    /// ran.
    pub fn batch(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        match self {
            Self::File(connection) => {
                let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                let results = batch(&mut connection, statements).map_err(|error| sql_error("sql.batch", error));
                #[cfg(test)]
                let results = results.and_then(as_over_http);
                results
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

/// Refuses in the unit tests what a database behind HTTP refuses.
#[cfg(test)]
fn as_over_http(results: Vec<Vec<Row>>) -> Result<Vec<Vec<Row>>, Error> {
    let is_taken = results.iter().all(|rows| rows.len() <= platform::sql::MAX_ROWS);
    if is_taken { Ok(results) } else { Err(Error::new(Kind::TooLarge, "sql.batch")) }
}
