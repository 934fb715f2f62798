//! The catalogue's database: the database `default` of Spin's SQLite. Spin's runtime configuration says whether it is
//! a file or on a libSQL server.

use std::{cell::RefCell, rc::Rc};

use platform::{Error, Kind, Row, Sql, Statement, Value, sql::MAX_ROWS};
use spin_sdk::{
    sqlite::{self, Connection},
    wit_bindgen::StreamResult,
};

/// The connection of an instance, once it is open. Single statements of all the instance's requests use this
/// connection. A transaction has a connection of its own, because statements of other requests would become part of
/// it.
pub(crate) type Shared = RefCell<Option<Rc<Connection>>>;

/// The most rows that go from host to guest in one call. A call costs more than a row.
const ROWS_AT_ONCE: usize = 256;

/// The catalogue's database, as a request sees it.
pub struct Database(pub(crate) Rc<Shared>);

impl Sql for Database {
    async fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        let connection = shared(&self.0).await?;
        let rows = execute("sql.query", &connection, sql, parameters).await;
        if rows.as_ref().is_err_and(Error::is_transient) {
            // The connection may be at fault, so the next statement gets a new one.
            self.0.take();
        }
        rows
    }

    async fn batch(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        transaction(statements).await
    }
}

async fn open(operation: &'static str) -> Result<Connection, Error> {
    Connection::open_default().await.map_err(|error| failure(operation, error))
}

async fn shared(held: &Shared) -> Result<Rc<Connection>, Error> {
    let known = held.borrow().clone();
    if let Some(known) = known {
        return Ok(known);
    }
    let opened = Rc::new(open("sql.query").await?);
    held.replace(Some(Rc::clone(&opened)));
    Ok(opened)
}

/// Runs a transaction. If its request ends early, the transaction is neither committed nor rolled back, and ends with
/// its connection.
async fn transaction(statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Error> {
    const OPERATION: &str = "sql.batch";
    if statements.is_empty() {
        return Ok(Vec::new());
    }
    let connection = open(OPERATION).await?;
    // Takes the lock for writing at once: of two transactions that both began with reading, only one could go on to
    // write.
    execute(OPERATION, &connection, "BEGIN IMMEDIATE", &[]).await?;
    let mut results = Vec::with_capacity(statements.len());
    for statement in statements {
        match execute(OPERATION, &connection, statement.sql, &statement.parameters).await {
            Ok(rows) => results.push(rows),
            Err(error) => {
                // The cause of the failure is what is returned, whether or not the rollback succeeds.
                let _ = execute(OPERATION, &connection, "ROLLBACK", &[]).await;
                return Err(error);
            }
        }
    }
    execute(OPERATION, &connection, "COMMIT", &[]).await?;
    Ok(results)
}

async fn execute(
    operation: &'static str,
    connection: &Connection,
    sql: &str,
    parameters: &[Value],
) -> Result<Vec<Row>, Error> {
    let bound: Vec<sqlite::Value> = parameters.iter().cloned().map(for_spin).collect();
    let result = connection.execute(sql, bound).await.map_err(|error| failure(operation, error))?;
    let (_, mut arriving, end) = result.into_inner();
    let mut rows = Vec::new();
    loop {
        let (status, some) = arriving.read(Vec::with_capacity(ROWS_AT_ONCE)).await;
        if rows.len() + some.len() > MAX_ROWS {
            return Err(Error::new(Kind::TooLarge, operation));
        }
        rows.extend(some.into_iter().map(|row| Row(row.values.into_iter().map(from_spin).collect())));
        if !matches!(status, StreamResult::Complete(_)) {
            break;
        }
    }
    end.await.map_err(|error| failure(operation, error))?;
    Ok(rows)
}

fn for_spin(value: Value) -> sqlite::Value {
    match value {
        Value::Null => sqlite::Value::Null,
        Value::Integer(number) => sqlite::Value::Integer(number),
        Value::Real(number) => sqlite::Value::Real(number),
        Value::Text(text) => sqlite::Value::Text(text),
        Value::Blob(bytes) => sqlite::Value::Blob(bytes),
    }
}

fn from_spin(value: sqlite::Value) -> Value {
    match value {
        sqlite::Value::Null => Value::Null,
        sqlite::Value::Integer(number) => Value::Integer(number),
        sqlite::Value::Real(number) => Value::Real(number),
        sqlite::Value::Text(text) => Value::Text(text),
        sqlite::Value::Blob(bytes) => Value::Blob(bytes),
    }
}

/// Spin tells the failures of `SQLite` apart by their text only. The text may quote the statement. The statement
/// holds no values, because parameters are bound.
fn failure(operation: &'static str, error: sqlite::Error) -> Error {
    const OURS: [&str; 4] = ["syntax error", "no such ", "constraint failed", "datatype mismatch"];
    let kind = match &error {
        sqlite::Error::NoSuchDatabase | sqlite::Error::AccessDenied => Kind::Denied,
        sqlite::Error::DatabaseFull => Kind::TooLarge,
        sqlite::Error::Io(text) if OURS.iter().any(|ours| text.contains(ours)) => Kind::Invalid,
        sqlite::Error::InvalidConnection | sqlite::Error::Io(_) => Kind::Unavailable,
    };
    Error::because(kind, operation, error)
}
