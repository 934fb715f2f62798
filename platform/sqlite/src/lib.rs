//! SQLite behind [`Sql`](platform::Sql): the code that the native host, ingest and the platform in memory share.

use std::{
    cell::RefCell,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use gallery::schema;
use platform::{Error, Kind, Row, Statement, Value};
use rusqlite::{
    Connection, OpenFlags, TransactionBehavior,
    types::{ToSqlOutput, ValueRef},
};

/// Opens the catalogue's file, which is made if it is missing, and applies the steps of the schema that it lacks.
///
/// Readers work beside a writer (WAL). A statement waits `patience` for a lock. After a power failure the last
/// transactions may be gone: what they held is uploaded again. A file that is not a gallery's, or is newer than this
/// program, stays as it is. A file that may not be written is used as it is.
pub fn open(path: &Path, patience: Duration) -> Result<Connection, schema::Failure<rusqlite::Error>> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(patience)?;
    // First of all: to change the journal is to write.
    schema::version(|sql| texts(&connection, sql))?;
    match prepare(&mut connection, patience) {
        // Its items can be read, whatever step it has. What it lacks is an error where somebody wants it.
        Err(schema::Failure::Database(error)) if is_read_only(&error) && has_media(&connection)? => Ok(connection),
        Err(failure) => Err(failure),
        Ok(()) => Ok(connection),
    }
}

/// Opens the catalogue's file anew, for reading what others write. A file that is not there, or has no catalogue, is an
/// error and stays as it is: whoever puts a damaged file right must not find a new one in its place.
pub fn reopen(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::ZERO)?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    if has_media(&connection)? { Ok(connection) } else { Err(rusqlite::Error::QueryReturnedNoRows) }
}

fn has_media(connection: &Connection) -> rusqlite::Result<bool> {
    Ok(!texts(connection, "SELECT name FROM sqlite_master WHERE name = 'media'")?.is_empty())
}

/// Lets readers work beside a writer (WAL). SQLite waits for no lock to change the journal of a new file while others
/// change it too, so that the wait is here.
pub fn log_ahead(connection: &Connection, patience: Duration) -> rusqlite::Result<()> {
    const PAUSE: Duration = Duration::from_millis(10);
    let begun = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "wal") {
            Err(error) if is_busy(&error) && begun.elapsed() < patience => thread::sleep(PAUSE),
            done => return done,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
}

fn prepare(connection: &mut Connection, patience: Duration) -> Result<(), schema::Failure<rusqlite::Error>> {
    log_ahead(connection, patience)?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    migrate(connection).map(drop)
}

fn is_read_only(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::ReadOnly)
}

/// Applies the steps of the schema that the database lacks, and gives the version it had.
pub fn migrate(connection: &mut Connection) -> Result<usize, schema::Failure<rusqlite::Error>> {
    let connection = RefCell::new(connection);
    schema::migrate(
        |sql| texts(&connection.borrow(), sql),
        |statements| {
            let mut connection = connection.borrow_mut();
            // The lock that writing needs, now: a reader that goes on to write does not wait for another writer.
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            statements.iter().try_for_each(|sql| transaction.execute_batch(sql))?;
            transaction.commit()
        },
    )
}

/// The first column of a query's rows.
pub fn texts(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

/// Runs a statement on a connection.
pub fn query(connection: &Connection, sql: &str, parameters: &[Value]) -> rusqlite::Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(rusqlite::params_from_iter(parameters.iter().map(Bound)))?;
    let mut result = Vec::new();
    while let Some(row) = rows.next()? {
        let values: rusqlite::Result<Vec<Value>> = (0..columns).map(|column| Ok(value(row.get_ref(column)?))).collect();
        result.push(Row(values?));
    }
    Ok(result)
}

/// Runs statements in one transaction.
pub fn batch(connection: &mut Connection, statements: &[Statement<'_>]) -> rusqlite::Result<Vec<Vec<Row>>> {
    let transaction = connection.transaction()?;
    let results: rusqlite::Result<_> =
        statements.iter().map(|statement| query(&transaction, statement.sql, &statement.parameters)).collect();
    let results = results?;
    transaction.commit()?;
    Ok(results)
}

/// A failure of `SQLite` as an [`Error`]. Its message may quote the statement. The statement holds no values, because
/// parameters are bound.
pub fn sql_error(operation: &'static str, error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode;
    let kind = match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::CannotOpen | ErrorCode::SystemIoFailure,
        ) => Kind::Unavailable,
        Some(ErrorCode::PermissionDenied | ErrorCode::ReadOnly | ErrorCode::AuthorizationForStatementDenied) => {
            Kind::Denied
        }
        Some(ErrorCode::TooBig) => Kind::TooLarge,
        _ => Kind::Invalid,
    };
    Error::because(kind, operation, error)
}

struct Bound<'a>(&'a Value);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Real(number) => ValueRef::Real(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        // SQLite lets any bytes be TEXT. Bytes that are not UTF-8 become replacement characters.
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}
