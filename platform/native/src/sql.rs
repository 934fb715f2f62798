//! The catalogue's database: one SQLite file with one connection per worker, or a server behind HTTP.

use std::{
    cell::{Cell, RefCell},
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use gallery::schema;
use platform::{Error, Row, Sql, Statement, Value};
use platform_fallback::{Endpoint, SqlHttp};
use platform_sqlite::{batch, query, sql_error};
use rusqlite::ErrorCode;

use crate::{HostError, Native, patience::patiently, recent::Recent};

/// Where the catalogue's database is.
#[derive(Clone, Debug)]
pub enum Place {
    /// A SQLite file, which is made if it is missing.
    File(PathBuf),
    /// A libSQL server.
    Http(Arc<Endpoint>),
}

/// How long a statement waits for another connection's transaction before it gives `Unavailable`.
const PATIENCE: Duration = Duration::from_secs(1);
/// The same at start, when no client waits and an ingest may be writing.
const PATIENCE_AT_START: Duration = Duration::from_secs(5);
/// How long a connection that failed is used before it is opened anew.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// More statements than the services have. The default of 16 would be enough too, but only just.
const PREPARED_STATEMENTS: usize = 64;

/// The connection of one worker.
pub(crate) struct Connected {
    path: PathBuf,
    connection: RefCell<rusqlite::Connection>,
    recent: Recent,
    /// When the connection, which has failed since, may be opened anew. `None` as long as it has not failed.
    again: Cell<Option<Instant>>,
}

impl Connected {
    /// Opens the file, and applies the steps of the schema that are missing. The error is one line with the path.
    pub fn open(path: &Path) -> Result<Self, HostError> {
        let open = || -> Result<rusqlite::Connection, schema::Failure<rusqlite::Error>> {
            let connection = platform_sqlite::open(path, PATIENCE_AT_START)?;
            connection.busy_timeout(Duration::ZERO)?;
            Ok(set_up(connection))
        };
        let connection =
            open().map_err(|error| HostError::new(format!("cannot open the database {}", path.display()), error))?;
        Ok(Self {
            path: path.to_owned(),
            connection: RefCell::new(connection),
            recent: Recent::default(),
            again: Cell::new(None),
        })
    }

    /// Runs `operation` on the connection, which is opened anew a little after a failure: SQLite may keep in memory
    /// what it read of a file that was damaged and is whole again.
    fn attempt<T>(
        &self,
        operation: impl FnOnce(&mut rusqlite::Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        if self.again.get().is_some_and(|again| again <= Instant::now()) {
            match platform_sqlite::reopen(&self.path) {
                Ok(connection) => {
                    *self.connection.borrow_mut() = set_up(connection);
                    self.recent.forget();
                    self.again.set(None);
                }
                // What the connection has in memory may still serve.
                Err(_) => self.again.set(Some(Instant::now() + PAUSE_AFTER_FAILURE)),
            }
        }
        let result = operation(&mut self.connection.borrow_mut());
        let is_broken = result.as_ref().is_err_and(|error| {
            let waits = [ErrorCode::DatabaseBusy, ErrorCode::DatabaseLocked, ErrorCode::ConstraintViolation];
            error.sqlite_error_code().is_some_and(|code| !waits.contains(&code))
        });
        if is_broken && self.again.get().is_none() {
            self.again.set(Some(Instant::now() + PAUSE_AFTER_FAILURE));
        }
        result
    }
}

fn set_up(connection: rusqlite::Connection) -> rusqlite::Connection {
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    connection
}

/// The catalogue's database, as a worker holds it.
pub(crate) enum Held {
    File(Rc<Connected>),
    Http(Arc<Endpoint>),
}

impl Held {
    pub fn open(place: &Place) -> Result<Self, HostError> {
        Ok(match place {
            Place::File(path) => Self::File(Rc::new(Connected::open(path)?)),
            Place::Http(endpoint) => Self::Http(Arc::clone(endpoint)),
        })
    }

    /// `native` is the platform that holds this database.
    pub fn database(&self, native: &Native) -> Database {
        Database(match self {
            Self::File(connected) => Inner::File(Rc::clone(connected)),
            Self::Http(endpoint) => Inner::Http(SqlHttp::new(native.clone(), Arc::clone(endpoint))),
        })
    }
}

/// The catalogue's database, as a request sees it.
pub struct Database(Inner);

enum Inner {
    File(Rc<Connected>),
    Http(SqlHttp<Native>),
}

impl Sql for Database {
    async fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        match &self.0 {
            Inner::File(file) => {
                let rows = patiently(PATIENCE, || {
                    file.attempt(|connection| {
                        let connection = &*connection;
                        file.recent.find(connection, sql, parameters, || query(connection, sql, parameters))
                    })
                });
                rows.await.map_err(|error| sql_error("sql.query", error))
            }
            Inner::Http(http) => http.query(sql, parameters).await,
        }
    }

    async fn batch(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        match &self.0 {
            Inner::File(file) => {
                if statements.iter().any(|statement| !statement.sql.starts_with("SELECT ")) {
                    file.recent.forget();
                }
                let rows = patiently(PATIENCE, || file.attempt(|connection| batch(connection, statements))).await;
                rows.map_err(|error| sql_error("sql.batch", error))
            }
            Inner::Http(http) => http.batch(statements).await,
        }
    }

    fn is_remote(&self) -> bool {
        matches!(self.0, Inner::Http(_))
    }
}
