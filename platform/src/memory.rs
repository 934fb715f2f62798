//! The reference implementation: everything in memory, for tests. What it does is what the trait docs say.

use std::{cell::RefCell, collections::HashMap, future::Future, pin::Pin, rc::Rc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use rusqlite::types::{ToSqlOutput, ValueRef};

use crate::{Error, Kind, Kv, KvKey, Platform, Row, Sql, Statement, StoreName, Value};

type Answer = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Error>>>>;

/// Stores in maps, SQL in `SQLite`'s memory, requests answered by a function.
#[derive(Clone)]
pub struct Memory {
    stores: Rc<RefCell<HashMap<(StoreName, KvKey), Bytes>>>,
    database: Rc<RefCell<rusqlite::Connection>>,
    answer: Rc<dyn Fn(Request<Bytes>) -> Answer>,
}

impl Memory {
    /// A platform whose requests `answer` answers. The catalogue is empty, its schema in place.
    pub fn new<F>(answer: impl Fn(Request<Bytes>) -> F + 'static) -> Result<Self, Error>
    where
        F: Future<Output = Result<Response<Bytes>, Error>> + 'static,
    {
        let database = rusqlite::Connection::open_in_memory().map_err(|error| sql_error("memory.open", error))?;
        database.execute_batch(gallery::media::SCHEMA).map_err(|error| sql_error("memory.schema", error))?;
        Ok(Self {
            stores: Rc::default(),
            database: Rc::new(RefCell::new(database)),
            answer: Rc::new(move |request| Box::pin(answer(request))),
        })
    }
}

impl Platform for Memory {
    type Kv = MemoryKv;
    type Sql = MemorySql;
    type Body = Bytes;

    fn kv(&self, store: StoreName) -> Result<MemoryKv, Error> {
        Ok(MemoryKv { store, stores: Rc::clone(&self.stores) })
    }

    fn sql(&self) -> Result<MemorySql, Error> {
        Ok(MemorySql(Rc::clone(&self.database)))
    }

    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        (self.answer)(request).await
    }

    async fn fetch_all(&self, requests: Vec<Request<Bytes>>) -> Vec<Result<Response<Bytes>, Error>> {
        let sent: Vec<Answer> = requests.into_iter().map(|request| (self.answer)(request)).collect();
        let mut answers = Vec::with_capacity(sent.len());
        for answer in sent {
            answers.push(answer.await);
        }
        answers
    }

    async fn collect(body: Bytes, max: usize) -> Result<Bytes, Error> {
        if body.len() > max {
            return Err(Error::new(Kind::TooLarge, "body.collect"));
        }
        Ok(body)
    }

    fn join(pieces: Vec<Bytes>) -> Bytes {
        pieces.concat().into()
    }

    async fn sleep(&self, _: Duration) {}
}

/// See [`Memory`].
pub struct MemoryKv {
    store: StoreName,
    stores: Rc<RefCell<HashMap<(StoreName, KvKey), Bytes>>>,
}

impl Kv for MemoryKv {
    async fn get(&self, key: &KvKey) -> Result<Option<Bytes>, Error> {
        Ok(self.stores.borrow().get(&(self.store, key.clone())).cloned())
    }

    async fn put(&self, key: &KvKey, value: Bytes, _: Option<Duration>) -> Result<(), Error> {
        self.stores.borrow_mut().insert((self.store, key.clone()), value);
        Ok(())
    }

    async fn delete(&self, key: &KvKey) -> Result<(), Error> {
        self.stores.borrow_mut().remove(&(self.store, key.clone()));
        Ok(())
    }
}

/// See [`Memory`].
pub struct MemorySql(Rc<RefCell<rusqlite::Connection>>);

impl Sql for MemorySql {
    async fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        query(&self.0.borrow(), sql, parameters).map_err(|error| sql_error("sql.query", error))
    }

    async fn batch(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        batch(&mut self.0.borrow_mut(), statements).map_err(|error| sql_error("sql.batch", error))
    }
}

/// Runs a statement on a connection. The native host's `SQLite` runs through here too.
pub fn query(connection: &rusqlite::Connection, sql: &str, parameters: &[Value]) -> rusqlite::Result<Vec<Row>> {
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
pub fn batch(connection: &mut rusqlite::Connection, statements: &[Statement<'_>]) -> rusqlite::Result<Vec<Vec<Row>>> {
    let transaction = connection.transaction()?;
    let results: rusqlite::Result<_> =
        statements.iter().map(|statement| query(&transaction, statement.sql, &statement.parameters)).collect();
    let results = results?;
    transaction.commit()?;
    Ok(results)
}

/// `SQLite`'s failure as ours. Its words may quote the statement, which holds no values: parameters are bound.
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
        // SQLite lets any bytes be TEXT; what is not UTF-8 is shown with replacement characters.
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}
